"""Sphinx extension: what a reader without JavaScript sees, the stored picture of every interactive figure.

Each stands in a box of its own, `figure-place`, in which vae-notes.css can keep free the height that the figure takes.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

VIEW = "application/vnd.jupyter.widget-view+json"
NOTE = (
    '<noscript><p class="noscript">JavaScript is off: figures stand still, and formulas are written in TeX.</p>'
    "</noscript>\n"
)


def _is_bundle(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


class Pictures(SphinxPostTransform):
    default_priority = 3  # before MyST-NB drops all forms of an output but one
    formats = ("html",)

    def run(self, **options):
        for bundle in list(self.document.findall(_is_bundle)):
            forms = {form["mime_type"]: form for form in bundle.children}
            if VIEW in forms and "image/png" in forms:
                opening = nodes.raw("", "<noscript>", format="html")
                picture = next(forms["image/png"].findall(nodes.image)).deepcopy()
                forms[VIEW] += [opening, picture, nodes.raw("", "</noscript></div>", format="html")]
                forms[VIEW].insert(0, nodes.raw("", '<div class="figure-place">', format="html"))


def add_note(app, pagename, templatename, context, doctree):
    if doctree is not None and ("<noscript>" in context["body"] or 'class="math' in context["body"]):
        context["body"] = NOTE + context["body"]


def setup(app):
    app.add_post_transform(Pictures)
    app.connect("html-page-context", add_note)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
