"""Sphinx extension: what the themes write into every page and cannot be told to leave out."""

import re

DROPPED = (
    # All of Font Awesome; the icons that are used stand in icons.css (icons.py).
    re.compile(r'<!-- So that users can add custom icons -->\s*<script defer src="[^"]*fontawesome\.js[^>]*></script>'),
    # It hides from screen readers what the summary of a folded cell says.
    re.compile(r'(?<=<summary) aria-label="Toggle hidden content"'),
)
VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')  # Sphinx, docutils and the theme each write one
TITLE_ON_PAPER = re.compile(r'(<div id="jb-print-docs-body" class="onlyprint">\s*)<h1>(.*?)</h1>', re.DOTALL)


# What only the search page needs; the theme loads it everywhere, for a search while one types, which is off.
SEARCH = re.compile(r'<script src="[^"]*(searchtools|language_data|searchindex)\.js[^>]*></script>\s*')


def tidied(page, template):
    for pattern in DROPPED:
        page = pattern.sub("", page)
    if first := VIEWPORT.search(page):
        page = page[: first.end()] + VIEWPORT.sub("", page[first.end() :])
    if template != "search.html":
        page = SEARCH.sub("", page)
    return TITLE_ON_PAPER.sub(r"\1<p>\2</p>", page)  # the page's own title is the one heading of the first level


def watch_templates(app):
    """Sphinx tells nobody when it has rendered a page, so the renderer is wrapped."""
    if app.builder.format == "html":
        render = app.builder.templates.render
        app.builder.templates.render = lambda template, context: tidied(render(template, context), template)


def setup(app):
    app.connect("builder-inited", watch_templates)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
