"""The diagnosis names the failure of a model that was made to fail, and is silent on one that is well."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from vae_notes import (
    Gaussian,
    VariationalAutoencoder,
    as_vae,
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
    """Codes are the two pixels, x | z ~ N(z, 1/4), so that variances of 1/5 are at the optimum of the bound."""

    def __init__(self, variance):
        self.logvar = torch.tensor([variance, variance]).log()

    def encode(self, x):
        mu = x.flatten(1)
        return mu, self.logvar.expand_as(mu)

    def log_likelihood(self, x, z):
        return -2 * (x.flatten(1) - z).square().sum(-1)


@pytest.mark.parametrize(
    ("variance", "apart", "suspects", "told"),
    [(1 / 5, 1.0, [], True), (3 / 10, 0.5, [5], False), (2.2, 1.0, [4], False)],
    ids=["well", "collapsed", "wide"],
)
def test_of_a_model_that_is_known_all_is_said_that_can_be(variance, apart, suspects, told):
    bell = 0.015 * torch.special.ndtri(torch.linspace(0.001, 0.999, 400))
    levels = torch.stack([0.05 + bell, 0.95 + bell], 1).flatten()  # low, high, low, ...
    images = apart * levels.view(-1, 1, 1, 1).expand(-1, 1, 1, 2)
    diagnosis = diagnose(TwoPixels(variance), images)
    first = ["finite bound", "smallest log-variance", "largest log-variance", "end of their range", "widest codes"]
    words = [*first, "another image's code", *["weight of the KL"] * told, "least variance", "largest variance"]
    assert all(word in f.what for word, f in zip(words, diagnosis, strict=True))
    assert [i for i, f in enumerate(diagnosis) if f.suspect is not None] == suspects
    assert diagnosis[5].value == pytest.approx(4 * (0.9 * apart) ** 2, abs=0.4)  # to an image of the other level
    if told:
        assert diagnosis[6].value == pytest.approx(1, abs=0.1)  # 6400 squares of noise: 4 standard errors are 0.07
    assert diagnosis.suspects == tuple(diagnosis[i] for i in suspects)
    assert str(diagnosis).count("\n") == len(words) - 1 + len(suspects)


class Plain(nn.Module):
    """As the public writes it: a forward that returns (x_hat, mu, logvar), here with one line wrong or none."""

    def __init__(self, draw=None, head=None):
        super().__init__()
        self.hidden, self.head, self.draw = nn.Linear(PIXELS, 100), head or nn.Identity(), draw or right_noise
        self.mu, self.logvar = nn.Linear(100, UNITS), nn.Linear(100, UNITS)
        self.decoder = nn.Sequential(nn.Linear(UNITS, 100), nn.ReLU(), nn.Linear(100, PIXELS), nn.Sigmoid())

    def encode(self, x):
        h = self.hidden(x.flatten(1)).relu()
        return self.head(self.mu(h)), self.head(self.logvar(h))

    def decode(self, z):
        return self.decoder(z).view(-1, 1, 14, 14)

    def forward(self, x):
        mu, logvar = self.encode(x)
        return self.decode(self.draw(mu, logvar) if self.training else mu), mu, logvar


def right_noise(mu, logvar):
    return mu + (logvar / 2).exp() * torch.randn_like(mu)


def untrained(seed=0, **parts):
    """With widths from 0.4 to 1 and a decoder that listens to the code, as after training."""
    torch.manual_seed(seed)
    model = Plain(**parts)
    with torch.no_grad():
        model.logvar.bias.copy_(torch.linspace(-2, 0, UNITS))
        model.mu.weight.mul_(10)
        model.decoder[2].weight.mul_(10)
    return model


def trained_plain(train, loss, epochs=15, head=None):
    torch.manual_seed(0)
    model = Plain(head=head)
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(epochs):
        for x in train[torch.randperm(len(train))].split(100):
            x_hat, mu, logvar = model(x)
            optimizer.zero_grad()
            loss(x_hat, x, mu, logvar).mean().backward()
            optimizer.step()
    return model


def cross_entropy(x_hat, x):
    return F.binary_cross_entropy(x_hat, x, reduction="none").flatten(1).sum(1)


def bernoulli(x_hat, x, mu, logvar):
    return cross_entropy(x_hat, x) + kl_standard_normal(mu, logvar)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda mu, logvar: mu, "z = mu"),
        (lambda mu, logvar: mu + (logvar / 2).exp() * 0.5, "a constant in place of noise"),
        (lambda mu, logvar: mu + (logvar / 2).exp() * torch.randn(UNITS), "one draw for the whole batch"),
        (lambda mu, logvar: mu + (logvar / 2).exp() * torch.rand_like(mu), "rand where randn is meant"),
        (lambda mu, logvar: mu + logvar.exp() * torch.randn_like(mu), "a variance, taken for a deviation"),
        (lambda mu, logvar: mu + (logvar / 2).exp() * 0.01 * torch.randn_like(mu), "times as wide as exp(logvar / 2)"),
        (lambda mu, logvar: mu + logvar.abs() * torch.randn_like(mu), "noise of another width"),
    ],
    ids=["z = mu", "constant", "one draw", "uniform", "deviation", "a hundredth", "another width"],
)
def test_the_noise_that_a_forward_draws_is_looked_at(digits, draw, words):
    _, held_out = digits
    first = diagnose(untrained(draw=draw), held_out).suspects[0]
    assert first.what == "variance of the noise that it draws"
    assert words in first.suspect


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("images", [100, 834])
def test_right_noise_is_no_suspect_however_few_the_images(digits, seed, images):
    """834 images in three forwards, 100 in eleven."""
    _, held_out = digits
    found = diagnose(untrained(seed), held_out[:images], torch.Generator().manual_seed(seed))
    assert finding(found, "noise that it draws").suspect is None


def test_of_a_few_images_nothing_is_said_that_needs_many(digits):
    _, held_out = digits
    assert not any(
        "noise that it draws" in f.what or "end of their range" in f.what for f in diagnose(untrained(), held_out[:99])
    )


def test_a_forward_that_does_something_else_in_training_is_diagnosed_all_the_same(digits):
    class Other(Plain):
        def forward(self, x):
            return x if self.training else super().forward(x)

    assert not any("noise that it draws" in f.what for f in diagnose(Other(), digits[1]))


@pytest.mark.parametrize("head", [nn.ReLU(), nn.Tanh(), nn.Hardtanh(-0.5, 0.5)], ids=["ReLU", "tanh", "clamp"])
def test_codes_that_something_bounds_are_named(digits, head):
    train, held_out = digits
    first = diagnose(trained_plain(train, bernoulli, head=head), held_out).suspects[0]
    assert "end of their range" in first.what
    assert "something bounds mu" in first.suspect


def test_a_sigmoid_too_many_darkens_what_is_decoded(digits):
    train, held_out = digits

    def loss(x_hat, x, mu, logvar):
        once_more = F.binary_cross_entropy_with_logits(x_hat, x, reduction="none").flatten(1).sum(1)
        return once_more + kl_standard_normal(mu, logvar)

    first = diagnose(trained_plain(train, loss, epochs=5), held_out).suspects[0]
    assert "brightness" in first.what
    assert first.value < 0.2


def test_a_plain_model_that_is_well_has_no_suspect(digits):
    train, held_out = digits
    found = diagnose(trained_plain(train, bernoulli), held_out)
    assert found.suspects == ()
    assert finding(found, "end of their range").value < 0.01
    assert finding(found, "brightness").value == pytest.approx(1, abs=0.1)


def test_a_loss_that_rewards_small_variances_is_a_wrong_sign(digits):
    train, held_out = digits

    def loss(x_hat, x, mu, logvar):
        return cross_entropy(x_hat, x) + 0.5 * (mu**2 + logvar.exp() - 1 + logvar).sum(1)

    suspects = diagnose(trained_plain(train, loss), held_out).suspects
    assert suspects[0].what == "smallest log-variance"
    assert "Is a sign wrong?" in suspects[0].suspect
    assert not any("noise" in f.what or "weight" in f.what for f in suspects)


def test_where_the_noise_is_right_wide_codes_are_those_of_a_wrong_kl(digits):
    """exp(logvar / 2) in it, where exp(logvar) belongs: an idle unit has the variance 4."""
    train, held_out = digits

    def loss(x_hat, x, mu, logvar):
        return cross_entropy(x_hat, x) + 3 * 0.5 * (mu**2 + (logvar / 2).exp() - 1 - logvar).sum(1)

    first = diagnose(trained_plain(train, loss), held_out).suspects[0]
    assert "widest codes" in first.what
    assert "is the KL" in first.suspect


def test_a_squared_error_is_told_to_state_its_likelihood_and_is_well_with_it(digits):
    train, held_out = digits

    def loss(x_hat, x, mu, logvar):
        return (x_hat - x).square().flatten(1).sum(1) / (2 * 0.03) + kl_standard_normal(mu, logvar)

    model = trained_plain(train, loss)
    first = diagnose(model, held_out).suspects[0]
    assert "weight of the KL" in first.what
    assert "which nobody stated" in first.suspect
    variance = float(first.suspect.split("Gaussian(")[1].split(")")[0])
    assert variance == pytest.approx(0.03, rel=0.4)
    assert diagnose(as_vae(model, likelihood=Gaussian(0.03)), held_out).suspects == ()


def test_a_last_batch_of_one_image_does_not_stop_batchnorm():
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, 20), nn.BatchNorm1d(20), nn.Linear(20, 16))
    model = VariationalAutoencoder(UNITS, 20, image_shape=(1, 14, 14), encoder=encoder)
    images = torch.rand(4001, 1, 14, 14, generator=torch.Generator().manual_seed(0))  # batches of 4,000
    assert finding(diagnose(model, images), "train and eval").value >= 0
