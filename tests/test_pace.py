"""A learned pixel variance starts from the reader's pictures and arrives within a short training."""

import copy
import math

import pytest
import torch
from torch import nn

from vae_notes import ConvolutionalVAE, Gaussian, VariationalAutoencoder, as_vae, elbo, fit, load, save
from vae_notes.likelihoods import HURRY, ROUNDING
from vae_notes.training import loop
from vae_notes.training.pace import FAR, groups, moments, pixel_variance, start_from


def pictures(n, contrast=0.2, seed=0):
    """Smooth colour pictures: a level and a slope each, and a little noise."""
    g = torch.Generator().manual_seed(seed)
    level, slope = torch.randn(n, 3, 1, 1, generator=g), torch.randn(n, 3, 1, 1, generator=g)
    x = level + slope * torch.linspace(-1, 1, 8).view(1, 1, 1, 8) + 0.2 * torch.randn(n, 3, 8, 8, generator=g)
    return (0.5 + contrast * x / 2).clamp(0, 1)


def new(likelihood=None, seed=0):
    torch.manual_seed(seed)
    return ConvolutionalVAE(6, (3, 8, 8), width=8, likelihood=likelihood)


def squared_error(model, x):
    z = model.encode(x)[0]
    return (model.decode(z) - x).square().mean().item()


@pytest.mark.parametrize("contrast", [0.2, 0.05])
def test_a_short_training_ends_with_the_variance_of_the_errors(contrast):
    """Within a quarter of them, whatever the contrast; started at 0.05, it stays three times too large and more."""
    train, held_out = pictures(600, contrast), pictures(200, contrast, seed=1)
    model, slow = new(), new(Gaussian(0.05, learn=True))
    for each in (model, slow):
        fit(each, train, epochs=25, batch_size=64, device="cpu")
    with torch.no_grad():
        for each, low, high in ((model, 0.8, 1.25), (slow, 3.0, math.inf)):
            assert low < each.likelihood.logvar.exp().item() / squared_error(each, held_out) < high
        better = elbo(model, held_out).value - elbo(slow, held_out).value
    assert better.mean() > 4 * better.std() / len(better) ** 0.5


def test_the_start_is_the_spread_about_the_mean_image():
    images = pictures(50)
    expected = images.double().var(0, correction=0).mean().item()
    assert pixel_variance(images) == pytest.approx(expected, rel=1e-5)
    assert pixel_variance((images * 255).round().byte()) == pytest.approx(expected, rel=1e-2)
    model = new()
    fit(model, images, epochs=1, batch_size=50, learning_rate=1e-9, device="cpu")
    assert model.likelihood.logvar.exp().item() == pytest.approx(expected, rel=1e-4)


def test_pictures_that_are_all_alike_have_a_start_too():
    model = new()
    fit(model, torch.full((4, 3, 8, 8), 0.5), epochs=1, batch_size=4, learning_rate=1e-9, device="cpu")
    assert model.likelihood.logvar.exp().item() == pytest.approx(ROUNDING, rel=1e-3)


def test_pictures_that_are_alike_and_far_from_grey_begin_with_a_loss_that_can_be_read():
    """Two nats a pixel for the error; from the spread of these twelve alone it would be 20,000 and more."""
    images = 0.9 + 0.002 * pictures(12)
    model = new()
    history = fit(model, images, epochs=1, batch_size=12, learning_rate=1e-9, device="cpu")
    far = (images - 0.5).square().mean().item()
    assert model.likelihood.logvar.exp().item() == pytest.approx(far / FAR, rel=1e-3)
    assert history.loss[0] < 2 * images[0].numel()
    assert pixel_variance(images) < far / 40_000


def test_a_stated_variance_is_where_the_training_starts_at_the_pace_of_the_rest():
    stated, fixed, opened = Gaussian(0.02, learn=True), Gaussian(0.02), Gaussian(learn=True)
    for likelihood in (stated, fixed, Gaussian()):
        before = likelihood.logvar.item()
        likelihood.start_from(0.3)
        assert likelihood.logvar.item() == before
        assert [group["lr"] for group in groups(new(likelihood), 0.1)] == [0.1]
    usual, fast = groups(new(opened), 0.1)
    assert fast["params"] == [opened.logvar]
    assert fast["lr"] == pytest.approx(0.1 * HURRY)
    assert all(parameter is not opened.logvar for parameter in usual["params"])


def test_a_second_training_goes_on_where_the_first_ended(tmp_path):
    images = pictures(100)
    model = new()
    fit(model, images, epochs=5, batch_size=50, device="cpu")
    reached = model.likelihood.logvar.item()
    save(model, tmp_path / "own")
    loaded, card = load(tmp_path / "own")
    assert card["arguments"]["likelihood"]["variance"] == pytest.approx(math.exp(reached), rel=1e-5)
    for again in (copy.deepcopy(model), loaded):
        fit(again, images, epochs=1, batch_size=100, learning_rate=1e-9, device="cpu")
        assert again.likelihood.logvar.item() == pytest.approx(reached, abs=1e-5)


def test_an_untrained_model_that_was_saved_still_starts_from_the_data(tmp_path):
    images = pictures(100)
    save(new(), tmp_path / "own")
    model, _ = load(tmp_path / "own")
    fit(model, images, epochs=1, batch_size=100, learning_rate=1e-9, device="cpu")
    assert model.likelihood.logvar.exp().item() == pytest.approx(pixel_variance(images), rel=1e-4)


class Forward(nn.Module):
    """A network with nothing but a forward: its likelihood is given from outside."""

    def __init__(self):
        super().__init__()
        self.inner = VariationalAutoencoder(2, 8, image_shape=(3, 8, 8))

    def forward(self, x):
        return self.inner(x)


def test_a_likelihood_given_from_outside_starts_from_the_data_too():
    images = pictures(100)
    view = as_vae(Forward(), likelihood=Gaussian(learn=True))
    fit(view, images, epochs=1, batch_size=100, learning_rate=1e-9, device="cpu")
    assert view.likelihood.logvar.exp().item() == pytest.approx(pixel_variance(images), rel=1e-4)


def test_a_run_in_two_parts_is_the_run_in_one(tmp_path, monkeypatch):
    """The checkpoint carries both rates."""
    images = pictures(100)
    options = {"epochs": 4, "batch_size": 50, "device": "cpu", "checkpoint": tmp_path / "run.safetensors"}
    whole = new()
    fit(whole, images, **options | {"checkpoint": None})

    monkeypatch.setattr("vae_notes.training.checkpoints.SECONDS_BETWEEN_SAVES", -1)
    epoch, epochs = loop._epoch, []

    def interrupted(*arguments):
        epochs.append(1)
        if len(epochs) == 3:
            raise KeyboardInterrupt
        return epoch(*arguments)

    monkeypatch.setattr(loop, "_epoch", interrupted)
    cut = new()
    with pytest.raises(KeyboardInterrupt):
        fit(cut, images, **options)
    fit(cut, images, **options)
    assert len(epochs) == 5
    assert cut.likelihood.logvar.item() == pytest.approx(whole.likelihood.logvar.item(), abs=1e-6)


def test_the_start_is_a_quarter_of_the_distance_from_grey_where_that_is_more():
    """Half of the pixels 0.9, half 0.98: variance 0.0016, squared distance of their mean from 0.5 0.1936."""
    images = torch.tensor([0.9, 0.98]).view(2, 1, 1, 1).expand(2, 3, 8, 8)
    mean, variance = moments(images)
    assert mean.shape == (3, 8, 8)
    assert (mean.mean().item(), variance) == pytest.approx((0.94, 0.0016), rel=1e-4)
    model = new()
    start_from(model, images)
    assert model.likelihood.logvar.exp().item() == pytest.approx((0.0016 + 0.44**2) / 4, rel=1e-5)


def test_moments_are_the_same_in_parts(monkeypatch):
    images = pictures(7)
    mean, variance = moments(images)
    monkeypatch.setattr("vae_notes.training.pace.AT_ONCE", 3 * 8 * 8 * 2)
    assert moments(images)[1] == pytest.approx(variance)
    torch.testing.assert_close(moments(images)[0], mean)
    monkeypatch.setattr("vae_notes.training.pace.AT_ONCE", 1)
    assert moments(images)[1] == pytest.approx(variance)
