"""The playground in a real Chromium: the same losses as PyTorch, missions that can be solved, every way to steer it."""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import torch
import traitlets
from browser_support import chromium, write_page

from vae_notes.widgets import VAEPlayground
from vae_notes.widgets.playground import TOYS, toy_points

ENGINE_TESTS = Path(__file__).parent / "js"
FIGURE = ".vae-playground"


@pytest.mark.parametrize("name", TOYS)
def test_toys_lie_where_the_panel_shows_them(name):
    points = toy_points(name, 400, torch.Generator().manual_seed(0))
    assert points.shape == (400, 2)
    assert points.norm(dim=1).max() < 2.3
    assert points.mean(0).abs().max() < 0.3


def test_an_unknown_toy_is_named():
    with pytest.raises(ValueError, match="ring, moons"):
        toy_points("spiral")


def test_the_picture_in_its_place_is_a_trained_one():
    assert VAEPlayground(data="ring").picture()[:4] == b"\x89PNG"


def test_a_drawing_takes_the_place_of_the_data_and_has_two_places_or_more():
    drawn = VAEPlayground(drawn=[0.0, 1.0, 1.0, -1.0])
    assert drawn._x().shape == (8, 2)
    assert (drawn._x() - torch.tensor([[0.0, 1.0]] * 4 + [[1.0, -1.0]] * 4)).abs().max() < 0.3
    assert drawn.picture() != VAEPlayground().picture()
    for bad in ([0.0, 1.0], [0.0, 1.0, 2.0], [0.0, 1.0, 2.0, 9.0], [0.0] * 322):
        with pytest.raises(traitlets.TraitError):
            VAEPlayground(drawn=bad)


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js here; the browser tests run the same engine")
def test_the_engine_without_a_browser():
    run = subprocess.run(["node", "--test", ENGINE_TESTS], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


# ---- in the browser


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def show(browser, tmp_path):
    complaints = []

    def open_page(fragment="", width=900, **values):
        page = browser.new_page(viewport={"width": width, "height": 1200}, has_touch=True)
        page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(write_page(tmp_path, VAEPlayground(**values)).as_uri() + fragment)
        page.wait_for_selector("[data-ready]")
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert complaints == []


def pause(page):
    page.get_by_role("button", name="Pause").click()


# Steps a fresh trainer on its own batches; returns all that PyTorch needs to do the same.
RECORD = """([options, steps]) => {
  const old = document.querySelector(".vae-playground").trainer;
  const trainer = new old.constructor({ inputs: 2, hidden: [32, 32], latent: 2, seed: 4, logVariance: -3 });
  const data = Float64Array.from({ length: 200 }, trainer.rand.normal);
  const start = trainer.parameters().map(({ values }) => [...values]);
  const batches = [], losses = [];
  for (let i = 0; i < steps; i++) {
    const batch = trainer.nextBatch(data, 16);
    batches.push([[...batch.x], [...batch.eps]]);
    losses.push(trainer.learn(batch, options).total);
  }
  return { start, batches, losses };
}"""


def losses_in_pytorch(recorded, beta, mean_only, mean_loss, variational, learn_noise, rate):
    shapes = [(32, 2), (32,), (32, 32), (32,), (4, 32), (4,), (32, 2), (32,), (32, 32), (32,), (2, 32), (2,)]
    weights = [
        torch.tensor(values, dtype=torch.float64).view(shape).requires_grad_()
        for values, shape in zip(recorded["start"], shapes, strict=True)
    ]
    noise = torch.tensor(-3.0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam(weights + [noise] * learn_noise, lr=rate)

    def network(x, w):
        hidden = torch.tanh(torch.tanh(x @ w[0].T + w[1]) @ w[2].T + w[3])
        return hidden @ w[4].T + w[5]

    losses = []
    for flat, eps in recorded["batches"]:
        x = torch.tensor(flat, dtype=torch.float64).view(-1, 2)
        mu, logvar = network(x, weights[:6]).chunk(2, -1)
        q = torch.distributions.Normal(mu, (0.5 * logvar).exp())
        eps = torch.tensor(eps, dtype=torch.float64).view(-1, 2)
        z = mu + q.scale * eps if variational and not mean_only else mu
        p = torch.distributions.Normal(network(z, weights[6:]), (0.5 * noise).exp())
        each = -p.log_prob(x)
        loss = (each.mean(-1) if mean_loss else each.sum(-1)).mean()
        if variational:
            standard = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
            loss = loss + beta * torch.distributions.kl_divergence(q, standard).sum(-1).mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


@pytest.mark.browser
@pytest.mark.parametrize(
    "changed",
    [{}, {"beta": 4.0, "learn_noise": True}, {"mean_only": True}, {"mean_loss": True}, {"variational": False}],
    ids=lambda changed: ", ".join(changed) or "a VAE",
)
def test_two_hundred_losses_are_those_of_pytorch(show, changed):
    options = {"beta": 1.0, "mean_only": False, "mean_loss": False, "variational": True, "learn_noise": False}
    options |= {"rate": 0.005} | changed
    names = {"mean_only": "meanOnly", "mean_loss": "meanLoss", "learn_noise": "learnNoise"}
    page = show()
    pause(page)
    recorded = page.evaluate(RECORD, [{names.get(name, name): value for name, value in options.items()}, 200])
    expected = losses_in_pytorch(recorded, **options)
    np.testing.assert_allclose(recorded["losses"], expected, rtol=1e-4)
    assert expected[-1] < expected[0] - 1  # it did train


SOLUTIONS = [
    ("Sample an autoencoder", [("radio", "VAE")]),
    ("Collapse, and back", [("β", 20.0), ("β", 0.1)]),
    ("Two blobs become one", [("β", 9.0)]),
    ("Let sigma be learned", [("checkbox", "learn σ")]),
    ("Forget the KL", [("checkbox", "forget the KL")]),
    ("The decoder without noise", [("checkbox", "mean only")]),
]
SET = "(input, v) => { input.value = Math.log(v); input.dispatchEvent(new Event('input')); }"


def wait_for_steps(page, more):
    start = int(page.get_attribute(FIGURE, "data-steps"))
    page.wait_for_function(
        f"Number(document.querySelector('{FIGURE}').dataset.steps) >= {start + more}", timeout=90_000
    )


@pytest.mark.browser
@pytest.mark.parametrize(("mission", "moves"), SOLUTIONS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_mission_is_solved_by_its_solution_and_not_before(show, mission, moves):
    page = show()
    page.get_by_role("radio", name=mission).check(force=True)
    wait_for_steps(page, 200)
    assert page.get_attribute(FIGURE, "data-solved") is None
    for kind, value in moves:
        if kind == "β":
            page.get_by_label("β").evaluate(SET, value)
            if mission == "Collapse, and back" and value > 1:
                page.get_by_text("Collapsed: every ellipse").wait_for(timeout=90_000)
                assert page.get_attribute(FIGURE, "data-solved") is None
        else:
            page.get_by_role(kind, name=value, exact=True).check(force=True)
    page.wait_for_selector(f'{FIGURE}[data-solved="{mission}"]', timeout=180_000)
    assert page.locator(".vae-task").text_content().startswith("Solved.")
    assert "✗" not in page.locator(".vae-goal").text_content()
    assert page.get_by_role("radio", name=f"{mission}, solved").is_checked()


@pytest.mark.browser
def test_a_click_on_the_chosen_mission_restarts_it_and_plays(show):
    page = show()
    pause(page)
    assert page.locator(".vae-goal").text_content().startswith("Press Play. ✗ samples that miss")
    page.get_by_role("radio", name="blobs", exact=True).check(force=True)
    assert "does not count: the data changed" in page.locator(".vae-goal").text_content()
    page.get_by_role("radio", name="Sample an autoencoder").click(force=True)
    assert page.get_by_role("radio", name="moons").is_checked()
    wait_for_steps(page, 20)
    assert "held for 0 of 100 steps" in page.locator(".vae-goal").text_content()


@pytest.mark.browser
def test_sigma_cannot_be_pulled_while_it_is_learned(show):
    page = show()
    page.get_by_role("checkbox", name="learn σ").check(force=True)
    assert page.get_by_label("σ of decoder").is_disabled()


@pytest.mark.browser
def test_keys_steer_it_and_one_step_is_one_step(show):
    page = show()
    pause(page)
    before = int(page.get_attribute(FIGURE, "data-steps"))
    page.get_by_role("button", name="One step").press("Enter")
    assert int(page.get_attribute(FIGURE, "data-steps")) == before + 1
    page.get_by_label("β").press("ArrowRight")
    assert page.get_by_label("β").get_attribute("aria-valuetext") != "1.00"
    page.get_by_role("button", name="Start again").press("Enter")
    page.wait_for_function(f"Number(document.querySelector('{FIGURE}').dataset.steps) < {before}")


@pytest.mark.browser
def test_an_address_opens_it_in_a_state_and_bad_ones_do_no_harm(show):
    page = show("#playground:data=ring&beta=4&variational=false&nonsense=1&seed=x")
    assert page.get_by_role("radio", name="ring").is_checked()
    assert page.get_by_role("radio", name="autoencoder", exact=True).is_checked()
    assert page.get_by_label("β").get_attribute("aria-valuetext").startswith("4.0")


@pytest.mark.browser
def test_points_can_be_drawn_by_mouse_and_by_keys(show):
    page = show(data="ring")
    page.get_by_role("radio", name="your own").check(force=True)
    canvas = page.locator("canvas").first
    for _ in range(4):
        canvas.press("Enter")
        canvas.press("ArrowRight")
    canvas.press("Escape")
    wait_for_steps(page, 50)
    page.get_by_role("radio", name="ring").check(force=True)
    page.get_by_role("radio", name="your own").check(force=True)
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 100, steps=12)
    page.mouse.up()
    wait_for_steps(page, 50)
    page.get_by_role("button", name="New seed").click()
    page.wait_for_function("location.hash.includes('seed=')")
    assert re.search(r"drawn=(-?\d[.\d]*,?){12,40}&seed=1", unquote(page.evaluate("location.hash")))
    stub = "{ value: { writeText: async (text) => { window.copied = text; } } }"
    page.evaluate(f"Object.defineProperty(navigator, 'clipboard', {stub})")
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("window.copied")
    assert unquote(page.evaluate("copied").split("drawn=")[1]) == unquote(page.url.split("drawn=")[1])
    page.reload()
    page.wait_for_selector("[data-ready]")
    assert page.get_by_role("radio", name="your own").is_checked()


@pytest.mark.browser
def test_while_a_drawing_waits_nothing_old_is_shown_and_no_mission_is_chosen(show):
    page = show()
    page.get_by_role("radio", name="your own").check(force=True)
    assert page.locator(".vae-task").text_content().startswith("Draw on the left")
    assert page.get_by_role("radio", name="Sample an autoencoder").is_checked() is False
    assert page.locator(".vae-goal").text_content() == ""
    assert "%" not in page.locator(".vae-readout").nth(1).text_content()
    page.get_by_text("Missions", exact=True).click()  # beside the numbers: no mission
    assert page.locator(".vae-task").text_content().startswith("Draw on the left")
    page.get_by_role("radio", name="moons").check(force=True)
    assert "Draw on" not in page.locator(".vae-task").text_content()


@pytest.mark.browser
def test_a_mission_survives_a_reload_and_its_link_opens_it(show):
    page = show()
    page.get_by_role("radio", name="Collapse, and back").check(force=True)
    page.get_by_label("β").evaluate(SET, 3.0)
    page.wait_for_function("location.hash.includes('mission=2') && location.hash.includes('beta=3')")
    page.reload()
    page.wait_for_selector("[data-ready]")
    assert page.get_by_role("radio", name="Collapse, and back").is_checked()
    assert page.locator(".vae-task").text_content().startswith("Collapse, and back.")
    assert page.get_by_label("β").get_attribute("aria-valuetext").startswith("3.0")
    assert page.get_by_label("σ of decoder").get_attribute("aria-valuetext") == "0.30"


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps_and_nothing_is_wider_than_the_screen(show, width):
    page = show(width=width)
    height = page.locator(FIGURE).bounding_box()["height"]
    for mission, _ in SOLUTIONS:
        page.get_by_role("radio", name=mission).check(force=True)
        wait_for_steps(page, 20)
        assert page.locator(FIGURE).bounding_box()["height"] == pytest.approx(height, abs=4)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
