"""Sphinx extension: the built book asks no other machine for anything, from a server or straight from the disk."""

from importlib.util import find_spec
from pathlib import Path

from sphinx.util.fileutil import copy_asset, copy_asset_file

# Of MathJax 3.2.2 only this one bundle and its fonts are used: 2 MB of 24. The "-full" bundle needs no other file;
# the smaller ones fetch extensions while typesetting, which fails without a server.
MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
MATHJAX_BUNDLE = "tex-chtml-full.js"
MATHJAX_FONTS = "output/chtml/fonts/woff-v2"

# Search results carry an excerpt that the browser fetches from the page found; from the disk it may not fetch.
NO_EXCERPTS_FROM_DISK = """
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
"""

# Evaluating MathJax holds the page for most of a second. The page, with its figures, is painted before.
LATE_MATHJAX = """
addEventListener("DOMContentLoaded", async () => {
  await window.vaeFigures;
  if (!document.hidden) await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  document.head.append(Object.assign(document.createElement("script"), { src: "%s" }));
});
"""


def configure(app, config):
    config.mathjax_path = f"mathjax/{MATHJAX_BUNDLE}"
    # The colour scheme follows the reader's system; the switch in the header overrides it.
    config.html_context.setdefault("default_mode", "auto")
    # What Jupyter Book's own configuration cannot say to the theme.
    config.html_theme_options["logo"] = {"text": config.html_title, "alt_text": ""}
    config.html_theme_options["navbar_persistent"] = []  # the search field already stands in the side bar


def add_scripts(app):
    app.add_js_file(None, body=NO_EXCERPTS_FROM_DISK, priority=600)


def drop_thebe(app, pagename, templatename, context, doctree):
    """Jupyter Book always adds sphinx-thebe, whose two scripts name a remote address and clash with each other."""
    context["script_files"] = [script for script in context.get("script_files", []) if not _is_thebe(script)]


def delay_mathjax(app, pagename, templatename, context, doctree):
    scripts = context.get("script_files", [])
    for position, script in enumerate(scripts):
        if str(getattr(script, "filename", "")).endswith(MATHJAX_BUNDLE):
            source = context["pathto"](script.filename, resource=True)
            scripts[position] = type(script)(None, body=LATE_MATHJAX % source, priority=script.priority)


def drop_colab_button_of_pages(app, pagename, templatename, context, doctree):
    """Colab opens .ipynb files only, but the theme offers it for each page that executes a cell."""
    if app.env.doc2path(pagename).endswith(".md"):
        app.env.metadata[pagename].pop("kernelspec", None)


def _is_thebe(script):
    body = getattr(script, "attributes", {}).get("body") or ""
    return "thebe" in str(getattr(script, "filename", "")) or "THEBE_JS_URL" in body


def copy_files(app, exception):
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "mathjax"
    target.mkdir(parents=True, exist_ok=True)
    copy_asset_file(str(MATHJAX / MATHJAX_BUNDLE), str(target))
    copy_asset(str(MATHJAX / MATHJAX_FONTS), str(target / MATHJAX_FONTS))


def setup(app):
    app.connect("config-inited", configure)
    app.connect("builder-inited", add_scripts)
    app.connect("html-page-context", drop_colab_button_of_pages, priority=100)
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("html-page-context", delay_mathjax, priority=910)
    app.connect("build-finished", copy_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
