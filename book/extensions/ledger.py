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
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    printed = (output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")
    found = (parse_verdict(line) for text in printed for line in text.splitlines())
    return [verdict for verdict in found if verdict]


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
    rows = {name: verdicts(nbformat.read(executed / f"{name}.ipynb", as_version=4)) for name in chapters}
    count = len({label for row in rows.values() for verdict in row for label in verdict.equations})
    total = sum(map(len, rows.values()))
    summary = (
        f"In this build, {total} checks in {len(chapters)} chapters name {count} of {len(known)} displayed equations; "
        f"{len(definitions() & known.keys())} equations only introduce a name, and need none."
    )
    for place in places:
        place += nodes.paragraph(text=summary)
        for name, chapter in rows.items():
            if chapter:
                place += _table(app, docname, name, chapter, known)


def _reading_order(env):
    """Every page, in the order of the table of contents."""
    ordered, waiting = [], [env.config.root_doc]
    while waiting:
        name = waiting.pop(0)
        ordered.append(name)
        waiting = list(env.toctree_includes.get(name, [])) + waiting
    return ordered


HEADER = ("Equation", "Claim", "Value", "Relation", "Expected", "Tolerance", "Verdict")


def _table(app, here, chapter, chapter_verdicts, known):
    def link(target, label=None):
        uri = app.builder.get_relative_uri(here, target) + (f"#equation-{nodes.make_id(label)}" if label else "")
        return nodes.reference("", label or app.env.titles[target].astext(), refuri=uri, internal=True)

    by_label = defaultdict(list)
    for verdict in chapter_verdicts:
        by_label[verdict.equations].append(verdict)
    body = nodes.tbody()
    for labels, group in by_label.items():
        for position, verdict in enumerate(group):
            names = [link(known[label][0], label) for label in labels if label in known] if position == 0 else []
            texts = (verdict.claim, verdict.value, verdict.relation, verdict.expected, verdict.tolerance, "holds")
            body += nodes.row("", _entry(*names), *(_entry(nodes.Text(text)) for text in texts))
    header = nodes.thead("", nodes.row("", *(_entry(nodes.Text(text)) for text in HEADER)))
    columns = [nodes.colspec(colwidth=1) for _ in HEADER]
    group = nodes.tgroup("", *columns, header, body, cols=len(HEADER))
    table = nodes.table("", nodes.title("", "", link(chapter)), group, classes=["ledger-table", "colwidths-auto"])
    table["ids"] = [nodes.make_id(f"checks-of-{chapter}")]
    return table


def _entry(*children):
    spaced = [part for child in children for part in (child, nodes.Text(" "))][:-1]
    return nodes.entry("", nodes.paragraph("", "", *spaced))


def pages_with_a_ledger(app, env):
    """The page must be written again whenever any chapter has been executed again."""
    return [name for name in env.found_docs if name.endswith("/ledger")]


def setup(app):
    app.add_directive("ledger", Ledger)
    app.connect("env-updated", pages_with_a_ledger)
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
