"""Sphinx extension: docstrings of the package as the reference page shows them.

Our docstrings are written to be read in a terminal: a sentence, then columns of a name and what it holds. autodoc would
run such columns into one paragraph; here they become lists of terms. Backquotes are code, as in Markdown.
sphinx-codeautolink then links every name in a chapter's code to its entry.
"""

import re

ENTRY = re.compile(r"(?P<name>\S(?:\S| (?! ))*) {2,}(?P<text>\S.*)")  # "mu, logvar   same shape (..., D)"


def as_rst(lines):
    """The lines of a docstring as reStructuredText."""
    out = []
    for line in lines:
        line = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", line).replace("|", r"\|").replace("*", r"\*")
        entry = ENTRY.fullmatch(line)
        if entry:
            out += ["", f"``{entry['name']}``", f"   {entry['text']}"]
        elif line.startswith("   ") and out:
            out[-1] += " " + line.strip()
        elif line and out and out[-1].startswith("   "):
            out += ["", line]
        else:
            out.append(line)
    return out


def process(app, what, name, obj, options, lines):
    lines[:] = as_rst(lines)


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.config.autodoc_typehints = "none"  # the docstring says shapes, which no type does
    app.config.autodoc_preserve_defaults = True
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
