"""The book's own Markdown in pieces that fit a slide: blocks, sentences, and HTML in which references are readable.

A link leads to the published page, for a slide stands alone; an equation or a figure that it names gets its number, as
in the book. Formulas become \\(...\\) and \\[...\\], which MathJax typesets.
"""

import base64
import functools
import json
import posixpath
import re
import sys
import textwrap
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urldefrag

from address import current
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

ROOT = Path(__file__).resolve().parents[1]
EXTENSIONS = ROOT / "book" / "extensions"
sys.path.append(str(EXTENSIONS))

from figure_list import chapters  # noqa: E402
from metadata import address as published  # noqa: E402

EQUATION_LABEL = re.compile(r"\$\$ \(([\w-]+)\)\s*$", re.MULTILINE)
DETAILS = re.compile(r"[ \t]*<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
# What is not read for the end of a sentence: code, formulas, targets of links.
OPAQUE = re.compile(r"`[^`]+`|\$[^$]+\$|\]\([^)]*\)")
END_OF_SENTENCE = re.compile(r"(?<!\bal\.)(?<!e\.g\.)(?<!i\.e\.)(?<=[.?!])([\"”)*]*)\s+(?=[A-Z0-9\"“(*\[`$~])")
POINTS_BACK = ("This ", "That ", "These ", "It ", "They ")
TOLD = 300  # characters of a paragraph that are shown below its title
FORMULA = re.compile(r"(\\\((?:(?!\\\)).)+\\\)[.,;:?!)”\"]+)", re.DOTALL)


@dataclass
class Block:
    """One block of a Markdown cell. kind: heading, paragraph, equation, list, table, quote, code, image, folded."""

    kind: str
    text: str
    label: str = ""  # of an equation its name, of a heading its level, of what is folded its summary


def code_html(source, info="python", _=None):
    """Python as coloured HTML, anything else as it is."""
    if info not in ("python", "ipython3"):
        return escape(source)
    return highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))


MARKDOWN = MarkdownIt("commonmark", {"highlight": code_html}).enable("table")
MARKDOWN.use(dollarmath_plugin, allow_labels=True, allow_space=True, allow_digits=True)
MARKDOWN.add_render_rule("math_inline", lambda self, tokens, i, *_: rf"\({escape(tokens[i].content)}\)")
MARKDOWN.add_render_rule("math_block", lambda self, tokens, i, *_: display(tokens[i].content))
MARKDOWN.add_render_rule("math_block_label", lambda self, tokens, i, *_: display(tokens[i].content, tokens[i].info))


@functools.cache
def numbers():
    """{label: (page, anchor there, number)} of every equation and figure, counted as the book does."""
    found = {}
    for chapter, path in enumerate(chapters(), 1):
        page = path.relative_to(ROOT).with_suffix(".html").as_posix()
        equations = figures = 0
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                for label in EQUATION_LABEL.findall("".join(cell["source"])):
                    equations += 1
                    found[label] = page, f"equation-{label}", f"({chapter}.{equations})"
            elif figure := cell["metadata"].get("mystnb", {}).get("figure"):
                figures += 1
                found[figure["name"]] = page, figure["name"], f"(Fig. {chapter}.{figures})"
    return found


@functools.cache
def terms():
    """{name of a term in links: its anchor in the glossary, which keeps capital letters}."""
    lines = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8").splitlines()
    anchors = [re.sub(r"[^a-zA-Z0-9]+", "-", f"term-{line}").rstrip("-") for line in lines if line[:1].isalnum()]
    return {anchor.lower(): anchor for anchor in anchors}


def display(tex, label=""):
    """A displayed equation, with its number in the book."""
    tag = rf" \tag{{{numbers()[label][2].strip('()')}}}" if label else ""
    return f'<div class="equation">\\[{escape(tex.strip())}{tag}\\]</div>'


def link(target, page):
    """(address at the published book, number to be shown or "") of a link that stands on `page`."""
    address, name = urldefrag(target)
    if ":" in address.split("/")[0]:
        return target, ""
    base, number = published(current()), ""
    if address:
        place = re.sub(r"\.(ipynb|md)$", ".html", posixpath.normpath(posixpath.join(posixpath.dirname(page), address)))
    elif name in numbers():
        place, name, number = numbers()[name]
    elif name.startswith("term-"):
        place, name = "book/glossary.html", terms()[name]
    elif name.startswith("cite-"):
        place, name = "book/bibliography.html", ""
    else:
        place = page
    return base + place + (f"#{name}" if name else ""), number


def _resolve(tokens, page):
    """Lead the links of these tokens out of the deck, and write the numbers behind them."""
    number = ""
    for token in tokens:
        if token.children:
            _resolve(token.children, page)
        if token.type == "link_open":
            token.attrs["href"], number = link(token.attrs["href"], page)
            token.attrs["target"] = "_blank"
        elif token.type == "link_close" and number:
            token.type, token.content, number = "html_inline", f"&nbsp;{number}</a>", ""
        elif token.type == "html_inline":
            token.content = re.sub(r'href="([^"]+)"', lambda m: f'href="{link(m[1], page)[0]}"', token.content)
    return tokens


def _render(tokens, page):
    made = MARKDOWN.renderer.render(_resolve(tokens, page), MARKDOWN.options, {})
    return FORMULA.sub(r'<span class="kept">\1</span>', made)  # no line begins with a full stop


def html(text, page):
    """Blocks of Markdown as HTML. `page`: the chapter that they stand in, as a path below the root of the book."""
    return _render(MARKDOWN.parse(text), page)


def inline(text, page):
    """A sentence or a few as HTML, without a paragraph around them."""
    return _render(MARKDOWN.parseInline(text), page)


def blocks(source):
    """The blocks of a Markdown cell, in order. What is folded is one block, whatever it holds."""
    found, end = [], 0
    for folded in DETAILS.finditer(source):
        found += _open_blocks(source[end : folded.start()])
        found.append(Block("folded", folded[2].strip(), folded[1]))
        end = folded.end()
    return found + _open_blocks(source[end:])


def _open_blocks(source):
    kinds = {"bullet_list_open": "list", "ordered_list_open": "list", "table_open": "table", "blockquote_open": "quote",
             "fence": "code", "math_block": "equation", "math_block_label": "equation", "heading_open": "heading",
             "html_block": "image"}  # fmt: skip
    lines, found = source.splitlines(), []
    for token in MARKDOWN.parse(source):
        if token.level or token.nesting < 0 or not token.map:
            continue
        kind = kinds.get(token.type, "paragraph")
        text, label = "\n".join(lines[slice(*token.map)]), ""
        if kind == "heading":
            text, label = text.lstrip("# "), token.tag
        elif kind in ("equation", "code"):
            text, label = textwrap.dedent(token.content), token.info
        found.append(Block(kind, text, label))
    return found


def sentences(text):
    """The sentences of a paragraph; code, formulas and what is bold are never cut."""
    text = " ".join(text.split())
    hidden = OPAQUE.sub(lambda m: m[0][0] + "X" * (len(m[0]) - 2) + m[0][-1], text)
    hidden = BOLD.sub(lambda m: f"**{'X' * (len(m[1]) - 1)}{m[1][-1]}**", hidden)
    cuts = [0] + [match.end() for match in END_OF_SENTENCE.finditer(hidden)] + [len(text)]
    return [text[a:b].strip() for a, b in zip(cuts, cuts[1:], strict=False) if text[a:b].strip()]


def statements(text):
    """What a paragraph says in bold: each sentence in which something is bold, with what it cannot stand without.

    That is the sentence before, of one that points back ("This is called ..."), and what follows a title in bold
    ("Try it:") to the end of the paragraph, as far as it is short.
    """
    found, said, done = sentences(text), [], 0
    for position, sentence in enumerate(found):
        bold = BOLD.findall(OPAQUE.sub("", sentence))
        if position < done or not bold or "The article" in bold:
            continue
        start, done = position, position + 1
        if position and sentence.startswith(POINTS_BACK) and found[position - 1] not in " ".join(said):
            start -= 1
        if sentence.startswith("**") and len(bold[0].split()) <= 8 and (position == 0 or bold[0].endswith(":")):
            while done < len(found) and len(" ".join(found[start : done + 1])) < TOLD:
                done += 1
        said.append(" ".join(found[start:done]))
    return said


def picture(source, alt):
    """An image as part of the page, from a file or from the base64 text of a PNG."""
    if isinstance(source, Path):
        kind = "svg+xml" if source.suffix == ".svg" else source.suffix[1:]
        source = base64.b64encode(source.read_bytes()).decode()
    else:
        source, kind = "".join(source.split()), "png"
    return f'<img src="data:image/{kind};base64,{source}" alt="{escape(" ".join(alt.split()))}">'
