"""The reference page: every public name once, docstrings as lists, no name without a docstring."""

import inspect
import re
import sys
from pathlib import Path

import pytest

import vae_notes

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "extensions"))

from reference import as_rst  # noqa: E402

CONVENTIONS = {"chunk", "generator", "images", "k", "model", "n", "progress", "samples", "x"}  # one meaning everywhere


def test_the_page_lists_every_public_name_once():
    page = (ROOT / "book" / "reference.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\.\. auto\w+:: vae_notes\.(\w+)$", page, re.M)) == sorted(vae_notes.__all__)


@pytest.mark.parametrize("name", [n for n in vae_notes.__all__ if callable(getattr(vae_notes, n))])
def test_every_argument_is_explained_or_is_one_of_the_conventions(name):
    thing = getattr(vae_notes, name)
    text = inspect.getdoc(thing) or ""
    assert text, "no docstring"
    if inspect.isfunction(thing):
        unexplained = {p for p in inspect.signature(thing).parameters if not re.search(rf"\b{p}\b", text)}
        assert unexplained <= CONVENTIONS


def test_columns_become_terms():
    text = ["A sentence.", "", "mu, logvar   same shape", "             as *each*", "x            an image", "End."]
    terms = ["", "``mu, logvar``", r"   same shape as \*each\*", "", "``x``", "   an image", ""]
    assert as_rst(text) == ["A sentence.", "", *terms, "End."]


def test_backquotes_become_code_and_bars_stay():
    assert as_rst(["KL(q || p) of `elbo`"]) == [r"KL(q \|\| p) of ``elbo``"]
