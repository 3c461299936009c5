"""Sphinx extension: the few icons of the theme as a small style sheet, instead of all of Font Awesome.

The theme loads a script of half a megabyte, and fonts, for a dozen icons. Their outlines are taken from that script
when the book is built.
"""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

SCRIPT = Path(find_spec("pydata_sphinx_theme").origin).parent.joinpath(
    "theme/pydata_sphinx_theme/static/scripts/fontawesome.js"
)
NAMES = [
    *("angle-left", "angle-right", "arrow-up", "bars", "circle-half-stroke", "download", "expand", "file", "file-pdf"),
    *("github", "house", "lightbulb", "list", "magnifying-glass", "moon", "pencil-alt", "rocket", "sun", "xmark"),
]

HEADER = """/* Icons: Font Awesome Free, https://fontawesome.com, CC BY 4.0. Made by book/extensions/icons.py. */
.fa-solid, .fas, .fab {
  display: inline-block; width: 1em; height: 1em; vertical-align: -0.125em; background: currentColor;
  mask: var(--icon) center / contain no-repeat; forced-color-adjust: none;
}
.fa-solid::before, .fas::before, .fab::before,
.bd-sidebar-secondary.hide:not(:hover) .onthispage::after { content: none; }
html[data-mode] .theme-switch-button .theme-switch { margin: auto; font-size: inherit; }
html[data-mode=auto] .theme-switch-button .theme-switch[data-mode=auto],
html[data-mode=dark] .theme-switch-button .theme-switch[data-mode=dark],
html[data-mode=light] .theme-switch-button .theme-switch[data-mode=light] { display: inline-block; }
"""


def outline(name, source):
    """(width, height, SVG path) of an icon, as Font Awesome's script `source` holds it."""
    name = re.escape(name)
    own = rf'"?{name}"?:(\[\d+,\d+,\[[^\]]*\],"[0-9a-f]+","[^"]+"\])'
    former = rf'"?[a-z-]+"?:(\[\d+,\d+,\[[^\]]*"{name}"[^\]]*\],"[0-9a-f]+","[^"]+"\])'
    found = re.search(rf"[{{,]{own}", source) or re.search(rf"[{{,]{former}", source)
    if not found:
        raise ValueError(f"{SCRIPT.name} holds no icon {name}")
    width, height, _, _, path = json.loads(found[1])
    return width, height, path


def style_sheet(source):
    rules = [HEADER]
    for name in NAMES:
        width, height, path = outline(name, source)
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{path}"/></svg>'
        rules.append(f'.fa-{name} {{ --icon: url("data:image/svg+xml,{quote(svg, safe=" =:/")}"); }}\n')
    return "".join(rules).replace("'", "%27")


def add_style_sheet(app):
    if app.builder.format == "html":
        app.add_css_file("icons.css")


def write_style_sheet(app, exception):
    """In place of Font Awesome's script and fonts, which no page names any more."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    (static / "icons.css").write_text(style_sheet(SCRIPT.read_text(encoding="utf-8")), encoding="utf-8")
    for unused in [*static.glob("scripts/fontawesome.js*"), *static.glob("vendor/fontawesome/webfonts/*")]:
        unused.unlink()


def setup(app):
    app.connect("builder-inited", add_style_sheet)
    app.connect("build-finished", write_style_sheet)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
