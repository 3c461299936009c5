"""Digits that train in the page: PyTorch's losses, a plane that sorts itself, ways to steer it, bad input."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from browser_support import chromium, write_page

from vae_notes import load_mnist
from vae_notes.widgets import DigitTraining

FIGURE = ".vae-digit-training"


@pytest.fixture(scope="module")
def digits():
    images, labels = load_mnist("bundled")
    return images[::5], labels[::5]


@pytest.mark.parametrize(
    "bad",
    [(torch.rand(10, 1, 28, 28), torch.zeros(10)), (torch.rand(99, 1, 14, 14), torch.zeros(99)),
     (torch.rand(99, 1, 28, 28), torch.zeros(98)), (2 * torch.ones(99, 1, 28, 28), torch.zeros(99))],
    ids=["too few", "another size", "a label short", "not within [0, 1]"],
)  # fmt: skip
def test_what_does_not_fit_is_refused(bad):
    with pytest.raises(ValueError, match="images"):
        DigitTraining(*bad)


def test_the_picture_in_its_place_is_a_trained_one(digits):
    assert DigitTraining(*digits).picture()[:4] == b"\x89PNG"


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def show(browser, tmp_path, digits):
    complaints = []

    def open_page(width=900, **values):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(write_page(tmp_path, DigitTraining(*digits, **values)).as_uri())
        page.wait_for_selector("[data-ready]")
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert complaints == []


RECORD = """(steps) => {
  const old = document.querySelector(".vae-digit-training").trainer;
  const trainer = new old.constructor({ inputs: 196, hidden: [64], latent: 2, seed: 4, bernoulli: true });
  const data = Float64Array.from({ length: 30 * 196 }, () => Math.max(0, 2 * trainer.rand.uniform() - 1));
  const start = trainer.parameters().map(({ values }) => [...values]);
  const batches = [], losses = [];
  for (let i = 0; i < steps; i++) {
    const batch = trainer.nextBatch(data, 8);
    batches.push([[...batch.x], [...batch.eps]]);
    losses.push(trainer.learn(batch, { rate: 0.005, beta: 2 }).total);
  }
  return { start, batches, losses };
}"""


@pytest.mark.browser
def test_two_hundred_losses_are_those_of_pytorch(show):
    recorded = show().evaluate(RECORD, 200)
    shapes = [(64, 196), (64,), (4, 64), (4,), (64, 2), (64,), (196, 64), (196,)]
    w = [
        torch.tensor(values, dtype=torch.float64).view(shape).requires_grad_()
        for values, shape in zip(recorded["start"], shapes, strict=True)
    ]
    optimizer = torch.optim.Adam(w, lr=0.005)
    losses = []
    for flat, eps in recorded["batches"]:
        x = torch.tensor(flat, dtype=torch.float64).view(-1, 196)
        mu, logvar = (torch.tanh(x @ w[0].T + w[1]) @ w[2].T + w[3]).chunk(2, -1)
        q = torch.distributions.Normal(mu, (0.5 * logvar).exp())
        z = mu + q.scale * torch.tensor(eps, dtype=torch.float64).view(-1, 2)
        logits = torch.tanh(z @ w[4].T + w[5]) @ w[6].T + w[7]
        kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
        loss = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x) + 2 * kl
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    np.testing.assert_allclose(recorded["losses"], losses, rtol=1e-4)
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.browser
def test_the_plane_sorts_itself(show):
    """By chance one neighbour in ten is of the same class; codes of the untrained network do a little better."""
    page = show()
    before = float(page.get_attribute(FIGURE, "data-sorted"))
    assert page.locator(".vae-classes span").all_text_contents() == list("0123456789")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"Number(document.querySelector('{FIGURE}').dataset.steps) >= 1500", timeout=120_000)
    assert len(page.locator(".vae-curve.vae-first").get_attribute("d").split("L")) > 5  # the share over the rounds
    assert before < 0.5 < 0.6 < float(page.get_attribute(FIGURE, "data-sorted"))


@pytest.mark.browser
def test_place_follows_keys_and_mouse_and_training_pauses(show):
    page = show()
    page.get_by_label("z1").press("ArrowRight")
    assert page.get_by_label("z1").get_attribute("aria-valuetext") == "0.01"
    panel = page.locator("canvas.vae-panel")
    box = panel.bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    place = [float(page.get_by_label(name).get_attribute("aria-valuetext").replace("−", "-")) for name in ("z1", "z2")]
    assert place == pytest.approx([1.5, 1.5], abs=0.05)
    page.get_by_role("button", name="Play").press("Enter")
    page.wait_for_function(f"Number(document.querySelector('{FIGURE}').dataset.steps) > 0", timeout=60_000)
    page.get_by_role("button", name="Pause").press("Enter")
    steps = page.get_attribute(FIGURE, "data-steps")
    page.wait_for_timeout(300)
    assert page.get_attribute(FIGURE, "data-steps") == steps
    page.get_by_role("button", name="Start again").press("Enter")
    assert page.get_attribute(FIGURE, "data-steps") == "0"


@pytest.mark.browser
def test_it_fits_a_telephone(show):
    assert show(width=360).evaluate("document.documentElement.scrollWidth") <= 360
