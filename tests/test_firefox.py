"""The built book in the system's Firefox: Chromium's tests go deeper, these ask whether it works there at all."""

import os
from pathlib import Path

import pytest
from firefox_support import firefox

pytestmark = pytest.mark.browser
HTML = Path(os.environ.get("VAE_NOTES_BOOK", Path(__file__).parents[1] / "_build" / "html"))
TAB, ENTER, RIGHT = "\ue004", "\ue007", "\ue014"
VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]'

READY = """(async () => {
  await window.vaeFigures;
  await window.MathJax?.startup?.promise;
})()"""
WRONG = f"""({{
  undrawn: [...document.querySelectorAll('{VIEW}')]
    .filter((view) => !view.nextElementSibling?.querySelector("canvas, svg path")).length,
  untypeset: [...document.querySelectorAll(".math")].filter((math) => !math.querySelector("mjx-container")).length,
}})"""
# A figure's state: what its controls say, and what its pictures show.
SHOWN = """((figure) => [
  ...[...figure.querySelectorAll("svg")].map((svg) => svg.innerHTML),
  ...[...figure.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()),
].join("|"))"""


def with_figures():
    return sorted(page for page in HTML.rglob("*.html") if "vnd.jupyter.widget-view+json" in page.read_text("utf-8"))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    assert HTML.is_dir(), "build the book first: make book"
    with firefox(tmp_path_factory.mktemp("firefox")) as running:
        running.resize(1280, 900)
        yield running


def complaints_of(page, path):
    page.open(path.as_uri())
    page.evaluate(READY)
    wrong = page.evaluate(WRONG)
    return page.complaints + [f"{count} {what}" for what, count in wrong.items() if count]


def test_pages_with_figures_are_silent_typeset_and_drawn(page):
    pages = with_figures()
    assert len(pages) >= 10
    assert {path.name: found for path in pages if (found := complaints_of(page, path))} == {}


def test_a_broken_page_is_noticed(page, tmp_path):
    broken = tmp_path / "page.html"
    broken.write_text(f'<!DOCTYPE html><p class="math">x</p><{VIEW[:6]} type="{VIEW[13:-2]}">{{}}</script>'
                      "<script>throw new Error('broken on purpose')</script>")  # fmt: skip
    found = complaints_of(page, broken)
    assert len(found) == 3
    assert "broken on purpose" in found[0]


def test_a_key_moves_every_figure(page):
    still = []
    for path in with_figures():
        page.open(path.as_uri())
        page.evaluate(READY)
        for number in range(page.evaluate("document.querySelectorAll('.vae-figure').length")):
            figure = f"document.querySelectorAll('.vae-figure')[{number}]"
            before = page.evaluate(f"{SHOWN}({figure})")
            page.evaluate(f"{figure}.querySelector('input[type=range], [tabindex=\"0\"], button').focus()")
            page.press(RIGHT, RIGHT, RIGHT)
            page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
            if page.evaluate(f"{SHOWN}({figure})") == before:
                still.append(f"{path.name}: figure {number + 1}")
    assert still == []
