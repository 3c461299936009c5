"""Sphinx extension: the `{departures}` directive, every note in which a chapter departs from the article.

The notes are the chapters' own block quotes that start with "**The article**", so that page and chapter cannot differ.
"""

import os
import re

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from figure_list import ROOT, chapters
from sphinx.util.docutils import SphinxDirective

NOTE = re.compile(r"^> \*\*The article\*\*.*(?:\n>.*)*", re.MULTILINE)
RELATIVE_LINK = re.compile(r"\]\((?!#|[a-z]+:)([^)#]+)")


def notes(notebook):
    """The text of each note of a notebook, without the marks of the quotation, in order."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for note in NOTE.findall(cell.source):
                yield re.sub(r"^> ?", "", note, flags=re.MULTILINE)


def title(notebook):
    return notebook.cells[0].source.splitlines()[0].removeprefix("# ")


class Departures(SphinxDirective):
    def run(self):
        found = []
        here = (ROOT / self.env.docname).parent
        for path in chapters():
            self.env.note_dependency(str(path))
            notebook = nbformat.read(path, as_version=4)

            def from_here(link, folder=path.parent):
                return f"]({os.path.relpath(folder / link[1], here)}"

            listed = [RELATIVE_LINK.sub(from_here, note) for note in notes(notebook)]
            if listed:
                lines = [f"**[{title(notebook)}]({os.path.relpath(path, here)})**", ""]
                for note in listed:
                    first, *rest = note.splitlines()
                    lines += [f"* {first}", *(f"  {line}" for line in rest), ""]
                block = nodes.container(classes=["departures"])
                self.state.nested_parse(StringList(lines, source=self.env.docname), self.content_offset, block)
                found.append(block)
        return found


def setup(app):
    app.add_directive("departures", Departures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
