"""Sphinx extension: lets chapters be read, and so executed, in parallel, none waiting for another.

sphinx-multitoc-numbering, which Jupyter Book brings along, does not declare whether that is safe, and one such
extension makes Sphinx read everything in turn. It is safe: it only numbers sections, in the main process, at the end.

Sphinx hands pages out a dozen at a time, in the order of their names: one process is left with the last dozen while
the other has nothing to do. Pages take milliseconds and chapters a minute, so here each is handed out by itself, the
largest chapter first.
"""

from pathlib import Path

import sphinx.builders


def declare_safe(app):
    if "sphinx_multitoc_numbering" in app.extensions:
        app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True


def one_by_one(app):
    def size(name):
        path = Path(app.env.doc2path(name))
        return path.stat().st_size if path.suffix == ".ipynb" else 0

    sphinx.builders.make_chunks = lambda names, nproc: [[name] for name in sorted(names, key=size, reverse=True)]


def setup(app):
    app.connect("builder-inited", declare_safe)
    app.connect("builder-inited", one_by_one)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
