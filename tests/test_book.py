"""The built book, read as files: complete, and asking no other machine for anything. `make book` builds it."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
PAGES = [path for path in sorted(HTML.rglob("*.html")) if "_static" not in path.parts]
ARTICLES = [path for path in PAGES if path.parent != HTML]  # not the search page, the index and the redirect
CHAPTERS = [path for path in ARTICLES if "chapters" in path.parts]
REMOTE = re.compile(r"^(https?:)?//")
LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "video": "src"}
NOT_LOADED = {"canonical", "author", "license", "next", "prev", "search", "index"}  # `rel` of links that name, not load


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.loaded, self.links, self.ids, self.tags = [], [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag in LOADING and attributes.get(LOADING[tag]) and attributes.get("rel") not in NOT_LOADED:
            self.loaded.append(attributes[LOADING[tag]])


@pytest.fixture(scope="module")
def pages():
    assert ARTICLES, "the book is not built: run make book"
    return {path: Page(path.read_text(encoding="utf-8")) for path in PAGES}


def remote(addresses):
    return [address for address in addresses if REMOTE.match(address)]


def dead(path, links, pages):
    """Links from `path` that lead to no file, or to no place in a page of the book."""
    found = []
    for link in links:
        address, fragment = urldefrag(link)
        if REMOTE.match(link) or ":" in address.split("/")[0]:
            continue
        file = unquote(address.split("?")[0])
        target = (path.parent / file).resolve() if file else path
        page = pages.get(target)
        if not target.is_file() or (fragment and page and unquote(fragment) not in page.ids):
            found.append(link)
    return found


def test_every_page_of_the_table_of_contents_is_built(pages):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    names = [toc["root"]] + [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    assert [name for name in names if HTML / f"{name}.html" not in pages] == []


def test_every_chapter_is_in_the_table_of_contents():
    toc = (ROOT / "_toc.yml").read_text()
    files = [p.relative_to(ROOT) for p in ROOT.glob("chapters/**/*.ipynb") if "exercises" not in p.parts]
    assert [str(file) for file in files if f"file: {file.with_suffix('')}\n" not in toc] == []


def test_every_page_names_its_language_title_and_icon(pages):
    """Without an icon browsers ask the server for /favicon.ico, which is not there."""
    incomplete = {}
    for path, page in pages.items():
        icons = [attributes["href"] for _, attributes in page.tags if attributes.get("rel") == "icon"]
        language = [attributes.get("lang") for tag, attributes in page.tags if tag == "html"]
        title = re.search(r"<title>\s*\S[^<]*</title>", path.read_text(encoding="utf-8"))
        if len(icons) != 1 or dead(path, icons, pages) or language != ["en"] or not title:
            incomplete[path.name] = (icons, language, title and title[0])
    assert incomplete == {}


def test_the_first_page_leads_to_the_cover(pages):
    page = pages[HTML / "index.html"]
    assert page.links == ["book/intro.html"]
    refresh = [attributes["content"] for tag, attributes in page.tags if attributes.get("http-equiv") == "Refresh"]
    assert refresh == ["0; url=book/intro.html"]
    assert [address for address in page.loaded if not address.startswith("data:")] == []  # nothing to give up


def test_no_page_loads_from_another_machine(pages):
    assert {path.name: remote(page.loaded) for path, page in pages.items() if remote(page.loaded)} == {}


def test_what_pages_load_exists(pages):
    missing = {path.name: dead(path, page.loaded, pages) for path, page in pages.items()}
    assert {name: files for name, files in missing.items() if files} == {}


def test_links_inside_the_book_lead_somewhere(pages):
    broken = {path.name: dead(path, page.links, pages) for path, page in pages.items()}
    assert {name: links for name, links in broken.items() if links} == {}


def test_style_sheets_load_nothing_remote():
    sheets = list(HTML.rglob("*.css"))
    assert sheets
    pattern = re.compile(r"url\(\s*['\"]?(?:https?:)?//|@import\s+['\"]?(?:https?:)?//")
    assert [path.name for path in sheets if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_every_picture_has_alt_text(pages):
    bare = {
        path.name: [attributes.get("src") for tag, attributes in pages[path].tags
                    if tag == "img" and not (attributes.get("alt") or "").strip()
                    and "logo__image" not in (attributes.get("class") or "")]
        for path in ARTICLES
    }  # fmt: skip
    assert {name: pictures for name, pictures in bare.items() if pictures} == {}


def test_chapters_open_in_colab_and_pages_do_not(pages):
    for path in ARTICLES:
        if path.stem == "exercises":  # the one page that lists notebooks; tests/test_exercises.py reads it
            continue
        links = [link for link in pages[path].links if "colab.research.google.com" in link]
        source = path.relative_to(HTML).with_suffix(".ipynb")
        expected = f"https://colab.research.google.com/github/vae-notes/vae-notes/blob/main/{source.as_posix()}"
        assert links == ([expected] if path in CHAPTERS else []), path.name


def test_the_ledger_lists_every_check_and_links_every_equation(pages):
    page = pages[HTML / "book" / "ledger.html"]
    text = (HTML / "book" / "ledger.html").read_text(encoding="utf-8")
    equations = {link for link in page.links if "#equation-" in link}
    assert len(equations) >= len(CHAPTERS)
    printed = sum(
        line.startswith("ok |")
        for path in (ROOT / "_build" / "jupyter_execute").rglob("*.ipynb")
        for line in re.findall(r'^\s*"(ok \|.*)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert f"In this build, {printed} checks" in text
    assert text.count("<p>holds</p>") == printed


def test_a_page_is_light_enough_for_a_slow_line():
    import gzip

    sizes = {path.name: len(gzip.compress(path.read_bytes())) / 1e6 for path in PAGES}
    assert {name: round(size, 2) for name, size in sizes.items() if size > 0.7} == {}


def test_the_verdict_shown_to_readers_is_a_real_one():
    shown = re.search(r"^ok \|.*$", (ROOT / "book" / "how_to_use.md").read_text(encoding="utf-8"), re.MULTILINE)[0]
    assert any(shown in path.read_text(encoding="utf-8") for path in ROOT.glob("chapters/**/*.ipynb"))


@pytest.mark.parametrize("address", ["https://cdn.example/x.js", "//cdn.example/x.js", "http://x.example/f.woff2"])
def test_remote_addresses_are_recognised(address):
    assert remote(Page(f'<script src="{address}"></script><a href="{address}">x</a>').loaded) == [address]


def test_dead_links_are_recognised(tmp_path):
    path = tmp_path / "a.html"
    path.write_text('<p id="here"></p><a href="#here"></a><a href="#gone"></a><a href="b.html"></a>')
    pages = {path: Page(path.read_text())}
    assert dead(path, pages[path].links, pages) == ["#gone", "b.html"]
