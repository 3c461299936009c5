"""Sphinx extension: pictures keep their place free before they are loaded, and those further down wait until then.

A schematic is a link to itself, also where Sphinx makes none of it: it opens large, and the link is the box in which it
scrolls on a telephone (vae-notes.css).
"""

import re
import struct
from pathlib import Path

IMAGE = re.compile(
    r'<img (?![^>]*\b(?:width|height|style)=)(?P<rest>[^>]*\bsrc="[^"]*_images/(?P<name>[^"/]+\.png)"[^>]*)>'
)
# A schematic that stands free in the text. One with a `width` Sphinx has made a link already.
SCHEMATIC = re.compile(r'(?<!">)(?P<image><img (?=[^>]*\bsrc="(?P<source>[^"]*_images/[^"/]+\.svg)")[^>]*>)')


def size(path):
    """(width, height) of a PNG file, in pixels."""
    start = Path(path).read_bytes()[:24]
    if start[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError(f"{path} is no PNG file")
    return struct.unpack(">II", start[16:])


def with_sizes(body, sources):
    """`body` with the size of every picture; `sources` is {name in _images: file}. The first is loaded at once."""
    seen = []

    def place(match):
        seen.append(match)
        width, height = size(sources[match["name"]])
        lazy = ' loading="lazy"' if len(seen) > 1 else ""
        return f'<img width="{width}" height="{height}"{lazy} {match["rest"]}>'

    return IMAGE.sub(place, body)


def with_links(body):
    """`body` with every schematic as a link to its file."""
    link = r'<a class="reference internal image-reference" href="\g<source>">\g<image></a>'
    return SCHEMATIC.sub(link, body)


def keep_places(app, pagename, templatename, context, doctree):
    if doctree is not None and app.builder.format == "html":
        sources = {name: Path(app.srcdir) / file for file, name in app.builder.images.items()}
        context["body"] = with_links(with_sizes(context["body"], sources))


def setup(app):
    app.connect("html-page-context", keep_places)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
