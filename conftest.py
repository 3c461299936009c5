"""How nbval compares what a chapter prints with what is stored: numbers with a tolerance, the rest letter by letter.

A verdict line is compared by what it says: the same claim within the same tolerance, and numbers that the claim itself
takes for the same. nbval itself knows no tolerance, and passes a notebook that has never been executed without
comparing anything.

`--executed FOLDER` executes nothing: it compares with the notebooks that the building of the book has executed there.
"""

import re
from pathlib import Path

import nbformat
import pytest

from vae_notes.checks import RELATIONS, parse_verdict

# A decimal number that stands alone: not the 2 of "z2", not the 14 of "3.14.1".
DECIMAL = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w]|\.\d)")
RELATIVE = 1e-4
NOISE = 1 + 1e-9  # 0.3 - 0.2 > 0.1, and 3.2 - 3.1 too

# What a verdict allows, as `check` words it.
SAMPLED = re.compile(r"(\S+) standard errors of ([^\s,]+)")
RELATIVE_SLACK = re.compile(r"(\S+) relative")
ABSOLUTE_SLACK = re.compile(r"(?:within|by more than) (\S+?)(?= \+|,|$)")


class PrintedText(str):
    """Text that equals another when they differ only in the last digits of decimal numbers; the stored text is left."""

    def __eq__(self, other):
        return agree(str(self), str(other))

    def __ne__(self, other):
        return not self == other

    __hash__ = None


def agree(stored, new):
    """Whether two printed texts say the same."""
    old_lines, new_lines = stored.split("\n"), new.split("\n")
    return len(old_lines) == len(new_lines) and all(map(_same_line, old_lines, new_lines))


def _same_line(stored, new):
    verdicts = parse_verdict(stored), parse_verdict(new)
    if stored == new or not all(verdicts):
        return _same_text(stored, new)
    return _same_verdict(*verdicts)


def _same_verdict(stored, new):
    """The same claim, and numbers that it takes for the same. In an order the value may move as long as it is kept."""
    if (stored.equations, stored.relation) != (new.equations, new.relation):
        return False
    same_tolerance = _same_text if SAMPLED.search(stored.tolerance) else str.__eq__
    if not (_same_text(stored.claim, new.claim) and same_tolerance(stored.tolerance, new.tolerance)):
        return False
    pairs = [(stored.expected, new.expected)]
    if stored.relation in ("=", "!="):
        pairs.append((stored.value, new.value))
    slack = _slack(stored)
    same = all(old == now or abs(float(old) - float(now)) <= slack + _digits(old, now) for old, now in pairs)
    return same and _holds(stored) and _holds(new)


def _digits(old, now):
    """How far apart two texts of one number may be; a whole number beside one with decimals is rounded."""
    steps = [_step(number) * (1.0 if "." in number else 0.5) for number in (old, now)]
    return NOISE * max(*steps, 0.5 if any(steps) and not all(steps) and "0" not in (old, now) else 0.0)


def _holds(verdict):
    """Whether the printed numbers fulfil the claim, as far as their digits say."""
    slack = _slack(verdict)
    numbers = [number for number in (verdict.value, verdict.expected) if number != "0"]
    # A whole number may be a rounded one where there is a slack; the digits left out of the slack are below 5 % of it.
    rounding = 0.05 * slack + sum(_step(number) or (0.5 if slack else 0.0) for number in numbers)
    slack += -rounding if verdict.relation in ("!=", "<", ">") else rounding
    return RELATIONS[verdict.relation](float(verdict.value), float(verdict.expected), slack)


def _slack(verdict):
    sampled, relative, absolute = (r.search(verdict.tolerance) for r in (SAMPLED, RELATIVE_SLACK, ABSOLUTE_SLACK))
    if sampled:
        return float(sampled[1]) * float(sampled[2])
    part = float(relative[1]) * abs(float(verdict.expected)) if relative else 0.0
    return part + (float(absolute[1]) if absolute else 0.0)


def _step(number):
    """One unit of the last digit printed, or a ten-thousandth of the number; a whole number is exact."""
    digits, _, exponent = number.lower().partition("e")
    if "." not in digits and not exponent:
        return 0.0
    return max(RELATIVE * abs(float(number)), 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2])))


def _same_text(stored, new):
    if stored == new:
        return True
    if DECIMAL.split(stored) != DECIMAL.split(new):
        return False
    return all(map(_same_number, DECIMAL.findall(stored), DECIMAL.findall(new)))


def _same_number(stored, new):
    """Within a ten-thousandth, or one unit of the last digit stored. A whole number is a count: it must be the same."""
    if stored == new:
        return True
    return abs(float(stored) - float(new)) <= _step(stored) * NOISE


def pytest_addoption(parser):
    parser.addoption("--executed", metavar="FOLDER", type=Path, help="compare with notebooks executed there (nbval)")


def pytest_configure(config):
    if config.getoption("nbval", default=False):
        from nbval.plugin import IPyNbCell, IPyNbFile

        exact = IPyNbCell.sanitize

        def sanitize(cell, text):
            clean = exact(cell, text)
            return PrintedText(clean) if isinstance(clean, str) else clean

        IPyNbCell.sanitize = sanitize
        IPyNbFile.__init__ = _without_html(IPyNbFile.__init__)
        if config.getoption("executed"):
            IPyNbFile.setup, IPyNbCell.runtest = _read_executed, _compare_with_executed


def _without_html(init):
    """HTML is the rich form of what is printed as plain text beside it; only the text is compared."""

    def new(file, *args, **kwargs):
        init(file, *args, **kwargs)
        file.skip_compare += ("text/html",)

    return new


def _read_executed(file):
    """In place of starting a kernel."""
    file.setup_sanitize_files()
    path = file.config.getoption("executed") / file.path.relative_to(file.config.rootpath)
    if not path.is_file():
        pytest.fail(f"{path} is missing: run `make book`", pytrace=False)
    file.executed = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def _compare_with_executed(cell):
    """In place of executing the cell."""
    from nbval.plugin import coalesce_streams

    codes = cell.parent.executed
    if len(codes) <= cell.cell_num or codes[cell.cell_num].source != cell.cell.source:
        cell.raise_cell_error("The book was built from another text of this cell: run `make book`")
    if not cell.options["check"]:
        return
    if not cell.compare_outputs(codes[cell.cell_num].outputs, coalesce_streams(cell.cell.outputs)):
        cell.raise_cell_error("Cell outputs differ", "\n".join(cell.comparison_traceback))


def pytest_runtest_setup(item):
    cell = getattr(item, "cell", None)
    if cell is not None and cell.source.strip() and cell.execution_count is None:
        pytest.fail("this notebook has never been executed; run: python tools/notebooks.py NOTEBOOK", pytrace=False)
