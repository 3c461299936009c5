"""The built book in the system's Firefox: Chromium's tests go deeper, these ask whether it works there at all."""

import json
import os
from pathlib import Path

import pytest
from firefox_support import firefox

pytestmark = pytest.mark.browser
HTML = Path(os.environ.get("VAE_NOTES_BOOK", Path(__file__).parents[1] / "_build" / "html"))
ENTER, RIGHT = "\ue007", "\ue014"
VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]'

# MathJax comes after the page has loaded; only then is there a promise to wait for.
READY = """(async () => {
  await window.vaeFigures;
  for (let i = 0; i < 200 && !window.MathJax?.startup?.promise; i++) await new Promise((done) => setTimeout(done, 50));
  await window.MathJax?.startup?.promise;
  await document.fonts.ready;  // a font that is left on its way is an error of its own
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
CHANGED = f"""(async (figure, before) => {{
  for (let i = 0; i < 200; i++) {{
    if ({SHOWN}(figure) !== before) return true;
    await new Promise((done) => setTimeout(done, 50));
  }}
  return false;
}})"""
# In the order of what is likely to move the picture; a button is pressed, the others take an arrow.
CONTROLS = ("input[type=range]", "input[type=radio]", '[tabindex="0"]', "button")


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
    assert len(pages) >= 9
    assert {path.name: found for path in pages if (found := complaints_of(page, path))} == {}


def test_the_page_has_the_focus(page):
    """Else nothing can be said of buttons and keys."""
    page.open(with_figures()[0].as_uri())
    assert page.evaluate("document.hasFocus()")


def test_a_broken_page_is_noticed(page, tmp_path):
    broken = tmp_path / "page.html"
    broken.write_text(f'<!DOCTYPE html><p class="math">x</p><{VIEW[:6]} type="{VIEW[13:-2]}">{{}}</script>'
                      "<script>throw new Error('broken on purpose')</script>")  # fmt: skip
    found = complaints_of(page, broken)
    assert len(found) == 3
    assert "broken on purpose" in found[0]


def moves(page, figure):
    """Whether the keyboard changes what the figure shows, by one of its controls."""
    for selector in CONTROLS:
        control = f"{figure}.querySelector('{selector}')"
        if not page.evaluate(f"Boolean({control})"):
            continue
        before = page.evaluate(f"{SHOWN}({figure})")
        page.evaluate(f"{control}.focus()")
        page.press(*([ENTER] if selector == "button" else [RIGHT, RIGHT, RIGHT]))
        if page.evaluate(f"{CHANGED}({figure}, {json.dumps(before)})"):
            return True
    return False


def test_a_key_moves_every_figure(page):
    still = []
    for path in with_figures():
        page.open(path.as_uri())
        page.evaluate(READY)
        for number in range(page.evaluate("document.querySelectorAll('.vae-figure').length")):
            if not moves(page, f"document.querySelectorAll('.vae-figure')[{number}]"):
                still.append(f"{path.name}: figure {number + 1}")
    assert still == []
