"""Sphinx extension: roles that docutils gives to a bibliography and that ARIA has since withdrawn."""


def renew_roles(app, pagename, templatename, context, doctree):
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app):
    app.connect("html-page-context", renew_roles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
