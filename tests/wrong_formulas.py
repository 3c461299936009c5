"""The bank of wrong formulas: mistakes seen in public code, each as a replacement for one function of the package.

`wrong(module, name, *properties)` registers the function below it as a wrong version of module.name; each of the named
properties (tests/formula_properties.py) must reject it. A chapter's mistakes go the same way: write what the chapter
relies on as a property, register the mistake here. A wrong version that nothing rejects is a property that is missing.
"""

import math
from typing import NamedTuple

import discrete_properties as discrete
import formula_properties as right
import torch
import torch.nn.functional as F

from vae_notes import likelihoods, models
from vae_notes.maths import kl, linear_gaussian, quadrature


class Wrong(NamedTuple):
    what: str
    owner: object
    name: str
    replacement: object
    properties: tuple


BANK = []


def wrong(owner, name, *properties):
    def register(function):
        BANK.append(Wrong(function.__name__, owner, name, function, properties))
        return function

    return register


def expected_images(x, logits):
    return x.expand_as(logits), (-3, -2, -1)


# ---- divergence from the standard normal

standard = (kl, "kl_standard_normal", right.kl_agrees_with_torch, right.kl_agrees_with_sampling)


@wrong(*standard)
def half_missing(mu, logvar):
    return (mu.square() + torch.expm1(logvar) - logvar).sum(-1)


@wrong(*standard)
def sign_flipped(mu, logvar):
    return -0.5 * (mu.square() + torch.expm1(logvar) - logvar).sum(-1)


@wrong(*standard)
def logvar_read_as_log_sd(mu, logvar):
    return 0.5 * (mu.square() + torch.expm1(2 * logvar) - 2 * logvar).sum(-1)


@wrong(*standard)
def sd_for_variance(mu, logvar):
    return 0.5 * (mu.square() + torch.expm1(0.5 * logvar) - logvar).sum(-1)


@wrong(*standard)
def mean_not_squared(mu, logvar):
    return 0.5 * (mu.abs() + torch.expm1(logvar) - logvar).sum(-1)


@wrong(*standard)
def minus_one_forgotten(mu, logvar):
    return 0.5 * (mu.square() + torch.exp(logvar) - logvar).sum(-1)


@wrong(*standard)
def arguments_swapped(mu, logvar):
    return 0.5 * ((1 + mu.square()) * torch.exp(-logvar) - 1 + logvar).sum(-1)


@wrong(*standard, right.kl_adds_over_coordinates)
def mean_over_the_code(mu, logvar):
    return 0.5 * (mu.square() + torch.expm1(logvar) - logvar).mean(-1)


@wrong(kl, "kl_standard_normal", right.kl_agrees_with_torch)
def averaged_over_the_batch(mu, logvar):
    return (0.5 * (mu.square() + torch.expm1(logvar) - logvar).sum(-1)).mean().expand(mu.shape[:-1])


@wrong(kl, "kl_standard_normal", right.kl_is_zero_only_at_the_prior)
def cancelling_textbook_form(mu, logvar):
    return -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum(-1)


@wrong(kl, "kl_standard_normal", right.kl_gradient_is_known)
def logvar_detached(mu, logvar):
    return 0.5 * (mu.square() + torch.expm1(logvar.detach()) - logvar).sum(-1)


# ---- other divergences


@wrong(kl, "kl_diagonal_normals", right.kl_diagonal_agrees_with_torch)
def p_and_q_swapped(mu_q, logvar_q, mu_p, logvar_p):
    difference = logvar_p - logvar_q
    return 0.5 * ((mu_q - mu_p).square() * torch.exp(-logvar_q) + torch.expm1(difference) - difference).sum(-1)


@wrong(kl, "kl_diagonal_normals", right.kl_diagonal_agrees_with_torch)
def means_not_scaled_by_the_prior(mu_q, logvar_q, mu_p, logvar_p):
    difference = logvar_q - logvar_p
    return 0.5 * ((mu_q - mu_p).square() + torch.expm1(difference) - difference).sum(-1)


def full_terms(mu_q, cov_q, mu_p, cov_p):
    precision, shift = torch.linalg.inv(cov_p), mu_p - mu_q
    trace = (precision * cov_q.mT).sum((-2, -1))
    square = (shift.unsqueeze(-2) @ precision @ shift.unsqueeze(-1))[..., 0, 0]
    return trace, square, torch.logdet(cov_p) - torch.logdet(cov_q), mu_q.shape[-1]


full = (kl, "kl_normals", right.kl_full_agrees_with_torch)


@wrong(*full)
def log_determinants_swapped(*arguments):
    trace, square, log_determinants, size = full_terms(*arguments)
    return 0.5 * (trace + square - log_determinants - size)


@wrong(*full)
def dimension_forgotten(*arguments):
    trace, square, log_determinants, _ = full_terms(*arguments)
    return 0.5 * (trace + square + log_determinants)


@wrong(*full, right.kl_full_survives_a_change_of_variables)
def correlations_ignored(mu_q, cov_q, mu_p, cov_p):
    diagonal = [torch.diag_embed(cov.diagonal(dim1=-2, dim2=-1)) for cov in (cov_q, cov_p)]
    trace, square, log_determinants, size = full_terms(mu_q, diagonal[0], mu_p, diagonal[1])
    return 0.5 * (trace + square + log_determinants - size)


@wrong(kl, "kl_discrete", right.kl_discrete_agrees_with_scipy)
def expectation_under_q(p, q):
    return (q * (p.clamp(min=1e-30).log() - q.clamp(min=1e-30).log())).sum(-1)


@wrong(kl, "kl_monte_carlo", right.kl_monte_carlo_covers)
def sd_for_standard_error(q, p, samples, generator=None):
    z = q.mean + q.stddev * torch.randn(samples, *q.batch_shape, generator=generator, dtype=q.mean.dtype)
    draws = q.log_prob(z) - p.log_prob(z)
    return kl.Estimate(draws.mean(0), draws.std(0))


@wrong(kl, "kl_monte_carlo", right.kl_monte_carlo_covers)
def samples_of_p(q, p, samples, generator=None):
    z = p.mean + p.stddev * torch.randn(samples, *q.batch_shape, generator=generator, dtype=q.mean.dtype)
    draws = q.log_prob(z) - p.log_prob(z)
    return kl.Estimate(draws.mean(0), draws.std(0) / samples**0.5)


# ---- likelihoods


@wrong(likelihoods.Bernoulli, "log_prob", right.bernoulli_agrees_with_torch, right.bernoulli_probabilities_sum_to_one)
def mean_over_pixels(self, x, logits):
    x, axes = expected_images(x, logits)
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").mean(axes)


@wrong(likelihoods.Bernoulli, "log_prob", right.bernoulli_agrees_with_torch)
def sigmoid_applied_twice(self, x, logits):
    x, axes = expected_images(x, logits)
    return -F.binary_cross_entropy_with_logits(torch.sigmoid(logits), x, reduction="none").sum(axes)


@wrong(likelihoods.Bernoulli, "log_prob", right.bernoulli_agrees_with_torch, right.bernoulli_probabilities_sum_to_one)
def off_pixels_forgotten(self, x, logits):
    x, axes = expected_images(x, logits)
    return (x * F.logsigmoid(logits)).sum(axes)


LOG_TWO_PI = math.log(2 * math.pi)


def gaussian(square_weight=1.0, logvar_weight=1.0, constant=LOG_TWO_PI, once=False, variance_power=1.0):
    def log_prob(self, x, logits):
        square = (x - self.mean(logits)).square() * torch.exp(-variance_power * self.logvar)
        terms = square_weight * square + (0 if once else logvar_weight * self.logvar + constant)
        total = terms.sum((-3, -2, -1)) + (logvar_weight * self.logvar + constant if once else 0)
        return -0.5 * total

    return log_prob


for what, replacement in {
    "squared_error_without_the_half": gaussian(square_weight=2.0),
    "log_variance_forgotten": gaussian(logvar_weight=0.0),
    "two_pi_forgotten": gaussian(constant=0.0),
    "constant_counted_once_instead_of_per_pixel": gaussian(once=True),
    "divided_by_sd_instead_of_variance": gaussian(variance_power=0.5),
}.items():
    BANK.append(Wrong(what, likelihoods.Gaussian, "log_prob", replacement, (right.gaussian_agrees_with_torch,)))


@wrong(likelihoods.Gaussian, "log_prob", right.gaussian_variance_is_fitted_at_the_mean_square_error)
def learned_variance_detached_from_the_error(self, x, logits):
    square = (x - self.mean(logits)).square() * torch.exp(-self.logvar.detach())
    return -0.5 * (square + self.logvar + math.log(2 * math.pi)).sum((-3, -2, -1))


# ---- bounds


def sampled(model, x, samples, generator):
    mu, logvar = model.encode(x)
    mu, logvar = mu.expand(samples, *mu.shape), logvar.expand(samples, *logvar.shape)
    z = models.reparameterize(mu, logvar, generator)
    return z, mu, logvar, model.log_likelihood(x, z)


def log_normal(z, mu, logvar):
    return -0.5 * ((z - mu).square() * torch.exp(-logvar) + logvar + math.log(2 * math.pi)).sum(-1)


def elbo_of(reconstruction, divergence):
    return right.bounds.Elbo(reconstruction, divergence, -reconstruction - divergence)


one_sample = (right.bounds, "elbo", right.sampled_elbo_agrees_with_exact)


@wrong(*one_sample)
def mean_code_instead_of_a_sample(model, x, samples=1, generator=None):
    mu, logvar = model.encode(x)
    return elbo_of(-model.log_likelihood(x, mu), kl.kl_standard_normal(mu, logvar))


@wrong(*one_sample)
def kl_added_instead_of_subtracted(model, x, samples=1, generator=None):
    z, mu, logvar, log_p = sampled(model, x, samples, generator)
    divergence = kl.kl_standard_normal(mu[0], logvar[0])
    return right.bounds.Elbo(-log_p.mean(0), divergence, log_p.mean(0) + divergence)


@wrong(*one_sample)
def beta_on_the_reconstruction(model, x, samples=1, generator=None):
    z, mu, logvar, log_p = sampled(model, x, samples, generator)
    return elbo_of(-4 * log_p.mean(0), kl.kl_standard_normal(mu[0], logvar[0]))


@wrong(*one_sample)
def noise_from_another_variance(model, x, samples=1, generator=None):
    mu, logvar = model.encode(x)
    z = models.reparameterize(mu, 2 * logvar, generator)
    return elbo_of(-model.log_likelihood(x, z), kl.kl_standard_normal(mu, logvar))


@wrong(right.bounds, "elbo", right.elbo_averages_its_samples)
def samples_added_instead_of_averaged(model, x, samples=1, generator=None):
    z, mu, logvar, log_p = sampled(model, x, samples, generator)
    return elbo_of(-log_p.sum(0), kl.kl_standard_normal(mu[0], logvar[0]))


@wrong(right.bounds, "elbo", right.bound_gradient_agrees_with_exact)
def sample_detached(model, x, samples=1, generator=None):
    z, mu, logvar, _ = sampled(model, x, samples, generator)
    return elbo_of(-model.log_likelihood(x, z.detach()).mean(0), kl.kl_standard_normal(mu[0], logvar[0]))


@wrong(right.bounds, "log_mean_exp", right.conjugate_bounds, right.exact_posterior_gives_the_exact_answer)
def log_k_forgotten(log_weights):
    return torch.logsumexp(log_weights, 0)


@wrong(right.bounds, "log_mean_exp", right.conjugate_bounds)
def mean_of_logs_for_log_of_mean(log_weights):
    return log_weights.mean(0)


@wrong(right.bounds, "log_mean_exp", right.conjugate_bounds)
def best_weight_only(log_weights):
    return log_weights.amax(0)


weights = (right.bounds, "importance_log_weights", right.weights_average_to_the_likelihood)


@wrong(*weights, right.conjugate_bounds)
def two_pi_dropped_in_one_density(model, x, k, generator=None, chunk=None):
    z, mu, logvar, log_p = sampled(model, x, k, generator)
    return log_p - 0.5 * z.square().sum(-1) - log_normal(z, mu, logvar)


@wrong(*weights, right.exact_posterior_gives_the_exact_answer)
def another_sample_under_the_prior(model, x, k, generator=None, chunk=None):
    z, mu, logvar, log_p = sampled(model, x, k, generator)
    other = sampled(model, x, k, generator)[0]
    return log_p + log_normal(other, torch.zeros_like(mu), torch.zeros_like(mu)) - log_normal(z, mu, logvar)


@wrong(right.bounds, "importance_log_weights", right.exact_posterior_gives_the_exact_answer)
def closed_form_kl_in_every_weight(model, x, k, generator=None, chunk=None):
    z, mu, logvar, log_p = sampled(model, x, k, generator)
    return log_p - kl.kl_standard_normal(mu, logvar)


@wrong(*weights)
def weight_upside_down(model, x, k, generator=None, chunk=None):
    z, mu, logvar, log_p = sampled(model, x, k, generator)
    return -log_p - log_normal(z, torch.zeros_like(mu), torch.zeros_like(mu)) + log_normal(z, mu, logvar)


@wrong(right.bounds, "effective_sample_size", right.effective_sample_size_is_known)
def weights_not_squared(log_weights):
    return torch.exp(2 * torch.logsumexp(log_weights, 0) - torch.logsumexp(log_weights, 0))


# ---- sampling

moments = (models, "reparameterize", right.reparameterized_samples_have_the_right_moments)


def noise(shape, generator, dtype):
    return torch.randn(shape, generator=generator, dtype=dtype)


@wrong(*moments)
def variance_for_sd(mu, logvar, generator=None):
    return mu + torch.exp(logvar) * noise(mu.shape, generator, mu.dtype)


@wrong(*moments)
def logvar_as_log_sd_in_sampling(mu, logvar, generator=None):
    return mu + logvar * noise(mu.shape, generator, mu.dtype)


@wrong(*moments)
def no_noise(mu, logvar, generator=None):
    return mu


@wrong(*moments)
def noise_shared_over_the_batch(mu, logvar, generator=None):
    return mu + torch.exp(0.5 * logvar) * noise(mu.shape[-1:], generator, mu.dtype)


@wrong(*moments)
def noise_shared_over_the_code(mu, logvar, generator=None):
    return mu + torch.exp(0.5 * logvar) * noise((*mu.shape[:-1], 1), generator, mu.dtype)


@wrong(*moments)
def uniform_noise(mu, logvar, generator=None):
    return mu + torch.exp(0.5 * logvar) * torch.rand(mu.shape, generator=generator, dtype=mu.dtype)


@wrong(models, "reparameterize", right.reparameterized_gradient_is_unbiased)
def scale_detached(mu, logvar, generator=None):
    return mu + torch.exp(0.5 * logvar).detach() * noise(mu.shape, generator, mu.dtype)


# ---- the oracle and quadrature

Linear = linear_gaussian.LinearGaussian


@wrong(Linear, "log_prob", right.log_p_is_elbo_plus_kl, right.quadrature_agrees_with_the_linear_model)
def noise_variance_forgotten_in_the_marginal(self, x):
    cov = self.weight @ self.weight.mT + 1e-3 * torch.eye(len(self.bias), dtype=torch.float64)
    return torch.distributions.MultivariateNormal(self.bias, cov).log_prob(x)


@wrong(Linear, "posterior", right.log_p_is_elbo_plus_kl)
def prior_forgotten_in_the_posterior(self, x):
    cov = torch.linalg.inv(self.weight.mT @ self.weight / self.variance)
    return (x - self.bias) @ self.weight @ cov / self.variance, cov


@wrong(Linear, "posterior", right.log_p_is_elbo_plus_kl)
def bias_forgotten_in_the_posterior(self, x):
    cov = torch.linalg.inv(torch.eye(2, dtype=torch.float64) + self.weight.mT @ self.weight / self.variance)
    return x @ self.weight @ cov / self.variance, cov


@wrong(Linear, "best_diagonal", right.best_diagonal_is_best)
def marginal_variances_for_the_best_diagonal(self, x):
    mu, cov = self.posterior(x)
    return mu, cov.diagonal().log().expand_as(mu)


@wrong(quadrature, "log_integral", right.quadrature_agrees_with_known_integrals)
def mean_over_nodes_without_the_volume(log_f, bounds, points=200):
    box = torch.as_tensor(bounds, dtype=torch.float64).reshape(-1, 2)
    grid = torch.cartesian_prod(*[torch.linspace(*pair.tolist(), points, dtype=torch.float64) for pair in box])
    return torch.logsumexp(log_f(grid.reshape(-1, len(box))), 0) - math.log(points ** len(box))


# ---- discrete codes: the chapter's own functions


def vq_loss_with(straight=None, codebook=None, commitment_term=None, reduce="sum"):
    def vq_loss(model, x, commitment=0.25):
        u = model.encode(x)
        z = model.choose(u.detach())
        e = model.book[z]
        to_decoder = (straight or (lambda u, e: u + (e - u).detach()))(u, e)
        loss = F.binary_cross_entropy_with_logits(model.logits(to_decoder), x, reduction=reduce)
        loss = loss + (codebook or (lambda u, e: e - u.detach()))(u, e).square().sum()
        loss = loss + commitment * (commitment_term or (lambda u, e: u - e.detach()))(u, e).square().sum()
        return loss / len(x), z

    return vq_loss


for what, mistake in {
    "straight_through_forgotten": {"straight": lambda u, e: e},
    "vectors_that_skip_the_choice": {"straight": lambda u, e: u},
    "decoder_moves_the_words_too": {"straight": lambda u, e: u - u.detach() + e},
    "codebook_loss_reaches_the_encoder": {"codebook": lambda u, e: e - u},
    "commitment_reaches_the_words": {"commitment_term": lambda u, e: u - e},
    "commitment_stopped_on_the_wrong_side": {"commitment_term": lambda u, e: e - u.detach()},
    "pixels_averaged_beside_a_summed_codebook_loss": {"reduce": "mean"},
}.items():
    replacement = vq_loss_with(**mistake)
    BANK.append(Wrong(what, discrete.chapter, "vq_loss", replacement, (discrete.vq_loss_gives_everyone_his_gradient,)))


@wrong(discrete.chapter, "perplexity", discrete.perplexity_is_known)
def bits_under_exp(z, words=32):
    share = torch.bincount(z.flatten(), minlength=words) / z.numel()
    return torch.exp(-torch.xlogy(share, share).sum() / math.log(2))


@wrong(discrete.chapter, "perplexity", discrete.perplexity_is_known)
def words_seen_for_perplexity(z, words=32):
    return torch.tensor(float(len(z.unique())))


@wrong(discrete.chapter.Prior, "log_each", discrete.chained_prior_sums_to_one)
def mask_forgotten(self, z):
    x = F.one_hot(z, self.shape[1]).to(self.bias.dtype).flatten(1)
    return F.linear(x, self.weight, self.bias).reshape(-1, *self.shape).log_softmax(-1)


@wrong(discrete.chapter.Prior, "log_each", discrete.chained_prior_sums_to_one)
def normalised_over_all_places(self, z):
    x = F.one_hot(z, self.shape[1]).to(self.bias.dtype).flatten(1)
    return F.linear(x, self.weight * self.mask, self.bias).log_softmax(-1).reshape(-1, *self.shape)


@wrong(discrete.chapter, "border_slope", discrete.border_slope_is_that_of_the_average_loss)
def probability_for_density_at_the_border(f, mu, sigma):
    words = discrete.chapter.words
    crossing = torch.distributions.Normal(mu[:, None], sigma).cdf(words[:-1] + 0.5)
    return (crossing * (f(words[1:]) - f(words[:-1]))).sum(1)


@wrong(discrete.chapter, "border_slope", discrete.border_slope_is_that_of_the_average_loss)
def borders_at_the_words(f, mu, sigma):
    words = discrete.chapter.words
    crossing = torch.distributions.Normal(mu[:, None], sigma).log_prob(words[:-1]).exp()
    return (crossing * (f(words[1:]) - f(words[:-1]))).sum(1)


def gradients_with(noise=lambda u: -torch.log(-torch.log(u)), blend=lambda v, tau: v / tau, score=None, soft_of=None):
    def gradients(way, tau=1.0, n=100_000, at=None, seed=0):
        at = discrete.chapter.a if at is None else at
        u = torch.rand(n, 5, generator=torch.Generator().manual_seed(seed), dtype=torch.double)
        logits = at.expand(n, 5).clone().requires_grad_()
        noisy = logits + noise(u)
        hard = F.one_hot(noisy.argmax(1), 5).double()
        if way == "score function":
            cost = discrete.chapter.f(hard) - at.softmax(0) @ discrete.chapter.costs
            return cost[:, None] * (score or (lambda hard, pi: hard - pi))(hard, at.softmax(0))
        soft = blend(noisy, tau).softmax(1)
        if way == "straight-through":
            soft = (soft_of or (lambda logits: logits.softmax(1)))(logits)
        discrete.chapter.f(soft if way == "Gumbel-softmax" else hard + soft - soft.detach()).sum().backward()
        return logits.grad

    return gradients


for what, mistake, prop in (
    ("score_of_the_probabilities", {"score": lambda hard, pi: hard / pi}, discrete.score_function_has_no_bias),
    ("score_upside_down", {"score": lambda hard, pi: pi - hard}, discrete.score_function_has_no_bias),
    ("gumbel_noise_with_its_sign_changed", {"noise": lambda u: torch.log(-torch.log(u))},
     discrete.score_function_has_no_bias),
    ("gaussian_for_gumbel_noise", {"noise": lambda u: torch.special.ndtri(u)}, discrete.score_function_has_no_bias),
    ("times_the_temperature", {"blend": lambda v, tau: v * tau}, discrete.relaxed_gradient_agrees_with_quadrature),
    ("temperature_forgotten", {"blend": lambda v, tau: v}, discrete.relaxed_gradient_agrees_with_quadrature),
    ("logits_for_probabilities_in_straight_through", {"soft_of": lambda logits: logits},
     discrete.straight_through_takes_slopes_for_differences),
):  # fmt: skip
    BANK.append(Wrong(what, discrete.chapter, "gradients", gradients_with(**mistake), (prop,)))
