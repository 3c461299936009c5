"""What the simulation of Colab (make test-colab) complains about, and what it lets pass."""

import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import colab  # noqa: E402


def failed(name, **nbgrader):
    error = nbformat.v4.new_output("error", ename=name, evalue="why", traceback=[])
    metadata = {"nbgrader": nbgrader} if nbgrader else {}
    cell = nbformat.v4.new_code_cell("f()", outputs=[error], metadata=metadata)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# T"), cell])


@pytest.mark.parametrize("name", ["NotImplementedError", "AssertionError"])
def test_an_exercise_may_say_that_nobody_has_answered_it(name):
    assert list(colab.complaints(failed(name, grade=True, solution=False))) == []


@pytest.mark.parametrize(
    "notebook",
    [
        failed("ModuleNotFoundError"),
        failed("AssertionError"),
        failed("ModuleNotFoundError", grade=True, solution=False),
        failed("NotImplementedError", grade=False, solution=False),
    ],
)
def test_any_other_error_is_a_complaint(notebook):
    assert len(list(colab.complaints(notebook))) == 1


OURS = {"vae-notes==0.1.0"}


@pytest.mark.parametrize(
    ("after", "good"),
    [
        ({"numpy==2.1.3"} | OURS, True),
        ({"numpy==2.1.3"}, False),
        ({"numpy==2.4.0"} | OURS, False),
        ({"numpy==2.1.3", "einops==0.8"} | OURS, False),
        (OURS, False),
    ],
)
def test_the_package_and_nothing_else_may_be_new(after, good):
    assert (colab.only_ours_is_new({"numpy==2.1.3"}, after) == []) is good


def test_every_notebook_has_its_day():
    chapters, exercises = [f"chapters/{letter}.ipynb" for letter in "abcdefg"], ["chapters/exercises/kl.ipynb"]
    days = [colab.of_today(chapters + exercises, day) for day in range(5)]
    assert all(exercises[0] in day for day in days)
    assert sorted(name for day in days for name in day if name in chapters) == chapters
    assert max(map(len, days)) <= 3
