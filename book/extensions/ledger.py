"""The ledger of checks: which displayed equation is checked where, by what numbers.

As a Sphinx extension it fills the `{ledger}` directive from the notebooks that this build has executed, so the page
cannot list what did not run. The same functions serve the tests that every equation is checked.
"""

import re
from collections import defaultdict
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from verdicts import VerdictItem, Verdicts, VerdictSummary, item

from vae_notes.checks import parse_verdict

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = ROOT / "book" / "definitions.txt"
DISPLAYED = re.compile(r"\$\$(?P<tex>.+?)\$\$(?:[ \t]*\((?P<label>[^()\s]+)\))?", re.DOTALL)
FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)


def equations(notebook):
    """(label or None, tex) of every displayed equation of the notebook's prose, in order."""
    prose = (FENCED.sub("", cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
    return [(match["label"], match["tex"].strip()) for text in prose for match in DISPLAYED.finditer(text)]


def verdicts(notebook):
    """Every Verdict that the notebook's cells have printed, in order."""
    found = (parse_verdict(line) for cell in notebook.cells for line in _printed(cell).splitlines())
    return [verdict for verdict in found if verdict]


def _printed(cell):
    """What the cell wrote to stdout, once.

    Where it came in several pieces, MyST-NB appends the later ones to the first and leaves them where they were.
    """
    outputs = cell.get("outputs", [])
    pieces = [o.text for o in outputs if o.output_type == "stream" and o.name == "stdout"] or [""]
    merged = "".join(f"{piece.rstrip()}\n" for piece in pieces[1:] if piece.rstrip())
    return pieces[0] if pieces[0].endswith(merged) else "".join(pieces)


def definitions(path=DEFINITIONS):
    """Labels of the equations that state no value, identity or bound; `#` starts a comment."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return {line for line in lines if line}


def problems(notebooks, defined):
    """What is wrong, in sentences, with {name: notebook} and the set of labels that are definitions."""
    labels = {label: name for name, nb in notebooks.items() for label, _ in equations(nb) if label}
    named = {label: name for name, nb in notebooks.items() for v in verdicts(nb) for label in v.equations}
    found = [f"{labels[label]}: no check names the equation {label}" for label in labels.keys() - named - defined]
    found += [f"{named[label]}: a check names the unknown equation {label}" for label in named.keys() - labels]
    found += [f"definitions.txt lists the unknown equation {label}" for label in defined - labels.keys()]
    return sorted(found)


class Ledger(SphinxDirective):
    def run(self):
        return [nodes.container(classes=["ledger"])]


def fill(app, doctree, docname):
    places = [node for node in doctree.findall(nodes.container) if node["classes"] == ["ledger"]]
    if not places:
        return
    known = app.env.get_domain("math").equations  # label -> (docname, number)
    executed = Path(app.outdir).parent / "jupyter_execute"
    chapters = [name for name in _reading_order(app.env) if (executed / f"{name}.ipynb").is_file()]
    read = {name: verdicts(nbformat.read(executed / f"{name}.ipynb", as_version=4)) for name in chapters}
    rows = {name: found for name, found in read.items() if found}
    count = len({label for row in rows.values() for verdict in row for label in verdict.equations})
    total = sum(map(len, rows.values()))
    summary = (
        f"In this build, {total} checks in {len(rows)} chapters name {count} of {len(known)} displayed equations; "
        f"{len(definitions() & known.keys())} equations only introduce a name, and need none."
    )
    for place in places:
        place += nodes.paragraph(text=summary)
        for name, chapter in rows.items():
            place += _chapter(app, docname, name, chapter, known)


def _reading_order(env):
    """Every page, in the order of the table of contents."""
    ordered, waiting = [], [env.config.root_doc]
    while waiting:
        name = waiting.pop(0)
        ordered.append(name)
        waiting = list(env.toctree_includes.get(name, [])) + waiting
    return ordered


def _chapter(app, here, chapter, chapter_verdicts, known):
    """One line for a chapter, which opens on its checks, those of the same equation together."""
    number = ".".join(map(str, app.env.toc_secnumbers.get(chapter, {}).get("", ())))
    title = f"{number}. {app.env.titles[chapter].astext()}" if number else app.env.titles[chapter].astext()
    by_label = defaultdict(list)
    for verdict in chapter_verdicts:
        by_label[verdict.equations].append(verdict)

    def links(labels):
        domain, builder = app.env.get_domain("math"), app.builder
        found = [label for label in labels if label in known]
        return [domain.resolve_xref(app.env, here, builder, "eq", label, None, nodes.Text("")) for label in found]

    listed = Verdicts("", *(item(v, links(labels)) for labels, group in by_label.items() for v in group))
    uri = app.builder.get_relative_uri(here, chapter)
    place = nodes.paragraph("", "", nodes.reference("", f"To the chapter: {title}", refuri=uri, internal=True))
    many = f"{len(chapter_verdicts)} checks" if len(chapter_verdicts) > 1 else "1 check"
    summary = VerdictSummary("", "", nodes.inline(text=title), nodes.Text(f": {many}"), ticked=False)
    return VerdictItem("", summary, place, listed, ids=[nodes.make_id(f"checks-of-{chapter}")], alone=True)


def pages_with_a_ledger(app, env):
    """The page must be written again whenever any chapter has been executed again."""
    return [name for name in env.found_docs if name.endswith("/ledger")]


def setup(app):
    app.add_directive("ledger", Ledger)
    app.connect("env-updated", pages_with_a_ledger)
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
