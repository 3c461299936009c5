"""The page of departures is made of the chapters' own notes: all of them are found, each states a number."""

import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "extensions"))

import departures  # noqa: E402

CHAPTERS = [p for p in sorted(ROOT.glob("chapters/**/*.ipynb")) if "exercises" not in p.parts]


def test_a_note_is_read_whole_and_without_its_marks():
    text = "Prose.\n\n> **The article** says 2.\n> We find 3.\n\n> Another quotation."
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    assert list(departures.notes(notebook)) == ["**The article** says 2.\nWe find 3."]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_note_states_what_shows_it(path):
    notebook = nbformat.read(path, as_version=4)
    bare = [note for note in departures.notes(notebook) if not re.search(r"\d|\$", note)]
    assert bare == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_chapter_argues_with_the_article_outside_its_notes(path):
    prose = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")
    outside = departures.NOTE.sub("", prose)
    assert re.findall(r"\*\*Correction\.?\*\*|\bthe article (?:says|calls|writes|claims|states)\b", outside) == []
