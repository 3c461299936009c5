"""The page of interactive figures names every figure of the book, and no other."""

import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "extensions"))
from figure_list import NAMES, PAGES, chapters, figures_of_page, interactive_figures  # noqa: E402


def test_every_interactive_figure_has_a_name_of_its_own():
    looks = [look for path in chapters() for look, _ in interactive_figures(nbformat.read(path, as_version=4))]
    looks += [look for page in PAGES for look, _ in figures_of_page((ROOT / f"{page}.md").read_text("utf-8"))]
    assert sorted(look["figure"]["name"] for look in looks) == sorted(NAMES)
    assert len(set(NAMES.values())) == len(NAMES)


def test_no_page_with_a_figure_is_left_out():
    holding = {
        str(path.relative_to(ROOT).with_suffix(""))
        for path in ROOT.glob("book/**/*.md")
        if any(True for _ in figures_of_page(path.read_text("utf-8")))
    }
    assert holding == set(PAGES)
