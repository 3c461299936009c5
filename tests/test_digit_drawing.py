"""Drawing a digit: what 8 bits cost, that the page computes what PyTorch computes, pen, keys, bad input."""

import copy

import numpy as np
import pytest
import torch
from browser_support import chromium, write_page

from vae_notes import DigitDrawing, VariationalAutoencoder, load_mnist, load_pretrained
from vae_notes.widgets.digit_drawing import eight_bits, linear_layers

FIGURE = ".vae-figure"


@pytest.fixture(scope="module")
def digits():
    return load_mnist("bundled")


@pytest.fixture(scope="module")
def model():
    return load_pretrained("mnist-vae-2d").model


@pytest.fixture(scope="module")
def of_eight_bits(model):
    """The model as the page has it."""
    rounded = copy.deepcopy(model)
    with torch.no_grad():
        for layer in linear_layers(rounded):
            whole, step = eight_bits(layer.weight)
            layer.weight.copy_(whole * step)
    return rounded


def test_eight_bits_move_a_mean_code_by_two_hundredths(model, of_eight_bits, digits):
    with torch.no_grad():
        moved = (of_eight_bits.encode(digits.images)[0] - model.encode(digits.images)[0]).norm(dim=1)
    assert 0.015 < moved.median() < 0.025
    assert moved.max() < 0.1


def test_each_weight_is_within_half_a_step(model):
    for layer in linear_layers(model):
        whole, step = eight_bits(layer.weight)
        assert ((whole * step - layer.weight).abs() <= 0.5001 * step).all()
        assert whole.abs().amax(1).eq(127).all()


def test_other_models_and_classes_are_refused(model, digits):
    with pytest.raises(ValueError, match="784-400"):
        DigitDrawing(VariationalAutoencoder(20, 400), *digits)
    with pytest.raises(ValueError, match="each class from 0 to 9"):
        DigitDrawing(model, digits.images[:500], digits.labels[:500])


def test_the_picture_shows_the_decoded_place(model, digits):
    figure = DigitDrawing(model, *digits)
    before = figure.picture()
    figure.z = [2.0, -1.0]
    assert before[:4] == b"\x89PNG"
    assert before != figure.picture()


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def show(browser, tmp_path, model, digits):
    complaints = []

    def open_page(**state):
        page = browser.new_page(viewport={"width": 900, "height": 800})
        page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(write_page(tmp_path, DigitDrawing(model, *digits, **state)).as_uri())
        page.wait_for_selector("[data-ready]")
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert complaints == []


def code_shown(page):
    """Mean and log-variance that stand on the page (4)."""
    data = page.eval_on_selector(FIGURE, "node => ({...node.dataset})")
    return [float(data[name]) for name in ("mu1", "mu2", "logvar1", "logvar2")]


def draw(page, corners):
    """One stroke through corners in shares of the sheet."""
    box = page.locator("canvas.vae-sheet").bounding_box()
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=12)
    page.mouse.up()


@pytest.mark.browser
@pytest.mark.parametrize("digit", [0, 7])
def test_the_page_encodes_as_pytorch_does(show, of_eight_bits, digits, digit):
    first = (digits.labels == digit).nonzero()[0].item()
    with torch.no_grad():
        expected = torch.cat(of_eight_bits.encode(digits.images[first : first + 1]), 1)[0]
    np.testing.assert_allclose(code_shown(show(digit=digit)), expected, atol=2e-3)  # grey levels of 8 bits


def readout(page):
    return page.locator(".vae-readout").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("digit", [3, 8])
def test_at_first_line_and_sliders_say_the_same(show, digit):
    page = show(digit=digit)
    sliders = [float(s.input_value()) for s in page.get_by_role("slider").all()]
    assert sliders == pytest.approx(code_shown(page)[:2], abs=0.0101)
    assert "moved" not in readout(page)


@pytest.mark.browser
def test_the_line_says_whose_code_it_tells(show):
    page = show()
    page.get_by_label("z1", exact=True).press("End")
    assert "You have moved the amber point away, to (4.00, " in readout(page)
    page.get_by_role("button", name="Clear").click()
    assert readout(page).startswith("A blank sheet gets a code, too: (")


@pytest.mark.browser
def test_an_address_brings_the_drawing_back(show):
    page = show()
    page.get_by_role("button", name="Clear").click()
    draw(page, [(0.3, 0.2), (0.7, 0.2), (0.4, 0.8)])
    drawn, told = code_shown(page), readout(page)
    assert page.locator("input:checked").count() == 0  # it is no longer the three
    page.wait_for_function("location.hash.length > 150")  # it is kept a moment after the stroke
    page.wait_for_timeout(600)
    assert len(page.evaluate("location.hash")) < 700
    page.reload()
    page.wait_for_selector("[data-ready]")
    np.testing.assert_allclose(code_shown(page), drawn, atol=1e-4)
    assert ("moved" in readout(page)) == ("moved" in told) is False
    page.evaluate("location.hash = 'draw:sheet=.9999.&digit=7'")  # no sheet of 784 pixels
    page.wait_for_function("document.querySelectorAll('input[type=radio]')[7].checked")


@pytest.mark.browser
def test_a_drawn_one_is_decoded_as_a_one(show, model, digits):
    page = show()
    page.get_by_role("button", name="Clear").click()
    draw(page, [(0.52, 0.2), (0.48, 0.8)])
    place = torch.tensor(code_shown(page)[:2])
    with torch.no_grad():
        codes = model.encode(digits.images)[0]
    nearest = digits.labels[(codes - place).norm(dim=1).topk(20, largest=False).indices]
    assert (nearest == 1).float().mean() > 0.9


@pytest.mark.browser
def test_the_place_of_a_drawing_does_not_depend_on_where_it_is_drawn(show):
    page = show()
    codes = []
    for left in (0.35, 0.6):
        page.get_by_role("button", name="Clear").click()
        draw(page, [(left, 0.25), (left, 0.75)])
        codes.append(code_shown(page)[:2])
    assert np.linalg.norm(np.subtract(*codes)) < 0.5  # shifts are whole pixels, pens are not


@pytest.mark.browser
def test_keys_draw_and_buttons_edit(show):
    page = show(digit=3)
    start = code_shown(page)
    for name in ("Thicker", "Thinner", "Turn left", "Turn right"):
        before = code_shown(page)
        page.get_by_role("button", name=name).click()
        assert code_shown(page) != before, name
    page.get_by_role("button", name="Clear").click()
    page.locator("canvas.vae-sheet").focus()
    empty = code_shown(page)
    page.keyboard.press("Space")
    dot = code_shown(page)
    for _ in range(10):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
    assert len({tuple(start), tuple(empty), tuple(dot), tuple(code_shown(page))}) == 4


@pytest.mark.browser
def test_the_plane_is_dragged_and_the_sliders_follow(show):
    page = show()
    drawn = code_shown(page)
    box = page.locator(".vae-plane").bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"])
    values = [float(s.get_attribute("value") or s.input_value()) for s in page.get_by_role("slider").all()]
    assert values[0] > 1.5
    assert code_shown(page) == drawn  # the drawing keeps its own code
