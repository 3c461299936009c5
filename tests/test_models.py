"""Shapes, ranges and the sampler of the two networks."""

import pytest
import torch
from torch import nn

from vae_notes.models import Autoencoder, VariationalAutoencoder, reparameterize


@pytest.fixture
def x():
    return torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def test_autoencoder_is_the_articles(x):
    model = Autoencoder()
    shapes = [tuple(p.shape) for p in model.parameters() if p.ndim == 2]
    assert shapes == [(256, 784), (32, 256), (256, 32), (784, 256)]
    assert model.encode(x).shape == (5, 32)
    assert model(x).shape == x.shape
    assert 0 <= model(x).min() <= model(x).max() <= 1
    assert (model.encode(x) < 0).any()  # the code is linear


def test_the_articles_relu_is_an_option(x):
    assert (Autoencoder(code_activation=nn.ReLU()).encode(x) >= 0).all()


def test_variational_autoencoder_is_the_articles(x):
    model = VariationalAutoencoder()
    shapes = [tuple(p.shape) for p in model.parameters() if p.ndim == 2]
    assert shapes == [(400, 784), (40, 400), (400, 20), (784, 400)]
    x_hat, mu, logvar = model(x, generator=torch.Generator().manual_seed(1))
    assert x_hat.shape == x.shape
    assert mu.shape == logvar.shape == (5, 20)
    again, _, _ = model(x, generator=torch.Generator().manual_seed(1))
    assert torch.equal(x_hat, again)


def test_decoders_take_leading_axes():
    z = torch.zeros(3, 4, 20)
    assert VariationalAutoencoder().decode(z).shape == (3, 4, 1, 28, 28)
    assert VariationalAutoencoder().log_likelihood(torch.zeros(4, 1, 28, 28), z).shape == (3, 4)


@pytest.mark.parametrize("model", [Autoencoder(), VariationalAutoencoder()])
def test_wrong_shapes_are_named(model):
    with pytest.raises(ValueError, match=r"x must have shape \(B, 1, 28, 28\), got \(2, 784\)"):
        model.encode(torch.zeros(2, 784))
    with pytest.raises(ValueError, match=r"z must have \d+ numbers on its last axis, got shape \(2, 3\)"):
        model.decode(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="mu and logvar must have the same shape"):
        reparameterize(torch.zeros(2, 3), torch.zeros(3))


def test_reparameterized_samples_have_the_stated_mean_and_variance():
    # Statistical: N and seed fixed, 4 standard errors; a standard deviation taken for the variance is beyond 10.
    n, mu, logvar = 200_000, torch.tensor([0.8, -1.2]), torch.tensor([-1.0, 0.7])
    z = reparameterize(mu.expand(n, 2), logvar.expand(n, 2), torch.Generator().manual_seed(0)).double()
    mean_error = (logvar.exp() / n).sqrt()
    variance_error = logvar.exp() * (2 / n) ** 0.5
    assert ((z.mean(0) - mu).abs() < 4 * mean_error).all()
    assert ((z.var(0) - logvar.exp()).abs() < 4 * variance_error).all()
    assert ((z.var(0) - (2 * logvar).exp()).abs() > 10 * variance_error).all()  # std = exp(logvar) would give this


def test_gradients_of_a_sample_are_one_and_half_the_noise():
    mu = torch.tensor([0.3], dtype=torch.float64, requires_grad=True)
    logvar = torch.tensor([-0.4], dtype=torch.float64, requires_grad=True)
    z = reparameterize(mu, logvar, torch.Generator().manual_seed(3))
    z.backward()
    assert mu.grad.item() == 1
    assert logvar.grad.item() == pytest.approx(0.5 * (z - mu).item(), rel=1e-12)
