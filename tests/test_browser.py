"""The built book in a real Chromium, from the disk and from a server: silent, self-contained, typeset, accessible."""

import functools
import http.server
import re
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from browser_support import chromium, chromium_path
from playwright.sync_api import TimeoutError as PlaywrightTimeout

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
PAGES = sorted(p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html") if "_static" not in p.parts)
ARTICLES = [page for page in PAGES if "/" in page]
# All that axe knows in the light theme; in the dark one what depends on colours, for both take minutes.
THEMES = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
ARTICLE = {"include": [["article.bd-article"]]}
# The colours of code are the same everywhere, and axe takes ten seconds for a chapter: one chapter stands for all.
WITHOUT_CODE = ARTICLE | {"exclude": [[".highlight"]]}
WITH_CODE = "chapters/appendix/distributions.html"
CHAPTER = "chapters/elbo.html"

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
    page.evaluate("() => document.fonts.ready.then(() => null)")  # else the next page cuts their loading off


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
    with suppress(PlaywrightTimeout):  # a plane of codes is drawn after everything else
        page.wait_for_function(f"({UNDRAWN})() === 0", timeout=10_000)
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
        # The page, or its entry; results come one after another.
        page.locator("#search-results li a", has_text="Glossary").first.wait_for(timeout=10_000)
        page.wait_for_load_state("networkidle")
        assert complaints == []


def test_icons_and_scheme_switch_work(browser, book):
    with watched(browser, book, color_scheme="dark") as (page, complaints):
        page.goto(f"{book}/{ARTICLES[0]}")
        settle(page)
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.locator("button.theme-switch-button").locator("visible=true").first.click()
        assert page.evaluate("document.documentElement.dataset.mode") in ("light", "dark")
        icons = page.locator("button.theme-switch-button .theme-switch").locator("visible=true")
        assert icons.count() == 1
        assert icons.evaluate("(icon) => getComputedStyle(icon).maskImage").startswith('url("data:image/svg+xml')
        assert icons.bounding_box()["width"] > 10
        assert complaints == []


@pytest.mark.parametrize("theme", THEMES)
def test_a_verdict_opens_with_the_keyboard_and_without_javascript(browser, theme):
    with watched(browser, HTML.as_uri(), color_scheme=theme, java_script_enabled=False) as (page, _):
        page.goto(f"{HTML.as_uri()}/{CHAPTER}")
        first = page.locator("ul.verdicts > li").first
        assert first.locator("dl").is_hidden()
        first.locator("summary").focus()
        page.keyboard.press("Enter")
        assert first.locator("dl").is_visible()
        name = first.locator("summary").aria_snapshot()
        assert "Holds:" in name


def test_without_javascript_figures_show_their_picture(browser):
    with watched(browser, HTML.as_uri(), java_script_enabled=False) as (page, _):
        page.goto(f"{HTML.as_uri()}/{CHAPTER}")
        pictures = page.locator(".bd-article noscript img")
        assert pictures.count() >= 1
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            assert picture.bounding_box()["height"] > 100
        assert page.locator("p.noscript").is_visible()


def test_a_figure_that_cannot_start_says_so_and_shows_its_picture(browser):
    with watched(browser, HTML.as_uri()) as (page, _):
        page.route("**/widget_host.js*", lambda route: route.abort())
        page.goto(f"{HTML.as_uri()}/{CHAPTER}")
        page.locator("p.noscript[role=status]").first.wait_for()
        said = page.locator("p.noscript[role=status]")
        assert said.count() == page.locator('script[type="application/vnd.jupyter.widget-view+json"]').count()
        assert page.locator("p.noscript[role=status] + img").first.bounding_box()["height"] > 100


SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.value)))
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["book/intro.html", "book/playground.html"])
def test_nothing_jumps_when_the_first_figure_comes(browser, name, width):
    """The browser's own sum of shifts; below 0.1 counts as good. Without a place kept free it was 0.11 to 0.65."""
    with watched(browser, HTML.as_uri(), viewport={"width": width, "height": 844}) as (page, _):
        page.add_init_script(SHIFTS)
        page.goto(f"{HTML.as_uri()}/{name}")
        settle(page)
        next_frames = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)))"
        page.evaluate(next_frames)
        assert page.evaluate("window.shift") < 0.05


PREVIEWED = {
    "a term": '.bd-article a[href*="#term-"]',
    "an equation": '.bd-article p a[href*="#equation-"]',
    "a figure": '.bd-article p a[href*="#fig-"]',
    "a work": '.bd-article a[href*="bibliography.html#id"]',
}


@pytest.mark.parametrize("kind", PREVIEWED)
def test_a_link_shows_where_it_leads(browser, kind):
    with serve(HTML) as book, watched(browser, book) as (page, complaints):
        page.goto(f"{book}/{CHAPTER}")
        settle(page)
        link = page.locator(PREVIEWED[kind]).locator("visible=true").first
        link.scroll_into_view_if_needed()
        height = page.evaluate("document.documentElement.scrollHeight")
        link.hover()
        preview = page.locator("#preview.placed")
        preview.wait_for()
        assert preview.inner_text().strip()
        assert preview.locator(".math:not(:has(mjx-container))").count() == 0
        box = preview.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert page.evaluate("document.documentElement.scrollHeight") == height
        page.keyboard.press("Escape")
        assert page.locator("#preview").count() == 0
        page.mouse.move(0, 0)
        page.keyboard.press("Tab")  # the browser has to have seen a key, else it takes the focus for a click's
        link.focus()
        preview.wait_for()
        assert link.get_attribute("aria-describedby") == "preview"
        page.keyboard.press("Tab")
        page.locator("#preview").wait_for(state="detached")
        assert complaints == []


def test_a_link_to_another_page_shows_nothing_from_the_disk(browser):
    with watched(browser, HTML.as_uri()) as (page, complaints):
        page.goto(f"{HTML.as_uri()}/{CHAPTER}")
        settle(page)
        page.locator(PREVIEWED["a term"]).locator("visible=true").first.hover()
        page.wait_for_timeout(500)
        assert page.locator("#preview").count() == 0
        assert complaints == []


COLOURS_ON_PAPER = """() => {
  const light = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[0-9.]+/g).map(Number);
    return a === 0 ? null : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  };
  const text = [...document.querySelectorAll(".bd-article :is(p, li, h1, h2, pre, pre span, summary, figcaption, td)")];
  const seen = text.filter((element) => element.offsetParent && element.textContent.trim());
  return {
    texts: seen.length,
    pale: seen.filter((element) => light(getComputedStyle(element).color) > 0.4).length,
    dark: seen.filter((element) => (light(getComputedStyle(element).backgroundColor) ?? 1) < 0.9).length,
    page: (light(getComputedStyle(document.body).backgroundColor) ?? 1) > 0.99 ? "white" : "dark",
  };
}"""


@pytest.mark.parametrize("theme", THEMES)
def test_paper_is_black_on_white_from_any_theme(browser, theme):
    with watched(browser, HTML.as_uri(), color_scheme=theme) as (page, _):
        page.goto(f"{HTML.as_uri()}/{CHAPTER}")
        settle(page)
        page.emulate_media(media="print")
        page.wait_for_timeout(400)  # colours change gradually
        seen = page.evaluate(COLOURS_ON_PAPER)
        assert seen.pop("texts") > 50
        assert seen == {"pale": 0, "dark": 0, "page": "white"}
        for part in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article"):
            assert page.locator(part).first.is_hidden()


SEARCHES = {
    "reparameterization": "Glossary",
    "blurry": "Variational autoencoders",
    "posterior collapse": "When a VAE fails",
    "latent space interpolation": "Variational autoencoders",
}


@pytest.mark.parametrize("words", SEARCHES)
def test_search_finds_what_people_ask_for(browser, words):
    with serve(HTML) as book, watched(browser, book) as (page, complaints):
        page.goto(f"{book}/search.html?q={words}")
        page.locator("#search-results li a").first.wait_for(timeout=10_000)
        page.wait_for_load_state("networkidle")
        found = page.locator("#search-results").inner_text()
        assert SEARCHES[words] in found
        assert "The ledger of checks" not in found
        assert "Model cards" not in found
        assert "\\" not in found
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


def test_words_in_schematics_are_legible_on_a_telephone(browser):
    """The smallest words of a schematic are 14 units high in a drawing 560 to 780 wide."""
    page = browser.new_page(viewport={"width": 390, "height": 800})
    widths = {}
    for name in ARTICLES:
        if not re.search(r"_images/[^\"]*\.svg|figure class=\"cover\"", (HTML / name).read_text("utf-8")):
            continue
        page.goto(f"{HTML.as_uri()}/{name}")
        widths |= page.eval_on_selector_all(
            ".bd-article img[src$='.svg'], figure.cover svg",
            "all => Object.fromEntries(all.map((one) => [one.src ?? 'cover', one.getBoundingClientRect().width]))",
        )
    page.close()
    assert len(widths) >= 8
    assert {name: width for name, width in widths.items() if 14 * width / 780 < 8} == {}


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
            options = {"preload": False} | THEMES[theme]
            found = axe.run(page, context=context, options=options).response["violations"]
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
