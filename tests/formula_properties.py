"""What right formulas do: each property compares the package with a number it did not compute.

They are ordinary functions, run by the unit tests on the package as it is, and by `test_wrong_formulas` on broken
copies of it. A property looks the function up in its module when it runs: a replaced function is the one it meets.
"""

import math

import torch
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from vae_notes import bounds, likelihoods, models
from vae_notes.maths import kl, linear_gaussian, quadrature

D = torch.float64
SIGMAS = 4


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def close(value, expected, rtol=1e-9, atol=1e-12):
    value, expected = torch.as_tensor(value, dtype=D), torch.as_tensor(expected, dtype=D)
    assert value.shape == expected.shape, f"shape {tuple(value.shape)}, expected {tuple(expected.shape)}"
    torch.testing.assert_close(value, expected, rtol=rtol, atol=atol)


def z_score(draws, expected):
    """How many standard errors the mean of draws (S,) lies from the expected value."""
    return ((draws.mean() - expected) / (draws.std() / len(draws) ** 0.5)).abs().item()


# ---- divergences

MU, LOGVAR = torch.tensor([[0.8, -1.2], [0.0, 2.0], [-0.3, 0.1]], dtype=D), torch.tensor([-1.0, 0.7], dtype=D)


def kl_agrees_with_torch():
    q = Normal(MU, torch.exp(0.5 * LOGVAR))
    close(kl.kl_standard_normal(MU, LOGVAR.expand_as(MU)), kl_divergence(q, Normal(0.0, 1.0)).sum(-1))


def kl_agrees_with_sampling():
    """200,000 draws of log q - log p, written with torch.distributions."""
    q, p = Normal(MU[0], torch.exp(0.5 * LOGVAR)), Normal(torch.zeros(2, dtype=D), 1.0)
    z = MU[0] + torch.exp(0.5 * LOGVAR) * torch.randn(200_000, 2, generator=generator(), dtype=D)
    draws = (q.log_prob(z) - p.log_prob(z)).sum(-1)
    assert z_score(draws, kl.kl_standard_normal(MU[0], LOGVAR)) < SIGMAS


def kl_is_zero_only_at_the_prior():
    zero = torch.zeros(4)
    assert kl.kl_standard_normal(zero, zero) == 0
    for size in (1e-12, 1e-8, 1e-4, 1e-2):
        for mu, logvar in ((zero + size, zero), (zero, zero + size), (zero, zero - size)):
            exact = 4 * (size**2 / 2 if logvar is zero else size**2 / 4 * (1 + logvar[0].item() / 3))
            close(kl.kl_standard_normal(mu, logvar), exact, rtol=1e-5, atol=0)


def kl_gradient_is_known():
    mu, logvar = MU.clone().requires_grad_(), LOGVAR.expand_as(MU).clone().requires_grad_()
    kl.kl_standard_normal(mu, logvar).sum().backward()
    close(mu.grad, MU)
    close(logvar.grad, 0.5 * torch.expm1(LOGVAR).expand_as(MU))


def kl_adds_over_coordinates():
    """Per example, in nats: D equal coordinates give D times one; repeating the batch changes no example's value."""
    one = kl.kl_standard_normal(MU[:1, :1], LOGVAR[:1].expand(1, 1))
    close(kl.kl_standard_normal(MU[:1, :1].expand(3, 5), LOGVAR[:1].expand(3, 5)), 5 * one.expand(3))


def kl_diagonal_agrees_with_torch():
    mu_p, logvar_p = torch.tensor([0.4, 0.9], dtype=D), torch.tensor([0.5, -0.8], dtype=D)
    q, p = Normal(MU, torch.exp(0.5 * LOGVAR)), Normal(mu_p, torch.exp(0.5 * logvar_p))
    close(kl.kl_diagonal_normals(MU, LOGVAR, mu_p, logvar_p), kl_divergence(q, p).sum(-1))


def covariances(batch=3, size=4):
    factor = torch.randn(2, batch, size, size, generator=generator(3), dtype=D)
    mu = torch.randn(2, batch, size, generator=generator(4), dtype=D)
    return mu[0], factor[0] @ factor[0].mT + torch.eye(size, dtype=D), mu[1], factor[1] @ factor[1].mT + torch.eye(size)


def kl_full_agrees_with_torch():
    mu_q, cov_q, mu_p, cov_p = covariances()
    expected = kl_divergence(MultivariateNormal(mu_q, cov_q), MultivariateNormal(mu_p, cov_p))
    close(kl.kl_normals(mu_q, cov_q, mu_p, cov_p), expected)


def kl_full_survives_a_change_of_variables():
    mu_q, cov_q, mu_p, cov_p = covariances()
    a, b = torch.randn(4, 4, generator=generator(5), dtype=D), torch.ones(4, dtype=D)
    moved = (mu_q @ a.mT + b, a @ cov_q @ a.mT, mu_p @ a.mT + b, a @ cov_p @ a.mT)
    close(kl.kl_normals(*moved), kl.kl_normals(mu_q, cov_q, mu_p, cov_p), rtol=1e-8)


def kl_discrete_agrees_with_scipy():
    from scipy.stats import entropy

    p, q = torch.tensor([0.5, 0.5, 0.0], dtype=D), torch.tensor([0.2, 0.3, 0.5], dtype=D)
    close(kl.kl_discrete(p, q), entropy(p.numpy(), q.numpy()))
    assert kl.kl_discrete(q, p).isinf()


def kl_monte_carlo_covers():
    """Of 200 estimates, the fraction within one standard error is that of a normal variable."""
    q, p = Normal(torch.full((200,), 0.5, dtype=D), 0.7), Normal(torch.zeros(200, dtype=D), 1.0)
    estimate = kl.kl_monte_carlo(q, p, 2000, generator(1))
    z = (estimate.value - kl_divergence(q, p)) / estimate.standard_error
    assert z.abs().max() < 4.5
    assert 0.55 < (z.abs() < 1).double().mean() < 0.82


# ---- likelihoods

PIXELS = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0], dtype=D).reshape(1, 1, 2, 3)
LOGITS = torch.linspace(-2, 2, 12, dtype=D).reshape(2, 1, 1, 2, 3)  # (S, B, 1, H, W)


def bernoulli_probabilities_sum_to_one():
    images = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=D)] * 6).reshape(-1, 1, 2, 3)
    log_p = likelihoods.Bernoulli().log_prob(images, LOGITS[0].expand(64, 1, 2, 3))
    close(torch.logsumexp(log_p, 0), 0.0)


def bernoulli_agrees_with_torch():
    expected = torch.distributions.Bernoulli(logits=LOGITS).log_prob(PIXELS).sum((-3, -2, -1))
    close(likelihoods.Bernoulli().log_prob(PIXELS, LOGITS), expected)


def gaussian_agrees_with_torch():
    likelihood = likelihoods.Gaussian(0.25).double()
    expected = Normal(torch.sigmoid(LOGITS), 0.5).log_prob(PIXELS).sum((-3, -2, -1))
    close(likelihood.log_prob(PIXELS, LOGITS), expected, rtol=1e-6)


def gaussian_variance_is_fitted_at_the_mean_square_error():
    likelihood = likelihoods.Gaussian(0.25, learn=True).double()
    mean_square = (PIXELS - likelihood.mean(LOGITS[:1])).square().mean()
    with torch.no_grad():
        likelihood.logvar.copy_(mean_square.log())
    likelihood.log_prob(PIXELS, LOGITS[:1]).sum().backward()
    close(likelihood.logvar.grad, 0.0)


# ---- bounds, on a model whose log p(x) is a formula

WEIGHT = torch.tensor([[1.0, 0.5], [-0.4, 1.2], [0.8, 0.8]], dtype=D)
BIAS = torch.tensor([0.3, -0.2, 0.1], dtype=D)


class WithEncoder(linear_gaussian.LinearGaussian):
    """The linear-Gaussian model with another q: the best diagonal one, moved and widened."""

    def encode(self, x):
        mu, logvar = self.best_diagonal(x)
        return mu + 0.3, logvar + 0.4


def model_and_data(n=6):
    model = WithEncoder(WEIGHT, BIAS, 0.3)
    return model, model.sample(n, generator(7))


def exact_elbo(model, x):
    mu, logvar = model.encode(x)
    return model.elbo(x, mu, torch.diag_embed(torch.exp(logvar)))


def log_p_is_elbo_plus_kl():
    model, x = model_and_data()
    posterior, cov = model.posterior(x)
    for mu_q, cov_q in (
        (posterior, cov),
        (posterior + 1, 2 * cov),
        (torch.zeros_like(posterior), torch.eye(2, dtype=D)),
    ):
        kl_to_posterior = kl_divergence(MultivariateNormal(mu_q, cov_q), MultivariateNormal(posterior, cov))
        close(model.elbo(x, mu_q, cov_q) + kl_to_posterior, model.log_prob(x), rtol=0, atol=1e-10)


def best_diagonal_is_best():
    model, x = model_and_data()
    mu, logvar = (t.clone().requires_grad_() for t in model.best_diagonal(x))
    value = model.elbo(x, mu, torch.diag_embed(torch.exp(logvar)))
    value.sum().backward()
    close(mu.grad, torch.zeros_like(mu), atol=1e-10)
    close(logvar.grad, torch.zeros_like(mu), atol=1e-10)
    precision = torch.linalg.inv(model.posterior(x)[1])
    gap = 0.5 * (precision.diagonal().log().sum() - torch.logdet(precision))
    close(model.log_prob(x) - value.detach(), gap.expand(len(x)), atol=1e-10)


def sampled_elbo_agrees_with_exact():
    model, x = model_and_data()
    estimate = bounds.elbo(model, x.repeat_interleave(20_000, 0), generator=generator(8))
    draws = estimate.value.reshape(len(x), -1)
    assert max(z_score(*pair) for pair in zip(draws, exact_elbo(model, x), strict=True)) < SIGMAS
    close(estimate.value, -estimate.reconstruction - estimate.kl)


def elbo_averages_its_samples():
    model, x = model_and_data()
    draws = bounds.elbo(model, x.repeat_interleave(4000, 0), 5, generator(8)).value.reshape(len(x), -1)
    assert max(z_score(*pair) for pair in zip(draws, exact_elbo(model, x), strict=True)) < SIGMAS


def conjugate_bounds():
    """z ~ N(0, 1), x | z ~ N(z, 1/2), x = 1.3: E L_1 and E L_2 by Gauss-Hermite quadrature, from two other q."""
    for mean, variance, first, second in (
        (16 / 15, 0.5, -1.7922718665, -1.7249042658),
        (13 / 15, 7 / 30, -1.7133418926, -1.7024273359),
        (13 / 15, 4 / 30, -1.8431497865, -1.8023718748),
    ):
        model = linear_gaussian.LinearGaussian(torch.ones(1, 1), torch.zeros(1), 0.5)
        model.encode = lambda x, m=mean, v=variance: (torch.full_like(x, m), torch.full_like(x, math.log(v)))
        x = torch.full((100_000, 1), 1.3, dtype=D)
        for k, expected in ((1, first), (2, second)):
            assert z_score(bounds.importance_bound(model, x, k, generator(k)), expected) < SIGMAS


def weights_average_to_the_likelihood():
    model, x = model_and_data()
    draws = torch.exp(bounds.importance_log_weights(model, x, 5000, generator(9)) - model.log_prob(x))
    assert max(z_score(column, 1.0) for column in draws.mT) < SIGMAS


def exact_posterior_gives_the_exact_answer():
    model = linear_gaussian.LinearGaussian(torch.tensor([[1.0], [0.5]]), torch.zeros(2), 0.3)  # one code: q = posterior
    x = model.sample(5, generator(2))
    for k in (1, 3, 50):
        close(bounds.importance_bound(model, x, k, generator()), model.log_prob(x), rtol=1e-10)


def effective_sample_size_is_known():
    weights = torch.tensor([[1.0, 1.0], [1.0, 3.0]], dtype=D)
    close(bounds.effective_sample_size(weights.log()), torch.tensor([2.0, 1.6], dtype=D))


# ---- sampling and gradients


def reparameterized_samples_have_the_right_moments():
    mu, logvar = torch.tensor([1.0, -2.0], dtype=D), torch.tensor([-1.0, 0.7], dtype=D)
    z = models.reparameterize(mu.expand(100_000, 2), logvar.expand(100_000, 2), generator(1))
    for column, m, variance in zip(z.mT, mu, logvar.exp(), strict=True):
        assert z_score(column, m) < SIGMAS
        assert z_score((column - m).square(), variance) < SIGMAS
    a, b = ((z - mu) / torch.exp(0.5 * logvar)).mT
    assert z_score(a * b, 0.0) < SIGMAS
    assert z_score(a[1:] * a[:-1], 0.0) < SIGMAS


def reparameterized_gradient_is_unbiased():
    """d/dmu and d/dlogvar of E z^2 are 2 mu and exp(logvar)."""
    mu, logvar = (torch.full((100_000, 1), v, dtype=D, requires_grad=True) for v in (0.7, -0.5))
    total = models.reparameterize(mu, logvar, generator(2)).square().sum()
    by_mu, by_logvar = torch.autograd.grad(total, (mu, logvar), materialize_grads=True)
    assert z_score(by_mu[:, 0], 1.4) < SIGMAS
    # Without a gradient the draws are all 0 and have no spread: the mean itself is looked at first.
    assert by_logvar.any()
    assert z_score(by_logvar[:, 0], math.exp(-0.5)) < SIGMAS


def bound_gradient_agrees_with_exact():
    """The mean gradient of sampled ELBOs, by mu and logvar, against that of the closed form."""
    model, x = model_and_data(1)
    mu, logvar = (t.detach().requires_grad_() for t in model.encode(x))
    exact = torch.autograd.grad(model.elbo(x, mu, torch.diag_embed(logvar.exp())).sum(), (mu, logvar))
    copies = [t.detach().expand(50_000, 2).clone().requires_grad_() for t in (mu, logvar)]
    model.encode = lambda x: copies
    x = x.expand(50_000, 3)
    for bound in (
        bounds.elbo(model, x, generator=generator(3)).value,
        bounds.importance_bound(model, x, 1, generator(3)),
    ):
        for draws, expected in zip(torch.autograd.grad(bound.sum(), copies), exact, strict=True):
            assert max(z_score(*pair) for pair in zip(draws.mT, expected[0], strict=True)) < SIGMAS


# ---- quadrature


def quadrature_agrees_with_known_integrals():
    def log_normal(z):
        return -0.5 * (z.square() + math.log(2 * math.pi)).sum(-1)

    close(quadrature.log_integral(log_normal, (-10, 10)), 0.0)
    close(quadrature.log_integral(log_normal, ((-9, 9), (-10, 10)), 100), 0.0, atol=1e-9)
    close(quadrature.log_integral(lambda z: z[:, 0], (0, 2), 20), math.log(math.e**2 - 1))


def quadrature_agrees_with_the_bimodal_posterior():
    """z ~ N(0, 1), x | z ~ N(z^2, 0.1), x = 1."""

    def log_joint(z):
        return (Normal(0.0, 1.0).log_prob(z) + Normal(z**2, 0.1**0.5).log_prob(torch.ones(())))[:, 0]

    close(quadrature.log_integral(log_joint, (-6, 6), 300), -1.3227720644, atol=1e-9)


def quadrature_agrees_with_the_linear_model():
    model, x = model_and_data()

    def log_joint(z):
        prior = -0.5 * (z.square() + math.log(2 * math.pi)).sum(-1, keepdim=True)
        return model.log_likelihood(x, z.unsqueeze(1)) + prior

    close(quadrature.log_integral(log_joint, ((-8, 8), (-8, 8)), 200), model.log_prob(x))
