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
{head}<link rel="icon" href="data:image/svg+xml;base64,{icon}" />
<title>{title}</title>
</head>
<body>{body}</body>
</html>
"""


def write_page(app, name, title, body, head=""):
    """Write a page that stands alone: it asks for no other file. `body` and `head` are HTML, `title` is text."""
    icon = b64encode((Path(app.srcdir) / app.config.html_favicon).read_bytes()).decode()
    page = PAGE.format(language=app.config.language, title=escape(title), body=body, head=head, icon=icon)
    (Path(app.outdir) / name).write_text(page, encoding="utf-8")


def write_entrance(app, exception):
    if exception or app.builder.format != "html":
        return
    title, cover = app.config.html_title, app.builder.get_relative_uri("index", app.config.root_doc)
    refresh = f'<meta http-equiv="Refresh" content="0; url={cover}" />\n'
    write_page(app, "index.html", title, f'<p><a href="{cover}">{escape(title)}</a></p>', refresh)


def setup(app):
    app.connect("build-finished", write_entrance)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
