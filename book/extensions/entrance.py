"""Sphinx extension: the page at the root of the book, which leads on to the cover.

Jupyter Book writes a bare redirect there. It names no icon, so browsers ask the server for a favicon.ico that is not
there, and it leaves a reader whose browser does not follow it with an empty page. Here the icon stands in the page
itself: the page is left at once, and a file that is asked for and then given up counts as failed.
"""

from base64 import b64encode
from html import escape
from pathlib import Path

PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta http-equiv="Refresh" content="0; url={cover}" />
<link rel="icon" href="data:image/svg+xml;base64,{icon}" />
<title>{title}</title>
</head>
<body><p><a href="{cover}">{title}</a></p></body>
</html>
"""


def write_entrance(app, exception):
    if exception or app.builder.format != "html":
        return
    page = PAGE.format(
        language=app.config.language,
        title=escape(app.config.html_title),
        cover=app.builder.get_relative_uri("index", app.config.root_doc),
        icon=b64encode((Path(app.srcdir) / app.config.html_favicon).read_bytes()).decode(),
    )
    (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def setup(app):
    app.connect("build-finished", write_entrance)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
