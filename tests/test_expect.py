"""What a student is told: the mistake where it is known, else the worst element; and which forms of a value count."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from vae_notes.course.expect import expect, expect_numbers, expect_that


def told(value, right, mistakes=None, **settings):
    with pytest.raises(AssertionError) as error:
        expect(value, right, mistakes, **settings)
    return str(error.value)


@pytest.mark.parametrize(
    "value",
    [
        torch.tensor([1.0, 2.0]),
        torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True),
        torch.tensor([1, 2]),
        np.array([1.0, 2.0], dtype=np.float32),
        np.array([2.0, 1.0])[::-1],  # negative strides, which torch refuses
        [1.0, 2.0],
        (1, np.float32(2)),
        [torch.tensor(1.0), np.array(2.0)],
    ],
)
def test_two_numbers_in_any_form(value):
    expect(value, torch.tensor([1.0, 2.0]))


@pytest.mark.parametrize("value", [2, 2.0, Fraction(2), np.float32(2), np.int64(2), np.array(2.0), torch.tensor(2.0)])
def test_one_number_in_any_form(value):
    expect(value, 2)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "x is None: is the `return` missing?"),
        ("2", "x must be a tensor or a number, not str"),
        ([], "x must be a tensor or a number, not list"),
        (torch.tensor([2j]), "x must be a tensor or a number, not a complex tensor"),
        (np.array(["a"]), "x must be a tensor or a number, not ndarray"),
        ([torch.zeros(2), torch.zeros(3)], "x is a list of things of different shapes"),
        (torch.zeros(2, 1), "x has shape (2, 1), expected (2,)"),
    ],
)
def test_a_value_of_another_kind_is_named(value, message):
    assert told(value, torch.ones(2), what="x") == message


def test_the_worst_element_is_shown_and_not_the_first():
    value = torch.tensor([[1.0, 2.0], [3.0, 4.1], [5.0, 9.0]])
    assert told(value, torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), what="x") == (
        "x at [2, 1] is 9, expected 6 (the worst of 2 wrong elements among 6)"
    )


def test_the_worst_element_is_the_one_furthest_outside_its_slack():
    assert "[1] is 0.002, expected 0.001" in told([1000.1, 0.002], torch.tensor([1000.0, 0.001]), rtol=1e-5)


def test_nan_is_the_worst():
    assert "at [1] is nan, expected 2" in told([100.0, torch.nan], torch.tensor([1.0, 2.0]))


def test_infinity_is_not_close_to_a_number_but_equals_itself():
    assert "is inf, expected 2" in told(torch.inf, 2.0)
    assert "is 2, expected inf" in told(2.0, torch.inf)
    expect([torch.inf, 1.0], torch.tensor([torch.inf, 1.0]))


def test_two_different_numbers_never_look_the_same():
    assert told(1.00000123, 1.0, rtol=1e-9, atol=0) == "the result is 1.000001, expected 1"


def test_the_slack_of_a_sampled_value_is_said():
    assert told(1.5, 1.0, rtol=0, atol=0.1) == "the result is 1.5, expected 1, give or take 0.1"


def test_a_known_mistake_speaks_whatever_its_shape():
    mistakes = {"is the half missing?": torch.tensor([2.0, 4.0]), "one number for the batch": 3.0}
    assert told([2.0, 4.0], torch.tensor([1.0, 2.0]), mistakes) == "is the half missing?"
    assert told(3.0, torch.tensor([1.0, 2.0]), mistakes) == "one number for the batch"


def test_the_nearest_of_two_mistakes_speaks():
    assert told(2.09, 1.0, {"far": 2.0, "near": 2.1}, rtol=0, atol=0.2) == "near"


def test_a_sentence_unless_it_holds():
    expect_that(torch.tensor(True), "silent")
    with pytest.raises(AssertionError, match="^speaks$"):
        expect_that(torch.tensor(False), "speaks")


@pytest.mark.parametrize(
    "value",
    [(1.0, 2.0), [torch.tensor(1.0), np.float64(2)], torch.tensor([1.0, 2.0]), np.array([1, 2]),
     (torch.tensor([1.0], requires_grad=True), torch.tensor([[2.0]]))],
)  # fmt: skip
def test_two_numbers_are_two_numbers(value):
    assert expect_numbers(value, "the mean", "its error") == [1.0, 2.0]


@pytest.mark.parametrize("value", [None, 1.0, torch.tensor(1.0), (1.0,), (1.0, 2.0, 3.0), (torch.zeros(2), 1.0), "ab"])
def test_anything_else_is_not_two_numbers(value):
    with pytest.raises(AssertionError, match="^return 2 numbers: the mean and its error$"):
        expect_numbers(value, "the mean", "its error")
