"""The walk plays to and fro, in steps where less motion is asked for, with marks on its strips and in the address."""

import numpy as np
import pytest
import torch
from browser_support import chromium, opened

from vae_notes import Autoencoder, LatentWalk, VariationalAutoencoder, load_mnist

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def walk():
    torch.manual_seed(0)
    models = (model(8, 20).requires_grad_(False) for model in (Autoencoder, VariationalAutoencoder))
    return LatentWalk(*models, load_mnist("bundled").images[[1503, 4003]], labels=[3, 8], t=0.5)


def place(page):
    return float(page.get_by_label("place", exact=True).input_value())


def mark(page):
    """Where the marks stand on the three strips, as places of the walk."""
    shares = "all => all.map(m => parseFloat(m.style.left) / 100)"
    return (9 * np.array(page.eval_on_selector_all(".vae-film-mark", shares)) - 0.5) / 8


def moved(page, start, timeout=5000):
    page.wait_for_function(
        "start => Number(document.querySelector('input[type=range]').value) !== start", arg=start, timeout=timeout
    )


RECORD = """async (duration) => {
  const [slider, seen, start] = [document.querySelector("input[type=range]"), [], performance.now()];
  while (performance.now() - start < duration) {
    const place = Number(slider.value);
    if (seen.at(-1)?.[0] !== place) seen.push([place, performance.now()]);
    await new Promise(requestAnimationFrame);
  }
  return seen;
}"""


def test_it_plays_and_pauses_by_key(browser, tmp_path, walk):
    with opened(browser, tmp_path, walk) as page:
        page.wait_for_timeout(400)
        assert place(page) == 0.5  # nothing moves by itself
        page.get_by_role("button", name="Play").press("Enter")
        page.wait_for_function("Number(document.querySelector('input[type=range]').value) === 1", timeout=20_000)
        page.wait_for_function("Number(document.querySelector('input[type=range]').value) < 0.9", timeout=20_000)
        page.wait_for_function("location.hash.includes('playing=true')")
        page.get_by_role("button", name="Pause").press("Enter")
        rest = place(page)
        page.wait_for_timeout(500)
        assert place(page) == rest < 1
        assert mark(page) == pytest.approx([rest] * 3, abs=0.006)
        page.wait_for_function("!location.hash.includes('playing')")


def test_an_address_starts_it_and_a_hand_on_the_slider_stops_it(browser, tmp_path, walk):
    with opened(browser, tmp_path, walk) as page:
        page.evaluate("location.hash = 'walk:t=0.1&playing=true'")
        page.get_by_role("button", name="Pause").wait_for()
        moved(page, 0.1)
        page.get_by_label("place", exact=True).press("Home")
        page.get_by_role("button", name="Play").wait_for()
        assert place(page) == 0


def test_with_less_motion_an_address_starts_nothing_and_play_goes_in_steps(browser, tmp_path, walk):
    with opened(browser, tmp_path, walk, reduced_motion="reduce") as page:
        page.evaluate("location.hash = 'walk:t=0.25&playing=true'")
        page.wait_for_timeout(1500)
        assert place(page) == 0.25
        page.get_by_role("button", name="Play").click()
        seen = page.evaluate(RECORD, 4000)
        places = [place for place, _ in seen]
        assert places[:3] == [0.25, 0.38, 0.5]
        assert all(abs(8 * place - round(8 * place)) < 0.05 for place in places)
        assert np.diff([time for _, time in seen[1:]]).min() > 700


def test_between_two_digits_there_is_nothing_to_choose(browser, tmp_path, walk):
    with opened(browser, tmp_path, walk) as page:
        assert page.get_by_role("radio").count() == 0
        assert page.get_by_label("place", exact=True).get_attribute("aria-valuetext") == "0.50; from the 3 to the 8"
        assert "length" not in page.locator(".vae-figure").inner_text()


def test_a_drag_on_a_strip_moves_the_place(browser, tmp_path, walk):
    with opened(browser, tmp_path, walk) as page:
        film = page.locator(".vae-film").nth(1).bounding_box()
        page.mouse.click(film["x"] + film["width"] * 2.5 / 9, film["y"] + 5)
        assert place(page) == pytest.approx(0.25, abs=0.011)
