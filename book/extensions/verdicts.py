"""Sphinx extension: what `check` printed, on the page a list of ticks instead of lines of text.

The notebook keeps the printed lines, which tests and ledger read. Here every run of lines that are verdicts becomes a
list: a tick, the claim, the two numbers. Each opens without JavaScript on relation, tolerance and equation.
"""

from itertools import groupby

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from vae_notes.checks import parse_verdict


class Verdicts(nodes.General, nodes.Element):
    """A list of verdicts."""


class VerdictItem(nodes.General, nodes.Element):
    """One verdict, or one chapter of the ledger: a `VerdictSummary` and what it opens on. `alone`: not in a list."""


class VerdictSummary(nodes.General, nodes.TextElement):
    """The line that is always seen, with a tick unless `ticked` is False."""


def item(verdict, links):
    """The list item of one verdict; `links` are nodes that lead to its equations."""
    summary = VerdictSummary("", "", nodes.inline(text=verdict.claim, classes=["claim"]), nodes.Text(" "))
    summary += nodes.inline(text=verdict.numbers, classes=["numbers"])
    opened = nodes.field_list("", *(_field(name, nodes.Text(text)) for name, text in verdict.facts()))
    if links:
        spaced = [part for link in links for part in (link, nodes.Text(", "))][:-1]
        opened += _field("Equation" if len(links) == 1 else "Equations", *spaced)
    return VerdictItem("", summary, opened)


def _field(name, *children):
    return nodes.field("", nodes.field_name(text=name), nodes.field_body("", nodes.paragraph("", "", *children)))


class VerdictLists(SphinxPostTransform):
    default_priority = 150  # after links are resolved, before the output moves into a folded cell
    formats = ("html",)

    def run(self, **options):
        printed = [b for b in self.document.findall(nodes.literal_block) if "stream" in b["classes"]]
        for block in printed:
            runs = [(seen, list(lines)) for seen, lines in groupby(block.astext().splitlines(), _is_verdict)]
            if any(seen for seen, _ in runs):
                parts = [self._list(lines) if seen else _text(block, lines) for seen, lines in runs]
                block.replace_self([part for part in parts if part is not None])

    def _list(self, lines):
        verdicts = [parse_verdict(line) for line in lines]
        return Verdicts("", *(item(verdict, self._links(verdict)) for verdict in verdicts))

    def _links(self, verdict):
        domain = self.env.get_domain("math")
        found = (
            domain.resolve_xref(self.env, self.env.docname, self.app.builder, "eq", label, None, nodes.literal())
            for label in verdict.equations
        )
        return [link for link in found if link is not None]


def _is_verdict(line):
    return parse_verdict(line) is not None


def _text(block, lines):
    """The lines between two verdicts, in a block like the one they come from; None where they are empty."""
    if not any(line.strip() for line in lines):
        return None
    text = "\n".join(lines)
    copy = nodes.literal_block(text, text, **{key: value for key, value in block.attributes.items() if key != "ids"})
    copy.source, copy.line = block.source, block.line
    return copy


def visit_list(self, node):
    self.body.append('<ul class="verdicts">\n')


def depart_list(self, node):
    self.body.append("</ul>\n")


def visit_item(self, node):
    ids = "".join(f' id="{name}"' for name in node["ids"])
    self.body.append(f"<details{ids}>" if node.get("alone") else f"<li><details{ids}>")


def depart_item(self, node):
    self.body.append("</details>\n" if node.get("alone") else "</details></li>\n")


def visit_summary(self, node):
    tick = '<span class="tick" role="img" aria-label="Holds:">✓</span> ' if node.get("ticked", True) else ""
    self.body.append(f"<summary>{tick}")


def depart_summary(self, node):
    self.body.append("</summary>\n")


def setup(app):
    app.add_node(Verdicts, html=(visit_list, depart_list))
    app.add_node(VerdictItem, html=(visit_item, depart_item))
    app.add_node(VerdictSummary, html=(visit_summary, depart_summary))
    app.add_post_transform(VerdictLists)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
