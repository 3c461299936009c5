"""How nbval compares what a chapter prints with what is stored: numbers with a tolerance, the rest letter by letter.

nbval itself knows no tolerance, and passes a notebook that has never been executed without comparing anything.
"""

import re

import pytest

# A decimal number that stands alone: not the 2 of "z2", not the 14 of "3.14.1".
DECIMAL = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w]|\.\d)")
RELATIVE = 1e-4


class PrintedText(str):
    """Text that equals another when they differ only in the last digits of decimal numbers; the stored text is left."""

    def __eq__(self, other):
        return agree(str(self), str(other))

    def __ne__(self, other):
        return not self == other

    __hash__ = None


def agree(stored, new):
    """Whether two printed texts say the same."""
    if stored == new:
        return True
    if DECIMAL.split(stored) != DECIMAL.split(new):
        return False
    return all(map(_same_number, DECIMAL.findall(stored), DECIMAL.findall(new)))


def _same_number(stored, new):
    """Within a ten-thousandth, or one unit of the last digit stored. A whole number is a count: it must be the same."""
    if stored == new:
        return True
    digits, _, exponent = stored.lower().partition("e")
    if "." not in stored and not exponent:
        return False
    unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    slack = max(RELATIVE * abs(float(stored)), unit) * (1 + 1e-9)  # the 1e-9 is for 0.3 - 0.2 > 0.1
    return abs(float(stored) - float(new)) <= slack


def pytest_configure(config):
    if config.getoption("nbval", default=False):
        from nbval.plugin import IPyNbCell

        exact = IPyNbCell.sanitize

        def sanitize(cell, text):
            clean = exact(cell, text)
            return PrintedText(clean) if isinstance(clean, str) else clean

        IPyNbCell.sanitize = sanitize


def pytest_runtest_setup(item):
    cell = getattr(item, "cell", None)
    if cell is not None and cell.source.strip() and cell.execution_count is None:
        pytest.fail("this notebook has never been executed; run: python tools/notebooks.py NOTEBOOK", pytrace=False)
