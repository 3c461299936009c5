"""The figure of the bottleneck: what is sent to the page, and that the page computes what PyTorch computes."""

import numpy as np
import pytest
import torch
from browser_support import chromium, write_page

from vae_notes import Autoencoder, Bottleneck, load_mnist, principal_components


@pytest.fixture(scope="module")
def images():
    return load_mnist("bundled").images


def small_model():
    torch.manual_seed(0)
    return Autoencoder(32, 64).requires_grad_(False)


def make(images, **state):
    return Bottleneck(small_model(), images[::5], images[::500], **state)


def test_pca_agrees_with_another_way_to_find_the_components(images):
    mean, directions = principal_components(images[::5], 4)
    x = images[500].flatten()
    expected = (mean + (x - mean) @ directions @ directions.T).clamp(0, 1)
    np.testing.assert_allclose(make(images, digit=1, numbers=4).pictures()[1].flatten(), expected, atol=2e-3)


def test_the_network_sees_only_the_numbers_that_are_kept(images):
    figure, model = make(images, digit=3, numbers=8), small_model()
    z = model.encode(images[1500:1501])
    z[:, 8:] = 0
    torch.testing.assert_close(figure.pictures()[2], model.decode(z)[0, 0], atol=1e-5, rtol=0)
    figure.numbers = 32
    torch.testing.assert_close(figure.pictures()[2], model(images[1500:1501])[0, 0], atol=1e-5, rtol=0)


def test_errors_are_measured_against_the_digit_without_noise(images):
    clean, noisy = make(images), make(images, noise=0.5)
    assert clean.errors()[0] == 0
    cut = (images[0].flatten() + 0.5 * noisy._pattern).clamp(0, 1)
    torch.testing.assert_close(noisy.errors()[0], (cut - images[0].flatten()).square().mean())


def test_more_components_lose_less(images):
    losses = [make(images, digit=4, numbers=count).errors()[1].item() for count in (2, 4, 8, 16, 32)]
    assert losses == sorted(losses, reverse=True)


def test_a_page_gets_less_than_300_kilobytes(images):
    figure = make(images)
    sent = (figure.encoder, figure.decoder, figure.components, figure.pattern, figure.images)
    assert sum(map(len, sent)) < 300_000


def test_wrong_state_is_refused(images):
    figure = make(images)
    with pytest.raises(ValueError, match="digit must be below 10"):
        figure.digit = 10
    with pytest.raises(ValueError, match="numbers must be one of"):
        figure.numbers = 3
    with pytest.raises(ValueError, match="choices must be from 1 to 32"):
        make(images, choices=(2, 64))
    with pytest.raises(ValueError, match="shown must be 1 to 20"):
        Bottleneck(small_model(), images[::5], images[:21])


def test_repr_and_picture_are_the_same_each_time(images):
    figure = make(images, noise=0.3)
    assert repr(figure) == "<Bottleneck: interactive figure>"
    before = figure.picture()
    assert before.startswith(b"\x89PNG")
    assert before == figure.picture()
    figure.numbers = 2
    assert before != figure.picture()


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def show(browser, tmp_path):
    """A function that opens a page with one figure; afterwards nothing may have gone wrong in it."""
    complaints = []

    def open_page(figure):
        page = browser.new_page(viewport={"width": 800, "height": 800})
        page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(write_page(tmp_path, figure).as_uri())
        page.wait_for_selector("[data-ready]")
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert complaints == []


def errors_shown(page):
    data = page.eval_on_selector(".vae-readout", "node => ({...node.dataset})")
    return [float(data[name]) for name in ("input", "pca", "autoencoder")]


@pytest.mark.browser
@pytest.mark.parametrize("state", [{}, {"digit": 7, "noise": 0.4, "numbers": 2}, {"digit": 3, "numbers": 32}])
def test_the_page_computes_the_errors_of_pytorch(show, images, state):
    figure = make(images, **state)
    np.testing.assert_allclose(errors_shown(show(figure)), figure.errors(), rtol=2e-3, atol=1e-6)


@pytest.mark.browser
def test_keys_change_numbers_and_noise(show, images):
    figure = make(images, digit=2)
    page = show(figure)
    page.get_by_role("radio", name="8", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    figure.numbers, figure.noise = 16, 1.0
    np.testing.assert_allclose(errors_shown(page), figure.errors(), rtol=2e-3)
    assert "times the autoencoder's" in page.get_by_role("slider").get_attribute("aria-valuetext")


@pytest.mark.browser
def test_keys_draw_and_an_address_brings_the_strokes_back(show, images):
    page = show(make(images, digit=1, numbers=8))
    before = errors_shown(page)
    page.locator("canvas.vae-sheet").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", "Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    drawn = errors_shown(page)
    assert drawn[1] > 1.02 * before[1]
    page.wait_for_function("location.hash.includes('sheet=')")
    page.reload()
    page.wait_for_selector("[data-ready]")
    np.testing.assert_allclose(errors_shown(page)[1:], drawn[1:], rtol=0.02)  # 64 grey levels
    page.get_by_role("radio", name="digit 2").check(force=True)
    page.wait_for_function("!location.hash.includes('sheet=')")


@pytest.mark.browser
def test_strokes_go_through_both_codes_and_can_be_wiped_off(show, images):
    page = show(make(images, digit=1, numbers=8))
    before = errors_shown(page)
    box = page.locator("canvas.vae-sheet").bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    page.mouse.up()
    drawn = errors_shown(page)
    assert drawn[1] > 1.1 * before[1]
    assert abs(drawn[2] - before[2]) > 1e-4
    page.get_by_role("button", name="wipe my strokes").click()
    assert errors_shown(page) == before
