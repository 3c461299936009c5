"""Slides for a lecture, from the chapters as they are stored: _build/slides/NAME.html, which need no network.

    python tools/slides.py                        every chapter, and an index
    python tools/slides.py chapters/elbo.ipynb    this one

Nothing is executed. On a slide stands what is bold in the prose, every displayed equation, every figure, table and open
cell; the prose itself, with what the checks said, is in the speaker notes (key S). No solution is anywhere in the file.

nbconvert's own slides are not used: their template loads four scripts from other machines, brings 300 kB of styles of a
notebook, and knows neither labels of equations nor captions; what would be left of it is the word "section".
"""

import argparse
import re
import shutil
import sys
from dataclasses import dataclass, field
from html import escape
from importlib.util import find_spec
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from slide_text import BOLD, ROOT, blocks, chapters, code_html, html, inline, numbers, picture, sentences, statements
from slide_text import published, current  # noqa: I001

from offline import MATHJAX, MATHJAX_BUNDLE, MATHJAX_FONTS  # of book/extensions
from vae_notes.checks import parse_verdict

TARGET = ROOT / "_build" / "slides"
REVEAL = ("dist/reset.css", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js", "LICENSE")
WHOLE = ("In this chapter", "Exercises", "Further reading")  # sections that are shown sentence by sentence
ROOM = 11  # lines of text below the heading of a slide
LINE = 64  # characters
LARGE = 6  # fewer lines than these are set in larger type
CODE = 22  # lines of code and output that share a slide
CAPTION = 130  # characters

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


@dataclass
class Slide:
    """One slide. kind: title, text, figure, code, table."""

    kind: str
    heading: str
    body: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: float = 0
    first: bool = False  # of its section

    def __str__(self):
        level = "h1" if self.kind == "title" else "h2" if self.first else "h3"
        heading = f"<{level}>{self.heading}</{level}>"
        kind = f"{self.kind} {'large' if self.kind == 'text' and self.lines < LARGE else ''}".strip()
        notes = "\n".join(self.notes)
        return (f'<section class="{kind}"><div class="box">{heading}\n<div class="body">'
                f'{"".join(self.body)}</div></div>\n<aside class="notes">{notes}</aside></section>')  # fmt: skip


def height(text):
    """About how many lines of a slide some Markdown takes."""
    words = re.sub(r"\]\([^)]*\)|\\[a-zA-Z]+|[*`${}]", "", text)
    return 0.4 + -(-len(words) // LINE)


class Deck:
    """The slides of one chapter, built by going through it once."""

    def __init__(self, path, notebook):
        self.path, self.page = path, path.relative_to(ROOT).with_suffix(".html").as_posix()
        self.slides, self.last, self.opening = [], "", ""  # the last sentence, the first of the section
        opening = blocks(notebook.cells[0].source)
        self.title = opening[0].text
        self.question = question(opening)
        self.section = inline(self.title, self.page)
        asked = "".join(f'<p class="question">{inline(text, self.page)}</p>' for text in self.question)
        self.slides.append(Slide("title", self.section, [asked], lines=1))
        for cell in notebook.cells:
            if {"setup", "remove-cell"} & set(cell.metadata.get("tags", [])):
                continue
            if cell.cell_type == "code":
                self.add_cell(cell)
            else:
                for block in blocks(cell.source):
                    self.add(block)
        first = next((slide for slide in self.slides if slide.kind == "figure"), None)
        if first:
            self.slides[0].body.append(BeautifulSoup(first.body[0], "html.parser").img.decode())

    def add(self, block):
        """Put a block of prose where it belongs: on a slide, into the notes, or both."""
        if block.kind == "folded" and self.section == "Exercises":
            return
        if block.kind == "heading":
            return self.head(block)
        if block.kind == "image":
            return self.schematic(block.text)
        if block.kind == "equation":
            return self.equation(block)
        if block.kind == "code" and block.label == "python":
            return self.whole("code", f"<pre>{code_html(block.text)}</pre>")
        if block.kind == "table":
            return self.whole("table", html(block.text, self.page))
        if self.section in WHOLE:
            for piece, lines in self.pieces(block):
                self.put(piece, lines)
            return None
        if block.kind == "folded":
            return self.note(f"<p><b>{block.label}</b></p>{html(block.text, self.page)}")
        shown = {"paragraph": self.paragraph, "list": self.list}.get(block.kind)
        if shown:
            shown(block.text)
        self.note(html(block.text, self.page))
        said = sentences(block.text) if block.kind == "paragraph" else [""]
        self.last = said[-1]
        if self.slides[-1].first:
            self.opening = self.opening or said[0]
        return None

    def head(self, block):
        if block.label == "h2":
            self.section = inline(block.text, self.page)
            self.fill()
            self.slides.append(Slide("text", self.section, first=True))
        elif block.label != "h1":
            self.put(f"<p><b>{inline(block.text, self.page)}</b></p>", 1.4)
        self.last = ""

    def fill(self):
        """A slide on which only a heading stands gets the first sentence of its section."""
        slide = self.slides[-1]
        if slide.first and not slide.lines and self.opening:
            slide.body.append(f'<p class="lead">{inline(self.opening, self.page)}</p>')
            slide.lines = height(self.opening)
        self.opening = ""

    def paragraph(self, text):
        for said in statements(text):
            if not any(bold in asked for asked in map(str.lower, self.question) for bold in map(str.lower, BOLD.findall(said))):
                self.put(f"<p>{inline(said, self.page)}</p>", height(said))

    def list(self, text):
        for item in re.split(r"^(?:[*-]|\d+\.) +", text, flags=re.MULTILINE)[1:]:
            if said := " ".join(statements(item)):
                self.put(f"<ul><li>{inline(said, self.page)}</li></ul>", height(said))

    def pieces(self, block):
        """(HTML, lines) of every item of a list, or of the one paragraph."""
        made = BeautifulSoup(html(block.text, self.page), "html.parser")
        if block.kind != "list":
            return [(str(made), height(block.text) if block.kind != "code" else 1 + len(block.text.splitlines()))]
        outer = made.find(["ul", "ol"])
        first = int(outer.get("start", 1))
        return [(f'<{outer.name} start="{n}">{item}</{outer.name}>', height(item.get_text()))
                for n, item in enumerate(outer.find_all("li", recursive=False), first)]  # fmt: skip

    def equation(self, block):
        """A displayed equation below the sentence that leads to it."""
        shown = self.slides[-1].body
        lead = "" if not self.last or any(inline(self.last, self.page) in part for part in shown) else self.last
        source = f"$$\n{block.text.strip()}\n$$" + (f" ({block.label})" if block.label else "")
        made = html(source, self.page)
        rows = 1.2 + 1.6 * (1 + block.text.count(r"\\")) + block.text.count("underbrace")
        said = f'<p class="lead">{inline(lead, self.page)}</p>' if lead else ""
        self.put(said + made, rows + (height(lead) if lead else 0))
        self.note(made)
        self.last = ""

    def put(self, piece, lines):
        """Add to the text slide that is open; open another one where it is full or something else was shown."""
        slide = self.slides[-1]
        full = slide.lines and slide.lines + lines > ROOM
        if slide.kind != "text" or full:
            slide = Slide("text", self.section)
            self.slides.append(slide)
        slide.body.append(piece)
        slide.lines += lines

    def whole(self, kind, body):
        """A slide of its own; it takes the heading from one on which nothing but the heading would stand."""
        self.fill()
        slide = self.slides[-1]
        first = slide.first and not slide.lines
        if first:
            self.slides.pop()
        self.slides.append(Slide(kind, self.section, [body], slide.notes if first else [], lines=1, first=first))

    def note(self, text):
        self.slides[-1].notes.append(text)

    def schematic(self, text):
        tag = BeautifulSoup(text, "html.parser").img
        self.whole("figure", picture(self.path.parent / tag["src"], tag["alt"]))

    def add_cell(self, cell):
        """An open cell with what it printed, its picture, its table; of a folded one the picture and the table."""
        is_open = "hide-input" not in cell.metadata.get("tags", [])
        printed, look = "", cell.metadata.get("mystnb", {})
        source = f"<pre>{code_html(cell.source)}</pre>" if is_open else ""
        size = len(cell.source.splitlines()) if is_open else 0
        verdicts, results = [], []
        for output in cell.outputs:
            if output.output_type == "stream":
                for line in output.text.splitlines():
                    verdict = parse_verdict(line)
                    if verdict:
                        verdicts.append(f"<li>✓ {escape(verdict.claim)}: {escape(verdict.numbers)}</li>")
                    else:
                        printed += f"{line}\n"
            elif "image/png" in output.data:
                results.append(("figure", self.figure(output, look)))
            elif "text/html" in output.data:
                results.append(("table", table(output.data["text/html"])))
        result = f'<pre class="printed">{escape(printed.rstrip())}</pre>' if printed.strip() else ""
        if source and result and size + len(printed.splitlines()) > CODE:
            self.whole("code", source)
            self.whole("code", result)
        elif source or result:
            self.whole("code", source + result)
        for kind, body in results:
            self.whole(kind, body)
        if results and "figure" in look:
            self.note(f"<p>{inline(look['figure']['caption'], self.page)}</p>")
        if verdicts:
            self.note(f'<ul class="verdicts">{"".join(verdicts)}</ul>')
        self.last = ""

    def figure(self, output, look):
        """A picture and, in one line, as much of its caption as that holds; a living one leads to the book."""
        name, caption = look["figure"]["name"], look["figure"]["caption"]
        living = caption.startswith("Interactive:")
        caption = caption.removeprefix("Interactive:").strip()
        line, *rest = sentences(caption[0].upper() + caption[1:])
        while rest and len(line) + len(rest[0]) < CAPTION:
            line += f" {rest.pop(0)}"
        place, _, number = numbers()[name]
        made = f'<span class="number">{number.strip("()")}</span> {inline(line, self.page)}'
        if living:
            made += f' <a target="_blank" href="{published(current())}{place}#{name}">Move it in the book</a>'
        return f'{picture(output.data["image/png"], look["image"]["alt"])}<p class="caption">{made}</p>'

    def __str__(self):
        title = escape(BeautifulSoup(self.section_title(), "html.parser").get_text())
        return PAGE.format(title=title, slides="\n".join(map(str, self.slides)), mathjax=MATHJAX_BUNDLE)

    def section_title(self):
        return self.slides[0].heading


def question(opening):
    """What the chapter asks: the bold questions of its opening, else its first short paragraph, below a motto."""
    prose = [block.text for block in opening if block.kind == "paragraph"]
    bold = [" ".join(b.split()) for text in prose for b in BOLD.findall(text) if b.rstrip().endswith("?")]
    if bold:
        return [b[0].upper() + b[1:] for b in bold]
    motto = [" ".join(block.text.replace(">", " ").split()) for block in opening if block.kind == "quote"]
    asked = [sentence for sentence in sentences(prose[0]) if sentence.endswith("?")]
    return motto[:1] + ([prose[0]] if len(prose[0]) < 200 else asked[:1])


def table(text):
    """The table of a DataFrame, without the styles that it brings."""
    made = BeautifulSoup(text, "html.parser").table
    for tag in [made, *made.find_all(True)]:
        tag.attrs = {}
        if tag.name == "th" and not tag.get_text(strip=True):
            tag.name = "td"
    return str(made)


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
    copy_assets()
    paths = [path.resolve() for path in options.paths] or chapters()
    made = {path.stem: Deck(path, nbformat.read(path, as_version=4)) for path in paths}
    for name, deck in made.items():
        (TARGET / f"{name}.html").write_text(str(deck), encoding="utf-8")
    if not options.paths:
        items = "".join(f'<li><a href="{name}.html">{deck.slides[0].heading}</a></li>' for name, deck in made.items())
        (TARGET / "index.html").write_text(INDEX.format(items=items), encoding="utf-8")
    print(f"Slides: {TARGET / ('index.html' if not options.paths else f'{paths[-1].stem}.html')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
