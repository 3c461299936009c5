"""Sphinx extension: lets chapters be read, and so executed, in parallel.

sphinx-multitoc-numbering, which Jupyter Book brings along, does not declare whether that is safe, and one such
extension makes Sphinx read everything in turn. It is safe: it only numbers sections, in the main process, at the end.
"""


def declare_safe(app):
    if "sphinx_multitoc_numbering" in app.extensions:
        app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True


def setup(app):
    app.connect("builder-inited", declare_safe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
