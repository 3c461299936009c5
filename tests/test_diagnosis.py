"""The diagnosis names the failure of a model that was made to fail, and is silent on one that is well."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from vae_notes import (
    Gaussian,
    VariationalAutoencoder,
    diagnose,
    draw_faces,
    elbo,
    fit,
    kl_standard_normal,
    load_mnist,
    load_pretrained,
)

PIXELS, UNITS = 196, 8


@pytest.fixture(scope="module")
def digits():
    """14 x 14: 2,500 to train on, 834 to measure."""
    images = F.avg_pool2d(load_mnist("bundled").images, 2)
    return images[::2], images[1::2][::3]


def trained(train, loss=None, likelihood=None, seed=0, **settings):
    torch.manual_seed(seed)
    model = VariationalAutoencoder(UNITS, 100, likelihood, image_shape=(1, 14, 14), **settings)
    fit(model, train, epochs=15, learning_rate=3e-3, loss=loss, device="cpu", seed=seed)
    return model


def weighted(beta):
    def loss(model, x, generator):
        parts = elbo(model, x, generator=generator)
        return parts.reconstruction + beta * parts.kl

    return loss


def with_deviation(model, x, generator):
    """exp(logvar) taken for the standard deviation."""
    mu, logvar = model.encode(x)
    z = mu + logvar.exp() * torch.randn(mu.shape, generator=generator)
    return kl_standard_normal(mu, logvar) - model.log_likelihood(x, z[None])[0]


def without_noise(model, x, generator):
    """z = mu."""
    mu, logvar = model.encode(x)
    return kl_standard_normal(mu, logvar) - model.log_likelihood(x, mu[None])[0]


def finding(diagnosis, words):
    return next(f for f in diagnosis if words in f.what)


def test_a_model_that_is_well_has_no_suspect(digits):
    train, held_out = digits
    diagnosis = diagnose(trained(train), held_out)
    assert diagnosis.suspects == ()
    assert finding(diagnosis, "weight of the KL").value == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("beta", [1 / UNITS, 0.25, 3.0])
def test_the_weight_of_the_kl_is_read_off_the_variances(digits, beta):
    train, held_out = digits
    model = trained(train, weighted(beta))
    read = finding(diagnose(model, held_out), "weight of the KL")
    assert read.value == pytest.approx(beta, rel=0.25)
    assert read.suspect is not None
    assert finding(diagnose(model, held_out), "widest codes").suspect is None  # a weight alone widens nothing


@pytest.mark.parametrize("seed", [1, 7, 9])
def test_noise_of_another_width_is_named_whatever_the_seed(digits, seed):
    """Three seeds at which the weight of the KL said collapse, nothing and nothing."""
    train, held_out = digits
    diagnosis = diagnose(trained(train, with_deviation, seed=seed), held_out)
    assert "taken for a deviation" in diagnosis.suspects[0].suspect
    assert not any("weight of the KL" in f.what for f in diagnosis)  # of such variances it says nothing


@pytest.mark.parametrize("seed", [1, 7])
@pytest.mark.parametrize("likelihood", [None, Gaussian(learn=True)], ids=["Bernoulli", "Gaussian"])
def test_no_seed_makes_a_suspect_of_a_model_that_is_well(digits, seed, likelihood):
    train, held_out = digits
    diagnosis = diagnose(trained(train, likelihood=likelihood, seed=seed), held_out)
    assert diagnosis.suspects == ()
    assert finding(diagnosis, "widest codes").value < 1.4


@pytest.mark.parametrize(
    ("loss", "number", "words"),
    [
        (weighted(PIXELS), "another image's code", "posterior collapse"),
        (weighted(1 / UNITS), "weight of the KL", "a mean over the code makes it 0.125"),
        (weighted(0.0), "weight of the KL", "an autoencoder"),
        (with_deviation, "widest codes", "a variance, taken for a deviation"),
        (without_noise, "weight of the KL", "z = mu in training"),
    ],
    ids=["mean over pixels", "mean over the code", "no KL", "deviation", "z = mu"],
)
def test_the_first_suspect_is_the_failure_that_was_made(digits, loss, number, words):
    train, held_out = digits
    first = diagnose(trained(train, loss), held_out).suspects[0]
    assert number in first.what
    assert words in first.suspect


def test_a_fixed_pixel_variance_of_one_collapses_and_is_named(digits):
    train, held_out = digits
    wrong = diagnose(trained(train, likelihood=Gaussian(1.0)), held_out)
    assert "posterior collapse" in wrong.suspects[0].suspect
    assert finding(wrong, "pixel variance").value > 10
    learned = trained(train, likelihood=Gaussian(0.02, learn=True))
    assert diagnose(learned, held_out).suspects == ()


def test_overflow_is_found_and_nothing_is_said_beyond_it(digits):
    _, held_out = digits
    model = VariationalAutoencoder(UNITS, 100, image_shape=(1, 14, 14))
    with torch.no_grad():
        model.encoder[-1].bias[UNITS:] = 1000.0
    diagnosis = diagnose(model, held_out)
    assert diagnosis.suspects[0].value == 0
    assert finding(diagnosis, "largest log-variance").value == pytest.approx(1000, rel=0.01)
    assert len(diagnosis) == 3


def test_batchnorm_that_has_not_met_the_data_is_found_and_left_as_it_was(digits):
    _, held_out = digits
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, 100), nn.BatchNorm1d(100), nn.ReLU(), nn.Linear(100, 16))
    model = VariationalAutoencoder(UNITS, 100, image_shape=(1, 14, 14), encoder=encoder)
    with torch.no_grad():
        model.encoder[-1].weight.mul_(8)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert finding(diagnose(model, held_out), "train and eval").suspect is not None
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_grey_pixels_under_a_bernoulli_are_named(digits):
    train, _ = digits
    grey = 0.25 + 0.5 * train[:100]
    diagnosis = diagnose(VariationalAutoencoder(UNITS, 100, image_shape=(1, 14, 14)), grey)
    assert finding(diagnosis, "grey pixels").value == 1
    assert finding(diagnosis, "grey pixels").suspect is not None


def test_shipped_models():
    digits = load_mnist("bundled").images[::10]
    assert diagnose(load_pretrained("mnist-vae").model, digits).suspects == ()
    faces = diagnose(load_pretrained("faces-vae").model, draw_faces(100, 64).images.float() / 255)
    assert [f.what for f in faces.suspects] == ["least variance of a unit's codes"]  # its codes leave the prior empty


def test_the_same_numbers_twice_and_the_model_keeps_its_mode(digits):
    _, held_out = digits
    model = load_pretrained("mnist-vae").model.train()
    images = load_mnist("bundled").images[::50]
    assert str(diagnose(model, images)) == str(diagnose(model, images))
    assert model.training
    assert "healthy" in repr(diagnose(model, images))


def test_bad_input():
    with pytest.raises(ValueError, match="at least two"):
        diagnose(load_pretrained("mnist-vae").model, torch.zeros(1, 1, 28, 28))
    with pytest.raises(TypeError):
        diagnose(nn.Flatten(), torch.zeros(4, 1, 28, 28))


class TwoPixels:
    """Codes are the two pixels, x | z ~ N(z, 1/2), so that variances of 1/3 are at the optimum of the bound."""

    def __init__(self, variance):
        self.logvar = torch.tensor([variance, variance]).log()

    def encode(self, x):
        mu = x.flatten(1)
        return mu, self.logvar.expand_as(mu)

    def log_likelihood(self, x, z):
        return -(x.flatten(1) - z).square().sum(-1)


@pytest.mark.parametrize(
    ("variance", "apart", "suspects", "told"),
    [(1 / 3, 1.0, [], True), (1 / 3, 0.5, [4], False), (2.2, 1.0, [3], False)],
    ids=["well", "collapsed", "wide"],
)
def test_of_a_model_that_is_known_all_is_said_that_can_be(variance, apart, suspects, told):
    images = torch.tensor([0.0, apart]).view(2, 1, 1, 1).expand(2, 1, 1, 2).repeat(400, 1, 1, 1)
    diagnosis = diagnose(TwoPixels(variance), images)
    first = ["finite bound", "smallest log-variance", "largest log-variance", "widest codes", "another image's code"]
    words = [*first, *["weight of the KL"] * told, "least variance", "largest variance"]
    assert all(word in f.what for word, f in zip(words, diagnosis, strict=True))
    assert [i for i, f in enumerate(diagnosis) if f.suspect is not None] == suspects
    assert diagnosis[4].value == pytest.approx(2 * apart**2, abs=0.4)
    if told:
        assert diagnosis[5].value == pytest.approx(1, abs=0.1)  # 6400 squares of noise: 4 standard errors are 0.07
    assert diagnosis.suspects == tuple(diagnosis[i] for i in suspects)
    assert str(diagnosis).count("\n") == len(words) - 1 + len(suspects)
