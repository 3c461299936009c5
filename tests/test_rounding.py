"""vae_notes.rounding: which element a verdict shows, and to how many digits, in cases that are reckoned by hand."""

import math

import pytest

from vae_notes.rounding import _decimals, _digits, _text, closest_call, equal_texts, ordered_texts


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (math.inf, 3, "inf"),
        (0.0, 3, "0"),
        (1.23456, None, "1.235"),
        (1.23456, 2, "1.23"),
        (-1.0, 0, "-1"),
        (1.0, 0, "1"),
        (0.004, 2, "0"),
        (0.996, 2, "1.00"),
        (123456.7, -2, "123500"),
        (1e-4, 4, "0.0001"),
        (9e-5, 5, "9e-05"),
        (9_999_999.0, 0, "9999999"),
        (1e7, 0, "1e+07"),
    ],
)
def test_a_number_is_shown_to_so_many_decimals(number, decimals, text):
    assert _text(number, decimals) == text


@pytest.mark.parametrize(("step", "decimals"), [(0.01, 2), (0.02, 2), (0.5, 1), (1, 0), (100, -2), (0, None)])
def test_decimals_of_a_step(step, decimals):
    assert _decimals(step) == decimals


@pytest.mark.parametrize(
    ("slack", "number", "sampled", "decimals"),
    [
        (1e-3, 1.0, False, 3),
        (1e-2, 1.0, True, 3),
        (1.1e-7, 1.0, False, 6),  # a float32 near 1 has no seventh
        (0.9e-7, 1.0, False, 8),  # too strict for float32
        (1e-3, 0.0, False, 3),
        (1.5e-4, 1000.0, False, 3),
        (0.0, 1.0, False, None),
    ],
)
def test_digits_that_a_slack_tells_apart(slack, number, sampled, decimals):
    assert _digits(slack, number, sampled) == decimals


@pytest.mark.parametrize(
    ("value", "expected", "slack", "relation", "index"),
    [
        ([1.0, 1.2, 0.9], [1.0] * 3, [0.5] * 3, "=", 1),
        ([1.0, 1.2, 0.9], [1.0] * 3, [0.5, 0.5, 0.1], "=", 2),
        ([1.55, 1.6], [1.0] * 2, [1.0] * 2, "=", 0),  # a tenth of the slack is rounding
        ([1.45, 1.6], [1.0] * 2, [1.0] * 2, "=", 1),
        ([1000.005, 1000.015], [1000.0] * 2, [0.1] * 2, "=", 0),
        ([1.005, 1.035], [1.0] * 2, [0.1] * 2, "=", 1),
        ([math.inf, math.inf], [math.inf] * 2, [1.0] * 2, "=", 0),
        ([1.0, 1.0], [1.0, 1.0], [0.0, 0.0], "=", 0),
        ([1.0, 2.0], [3.0, 2.5], [0.0] * 2, "<", 1),
        ([3.0, 2.5], [1.0, 2.0], [0.0] * 2, ">", 1),
        ([2.5, 3.0], [2.0, 1.0], [0.0] * 2, ">=", 0),
        ([0.5, 10.4], [1.0, 10.0], [1.0, 1.0], "<=", 1),
        ([0.5, 10.4], [1.0, 10.0], [0.1, 4.0], "<=", 1),  # 6 slacks of room, and 0.9
        ([1.5, 14.0], [1.0, 10.0], [0.2, 3.0], ">", 1),  # 1.5 and 0.33
        ([1.5, 14.0], [1.0, 10.0], [0.1, 0.1], ">", 0),
        ([5.0, 3.0], [0.0] * 2, [1.0] * 2, "!=", 1),
        ([5.0, -3.0], [0.0] * 2, [2.0, 0.1], "!=", 0),  # 1.5 and 29
        ([5.0, 0.5], [0.0] * 2, [0.0, 0.1], "!=", 1),  # of a slack of 0 there are no multiples
        ([1.0, 1.0005], [2.0] * 2, [0.0] * 2, "<", 0),  # a thousandth of the room is rounding
        ([1.0, 1.0015], [2.0] * 2, [0.0] * 2, "<", 1),
        ([1e6 - 0.5, 1e6 - 0.01], [1e6] * 2, [0.0] * 2, "<", 0),  # and so is a millionth of the numbers
        ([1e3 - 0.5, 1e3 - 0.01], [1e3] * 2, [0.0] * 2, "<", 1),
        ([1.05, 1.0], [0.0] * 2, [1.0] * 2, ">", 0),  # and a tenth of the slack
        ([1.15, 1.0], [0.0] * 2, [1.0] * 2, ">", 1),
    ],
)
def test_the_element_shown_is_the_first_of_those_that_come_closest(value, expected, slack, relation, index):
    assert closest_call(value, expected, slack, relation) == index


@pytest.mark.parametrize(
    ("value", "expected", "slack", "sampled", "shown"),
    [
        (1.5, 1.5, 0.25, False, ("1.5", "1.5")),
        (1.5, 1.25, 0.5, False, ("1.5", "1.2")),
        (1.5, 1.25, 0.5, True, ("1.50", "1.25")),
        (1.003, 1.0, 0.03, False, ("1.00", "1.00")),
        (1.0035, 1.0, 0.03, False, ("1.00", "1.00")),
        (0.0004, 0.0, 0.001, False, ("0", "0")),
        (0.0004, 0.0, 0.002, False, ("0", "0")),
        (math.inf, math.inf, 1.0, False, ("inf", "inf")),
    ],
)
def test_both_sides_of_an_equality(value, expected, slack, sampled, shown):
    assert equal_texts(value, expected, slack, "=", sampled) == shown


@pytest.mark.parametrize(
    ("value", "expected", "slack", "relation", "shown"),
    [
        (2337.4, 1000.0, 0.0, ">", ("2337", "1000")),
        (233_740.0, 100_000.0, 0.0, ">", ("230000", "1e+05")),
        (1.25, 1.0, 0.0, ">", ("1.25", "1")),
        (0.0005, 0.001, 0.0, "<", ("0", "0.001")),  # a bound of a thousandth bounds an error
        (0.001, 0.002, 0.0, "<", ("0.0010", "0.002")),
        (-0.0005, -0.001, 0.0, ">", ("0", "-0.001")),
        (-0.001, -0.002, 0.0, ">", ("-0.0010", "-0.002")),
        (1.0 - 5e-7, 1.0, 1e-6, "<=", ("1.000000", "1")),  # a float32's rounding
        (1.0 - 5e-6, 1.0, 1e-6, "<=", ("0.999995", "1")),
        (0.0, 1.0, 0.0, "<", ("0", "1")),
        (-math.inf, 1.23456, 0.0, "<", ("-inf", "1.235")),
        (1.23456, 1.3333333, 0.0, "<", ("1.235", "1.333")),
    ],
)
def test_both_sides_of_an_order(value, expected, slack, relation, shown):
    assert ordered_texts(value, expected, slack, relation, sampled=False) == shown
