"""What of a chapter stands on its slides, and what in the speaker notes: a rule for every kind of block and of output.

On a slide: what is bold in the prose, every displayed equation below the sentence that leads to it, every figure, table
and open cell. In the notes: the prose in full, the captions, and what the checks said. A solution of an exercise is
nowhere.
"""

import re
from dataclasses import dataclass, field
from html import escape

from address import current
from bs4 import BeautifulSoup
from slide_text import BOLD, ROOT, blocks, code_html, html, inline, numbers, picture, published, sentences, statements

from vae_notes.checks import parse_verdict

WHOLE = ("In this chapter", "Exercises", "Further reading")  # sections that are shown sentence by sentence
ROOM = 11  # lines of text below the heading of a slide
LINE = 64  # characters
LARGE = 6  # fewer lines than these are set in larger type
CODE = 18  # lines of code and output that share a slide
CAPTION = 105  # characters


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
        body, notes = "\n".join(self.body), "\n".join(self.notes)
        return (f'<section class="{kind}"><div class="box">{heading}\n<div class="body">'
                f'{body}</div></div>\n<aside class="notes">{notes}</aside></section>')  # fmt: skip


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
        self.question = question(opening)
        self.section = inline(opening[0].text, self.page)
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
        if first and "<img" not in "".join(self.slides[0].body):
            self.slides[0].body.append(BeautifulSoup(first.body[0], "html.parser").img.decode())

    def add(self, block):
        """Put a block of prose where it belongs: on a slide, into the notes, or both."""
        if block.kind == "folded" and (self.section == "Exercises" or block.label == "Solution"):
            return None
        if block.kind == "heading":
            return self.head(block)
        if block.kind == "image":
            return self.schematic(block.text)
        if block.kind == "equation":
            return self.equation(block)
        if block.kind == "code" and block.label == "python":
            return self.whole("code", f"<pre>{code_html(block.text)}</pre>")
        if block.kind == "table":
            return self.whole("table words", html(block.text, self.page))
        if block.kind == "folded":
            return self.note(f"<p><b>{block.label}</b></p>{html(block.text, self.page)}")
        if self.section in WHOLE:
            for piece, lines in self.pieces(block):
                self.put(piece, lines)
            return None
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
        asked = {text.lower() for text in self.question}
        for said in statements(text):
            if not asked & {" ".join(bold.lower().split()) for bold in BOLD.findall(said)}:
                self.put(f"<p>{inline(said, self.page)}</p>", height(said))

    def list(self, text):
        for item in re.split(r"^(?:[*-]|\d+\.) +", text, flags=re.MULTILINE)[1:]:
            if said := " ".join(statements(item)):
                self.put(f"<ul><li>{inline(said, self.page)}</li></ul>", height(said))

    def pieces(self, block):
        """(HTML, lines) of every item of a list, of every sentence of a summary, or of the one paragraph."""
        said = sentences(block.text)
        if block.kind == "paragraph" and self.section == "In this chapter" and len(said) > 2:
            return [(f"<ul><li>{inline(sentence, self.page)}</li></ul>", height(sentence)) for sentence in said]
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
        room = ROOM + 3 * (self.section in WHOLE)  # rather smaller type than one line on a slide of its own
        full = slide.lines and slide.lines + lines > room
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
        """A drawing of the prose; that of the opening stands on the title slide."""
        tag = BeautifulSoup(text, "html.parser").img
        made = picture(self.path.parent / tag["src"], tag["alt"])
        if self.slides[-1].heading == self.slides[0].heading and "<img" not in "".join(self.slides[0].body):
            self.slides[0].body.append(made)
        else:
            self.whole("figure", made)

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
        tag.attrs = {name: tag[name] for name in ("colspan", "rowspan") if tag.has_attr(name)}
        if tag.name == "th" and not tag.get_text(strip=True):
            tag.name = "td"
    return str(made)
