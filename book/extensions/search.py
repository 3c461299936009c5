"""Sphinx extension: the search finds pages by the words that people use, and shows prose.

A page is also found by the American spelling of its words and by usual synonyms of what it speaks of. Pages that ask
for it with `nosearch: true` (the ledger, the model cards) are left out by Sphinx itself.
"""

import re

from docutils import nodes

# What a page says: what people type who look for it.
SYNONYMS = {
    "anomal": "outlier novelty detection",
    "blur": "blurry blurred blurriness unsharp",
    "collapse": "posterior collapse KL vanishing inactive",
    "conditional VAE": "CVAE class-conditional",
    "discrete code": "VQ-VAE vector quantised quantized",
    "evidence lower bound": "variational lower bound variational free energy",
    "importance": "IWAE importance weighted autoencoder",
    "interpolat": "interpolation interpolate morphing latent space",
    "KL divergence": "Kullback-Leibler relative entropy",
    "latent": "latent space hidden variable",
    "likelihood": "log-likelihood log likelihood NLL",
    "mean squared error": "MSE",
    "missing": "imputation inpainting",
    "walk": "interpolation interpolate morphing",
    "reconstruction": "reconstruction error loss",
    "reparameteris": "reparametrization reparametrisation",
    "score function": "REINFORCE log-derivative trick likelihood ratio gradient",
    "binary cross-entropy": "BCE",
}
AMERICAN = (
    (re.compile(r"(?<=(?:al|er|ar|im|or|an|am|rt|rd|et|gn))is(?=ation|e[drs]?\b|ing\b)"), "iz"),
    (re.compile(r"(?:(?<=col)|(?<=vi)|(?<=fav)|(?<=neighb))our"), "or"),
    (re.compile(r"(?:(?<=cent)|(?<=fib)|(?<=met))re\b"), "er"),
    (re.compile(r"(?:(?<=mode)|(?<=labe))ll(?=ed|ing)"), "l"),
    (re.compile(r"\bgrey"), "gray"),
)
SCRIPT = "search_excerpts.js"


def american(text):
    """The American spellings of the words of `text` that are spelled otherwise there, sorted."""
    found = set()
    for word in set(re.findall(r"[a-z]{4,}", text.lower())):
        other = word
        for pattern, spelling in AMERICAN:
            other = pattern.sub(spelling, other)
        found |= {other} - {word}
    return sorted(found)


def also(text):
    """Words under which a page with this text is found although it does not contain them."""
    lower = text.lower()
    return american(text) + [words for said, words in SYNONYMS.items() if said.lower() in lower]


def watch_index(app):
    """Sphinx takes the words of a page from its document tree; for that moment the tree holds the other words too."""
    if app.builder.format != "html":
        return
    index_page = app.builder.index_page

    def with_other_words(name, doctree, title):
        added = nodes.paragraph(text=" ".join(also(doctree.astext())))
        doctree += added
        index_page(name, doctree, title)
        doctree.remove(added)

    app.builder.index_page = with_other_words


def add_script(app, pagename, templatename, context, doctree):
    if pagename == "search":
        app.add_js_file(SCRIPT)


def setup(app):
    app.connect("builder-inited", watch_index)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
