"""Twenty sliders: their order, the bands they lie over, and the pictures along the chosen one."""

import numpy as np
import pytest
import torch
from browser_support import chromium, opened

from vae_notes import LatentExplorer, VariationalAutoencoder, load_mnist


@pytest.fixture(scope="module")
def digits():
    return load_mnist("bundled").images[::50]


@pytest.fixture(scope="module")
def model():
    """Twenty numbers that cost differently, in no order of their own: the fourth nothing."""
    torch.manual_seed(20)
    vae = VariationalAutoencoder(20).requires_grad_(False)
    scales = torch.linspace(0.2, 4, 20)[torch.randperm(20)]
    scales[3] = 0
    vae.encoder[2].weight[:20] *= scales[:, None]
    vae.encoder[2].bias[:20] *= scales
    vae.encoder[2].weight[23] = vae.encoder[2].bias[23] = 0  # its log-variance
    return vae


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


def read32(data):
    return np.frombuffer(data, "<f4")


def test_prices_and_bands_are_those_of_the_data(model, digits):
    """The price of each number by torch.distributions, the band by draws from every image's own q."""
    explorer = LatentExplorer(model, digits[:10], among=digits)
    mu, logvar = model.encode(digits)
    q, prior = torch.distributions.Normal(mu, (logvar / 2).exp()), torch.distributions.Normal(0.0, 1.0)
    prices = torch.distributions.kl_divergence(q, prior).mean(0)
    np.testing.assert_allclose(read32(explorer.prices), prices, rtol=1e-4, atol=1e-6)
    assert prices[3] == 0
    draws = q.sample((4000,)).flatten(0, 1)  # (400000, 20)
    centre, spread = read32(explorer.aggregate).reshape(2, 20)
    np.testing.assert_allclose(centre, draws.mean(0), atol=0.01)
    np.testing.assert_allclose(spread, draws.std(0), rtol=0.01)
    only = read32(LatentExplorer(model, digits[:10]).prices)
    assert not np.allclose(only, prices, rtol=1e-2)


def test_a_number_that_is_not_there_is_refused(model, digits):
    with pytest.raises(ValueError, match="chosen must be below 20, the numbers of the code, got 20"):
        LatentExplorer(model, digits[:1], chosen=20)


@pytest.mark.browser
def test_what_costs_most_stands_first(browser, tmp_path, model, digits):
    explorer = LatentExplorer(model, digits[:10], among=digits)
    order = read32(explorer.prices).argsort()[::-1]
    assert order.tolist() != list(range(20))
    with opened(browser, tmp_path, explorer) as page:
        labels = page.locator(".vae-codes label").all_inner_texts()
        assert labels == [f"z{d + 1}" for d in order]
        boxes = [page.get_by_label(name, exact=True).bounding_box() for name in labels]
        assert boxes[0]["x"] == boxes[9]["x"] < boxes[10]["x"]  # the order runs down, column after column
        assert [box["y"] for box in boxes[:10]] == sorted(box["y"] for box in boxes[:10])
        assert page.locator(".vae-chosen label").inner_text() == labels[0]
        share = "all => all.map(node => parseFloat(getComputedStyle(node).backgroundSize) / 100)"
        bars = page.locator(".vae-codes label").evaluate_all(share)  # under each name, as wide as what it costs
        prices = read32(explorer.prices)[order]
        np.testing.assert_allclose(bars, prices / prices[0], atol=1e-3)


@pytest.mark.browser
def test_bands_lie_where_codes_lie(browser, tmp_path, model, digits):
    """Read off the screen: the columns of a slider where the digit's own band, orange, is painted."""
    from PIL import Image

    explorer = LatentExplorer(model, digits[:10], among=digits, digit=4)  # each thumb stands on its band's middle
    mu, logvar = model.encode(digits[4:5])
    with opened(browser, tmp_path, explorer) as page:
        for name in (1, 11):
            slider = page.get_by_label(f"z{name}", exact=True)
            slider.screenshot(path=tmp_path / "slider.png")
            seen = np.asarray(Image.open(tmp_path / "slider.png").convert("RGB")).astype(int)
            line = seen[-4]  # below the thumb
            orange = np.flatnonzero(line[:, 0] - line[:, 2] > 150)
            thumb = 1.1 * 16
            z = 8 * (np.array([orange[0], orange[-1]]) - thumb / 2) / (seen.shape[1] - thumb) - 4
            centre, sigma = mu[0, name - 1].item(), (logvar[0, name - 1] / 2).exp().item()
            assert z == pytest.approx([centre - sigma, centre + sigma], abs=0.15)


@pytest.mark.browser
def test_the_strip_shows_the_chosen_number_from_end_to_end(browser, tmp_path, model, digits):
    explorer = LatentExplorer(model, digits[:10], among=digits)
    with opened(browser, tmp_path, explorer) as page:
        page.get_by_label("z8", exact=True).focus()
        page.wait_for_function("document.querySelector('[data-chosen]').dataset.chosen === '7'")
        codes = torch.tensor([explorer.z]).repeat(9, 1)
        codes[:, 7] = torch.linspace(-4, 4, 9)
        expected = 255 * model.decode(codes).flatten(1).numpy()
        np.testing.assert_allclose(frames(page), expected, atol=0.6)
        page.wait_for_function("location.hash.includes('chosen=7')")
        film = page.locator(".vae-film").bounding_box()
        page.mouse.click(film["x"] + film["width"] * 7.5 / 9, film["y"] + 5)  # the middle of the eighth: 3
        assert page.get_by_label("z8", exact=True).input_value() == "3"
        mark = page.locator(".vae-film-mark").bounding_box()
        assert (mark["x"] + mark["width"] / 2 - film["x"]) / film["width"] == pytest.approx(7.5 / 9, abs=0.003)
        np.testing.assert_allclose(frames(page), expected, atol=0.6)  # the strip does not move with its own number
        page.get_by_label("z9", exact=True).press("End")
        page.wait_for_function("document.querySelector('[data-chosen]').dataset.chosen === '8'")
        codes = codes[:1].repeat(9, 1)
        codes[:, 7], codes[:, 8] = 3, torch.linspace(-4, 4, 9)
        np.testing.assert_allclose(frames(page), 255 * model.decode(codes).flatten(1).numpy(), atol=0.6)


def frames(page, count=9, side=28):
    """Grey levels of the strip's pictures, (count, side * side)."""
    film = page.locator(".vae-film canvas")
    data = film.evaluate(
        "(node, [w, h]) => Array.from(node.getContext('2d').getImageData(0, 0, w, h).data)", [count * side, side]
    )
    levels = np.array(data).reshape(side, count, side, 4)[..., 0]
    return levels.transpose(1, 0, 2).reshape(count, side * side)
