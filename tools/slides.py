"""Slides for a lecture, from the chapters as they are stored: _build/slides/NAME.html, which need no network.

    python tools/slides.py                        every chapter, and an index
    python tools/slides.py chapters/elbo.ipynb    this one

Nothing is executed; slide_deck.py says what is shown. reveal.js and MathJax are copied beside the decks.

nbconvert's own slides are not used: their page loads four scripts from other machines and brings 300 kB of styles of a
notebook, and its Markdown knows no labels of equations. What would be left of it is the word "section".
"""

import argparse
import shutil
import sys
from html import escape
from importlib.util import find_spec
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from slide_deck import Deck
from slide_text import EXTENSIONS, ROOT, chapters

sys.path.append(str(EXTENSIONS))

from offline import MATHJAX, MATHJAX_BUNDLE, MATHJAX_FONTS  # noqa: E402

TARGET = ROOT / "_build" / "slides"
REVEAL = ("dist/reset.css", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js", "LICENSE")

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/dist/reset.css"><link rel="stylesheet" href="assets/dist/reveal.css">
<link rel="stylesheet" href="assets/slides.css"></head>
<body class="measured"><div class="reveal"><div class="slides">
{slides}
</div></div>
<script>window.MathJax = {{ startup: {{ typeset: false }}, chtml: {{ matchFontHeight: false }},
  options: {{ ignoreHtmlClass: "notes", enableMenu: false }} }}</script>
<script src="assets/mathjax/{mathjax}"></script><script src="assets/dist/reveal.js"></script>
<script src="assets/plugin/notes/notes.js"></script><script src="assets/slides.js"></script>
</body></html>
"""
INDEX = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Slides</title><link rel="icon" href="data:,">
<style>body {{ font: 1.2rem/1.8 system-ui, sans-serif; margin: 3rem auto; max-width: 40rem }}</style></head>
<body><h1>Slides</h1><p>Arrows move, S opens the speaker notes, Esc shows all slides.</p>
<ol>{items}</ol></body></html>
"""


def deck(path):
    """(heading of the first slide, the whole page) of the chapter at `path`."""
    made = Deck(path, nbformat.read(path, as_version=4)).slides
    title = escape(BeautifulSoup(made[0].heading, "html.parser").get_text())
    return made[0].heading, PAGE.format(title=title, slides="\n".join(map(str, made)), mathjax=MATHJAX_BUNDLE)


def copy_assets(target=TARGET):
    """reveal.js, MathJax with its fonts, and our own style and script, once for all decks."""
    reveal = Path(find_spec("sphinx_revealjs").origin).parent / "_static" / "revealjs"
    files = [(reveal / name, name) for name in REVEAL]
    files += [(Path(__file__).with_name(name), name) for name in ("slides.css", "slides.js")]
    files.append((MATHJAX / MATHJAX_BUNDLE, f"mathjax/{MATHJAX_BUNDLE}"))
    for source, name in files:
        (target / "assets" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / "assets" / name)
    shutil.copytree(MATHJAX / MATHJAX_FONTS, target / "assets" / "mathjax" / MATHJAX_FONTS, dirs_exist_ok=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path, help="chapters; without one, all of them")
    options = parser.parse_args(arguments)
    paths = [path.resolve() for path in options.paths] or chapters()
    for path in paths:
        if path not in chapters():
            parser.error(f"{path} is no chapter of the book")
    copy_assets()
    items = ""
    for path in paths:
        heading, page = deck(path)
        (TARGET / f"{path.stem}.html").write_text(page, encoding="utf-8")
        items += f'<li><a href="{path.stem}.html">{heading}</a></li>'
    if not options.paths:
        (TARGET / "index.html").write_text(INDEX.format(items=items), encoding="utf-8")
    print(f"Slides: {TARGET / (f'{path.stem}.html' if options.paths else 'index.html')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
