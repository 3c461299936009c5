"""The verdict line: it must fail when the claim fails, and say the same on every machine."""

import dataclasses
import sys
from types import SimpleNamespace

import pytest
import torch

from vae_notes.checks import RELATIONS, SIGNS, WORDS, Verdict, check, parse_verdict


def test_a_true_claim_prints_one_line_that_parses_back(capsys):
    check("closed form equals quadrature", 1.6505019, 1.6505019, rtol=1e-6, equation=("kl-a", "kl-b"))
    line = capsys.readouterr().out.strip()
    verdict = parse_verdict(line)
    assert str(verdict) == line
    assert verdict.equations == ("kl-a", "kl-b")
    assert (verdict.value, verdict.relation, verdict.expected) == ("1.650502", "=", "1.650502")


@pytest.mark.parametrize(
    ("value", "expected", "options"),
    [
        (1.0, 1.001, {}),
        (1.0, 1.001, {"atol": 1e-4}),
        (1.0, 1.05, {"standard_error": 0.01}),
        (1.0, 1.05, {"relation": "!=", "standard_error": 0.01, "sigmas": 10}),
        (2.0, 1.0, {"relation": "<"}),
        (1.0, 1.0, {"relation": "<"}),
        (1.0, 1.0, {"relation": ">"}),
        (1.0, 1.1, {"relation": ">="}),
        (float("nan"), 1.0, {"atol": 1.0}),
        (float("nan"), 1.0, {"relation": ">="}),
        (1.0, float("nan"), {"relation": "<"}),
        (torch.tensor([1.0, 2.0, 3.5]), torch.tensor([1.0, 2.0, 3.0]), {"rtol": 0.1}),
        (torch.empty(0), 1.0, {"atol": 1.0}),
    ],
)
def test_a_false_claim_raises(value, expected, options, capsys):
    with pytest.raises(AssertionError, match="FAILED"):
        check("not so", value, expected, **options)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("value", "expected", "options"),
    [
        (1.0, 1.03, {"standard_error": 0.01}),
        (1.0, 1.2, {"relation": "!=", "standard_error": 0.01, "sigmas": 10}),
        (1.0, 2.0, {"relation": "<"}),
        (2.0, 2.0, {"relation": "<="}),
        (torch.tensor([1.0, 2.0]), 3.0, {"relation": "<"}),
        (float("inf"), float("inf"), {"relation": ">="}),
    ],
)
def test_a_true_claim_passes(value, expected, options, capsys):
    check("so", value, expected, **options)
    assert parse_verdict(capsys.readouterr().out.strip()).claim == "so"


def test_of_a_tensor_the_worst_element_is_reported(capsys):
    check("all near one", torch.tensor([1.0, 1.2, 0.9]), 1.0, atol=0.5)
    line = capsys.readouterr().out
    assert "| 1.2 = 1.0 |" in line
    assert "worst of 3" in line


def test_of_rounding_noise_the_first_element_is_reported(capsys):
    # Which element is off by most differs between processors; the line must not.
    check("equal", torch.tensor([1.0, 2.0]) + torch.tensor([0, 1e-9]).double(), torch.tensor([1.0, 2.0]), atol=1e-6)
    check("equal", torch.tensor([1.0, 2.0]) + torch.tensor([1e-9, 0]).double(), torch.tensor([1.0, 2.0]), atol=1e-6)
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert "| 1.000000 = 1.000000 |" in first


def test_rounding_noise_below_the_tolerance_is_not_printed(capsys):
    check("identity", 2.2e-16, 0.0, atol=1e-10)
    check("identity", -4.4e-16, 0.0, atol=1e-10)
    first, second = capsys.readouterr().out.splitlines()
    assert first == second == "ok | - | identity | 0 = 0 | within 1e-10"


def test_python_floats_keep_their_precision():
    with pytest.raises(AssertionError):
        check("float32 would not see this", 1.0 + 1e-9, 1.0, atol=1e-10)


def test_a_misused_check_is_refused():
    with pytest.raises(ValueError, match="relation"):
        check("claim", 1, 1, relation="~")
    with pytest.raises(ValueError, match="without"):
        check("a | b", 1, 1)


@pytest.mark.parametrize("line", ["", "ok", "fine | x | y | 1 = 1 | exact", "epoch 1 | loss 3"])
def test_other_lines_are_no_verdicts(line):
    assert parse_verdict(line) is None


def printed(capsys, *args, **kwargs):
    check("claim", *args, **kwargs)
    return capsys.readouterr().out


def noise(seed, size):
    return 1 + 1.2e-7 * (2 * torch.rand(size, generator=torch.Generator().manual_seed(seed)).double() - 1)


ROWS = torch.linspace(-3, 3, 32).double()
SUMS = torch.tensor([64.44, 1.474, 0.000923, 7.1]).double()  # worst under rtol: any of them, by rounding alone


@pytest.mark.parametrize(
    ("value", "expected", "options"),
    [
        pytest.param(ROWS + 0.779, ROWS, {"relation": ">"}, id="ties in an order"),
        pytest.param(-ROWS - 0.779, -ROWS, {"relation": "<"}, id="ties in the other order"),
        pytest.param(ROWS, ROWS, {"relation": "<=", "atol": 1e-5}, id="ties within a slack"),
        pytest.param(ROWS, ROWS, {"relation": ">=", "rtol": 1e-6}, id="ties within a relative slack"),
        pytest.param(SUMS, SUMS, {"rtol": 1e-6}, id="rounding against a relative slack"),
        pytest.param(SUMS, SUMS, {"rtol": 3e-7}, id="rounding nearly as large as the slack"),
        pytest.param(SUMS, SUMS * (1 + 4e-6), {"rtol": 1e-5}, id="sums of many float32"),
        pytest.param(SUMS, SUMS + 0.5, {"relation": "!=", "atol": 0.1}, id="ties in a difference"),
        pytest.param(ROWS + 0.2, ROWS, {"standard_error": 0.1}, id="ties in standard errors"),
        pytest.param(ROWS + 0.8, ROWS, {"standard_error": 0.1, "relation": ">"}, id="ties beyond standard errors"),
    ],
)
def test_the_line_does_not_hang_on_the_last_bit(value, expected, options, capsys):
    lines = {
        printed(capsys, value * noise(seed, len(value)), expected * noise(seed + 100, len(value)), **options)
        for seed in range(20)
    }
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("errors", "expected", "relation", "shown"),
    [
        ((2.425e-07, 3.641e-07), 1e-6, "<", "0 < 1e-06"),
        ((1.1e-5, 9.9e-05), 1e-3, "<", "0 < 0.001"),
        ((3e-9, -8e-9), 0.0, ">=", "0 >= 0"),
        ((4e-8, -7e-8), 0.0, "<=", "0 <= 0"),
        ((-2e-7, -3e-7), -1e-6, ">", "0 > -1e-06"),
        ((2.0000001, 1.9999999), 2.0, "<=", "2.000000 <= 2"),
    ],
)
def test_a_rounding_error_is_shown_as_none(errors, expected, relation, shown, capsys):
    slack = {"atol": 1e-6} if "=" in relation else {}
    lines = {printed(capsys, error, expected, relation=relation, **slack) for error in errors}
    assert len(lines) == 1
    assert f"| {shown} |" in lines.pop()


@pytest.mark.parametrize(
    ("value", "expected", "options", "shown"),
    [
        (-1.79227187, -1.68500442, {"relation": "<"}, "-1.79 < -1.69"),
        (0.43823, 1, {"relation": "<"}, "0.44 < 1"),
        (9958.7, 100, {"relation": ">"}, "9959 > 100"),
        (14251.3, 3.5321e6, {"relation": "<"}, "14251 < 3500000"),
        (1.541e-05, 0, {"relation": ">"}, "1.5e-05 > 0"),
        (-0.00099148234721, -0.000990990990991, {"relation": "<=", "atol": 1e-15}, "-0.00099148 <= -0.00099099"),
        (0.70812, 0.5, {"relation": ">", "standard_error": 0.02}, "0.71 > 0.5"),
        (1.45e-06, 0.10019524, {"relation": "!=", "standard_error": 1.2e-8, "sigmas": 10}, "1.5e-06 != 0.10"),
        (0.0014745344, 0.0014745343, {"rtol": 1e-3}, "0.001475 = 0.001475"),
        (float("inf"), 1.0, {"relation": ">"}, "inf > 1"),
    ],
)
def test_the_digits_are_those_that_the_claim_is_about(value, expected, options, shown, capsys):
    assert f"| {shown} |" in printed(capsys, value, expected, **options)


def test_the_standard_error_is_that_of_the_element_reported(capsys):
    value, error = torch.tensor([0.0, 0.3, 1.0]), torch.tensor([1.0, 0.1, 36.0])
    assert "| 0.30 = 0 | within 4 standard errors of 1.0e-01, worst of 3" in printed(
        capsys, value, 0.0, standard_error=error
    )


@pytest.mark.parametrize("error", [float("inf"), float("nan"), -1.0, torch.tensor([0.1, float("nan")])])
def test_a_standard_error_that_lets_everything_pass_is_refused(error, capsys):
    with pytest.raises(ValueError, match="standard_error must be finite"):
        check("a", torch.tensor([5.0, 5.0]), 1.0, standard_error=error)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"sigmas": 4}, "standard_error is missing"),
        ({"standard_error": None, "sigmas": 10, "relation": "!="}, "standard_error is missing"),
        ({"standard_error": 0.1, "sigmas": float("inf")}, "sigmas must be"),
        ({"standard_error": 0.1, "sigmas": 0}, "sigmas must be"),
        ({"atol": float("inf")}, "atol and rtol must be"),
        ({"rtol": float("nan")}, "atol and rtol must be"),
        ({"atol": -1.0}, "atol and rtol must be"),
    ],
)
def test_a_slack_that_says_nothing_is_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        check("a", 5.0, 1.0, **options)


@pytest.mark.parametrize("claim", [{"atol": 0.35}, {"rtol": 0.125}])
def test_the_tolerance_is_printed_as_it_is(claim, capsys):
    number = next(iter(claim.values()))
    assert f"within {number:.2g}" in printed(capsys, 1.0, 1.0, **claim)


VERDICT = Verdict(("a-is-b",), "a < b & c", "1.65", "=", "1.66", "within 4 standard errors of 3e-03, worst of 9")


def test_a_verdict_says_what_a_reader_asks():
    assert VERDICT.numbers == "1.65 ≈ 1.66"
    assert dict(VERDICT.facts()) == {
        "Found": "1.65",
        "Expected": "1.66",
        "Relation": "the two must be equal",
        "Tolerance": "within 4 standard errors of 3e-03",
        "Shown": "the closest call of 9 comparisons",
    }
    exact = Verdict((), "falls", "1", "<", "2", "exact order")
    assert exact.numbers == "1 < 2"
    assert ("Tolerance", "none: the order is exact") in exact.facts()
    assert set(SIGNS) == set(WORDS) == set(RELATIONS)


def test_a_verdict_is_escaped_in_a_notebook():
    shown = VERDICT._repr_html_()
    assert "a &lt; b &amp; c" in shown
    assert "Equation: a-is-b" in shown


@pytest.mark.parametrize(
    ("colab", "jupyter", "kernel", "rich"),
    [(True, False, True, True), (False, True, True, True), (False, False, True, False), (True, True, False, False)],
)
def test_only_a_person_at_a_notebook_sees_the_tick(monkeypatch, capsys, colab, jupyter, kernel, rich):
    import IPython
    import IPython.display

    shown = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=object() if kernel else None))
    monkeypatch.setattr(IPython.display, "display", lambda data, raw: shown.append(data))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    if jupyter:
        monkeypatch.setenv("JPY_SESSION_NAME", "chapter.ipynb")
    if colab:
        monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace())
    check("one is one", 1, 1)
    printed = capsys.readouterr().out
    if rich:
        assert printed == ""
        assert parse_verdict(shown[0]["text/plain"]).claim == "one is one"
        assert "<summary><b>✓</b> one is one" in shown[0]["text/html"]
    else:
        assert shown == []
        assert parse_verdict(printed.rstrip("\n")).claim == "one is one"


def test_half_a_standard_error_may_be_asked_for_and_a_verdict_cannot_be_changed(capsys):
    assert "within 0.5 standard errors of 1.0e-01" in printed(capsys, 1.0, 1.04, standard_error=0.1, sigmas=0.5)
    with pytest.raises(AssertionError, match="FAILED"):
        check("too far", 1.0, 1.06, standard_error=0.1, sigmas=0.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        VERDICT.value = "1.66"
