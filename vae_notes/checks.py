"""One verdict line per claim: what the tests run, what nbval compares, what the ledger lists.

A chapter states an equation, computes both of its sides by independent routes and calls `check`. The line that is
printed is the record: `parse_verdict` reads it back, so the ledger can hold only what really ran.
"""

import math
from dataclasses import dataclass

import torch

# How "value RELATION expected" is decided, given the slack that a tolerance or a standard error allows.
RELATIONS = {
    "=": lambda value, expected, slack: value == expected or abs(value - expected) <= slack,
    "!=": lambda value, expected, slack: abs(value - expected) > slack,
    "<=": lambda value, expected, slack: value <= expected + slack,
    ">=": lambda value, expected, slack: value >= expected - slack,
    "<": lambda value, expected, slack: value < expected - slack,
    ">": lambda value, expected, slack: value > expected + slack,
}

ROUNDING = 0.1  # differences below this part of the slack are taken for rounding


@dataclass(frozen=True)
class Verdict:
    """One line of the ledger. `equations` are the labels the claim is about; the numbers are rounded text."""

    equations: tuple[str, ...]
    claim: str
    value: str
    relation: str
    expected: str
    tolerance: str

    def __str__(self):
        names = ", ".join(self.equations) or "-"
        return f"ok | {names} | {self.claim} | {self.value} {self.relation} {self.expected} | {self.tolerance}"


def check(
    claim,
    value,
    expected,
    *,
    equation=(),
    relation="=",
    atol=0.0,
    rtol=None,
    standard_error=None,
    sigmas=4,
):
    """Compare `value` with `expected`, print one verdict line, raise AssertionError when the claim does not hold.

    claim           what is being said, in a few words, without "|"
    value, expected numbers or tensors that broadcast together; of a tensor the worst element is reported
    equation        label, or labels, of the displayed equation that the claim is about
    relation        "=", "<=", ">=", "<", ">" or "!=" (a negative control: the difference must exceed the slack)
    atol, rtol      slack is atol + rtol * |expected|; "=" and "!=" default to rtol=1e-6
    standard_error  for sampled values: slack is sigmas * standard_error instead
    """
    if "|" in claim or "\n" in claim:
        raise ValueError(f"claim must be one line without '|', got {claim!r}")
    if relation not in RELATIONS:
        raise ValueError(f"relation must be one of {', '.join(RELATIONS)}, got {relation!r}")
    if rtol is None:
        rtol = 1e-6 if relation in ("=", "!=") and atol == 0 and standard_error is None else 0.0

    value, expected = torch.broadcast_tensors(_float64(value), _float64(expected))
    if value.numel() == 0:
        raise AssertionError(f"FAILED | {claim} | nothing to compare: the value is empty")
    verb = "by more than" if relation in ("!=", "<", ">") else "within"
    if standard_error is None:
        slack = torch.full_like(expected, atol) + (rtol * expected.abs() if rtol else 0)
        tolerance = f"{verb} {_tolerance_text(atol, rtol)}" if slack.any() else "exact order"
    else:
        slack = sigmas * _float64(standard_error).expand_as(value)
        tolerance = f"{verb} {sigmas} standard errors of {_float64(standard_error).max().item():.1e}"

    value, expected, slack = (t.reshape(-1).tolist() for t in (value, expected, slack))
    holds = [RELATIONS[relation](v, e, s) for v, e, s in zip(value, expected, slack, strict=True)]
    worst = holds.index(False) if False in holds else _closest_call(value, expected, slack, relation)
    v, e, s = value[worst], expected[worst], slack[worst]
    if not holds[worst]:
        raise AssertionError(f"FAILED | {claim} | {v!r} {relation} {e!r} does not hold | {tolerance}")

    equations = (equation,) if isinstance(equation, str) else tuple(equation)
    of_many = f", worst of {len(value)}" if len(value) > 1 else ""
    resolution = s / 10 if standard_error is not None else s
    print(Verdict(equations, claim, _round(v, resolution), relation, _round(e, resolution), tolerance + of_many))


def parse_verdict(line):
    """The Verdict that a printed line holds, or None for any other line."""
    fields = [field.strip() for field in line.split(" | ")]
    if len(fields) != 5 or fields[0] != "ok":
        return None
    _, names, claim, comparison, tolerance = fields
    value, relation, expected = comparison.split(" ")
    equations = tuple(name for name in names.split(", ") if name != "-")
    return Verdict(equations, claim, value, relation, expected, tolerance)


def _float64(number):
    if torch.is_tensor(number):
        return number.detach().to(device="cpu", dtype=torch.float64)
    return torch.tensor(number, dtype=torch.float64)  # a Python float keeps its 16 digits only this way


def _closest_call(value, expected, slack, relation):
    """Index of the element nearest to breaking the relation; the first where all are equal but for rounding."""
    difference = [v - e for v, e in zip(value, expected, strict=True)]
    if relation == "=":
        if all(abs(d) <= ROUNDING * s for d, s in zip(difference, slack, strict=True)):
            return 0  # which of them is largest would depend on the processor, and so would the printed line
        room = [s - abs(d) for d, s in zip(difference, slack, strict=True)]
    elif relation == "!=":
        room = [abs(d) - s for d, s in zip(difference, slack, strict=True)]
    else:
        sign = -1 if relation in ("<", "<=") else 1
        room = [sign * d for d in difference]
    return room.index(min(room))


def _tolerance_text(atol, rtol):
    parts = ([f"{atol:.0e}"] if atol else []) + ([f"{rtol:.0e} relative"] if rtol else [])
    return " + ".join(parts)


def _round(number, resolution):
    """`number` with no more digits than the comparison can tell apart: the same line on every machine."""
    if not math.isfinite(number) or number == 0:
        return str(number) if not math.isfinite(number) else "0"
    if resolution == 0 or not math.isfinite(resolution):
        return f"{number:.4g}"
    decimals = max(0, math.ceil(-math.log10(resolution)))
    rounded = round(number, decimals)
    if rounded == 0:
        return "0"
    # A tiny number with a tiny tolerance reads better as 2.5e-13 than as a row of zeros.
    return f"{rounded:.{decimals}f}" if abs(rounded) >= 1e-4 else f"{rounded:.3g}"
