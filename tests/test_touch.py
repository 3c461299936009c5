"""No figure is a scroll trap: on a phone a swipe over it scrolls the page, and the figure keeps its state."""

import pytest
import torch
from browser_support import chromium, opened

from vae_notes import Autoencoder, VariationalAutoencoder, load_mnist, widgets

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640, "has_touch": True, "is_mobile": True}
SHEETS = ".vae-sheet"  # where a finger draws; only these may keep a swipe for themselves


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


def vae(latent):
    torch.manual_seed(0)
    return VariationalAutoencoder(latent).requires_grad_(False)


@pytest.fixture(scope="module")
def figures():
    images, labels = load_mnist("bundled")
    few = images[::500]
    return {
        "explorer": lambda: widgets.LatentExplorer(vae(20), few),
        "plane": lambda: widgets.LatentExplorer(vae(2), few),
        "walk": lambda: widgets.LatentWalk(Autoencoder().requires_grad_(False), vae(20), few[:4]),
        "beta": lambda: widgets.RateDistortion(images[::5], few),
        "KL": widgets.KLPlayground,
        "gap": widgets.ElboGap,
        "trick": widgets.Reparameterisation,
        "playground": widgets.VAEPlayground,
        "training": lambda: widgets.DigitTraining(images[::5], labels[::5]),
        "drawing": lambda: widgets.DigitDrawing(vae(2), images, labels),
        "bottleneck": lambda: widgets.Bottleneck(Autoencoder().requires_grad_(False), images[::5], few),
    }


NAMES = ["explorer", "plane", "walk", "beta", "KL", "gap", "trick", "playground", "training", "drawing", "bottleneck"]


@pytest.mark.parametrize("name", NAMES)
def test_a_swipe_over_a_figure_scrolls_the_page(browser, tmp_path, figures, name):
    with opened(browser, tmp_path, figures[name](), **PHONE) as page:
        page.evaluate("document.body.style.padding = '700px 0'")  # room to scroll in both directions
        kept = page.eval_on_selector_all(
            ".vae-figure, .vae-figure *",
            "all => all.filter(n => getComputedStyle(n).touchAction === 'none').map(n => n.getAttribute('class'))",
        )
        assert [found for found in kept if "vae-sheet" not in found] == []
        session = page.context.new_cdp_session(page)
        box = page.locator(".vae-figure").bounding_box()
        stuck, tried = [], 0
        for down in range(60, int(box["height"]), 230):
            for across in (0.12, 0.5, 0.88):
                page.evaluate(f"scrollTo(0, {box['y'] + down - 320})")
                before = page.evaluate("scrollY")
                x, y = box["x"] + across * box["width"], box["y"] + down - before
                if page.evaluate(f"([x, y]) => Boolean(document.elementFromPoint(x, y)?.closest('{SHEETS}'))", [x, y]):
                    continue
                swipe(session, x, y, 150)
                tried += 1
                if page.evaluate("scrollY") - before < 50:
                    stuck.append((round(x), down))
        assert tried >= 3
        # a handle of a curve may hold the finger; there is always room beside it
        rows = {down for _, down in stuck}
        assert all(sum(d == down for _, d in stuck) < 3 for down in rows), stuck
        assert len(stuck) <= tried / 5, stuck


def swipe(session, x, y, up):
    """A finger goes up by `up` pixels in steps, as a hand does it."""

    def send(kind, *at):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": p, "y": q} for p, q in at]})

    send("touchStart", (x, y))
    for step in range(1, 7):
        send("touchMove", (x, y - up * step / 6))
    send("touchEnd")


@pytest.mark.parametrize("name", ["plane", "explorer", "walk", "training"])
def test_a_swipe_leaves_the_state_as_it_was_and_a_tap_sets_it(browser, tmp_path, figures, name):
    target = {"plane": ".vae-pad", "training": "canvas.vae-panel"}.get(name, ".vae-film >> nth=0")
    with opened(browser, tmp_path, figures[name](), **PHONE) as page:
        values = "all => all.map(input => input.value)"
        node = page.locator(target)
        node.scroll_into_view_if_needed()
        before = page.eval_on_selector_all("input[type=range]", values)
        session = page.context.new_cdp_session(page)
        box = node.bounding_box()
        x, y = box["x"] + 0.8 * box["width"], box["y"] + 0.6 * box["height"]
        swipe(session, x, y, 120)
        page.wait_for_timeout(200)
        assert page.eval_on_selector_all("input[type=range]", values) == before
        node.scroll_into_view_if_needed()
        box = node.bounding_box()
        page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + 0.6 * box["height"])
        page.wait_for_timeout(200)
        assert page.eval_on_selector_all("input[type=range]", values) != before
