"""Each number of a diagnosis on a model so small that the number is known, and at both ends of its healthy range."""

import math
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from vae_notes import in_training, mean_images, symptoms
from vae_notes.bounds import elbo
from vae_notes.likelihoods import Bernoulli, Gaussian
from vae_notes.models import VariationalAutoencoder
from vae_notes.symptoms import finding

D = torch.float64
IMAGES = torch.tensor([[0.1, 0.5], [0.3, 0.9], [0.8, 0.4]], dtype=D).view(3, 1, 1, 2)


def generator():
    return torch.Generator().manual_seed(0)


class TwoPixels:
    """Codes are the two pixels, x | z ~ N(z, 1/2), and the encoder states the given variances."""

    def __init__(self, variances=(0.25, 0.5)):
        self.logvar = torch.tensor(variances, dtype=D).log()

    def encode(self, x):
        mu = x.flatten(1)
        return mu, self.logvar.expand_as(mu)

    def log_likelihood(self, x, z):
        return -(x.flatten(1) - z).square().sum(-1) - math.log(math.pi)


@pytest.mark.parametrize(
    ("low", "high", "inside", "outside", "healthy"),
    [
        (-math.inf, 2.0, [-9.0, 2.0], [2.001, math.nan], "up to 2"),
        (0.5, math.inf, [0.5, 9.0], [0.499], "from 0.5"),
        (0.5, 2.0, [0.5, 1.0, 2.0], [0.499, 2.001], "0.5 to 2"),
    ],
)
def test_a_finding_is_suspect_where_it_leaves_its_range_and_says_which_that_is(low, high, inside, outside, healthy):
    for value in inside + outside:
        one = finding("a number", value, low, high, "look here")
        assert one.suspect == (None if value in inside else "look here")
        assert one.healthy == healthy
        mark, advice = ("ok  ", "") if value in inside else ("LOOK", "\n     look here")
        assert str(one) == f"{mark} {'a number':42}{value:10.3g}   healthy: {healthy}{advice}"


def test_one_image_that_overflows_is_a_suspect():
    bound, logvar = torch.zeros(4), torch.zeros(4, 2)
    assert symptoms.finite(bound, logvar).suspect is None
    bound[0] = logvar[1, 1] = math.inf
    assert symptoms.finite(bound, logvar).value == 0.5
    assert symptoms.finite(bound, logvar).suspect is not None


@pytest.mark.parametrize(("smallest", "largest"), [(-20.0, 5.0), (-20.1, 5.1)])
def test_log_variances_are_healthy_from_minus_20_to_5(smallest, largest):
    low, high = symptoms.log_variances(torch.tensor([[smallest, 0.0], [largest, math.inf]], dtype=D))
    assert (low.value, high.value) == (smallest, largest)
    assert (low.suspect is None, high.suspect is None) == (smallest == -20, largest == 5)
    assert list(symptoms.log_variances(torch.full((2, 2), math.nan))) == []


def test_of_the_widest_unit_one_image_in_a_hundred_may_be_wider():
    variances = torch.ones(200, 2, dtype=D)
    variances[:3, 1] = torch.tensor([9.0, 8.0, 2.19])
    assert symptoms.widest(variances.log(), False).value == pytest.approx(2.19)
    assert symptoms.widest(variances.log(), False).suspect is None
    variances[2, 1] = 2.21
    assert symptoms.widest(variances.log(), False).value == pytest.approx(2.21)
    assert "the noise in training was another one" in symptoms.widest(variances.log(), False).suspect
    assert "the noise in training" not in symptoms.widest(variances.log(), True).suspect


def test_the_loss_with_a_neighbours_code_is_their_distance():
    found = symptoms.gain(TwoPixels((1e-30, 1e-30)), IMAGES, generator())
    assert found.value == pytest.approx(((IMAGES - IMAGES.roll(1, 0)).square().sum() / 3).item())
    assert (found.low, found.high) == (1.0, math.inf)


@pytest.mark.parametrize("at_once", [6, 2])
def test_the_weight_is_the_noise_in_the_reconstruction_over_the_room_in_the_kl(monkeypatch, at_once):
    """At z = x + sigma eps, x | z ~ N(z, 1/2), the slope is 2 |sigma eps|^2; the KL's room is sum(1 - sigma^2)."""
    monkeypatch.setattr("vae_notes.evaluation.PIXELS_AT_ONCE", at_once)
    rng = generator()
    noise = torch.cat(
        [torch.randn(4, at_once // 2, 2, generator=rng, dtype=torch.float32) for _ in range(6 // at_once)], 1
    )
    variances = torch.tensor([0.25, 0.5], dtype=D)
    expected = 2 * (variances * noise.double().square()).sum() / 4 / (3 * (2 - variances.sum()))
    found = symptoms.weight(TwoPixels(), IMAGES, generator())
    assert found.value == pytest.approx(expected.item(), rel=1e-6)
    assert (found.low, found.high) == (0.5, 2.0)


def test_without_room_in_the_kl_there_is_no_weight():
    found = symptoms.weight(TwoPixels((1.0, 1.0)), IMAGES, generator())
    assert math.isnan(found.value)
    assert "no weight at all" in found.suspect


@pytest.mark.parametrize(
    ("beta", "words"),
    [
        (401.0, "z = mu in training"),
        (-401.0, "z = mu in training"),
        (399.0, "a hidden beta"),
        (-1.0, "no weight at all"),
        (0.0, "no weight at all"),
        (200 * 1.39, "a mean over pixels makes it 200"),
        (200 / 1.39, "a mean over pixels makes it 200"),
        (200 * 1.41, "a hidden beta"),
        (200 / 1.41, "a hidden beta"),
        (0.125 * 1.39, "a mean over the code makes it 0.125"),
        (0.125 / 1.39, "a mean over the code makes it 0.125"),
        (0.5 * 1.39, "a factor 1/2 makes it 0.5"),
        (0.5 / 1.39, "a factor 1/2 makes it 0.5"),
        (0.099 / 1.4, "next to nothing"),
        (0.25, "a hidden beta"),
    ],
)
def test_a_weight_is_told_its_likely_cause(beta, words):
    assert words in symptoms._about_weight(beta, pixels=200, units=8)


def test_a_weight_below_a_tenth_is_next_to_nothing():
    assert "next to nothing" in symptoms._about_weight(0.099, pixels=200, units=2)
    assert "a hidden beta" in symptoms._about_weight(0.101, pixels=200, units=2)
    assert "hidden" in symptoms._about_weight(1.2, pixels=1, units=1)  # a mean over one changes nothing


@pytest.mark.parametrize("within", [True, False])
def test_the_spread_of_codes_is_their_variance_and_the_variance_of_their_means(within):
    mu, logvar = torch.tensor([[0.0, 1.0], [0.0, -1.0]], dtype=D), torch.zeros(2, 2, dtype=D)  # variances 0 and 2
    low, high = (0.334, 3.99) if within else (0.333, 4.01)
    logvar[:, 0] = torch.tensor([low - 0.1, low + 0.1], dtype=D).log()
    logvar[:, 1] = math.log(high - 2)
    least, largest = symptoms.spread(mu, logvar)
    assert (least.value, largest.value) == pytest.approx((low, high))
    assert (least.suspect is None, largest.suspect is None) == (within, within)


def test_a_pixel_is_grey_between_a_fiftieth_and_the_rest():
    images = torch.tensor([0.0, 0.02, 0.021, 0.979, 0.98, 1.0, 0.0, 0.0], dtype=D).view(2, 1, 2, 2)
    vae = SimpleNamespace(likelihood=Bernoulli())
    (found,) = mean_images.pixels(vae, images, None)
    assert found.value == 0.25
    assert found.suspect is None
    images[0, 0, 0, 0] = 0.5
    (found,) = mean_images.pixels(vae, images, None)
    assert found.value == 0.375
    assert found.suspect is not None


def test_the_pixel_variance_is_compared_with_the_squared_error_of_the_means():
    model = TwoPixels((1e-30, 1e-30))
    model.likelihood, model.decode = Gaussian(0.03), lambda z: z + torch.tensor([0.1, 0.2], dtype=D)
    means = mean_images.mean_images(model, IMAGES, generator())
    (found,) = mean_images.pixels(model, IMAGES, means)
    assert found.value == pytest.approx(0.03 / 0.025)
    assert (found.low, found.high) == (0.5, 2.0)
    del model.decode
    assert mean_images.mean_images(model, IMAGES, generator()) is None
    assert list(mean_images.pixels(model, IMAGES, None)) == []


def test_dropout_changes_the_bound_by_what_an_eye_on_both_modes_sees():
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.Dropout(0.5))
    model = VariationalAutoencoder(4, 8, image_shape=(1, 4, 4), encoder=encoder).eval()
    images = torch.rand(50, 1, 4, 4)
    bound = elbo(model, images, generator=generator()).value.detach()
    before = torch.get_rng_state()
    (found,) = in_training.modes(model, images, bound)
    assert torch.equal(torch.get_rng_state(), before)
    rng = generator()
    torch.manual_seed(torch.randint(2**62, (), generator=rng).item())
    trained = elbo(model.train(), images, generator=rng).value
    assert found.value == pytest.approx((trained - bound).mean().abs().item(), rel=1e-5)
    assert found.high == 1.0
    (found,) = in_training.modes(model.eval(), images, 100 * bound)
    assert found.high == pytest.approx(2 * bound.mean().abs().item())


def test_a_model_that_is_the_same_in_both_modes_has_no_finding_of_them():
    assert list(in_training.modes(VariationalAutoencoder(4, 8, image_shape=(1, 1, 2)), IMAGES, torch.zeros(3))) == []
