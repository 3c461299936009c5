"""Sphinx extension: pictures keep their place free before they are loaded, and those further down wait until then.

They are stored with at most 256 colours: half the bytes of all pictures together, and no difference that an eye sees.
What is drawn in lines and colours alone has the class `plot`, which the dark theme turns over; digits and faces stay.

A schematic is a link to itself, also where Sphinx makes none of it: it opens large, and the link is the box in which it
scrolls on a telephone (vae-notes.css).
"""

import io
import re
import struct
from pathlib import Path

import numpy as np
from PIL import Image

IMAGE = re.compile(
    r'<img (?![^>]*\b(?:width|height|style)=)(?P<rest>[^>]*\bsrc="[^"]*_images/(?P<name>[^"/]+\.png)"[^>]*)>'
)
GREY = 12  # levels between the channels of a pixel, at most
BLOCK = 12  # pixels: no letter and no line fills a square of that side with grey
LIGHT_GREY = 205  # a level above that is a band behind a curve
VECTORS = re.compile(r'<img (?=[^>]*\bsrc="[^"]*_images/(?P<name>[^"/]+\.svg)")(?![^>]*\bheight=)')
VIEW_BOX = re.compile(r'<svg [^>]*?viewBox="0 0 (\d+) (\d+)"')
# A schematic that stands free in the text. One with a `width` Sphinx has made a link already.
SCHEMATIC = re.compile(r'(?<!">)(?P<image><img (?=[^>]*\bsrc="(?P<source>[^"]*_images/[^"/]+\.svg)")[^>]*>)')


def size(path):
    """(width, height) of a PNG file, in pixels."""
    start = Path(path).read_bytes()[:24]
    if start[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError(f"{path} is no PNG file")
    return struct.unpack(">II", start[16:])


def is_plot(path):
    """Whether no part of a picture is itself one: a square of greys, from black to not quite white."""
    with Image.open(path) as picture:
        colours = np.asarray(picture.convert("RGB")).astype(int)  # (H, W, 3)
    grey = (np.ptp(colours, axis=-1) <= GREY) & (colours.max(-1) < LIGHT_GREY)
    total = np.pad(grey.cumsum(0).cumsum(1), ((1, 0), (1, 0)))  # of all pixels above and to the left
    blocks = total[BLOCK:, BLOCK:] - total[:-BLOCK, BLOCK:] - total[BLOCK:, :-BLOCK] + total[:-BLOCK, :-BLOCK]
    return not (blocks == BLOCK**2).any()


def drawn_size(path):
    """(width, height) of an SVG file, in the units of its view box."""
    found = VIEW_BOX.search(Path(path).read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{path} has no viewBox that starts at 0 0")
    return found.groups()


def with_sizes(body, sources):
    """`body` with the size of every picture; `sources` is {name in _images: file}. The first is loaded at once."""
    seen = []
    body = VECTORS.sub(lambda match: '<img width="{}" height="{}" '.format(*drawn_size(sources[match["name"]])), body)

    def place(match):
        seen.append(match)
        width, height = size(sources[match["name"]])
        lazy = ' loading="lazy"' if len(seen) > 1 else ""
        plot = ' class="plot"' if is_plot(sources[match["name"]]) else ""
        return f'<img{plot} width="{width}" height="{height}"{lazy} {match["rest"]}>'

    return IMAGE.sub(place, body)


def with_links(body):
    """`body` with every schematic as a link to its file."""
    link = r'<a class="reference internal image-reference" href="\g<source>">\g<image></a>'
    return SCHEMATIC.sub(link, body)


def lighten(path):
    """Rewrite an opaque PNG file with a palette, where that makes it smaller; True where it did."""
    with Image.open(path) as picture:
        if picture.mode == "P" or picture.convert("RGBA").getextrema()[3][0] < 255:
            return False
        # Dithering would put noise on grey pictures, which 256 colours show exactly.
        palette = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    palette.save(packed, format="PNG", optimize=True)
    if len(packed.getvalue()) >= path.stat().st_size:
        return False
    path.write_bytes(packed.getvalue())
    return True


def lighten_all(app, exception):
    if exception is None and app.builder.format == "html":
        for path in (Path(app.outdir) / "_images").glob("*.png"):
            lighten(path)


def keep_places(app, pagename, templatename, context, doctree):
    if doctree is not None and app.builder.format == "html":
        sources = {name: Path(app.srcdir) / file for file, name in app.builder.images.items()}
        context["body"] = with_links(with_sizes(context["body"], sources))


def setup(app):
    app.connect("html-page-context", keep_places)
    app.connect("build-finished", lighten_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
