"""One verdict line per claim: what the tests run, what nbval compares, what the ledger lists.

A chapter states an equation, computes both of its sides by independent routes and calls `check`. The line that is
printed is the record: `parse_verdict` reads it back, so the ledger can hold only what really ran.
"""

import html
import math
import os
import sys
from dataclasses import dataclass

import numpy as np
import torch

from vae_notes.arguments import common_shape
from vae_notes.rounding import closest_call, equal_texts, ordered_texts

# How "value RELATION expected" is decided, given the slack that a tolerance or a standard error allows.
RELATIONS = {
    "=": lambda value, expected, slack: value == expected or abs(value - expected) <= slack,
    "!=": lambda value, expected, slack: abs(value - expected) > slack,
    "<=": lambda value, expected, slack: value <= expected + slack,
    ">=": lambda value, expected, slack: value >= expected - slack,
    "<": lambda value, expected, slack: value < expected - slack,
    ">": lambda value, expected, slack: value > expected + slack,
}
# How a relation is said to a reader.
SIGNS = {"=": "=", "!=": "≠", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}
WORDS = {
    "=": "the two must be equal",
    "!=": "the two must differ: a mistake made on purpose has to be noticed",
    "<=": "found must be at most expected",
    ">=": "found must be at least expected",
    "<": "found must be less than expected",
    ">": "found must be greater than expected",
}


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

    @property
    def numbers(self) -> str:
        """The two numbers as a reader sees them; numbers that count as equal and are not are joined by ≈."""
        close = self.relation == "=" and self.value != self.expected
        return f"{self.value} {'≈' if close else SIGNS[self.relation]} {self.expected}"

    def facts(self) -> list[tuple[str, str]]:
        """(name, text) of everything that a reader can ask about the claim, except its equations."""
        tolerance, _, many = self.tolerance.partition(", worst of ")
        found = [("Found", self.value), ("Expected", self.expected), ("Relation", WORDS[self.relation])]
        found += [("Tolerance", "none: the order is exact" if tolerance == "exact order" else tolerance)]
        return found + ([("Shown", f"the closest call of {many} comparisons")] if many else [])

    def _repr_html_(self) -> str:
        """The claim with a tick; one click opens the rest."""
        facts = self.facts() + ([("Equation", ", ".join(self.equations))] if self.equations else [])
        rows = "".join(f"<div>{name}: {html.escape(text)}</div>" for name, text in facts)
        summary = f"<b>✓</b> {html.escape(self.claim)} &ensp;<small>{html.escape(self.numbers)}</small>"
        return f'<details><summary>{summary}</summary><div style="margin-left: 2em">{rows}</div></details>'


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
    sigmas=None,
):
    """Compare `value` with `expected`, print one verdict line, raise AssertionError when the claim does not hold.

    claim            what is being said, in a few words, without "|"
    value, expected  real numbers or tensors that broadcast together; of a tensor the worst element is reported
    equation         label, or labels, of the displayed equation that the claim is about
    relation         "=", "<=", ">=", "<", ">" or "!=" (a negative control: the difference must exceed the slack)
    atol, rtol       slack is atol + rtol * |expected|; "=" and "!=" default to rtol=1e-6
    standard_error   for sampled values: slack is sigmas * standard_error instead, 4 of them unless told otherwise

    The line shows the digits that the claim is about: of an equality as many as its slack tells apart, of an order
    two digits of the distance; an error that a small bound limits is shown as 0.

    Raises ValueError for arguments that would make the claim empty or unreadable, AssertionError where it is false.
    """
    equations = (equation,) if isinstance(equation, str) else tuple(equation)
    for name, text in (("claim", claim), *(("equation", label) for label in equations)):
        if "|" in text or len(text.splitlines()) != 1 or (name == "equation" and "," in text):
            raise ValueError(f"{name} must be one line without '|'{' and commas' * (name == 'equation')}, got {text!r}")
    if relation not in RELATIONS:
        raise ValueError(f"relation must be one of {', '.join(RELATIONS)}, got {relation!r}")
    if rtol is None:
        rtol = 1e-6 if relation in ("=", "!=") and atol == 0 and standard_error is None else 0.0

    sigmas = _sampled(standard_error, sigmas)
    if not (math.isfinite(atol) and math.isfinite(rtol) and atol >= 0 and rtol >= 0):
        raise ValueError(f"atol and rtol must be finite and not negative, got {atol} and {rtol}")

    value, expected = _together(_float64(value, "value"), _float64(expected, "expected"), relation)
    if value.numel() == 0:
        raise AssertionError(f"FAILED | {claim} | nothing to compare: the value is empty")
    verb = "by more than" if relation in ("!=", "<", ">") else "within"
    if standard_error is None:
        # A part of infinity is no slack: every number would be within it.
        slack = torch.full_like(expected, atol) + rtol * expected.abs().where(expected.isfinite(), 0.0)
        tolerance = f"{verb} {_tolerance_text(atol, rtol)}" if slack.any() else "exact order"
    else:
        error = _float64(standard_error, "standard_error")
        if common_shape(value=value.shape, standard_error=error.shape) != value.shape:
            raise ValueError(f"standard_error must be one number or one for each of {tuple(value.shape)}")
        slack = sigmas * error.expand_as(value)

    value, expected, slack = (t.reshape(-1).tolist() for t in (value, expected, slack))
    holds = [RELATIONS[relation](v, e, s) for v, e, s in zip(value, expected, slack, strict=True)]
    worst = holds.index(False) if False in holds else closest_call(value, expected, slack, relation)
    v, e, s = value[worst], expected[worst], slack[worst]
    if standard_error is not None:
        tolerance = f"{verb} {sigmas} standard errors of {s / sigmas:.1e}"
    if not holds[worst]:
        raise AssertionError(f"FAILED | {claim} | {v!r} {relation} {e!r} does not hold | {tolerance}")

    of_many = f", worst of {len(value)}" if len(value) > 1 else ""
    texts = equal_texts if relation == "=" else ordered_texts
    shown, against = texts(v, e, s, relation, sampled=standard_error is not None)
    _show(Verdict(equations, claim, shown, relation, against, tolerance + of_many))


def parse_verdict(line):
    """The Verdict that a printed line holds, or None for any other line."""
    fields = [field.strip() for field in line.split(" | ")]
    if len(fields) != 5 or fields[0] != "ok":
        return None
    _, names, claim, comparison, tolerance = fields
    if len(comparison.split(" ")) != 3 or comparison.split(" ")[1] not in RELATIONS:
        return None
    value, relation, expected = comparison.split(" ")
    equations = tuple(name for name in names.split(", ") if name != "-")
    return Verdict(equations, claim, value, relation, expected, tolerance)


def _show(verdict):
    """Print the line; where somebody works in Colab or JupyterLab, show the claim with a tick instead.

    Tests, and the tools that execute notebooks to store them, always get the line.
    """
    interactive = "google.colab" in sys.modules or "JPY_SESSION_NAME" in os.environ
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if not interactive or getattr(shell, "kernel", None) is None:
        print(verdict)
        return
    from IPython.display import display

    display({"text/plain": str(verdict), "text/html": verdict._repr_html_()}, raw=True)


def _float64(number, name):
    if isinstance(number, np.ndarray):
        number = torch.from_numpy(number)
    if torch.is_tensor(number):
        if number.is_complex():  # the conversion would drop its imaginary part
            raise ValueError(f"{name} must be real, got {number.dtype}: compare real and imaginary parts")
        return number.detach().to(device="cpu", dtype=torch.float64)
    return torch.tensor(number, dtype=torch.float64)  # a Python float keeps its 16 digits only this way


def _together(value, expected, relation):
    """Both broadcast; ValueError where equality would compare each element of a row with each of a column."""
    shape = common_shape(value=value.shape, expected=expected.shape)
    if relation == "=" and shape.numel() > max(value.numel(), expected.numel()):
        raise ValueError(
            f"value {tuple(value.shape)} and expected {tuple(expected.shape)} would be compared each with each, "
            f"{tuple(shape)}: reshape one of them"
        )
    return value.expand(shape), expected.expand(shape)


def _sampled(standard_error, sigmas):
    """How many standard errors are allowed; refuses those that would let everything pass."""
    if standard_error is None:
        if sigmas is not None:
            raise ValueError("sigmas counts standard errors: standard_error is missing")
        return None
    error = _float64(standard_error, "standard_error")
    if not (error.isfinite().all() and (error >= 0).all()):
        raise ValueError(f"standard_error must be finite and not negative, got {standard_error}")
    sigmas = 4 if sigmas is None else sigmas
    if isinstance(sigmas, bool) or not (math.isfinite(sigmas) and sigmas > 0):
        raise ValueError(f"sigmas must be a positive number, got {sigmas}")
    return sigmas


def _tolerance_text(atol, rtol):
    def text(number):
        return f"{number:.0e}" if float(f"{number:.0e}") == number else f"{number:.2g}"

    return " + ".join(([text(atol)] if atol else []) + ([f"{text(rtol)} relative"] if rtol else []))
