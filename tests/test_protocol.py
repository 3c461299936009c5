"""One protocol for a model, and one place that asks: who is at home, how, and what everybody else is told."""

import math

import pytest
import torch
from torch import nn

from vae_notes import Autoencoder, Bernoulli, Gaussian, LinearGaussian, VariationalAutoencoder
from vae_notes.adapters import ForwardVAE
from vae_notes.bounds import elbo, importance_bound, negative_elbo
from vae_notes.protocol import as_autoencoder, as_vae, is_variational


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def x():
    return torch.rand(5, 1, 28, 28, generator=generator())


def seeded(build, *args, **kwargs):
    torch.manual_seed(0)
    return build(*args, **kwargs)


class Article(nn.Module):
    """The article's: parts called encoder and decoder, a forward for flattened images, probabilities of 784 pixels."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 8))
        self.decoder = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 784), nn.Sigmoid())

    def draw(self, mu, logvar):
        return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)

    def forward(self, x):
        mu, logvar = self.encoder(x).chunk(2, 1)
        return self.decoder(self.draw(mu, logvar)), mu, logvar


class WithMethods(Article):
    """As in pytorch/examples: methods encode and decode, z = mu outside training."""

    def encode(self, x):
        return tuple(self.encoder(x).chunk(2, 1))

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 784))
        z = self.draw(mu, logvar) if self.training else mu
        return self.decode(z), mu, logvar


class LogitDecoder(Article):
    """The decoder gives logits; the forward takes their sigmoid."""

    def __init__(self):
        super().__init__()
        self.decoder = self.decoder[:-1]

    def forward(self, x):
        logits, mu, logvar = super().forward(x.flatten(1))
        return logits.sigmoid().view_as(x), mu, logvar


class OnlyForward(Article):
    """Nothing inside goes by a known name."""

    def __init__(self):
        super().__init__()
        self.a, self.b = self.encoder, self.decoder
        del self.encoder, self.decoder

    def forward(self, x):
        mu, logvar = self.a(x.flatten(1)).chunk(2, 1)
        return self.b(self.draw(mu, logvar)), mu, logvar


def twin(model):
    """The book's network with the same weights."""
    ours = VariationalAutoencoder(4, 16)
    ours.load_state_dict({k.replace("a.", "encoder.").replace("b.", "decoder.") if k[:2] in ("a.", "b.") else k: v
                          for k, v in model.state_dict().items()})  # fmt: skip
    return ours


@pytest.mark.parametrize("build", [Article, WithMethods, LogitDecoder])
@pytest.mark.parametrize("training", [True, False])
def test_a_forward_like_the_articles_has_the_bounds_of_the_same_network_in_the_books_form(x, build, training):
    model = seeded(build).train(training)
    ours = twin(model)
    assert is_variational(model, x)
    for mine, theirs in ((ours, model), (ours, as_vae(model, x))):
        expected, value = (elbo(m, x, 3, generator()) for m in (mine, theirs))
        torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-3)
        expected, value = (importance_bound(m, x, 3, generator()) for m in (mine, theirs))
        torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-3)
        expected, value = (negative_elbo(m, x, generator()) for m in (mine, theirs))
        torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-3)
    assert model.training == training
    assert vars(model).keys() == vars(seeded(build)).keys()  # nothing is left behind in it
    assert not any(part._forward_hooks for part in model.modules())


def test_a_forward_alone_has_an_elbo_with_the_right_mean_and_no_importance_bound(x):
    # Statistical: 4000 draws of one image, 4 standard errors; z = mu, which is no bound, is beyond 10.
    model = seeded(OnlyForward)
    with torch.no_grad():
        model.a[2].bias[4:] += 3  # a wide q, so that mean and sample differ
    ours, many = twin(model), x[:1].expand(4000, 1, 28, 28)
    draws, expected = (elbo(m, many, generator=generator(1)).value.detach() for m in (model, ours))
    error = (draws.var() / 4000 + expected.var() / 4000).sqrt()
    assert abs(draws.mean() - expected.mean()) < 4 * error
    mu, _ = ours.encode(x[:1])
    assert abs(draws.mean() - ours.log_likelihood(x[:1], mu) + elbo(ours, x[:1]).kl) > 10 * error
    with pytest.raises(TypeError, match=r"OnlyForward has no decode\(z\)"):
        importance_bound(model, x, 3)


def test_a_forward_alone_honours_its_generator_and_leaves_the_random_state(x):
    model = seeded(OnlyForward)
    state = torch.get_rng_state()
    first, again, other = (negative_elbo(model, x, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(state, torch.get_rng_state())


def test_a_forward_alone_that_decodes_the_mean_has_no_bound(x):
    model = seeded(OnlyForward)
    model.draw = lambda mu, logvar: mu
    with pytest.raises(ValueError, match="same x_hat twice: it does not sample z"):
        elbo(model, x)


def test_gradients_reach_the_model_and_a_likelihood_that_is_fitted(x):
    model = seeded(Article)
    view = as_vae(model, x, Gaussian(0.1, learn=True))
    negative_elbo(view, x, generator()).mean().backward()
    assert all(p.grad is not None and p.grad.any() for p in view.parameters())
    assert len(list(view.parameters())) == len(list(model.parameters())) + 1


def test_a_stated_likelihood_is_the_one_that_is_used(x):
    view = as_vae(seeded(Article), x, Gaussian(0.25))
    z = torch.randn(3, 5, 4, generator=generator())
    square = (x - view.decode(z)).square().flatten(2).sum(2)
    torch.testing.assert_close(view.log_likelihood(x, z), -2 * square - 392 * math.log(2 * math.pi * 0.25))
    own = seeded(VariationalAutoencoder, 4, 16)
    assert as_vae(own) is own
    with pytest.raises(TypeError, match="has a log_likelihood of its own"):
        as_vae(own, likelihood=Bernoulli())


def test_a_mean_that_is_no_probability_is_refused(x):
    model = seeded(Article)
    model.decoder = model.decoder[:-1]
    with pytest.raises(ValueError, match=r"x_hat must lie within \[0, 1\].*likelihood=Gaussian"):
        elbo(model, x)
    assert elbo(as_vae(model, x, Gaussian()), x).value.shape == (5,)


class Missing:
    """Models that lack something, and what they are told."""

    class Encode(nn.Module):
        def log_likelihood(self, x, z):
            return z.sum(-1)

    class Four(nn.Module):
        def forward(self, x):
            return x, x, x, x

    class Vectors(nn.Module):
        def forward(self, x):
            return x, x.flatten(1)[:, :4], x.flatten(1)[:, :3]

    class Smaller(nn.Module):
        def forward(self, x):
            return x[..., 1:], x.flatten(1)[:, :4], x.flatten(1)[:, :4]


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (Missing.Encode(), r"Encode has log_likelihood\(x, z\) but no encode\(x\)"),
        (Missing.Four(), r"Four has neither encode.* nor a forward .*: it returned 4 things"),
        (Missing.Vectors(), r"must both be \(2, D\), got \(2, 4\) and \(2, 3\)"),
        (Missing.Smaller(), r"x_hat of Smaller must be shaped like x, \(2, 1, 28, 28\); got \(2, 1, 28, 27\)"),
        (Autoencoder(4, 16), r"it returned a tensor \(2, 1, 28, 28\)"),
        ("mnist-vae", r"str is no model"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_what_does_not_fit_is_told_what_is_missing(x, model, told):
    for ask in (elbo, negative_elbo, as_vae):
        with pytest.raises(TypeError, match=told):
            ask(model, x)


def test_kinds(x):
    assert is_variational(VariationalAutoencoder(4, 16))
    assert is_variational(LinearGaussian(torch.ones(3, 1), torch.zeros(3), 1.0))
    assert is_variational(Article(), x)
    assert not is_variational(Autoencoder(4, 16), x)
    flat = nn.Sequential(nn.Linear(784, 4), nn.Linear(4, 784))
    assert not is_variational(flat, x)
    assert as_autoencoder(flat)(x).shape == x.shape
    with pytest.raises(TypeError, match="returned a tensor .2, 4"):
        is_variational(nn.Linear(784, 4), x)
    with pytest.raises(TypeError, match="whether it is variational shows on examples"):
        is_variational(Article())


@pytest.mark.parametrize("wrap", [nn.DataParallel])
def test_models_in_parallel_are_looked_into(x, wrap):
    model = seeded(VariationalAutoencoder, 4, 16)
    assert as_vae(wrap(model)) is model


@pytest.mark.parametrize(
    ("wrong", "shape"),
    [
        (lambda out: out.unsqueeze(-1), r"\(1, 5, 1\)"),
        (lambda out: out[..., None, None, None].expand(*out.shape, 1, 28, 28), r"\(1, 5, 1, 28, 28\)"),
        (lambda out: out.mean(), r"\(\)"),
        (lambda out: out.sum(0), r"\(5,\)"),
    ],
    ids=["an axis too many", "a forgotten sum", "a mean over the batch", "a sum over samples"],
)
def test_the_shape_of_a_log_likelihood_is_verified(x, wrong, shape):
    model = seeded(VariationalAutoencoder, 4, 16)
    right = model.log_likelihood
    model.log_likelihood = lambda x, z: wrong(right(x, z))
    for bound in (lambda: elbo(model, x), lambda: importance_bound(model, x, 1), lambda: negative_elbo(model, x)):
        with pytest.raises(ValueError, match=r"one number per sample and example, shape \(1, 5\), got " + shape):
            bound()


def test_the_shape_of_a_code_is_verified(x):
    model = seeded(VariationalAutoencoder, 4, 16)
    for wrong in (torch.zeros(5, 4), (torch.zeros(5, 4), torch.zeros(4)), (torch.zeros(1, 4), torch.zeros(1, 4))):
        model.encode = lambda x, wrong=wrong: wrong
        with pytest.raises((TypeError, ValueError), match=r"encode\(x\) must return"):
            elbo(model, x)


def test_a_view_is_a_module_whose_weights_are_the_models(x):
    model = seeded(Article)
    view = as_vae(model)
    assert isinstance(view, ForwardVAE)
    assert {id(p) for p in view.parameters()} == {id(p) for p in model.parameters()}
    assert as_vae(view) is view
    view.look(x)
    assert view.state_dict().keys() == {f"model.{name}" for name in model.state_dict()}  # nothing twice


@pytest.mark.parametrize("build", [lambda: VariationalAutoencoder(4, 16), Article])
def test_the_loss_of_training_is_minus_the_bound(x, build):
    model = seeded(build)
    torch.testing.assert_close(negative_elbo(model, x, generator(3)), -elbo(model, x, generator=generator(3)).value)


class HiddenEncoder(Article):
    """The decoder goes by its name; what encodes does not, so mu and logvar take a whole forward."""

    def __init__(self):
        super().__init__()
        self.a = self.encoder
        del self.encoder

    def forward(self, x):
        mu, logvar = self.a(x).chunk(2, 1)
        return self.decoder(self.draw(mu, logvar)), mu, logvar


def test_a_hidden_encoder_has_the_same_bounds_and_measuring_leaves_the_random_state(x):
    model = seeded(HiddenEncoder)
    state = torch.get_rng_state()
    with torch.no_grad():
        found, expected = (importance_bound(m, x, 3, generator()) for m in (model, twin(model)))
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-3)
    torch.set_rng_state(state)
    with torch.no_grad():
        importance_bound(model, x, 3, generator())
    assert torch.equal(state, torch.get_rng_state())


def test_likelihoods_of_vectors_sum_over_what_one_example_has(x):
    flat, mean = x.flatten(1), torch.full((2, 5, 784), 0.3)
    for likelihood in (Bernoulli(), Gaussian(0.2)):
        expected = likelihood.log_prob_given_mean(x, mean.view(2, 5, 1, 28, 28))
        torch.testing.assert_close(likelihood.log_prob_given_mean(flat, mean), expected)


@pytest.mark.parametrize("wrong", [lambda x: None, lambda x: x.reshape(1, -1), lambda x: x[:, :, :-1]])
def test_an_autoencoder_returns_a_tensor_like_its_input(x, wrong):
    with pytest.raises(TypeError, match="an autoencoder returns a tensor like x"):
        as_autoencoder(wrong)(x)
