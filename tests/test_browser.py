"""The built book in a real Chromium, from the disk and from a server: silent, self-contained, typeset, accessible."""

import functools
import http.server
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser_support import chromium, chromium_path

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
PAGES = sorted(p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html") if "_static" not in p.parts)
ARTICLES = [page for page in PAGES if "/" in page]
THEMES = ("light", "dark")
ARTICLE = {"include": [["article.bd-article"]]}
# The colours of code are the same everywhere, and axe takes ten seconds for a chapter: one chapter stands for all.
WITHOUT_CODE = ARTICLE | {"exclude": [[".highlight"]]}
WITH_CODE = "chapters/appendix/distributions.html"

pytestmark = pytest.mark.browser


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def serve(folder):
    """The address of a server of `folder`."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    chromium_path()
    assert ARTICLES, "the book is not built: run make book"
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module", params=["file", "http"])
def book(request):
    """The address of the built book's folder, on the disk or on a server."""
    if request.param == "file":
        yield HTML.as_uri()
    else:
        with serve(HTML) as address:
            yield address


@contextmanager
def watched(browser, book, **context):
    """A browser page and a growing list of what must not happen on it."""
    context = browser.new_context(**context)
    page, complaints = context.new_page(), []
    page.on("console", lambda m: complaints.append(f"console {m.type}: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    page.on("response", lambda r: complaints.append(f"{r.status}: {r.url}") if r.status >= 400 else None)

    def leaves(request):
        if not request.url.startswith((book, "data:", "blob:")):
            complaints.append(f"leaves the book: {request.url}")

    page.on("request", leaves)
    yield page, complaints
    context.close()


def settle(page):
    """Wait until the page is loaded, its figures are drawn and its mathematics is typeset."""
    page.wait_for_load_state("load")
    page.evaluate("() => window.vaeFigures")
    if page.locator(".math").count():
        page.wait_for_function("window.MathJax?.startup?.promise")
        page.evaluate("() => MathJax.startup.promise.then(() => null)")


# Of the views that the page holds: those without a figure, and pictures of one colour only.
UNDRAWN = """() => {
  const views = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]');
  const undrawn = [...views].filter((view) => !view.nextElementSibling?.querySelector("canvas, svg path"));
  const blank = [...document.querySelectorAll(".vae-figure canvas")].filter((canvas) => {
    const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return pixels.every((pixel) => pixel === pixels[0]);
  });
  return undrawn.length + blank.length;
}"""


def what_is_wrong(page, complaints):
    """The complaints, and everything on the settled page that is not drawn or typeset."""
    untypeset = page.locator(".math:not(:has(mjx-container))").count()
    errors = page.locator("mjx-merror, [data-mjx-error]").count()
    page.wait_for_timeout(50)  # the plane of codes is drawn after everything else
    undrawn = page.evaluate(UNDRAWN)
    counted = {"formulas untypeset": untypeset, "TeX errors": errors, "figures undrawn or blank": undrawn}
    return complaints + [f"{count} {what}" for what, count in counted.items() if count]


def test_pages_are_silent_self_contained_typeset_and_drawn(browser, book):
    wrong, figures = {}, 0
    with watched(browser, book) as (page, complaints):
        for name in PAGES:
            page.goto(f"{book}/{name}")
            if name == "index.html":  # leads on to the cover
                page.wait_for_url("**/intro.html")
            settle(page)
            figures += page.locator(".vae-figure").count()
            if found := what_is_wrong(page, complaints):
                wrong[name] = found
            complaints.clear()
    assert wrong == {}
    assert figures >= 6


def test_search_finds_a_page(browser, book):
    with watched(browser, book) as (page, complaints):
        page.goto(f"{book}/search.html?q=quadrature")
        page.locator("#search-results li a").first.wait_for(timeout=10_000)
        assert page.locator("#search-results li a", has_text="Glossary").count() >= 1  # the page, and its entry
        page.wait_for_load_state("networkidle")
        assert complaints == []


def test_icons_and_scheme_switch_work(browser, book):
    with watched(browser, book, color_scheme="dark") as (page, complaints):
        page.goto(f"{book}/{ARTICLES[0]}")
        settle(page)
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.locator("button.theme-switch-button").locator("visible=true").first.click()
        assert page.evaluate("document.documentElement.dataset.mode") in ("light", "dark")
        assert page.locator("button.theme-switch-button svg.svg-inline--fa").locator("visible=true").count() == 1
        assert complaints == []


def test_no_page_is_wider_than_a_telephone(browser):
    wide = {}
    with watched(browser, HTML.as_uri(), viewport={"width": 360, "height": 740}) as (page, _):
        for name in ARTICLES:
            page.goto(f"{HTML.as_uri()}/{name}")
            settle(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 360:
                wide[name] = width
    assert wide == {}


@pytest.mark.parametrize("theme", THEMES)
def test_content_is_accessible(browser, theme):
    from axe_playwright_python.sync_playwright import Axe

    assert WITH_CODE in ARTICLES
    axe, violations = Axe(), {}
    with watched(browser, HTML.as_uri(), color_scheme=theme) as (page, _):
        # Formulas stay text: of MathJax's thousands of elements axe would take 15 seconds a chapter.
        page.route("**/mathjax/**", lambda route: route.abort())
        for name in ARTICLES:
            page.goto(f"{HTML.as_uri()}/{name}")
            page.evaluate("() => window.vaeFigures")
            # Without preload: axe would fetch the style sheets again, which a page from the disk may not.
            context = ARTICLE if name == WITH_CODE else WITHOUT_CODE
            found = axe.run(page, context=context, options={"preload": False}).response["violations"]
            if found:
                wrong = [(v["id"], node["target"][0], node["html"][:160]) for v in found for node in v["nodes"][:2]]
                violations[name] = wrong
    assert violations == {}


BROKEN = {
    "an undrawn figure": '<script type="application/vnd.jupyter.widget-view+json">{"model_id": "x"}</script>',
    "a blank picture": '<div class="vae-figure"><canvas></canvas></div>',
    "a formula without MathJax": '<div class="math">x</div>',
    "a remote script": '<script src="https://cdn.example/x.js"></script>',
    "an error in the console": "<script>console.error('wrong')</script>",
    "an exception": "<script>nothing.here</script>",
    "a missing file": '<img src="gone.png" alt="">',
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_page_is_noticed(browser, tmp_path, kind):
    (tmp_path / "page.html").write_text(f"<!doctype html><title>x</title>{BROKEN[kind]}")
    with watched(browser, tmp_path.as_uri()) as (page, complaints):
        page.goto(f"{tmp_path.as_uri()}/page.html")
        page.wait_for_load_state("networkidle")
        assert what_is_wrong(page, complaints)


def test_a_picture_without_alt_text_is_noticed(browser, tmp_path):
    from axe_playwright_python.sync_playwright import Axe

    (tmp_path / "page.html").write_text('<!doctype html><title>x</title><article class="bd-article"><img src="data:,">')
    with watched(browser, tmp_path.as_uri()) as (page, _):
        page.goto(f"{tmp_path.as_uri()}/page.html")
        found = Axe().run(page, context=ARTICLE, options={"preload": False}).response["violations"]
        assert "image-alt" in [violation["id"] for violation in found]
