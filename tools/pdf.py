"""One PDF of the whole book from the built pages: _build/pdf/vae-notes.pdf, with bookmarks and page numbers.

Every article of the table of contents goes into one page, whose links lead from place to place in it, and Chromium
prints that page. Interactive figures are replaced by their stored pictures, answers are open, folded code is left
out.
"""

import argparse
import os
import posixpath
import shutil
import sys
from html import escape
from pathlib import Path
from urllib.parse import urldefrag

import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "pdf" / "vae-notes.pdf"
SCREEN_ONLY = "script, .headerlink, .copybtn, p.noscript, details.hide, .toctree-wrapper"
DEEPEST = 6

PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8"><title>{title}</title>
<base href="{base}">{styles}
<style>
  body {{ display: block; }}
  h1.part {{ break-before: page; padding-top: 35vh; text-align: center; }}
  article {{ break-before: page; }}
  .title-page {{ padding-top: 35vh; text-align: center; }}
</style>
<script>window.MathJax = {{ options: {{ processHtmlClass: "math" }} }}</script>
<script src="_static/mathjax/tex-chtml-full.js"></script></head>
<body class="tex2jax_ignore mathjax_ignore"><main class="bd-content"><div class="title-page"><p class="h1">{title}</p>
<p>{author}</p><p>{copyright}</p></div>
{body}</main></body></html>
"""
FOOTER = '<div style="width: 100%; font-size: 8px; text-align: center"><span class="pageNumber"></span></div>'


def contents(toc):
    """(caption of the part or None, names of its pages) in reading order."""
    yield None, [toc["root"]]
    for part in toc["parts"]:
        yield part["caption"], [chapter["file"] for chapter in part["chapters"]]


def anchor(name, fragment=""):
    """The place, in the one page, of a `fragment` of the page `name`."""
    return f"{name}--{fragment}" if fragment else name


def local(link, name, pages):
    """Where a link of the page `name` leads in the one page; as it is where it leads out of the book."""
    address, fragment = urldefrag(link)
    if ":" in address.split("/")[0]:
        return link
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), address)) if address else f"{name}.html"
    if target.removesuffix(".html") in pages:
        return "#" + anchor(target.removesuffix(".html"), fragment.split(":")[0])
    return target + (f"#{fragment}" if fragment else "")


def article(text, name, pages):
    """The article of a built page as it stands in the one page: HTML."""
    found = BeautifulSoup(text, "html.parser").select_one("article.bd-article")
    for part in found.select(SCREEN_ONLY):
        part.decompose()
    for part in found.select("noscript"):
        part.unwrap()
    for tag in found.find_all(True):
        if tag.get("id"):
            tag["id"] = anchor(name, tag["id"])
        if tag.get("href"):
            tag["href"] = local(tag["href"], name, pages)
        if tag.get("src") and ":" not in tag["src"].split("/")[0]:
            tag["src"] = posixpath.normpath(posixpath.join(posixpath.dirname(name), tag["src"]))
        if tag.name == "img":
            del tag["loading"]
        if tag.name == "details" and not tag.find_parent(class_="ledger") and not tag.find_parent(class_="verdicts"):
            tag["open"] = ""
        if tag.name in ("h1", "h2", "h3", "h4", "h5"):
            tag.name = f"h{min(int(tag.name[1]) + 1, DEEPEST)}"  # a level below the title of the part
    found["id"] = name
    return str(found)


def one_page():
    """The whole book as one page of HTML."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    parts = list(contents(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))
    pages = {name for _, names in parts for name in names}
    body = []
    for caption, names in parts:
        if caption:
            body.append(f'<h1 class="part">{escape(caption)}</h1>')
        body += [article((HTML / f"{name}.html").read_text(encoding="utf-8"), name, pages) for name in names]
    cover = BeautifulSoup((HTML / f"{parts[0][1][0]}.html").read_text(encoding="utf-8"), "html.parser")
    styles = cover.select('link[rel="stylesheet"]')
    for style in styles:
        style["href"] = style["href"].removeprefix("../")
    words = {key: escape(config[key]) for key in ("title", "author", "copyright")}
    return PAGE.format(body="\n".join(body), styles="".join(map(str, styles)), base=f"{HTML.as_uri()}/", **words)


def write_pdf(target=TARGET):
    """Print the built book to `target`; needs the pages of `make book` and a Chromium."""
    from playwright.sync_api import sync_playwright

    browser_path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser_path is None:
        raise SystemExit("make pdf prints with Chromium, and there is none on this machine")
    target.parent.mkdir(parents=True, exist_ok=True)
    source = target.with_suffix(".html")
    source.write_text(one_page(), encoding="utf-8")
    margin = {"top": "18mm", "bottom": "18mm", "left": "25mm", "right": "25mm"}
    with sync_playwright() as playwright:
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=browser_path, args=root)
        page = browser.new_page()
        page.set_default_timeout(300_000)
        page.goto(source.as_uri())
        page.wait_for_function("window.MathJax?.startup?.promise")
        page.evaluate("() => MathJax.startup.promise.then(() => null)")
        page.pdf(path=target, format="A4", margin=margin, scale=0.9, outline=True, tagged=True, print_background=True,
                 display_header_footer=True, header_template="<span></span>", footer_template=FOOTER)  # fmt: skip
        browser.close()
    source.unlink()
    print(f"The book on paper: {target}")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    sys.exit(write_pdf())
