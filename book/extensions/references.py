"""Sphinx extension: links of the prose to what has a name in the book, in a form that reads well in Colab too.

A chapter writes `[the posterior](#term-posterior)` for an entry of the glossary, `[Kingma and Welling](#cite-key)` for
one of the bibliography, `[the closed form](#kl-gaussian-diagonal)` for an equation and `[the map](#fig-map)` for a
figure. The words stay; equations and figures get their number behind them, figures on paper only. MyST itself resolves
`[text](#label)` for headings. A name that leads nowhere is a warning, and warnings stop the build.
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode


def targets(env):
    """{what a link may name: (page, anchor there)}, of every term and every entry of the bibliography."""
    terms = env.get_domain("std").objects.items()
    found = {nodes.make_id(f"term-{name}"): place for (kind, name), place in terms if kind == "term"}
    works = env.get_domain("cite").citations
    return found | {f"cite-{work.key}": (work.bibliography_key.docname, work.citation_id) for work in works}


def _number(env, kind, page, anchor):
    """The number by chapter of an equation ("displaymath") or of a "figure", as text; "" where it bears none."""
    return ".".join(map(str, env.toc_fignumbers.get(page, {}).get(kind, {}).get(anchor, ())))


def numbered(env):
    """{label: (page, anchor there, class of the number, number)}, of every equation and every figure."""
    found = {}
    for label, (page, _) in env.get_domain("math").equations.items():
        anchor = nodes.make_id(f"equation-{label}")
        found[label] = page, anchor, "equation-number", f"({_number(env, 'displaymath', page, anchor)})"
    for label, (page, anchor) in env.get_domain("std").anonlabels.items():
        if number := _number(env, "figure", page, anchor):
            found[label] = page, anchor, "figure-number", f"(Fig. {number})"
    return found


class NamedLinks(SphinxPostTransform):
    default_priority = 8  # before MyST-Parser's own, which warns about names that it does not know

    def run(self, **options):
        links = [node for node in self.document.findall(addnodes.pending_xref) if node["reftype"] == "myst"]
        known, counted = (targets(self.env), numbered(self.env)) if links else ({}, {})
        for link in links:
            name = link["reftarget"]
            text = nodes.inline("", "", *(child.deepcopy() for child in link.children))
            if name in counted:
                page, anchor, kind, number = counted[name]
                text += nodes.inline("", f"\N{NO-BREAK SPACE}{number}" if text.astext() else number, classes=[kind])
            elif name in known:
                page, anchor = known[name]
            else:
                continue
            link.replace_self(make_refnode(self.app.builder, self.env.docname, page, anchor, text))


def setup(app):
    app.add_post_transform(NamedLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
