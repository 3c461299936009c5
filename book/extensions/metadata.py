"""Sphinx extension: what search engines, link previews and lost readers are told about a page."""

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from entrance import write_page

CARD = "_static/card.png"  # 1200 x 630, the size that link previews show whole
NOT_PROSE = (nodes.table, nodes.figure, nodes.literal_block, nodes.field_list)


def address(repository):
    """Where the workflow publishes the latest version of the book of a repository on GitHub."""
    owner, name = urlsplit(repository).path.strip("/").split("/")
    return f"https://{owner}.github.io/{name}/latest/"


def configure(app, config):
    config.html_baseurl = config.html_baseurl or address(config.html_theme_options["repository_url"])


def description(doctree, longest=160):
    """The first paragraphs of prose, up to `longest` characters, cut between two words."""
    text = ""
    for paragraph in doctree.findall(nodes.paragraph):
        if len(text) < longest and not _inside(paragraph, NOT_PROSE) and not list(paragraph.findall(nodes.math)):
            text = f"{text} {' '.join(paragraph.astext().split())}".strip()
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def _inside(node, kinds):
    while node is not None and not isinstance(node, kinds):
        node = node.parent
    return node is not None


def add_tags(app, pagename, templatename, context, doctree):
    if doctree is None:
        return
    cover = pagename == app.config.root_doc
    title = app.config.html_title if cover else app.env.titles[pagename].astext()
    said = {
        "description": description(doctree),
        "og:title": title,
        "og:description": description(doctree),
        "og:type": "website" if cover else "article",
        "og:site_name": app.config.html_title,
        "og:url": context["pageurl"],
        "og:image": app.config.html_baseurl + CARD,
        "twitter:card": "summary_large_image",
    }
    for name, content in said.items():
        key = "property" if name.startswith("og:") else "name"
        context["metatags"] += f'\n<meta {key}="{name}" content="{escape(content)}" />'
    if cover:
        context["title"] = "Variational autoencoders, from the idea to the proof"


def write_files(app, exception):
    """The list of pages for search engines, and the page that a server shows for an address that does not exist."""
    if exception or app.builder.format != "html":
        return
    base = app.config.html_baseurl
    places = "".join(f"<url><loc>{escape(base + app.builder.get_target_uri(name))}</loc></url>\n"
                     for name in sorted(app.env.found_docs))  # fmt: skip
    opening = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    (Path(app.outdir) / "sitemap.xml").write_text(f"{opening}\n{places}</urlset>\n", encoding="utf-8")
    # Served at any depth, so it can name no file next to it.
    cover = base + app.builder.get_target_uri(app.config.root_doc)
    way = f'It may have moved. <a href="{cover}">The cover</a> leads to all of them.'
    body = f"<h1>There is no such page</h1>\n<p>{way}</p>"
    write_page(app, "404.html", f"Not found — {app.config.html_title}", body)


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", write_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
