"""Sphinx extension: the `{model-cards}` directive, filled from the JSON cards that lie beside the shipped weights."""

import json
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

WEIGHTS = Path(__file__).resolve().parents[2] / "vae_notes" / "shipped" / "weights"


def read_cards(folder=WEIGHTS):
    """The cards in `folder`, by name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}


def facts(card):
    """(what, value) of one card, as text, in the order in which a reader asks."""
    settings = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in card["settings"].items())
    yield "Made by", card["command"]
    yield "Recipe", f"{card['optimizer']}; {settings}"
    if "finish" in card:
        yield "After the training", card["finish"]
    yield "Trained on", card["data"]["training"]
    yield "Trained with", f"{card['device']['name']}, PyTorch {card['versions']['torch']}, {card['seconds']:,.0f} s"
    yield "Parameters", f"{card['parameters']:,} ({card['bytes'] / 1e6:.2f} MB)"
    yield "SHA-256", card["sha256"]


def figures(card):
    """(set, figure, value, standard error, number of images) as text, of everything measured on held-out digits."""
    for split, measured in card["figures"].items():
        for what, figure in measured.items():
            of = f" of {figure['of']}" if "of" in figure else ""
            error = f"{figure['standard error']:.2g}" if "standard error" in figure else ""
            images = f"{figure['images']:,}" if "images" in figure else ""
            yield split, what, f"{figure['value']:.5g}{of}", error, images


class ModelCards(SphinxDirective):
    def run(self):
        found = []
        for name, card in sorted(read_cards().items()):
            self.env.note_dependency(str(WEIGHTS / f"{name}.json"))
            section = nodes.section("", nodes.title(text=name), ids=[nodes.make_id(name)], names=[name])
            section += nodes.paragraph(text=f"{card['summary']}.")
            header = ("Held out", "Figure", "Value", "Standard error", "Images")
            section += _table(*_filled(header, figures(card)), "figures")
            section += _table((), facts(card), "facts")
            found.append(section)
        return found or [nodes.paragraph(text="No model ships with this version.")]


def _filled(header, rows):
    """`header` and `rows` without the columns that hold nothing."""
    rows = list(rows)
    kept = [column for column in range(len(header)) if any(row[column] for row in rows)]
    return [header[column] for column in kept], [[row[column] for column in kept] for row in rows]


def _table(header, rows, kind):
    rows = list(rows)
    width = len(rows[0])
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in range(width)), cols=width)
    if header:
        group += nodes.thead("", _row(header))
    group += nodes.tbody("", *(_row(row) for row in rows))
    return nodes.table("", group, classes=["model-card", "colwidths-auto", kind])


def _row(texts):
    return nodes.row("", *(nodes.entry("", nodes.paragraph(text=text)) for text in texts))


def setup(app):
    app.add_directive("model-cards", ModelCards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
