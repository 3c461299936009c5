"""Sphinx extension: the `{interactive-figures}` directive, a list of every interactive figure that the chapters hold.

Picture and caption are those stored in the notebooks, so that the list costs no kernel and no weights.
"""

from pathlib import Path

import nbformat
import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
REPR = ": interactive figure>"  # how vae_notes.widgets.base.Figure prints itself


def chapters():
    """The notebooks in the order of the table of contents."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [path for path in (ROOT / f"{file}.ipynb" for file in files) if path.is_file()]


def interactive_figures(notebook):
    """(name, caption, alt text, picture as base64 PNG) of each interactive figure of a notebook, in order."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if REPR in output.get("data", {}).get("text/plain", ""):
                look = cell.metadata["mystnb"]
                figure = look["figure"]
                yield figure["name"], figure["caption"], look["image"]["alt"], output.data["image/png"]


class InteractiveFigures(SphinxDirective):
    def run(self):
        found = []
        for path in chapters():
            self.env.note_dependency(str(path))
            for name, caption, alt, picture in interactive_figures(nbformat.read(path, as_version=4)):
                text = caption.strip().removeprefix("Interactive:").strip()
                link = f"{{ref}}`Move it <{name}>` in the chapter {{doc}}`/{path.relative_to(ROOT).with_suffix('')}`."
                block = nodes.container(classes=["figure-entry"])
                block += nodes.image(uri=f"data:image/png;base64,{''.join(picture.split())}", alt=" ".join(alt.split()))
                source = StringList([text[0].upper() + text[1:], "", link], source=self.env.docname)
                self.state.nested_parse(source, self.content_offset, block)
                found.append(block)
        return found


def setup(app):
    app.add_directive("interactive-figures", InteractiveFigures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
