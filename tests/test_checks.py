"""The verdict line: it must fail when the claim fails, and say the same on every machine."""

import pytest
import torch

from vae_notes.checks import check, parse_verdict


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
