"""Sphinx extension: the `{interactive-figures}` directive, every interactive figure of the book, by name.

Picture and caption are those stored in the notebooks, so that the list costs no kernel and no weights. The pages that
are only read store no pictures: of their figures the list has name, caption and link.
"""

import re
from pathlib import Path

import nbformat
import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
REPR = ": interactive figure>"  # how vae_notes.widgets.base.Figure prints itself
PAGES = ("book/intro", "book/playground")  # the pages with figures that are no notebooks
CELL = re.compile(r"^```\{code-cell\} python\n---\n(.*?)\n---$", re.M | re.S)

# A figure without a name here stops the build: the list would not say what it is.
NAMES = {
    "fig-cover": "Draw a digit",
    "fig-playground": "The playground",
    "fig-digit-training": "Digits that sort themselves",
    "fig-autoencoders-bottleneck": "A digit through a few numbers",
    "fig-vae-explorer": "The plane of codes",
    "fig-variational-autoencoders-walk": "A walk between two digits",
    "fig-elbo-gap": "The gap of the ELBO",
    "fig-elbo-rate-distortion": "What beta does",
    "fig-example-explorer": "Twenty numbers of a code",
    "fig-example-estimators": "Two estimates of a gradient",
    "fig-advantages-directions": "A face that smiles and turns",
    "fig-kl-playground": "Both directions of the KL divergence",
    "fig-rd-linear": "The price of a nat",
}


def chapters():
    """The notebooks in the order of the table of contents."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [path for path in (ROOT / f"{file}.ipynb" for file in files) if path.is_file()]


def interactive_figures(notebook):
    """(look, picture as base64 PNG) of each interactive figure of a notebook, in order; look is what mystnb reads."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if REPR in output.get("data", {}).get("text/plain", ""):
                yield cell.metadata["mystnb"], output.data["image/png"]


def figures_of_page(text):
    """The same of a page in Markdown, where no picture is stored: None."""
    for options in CELL.findall(text):
        look = yaml.safe_load(options).get("mystnb", {})
        if look.get("figure", {}).get("caption", "").startswith("Interactive:"):
            yield look, None


class InteractiveFigures(SphinxDirective):
    def run(self):
        found = []
        for page in PAGES:
            path = ROOT / f"{page}.md"
            self.env.note_dependency(str(path))
            found += [self.entry(*each, f"{{doc}}`/{page}`") for each in figures_of_page(path.read_text("utf-8"))]
        for path in chapters():
            self.env.note_dependency(str(path))
            place = f"the chapter {{doc}}`/{path.relative_to(ROOT).with_suffix('')}`"
            found += [self.entry(*each, place) for each in interactive_figures(nbformat.read(path, as_version=4))]
        return found

    def entry(self, look, picture, place):
        name = NAMES[look["figure"]["name"]]
        text = look["figure"]["caption"].strip().removeprefix("Interactive:").strip()
        heading = {"ids": [nodes.make_id(name)], "names": [nodes.fully_normalize_name(name)]}
        block = nodes.section(classes=["figure-entry"], **heading)
        block += nodes.title(text=name)
        if picture:
            alt = " ".join(look["image"]["alt"].split())
            block += nodes.image(uri=f"data:image/png;base64,{''.join(picture.split())}", alt=alt)
        link = f"Play: {{ref}}`{name} <{look['figure']['name']}>` in {place}."
        source = StringList([*(text[0].upper() + text[1:]).splitlines(), "", link], source=self.env.docname)
        self.state.nested_parse(source, self.content_offset, block)
        return block


def setup(app):
    app.add_directive("interactive-figures", InteractiveFigures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
