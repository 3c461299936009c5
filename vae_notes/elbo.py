"""The evidence lower bound and its importance-weighted relatives, per example and in nats.

A model has `encode(x) -> (mu, logvar)`, each (B, D), and `log_likelihood(x, z)`, z (S, B, D) to (S, B); its prior is
N(0, I). Noise is drawn one sample of the whole batch at a time, so for one generator state the value depends neither on
`chunk` nor on the samples that follow: the first 50 of k = 5000 are those of k = 50, and comparisons are paired.
"""

import math
from typing import NamedTuple

import torch
from torch.utils.checkpoint import checkpoint

from vae_notes.arguments import check_count
from vae_notes.data import check_images
from vae_notes.kl import kl_standard_normal
from vae_notes.models import reparameterize

CHUNK = 4096


class Elbo(NamedTuple):
    """Each (B,), in nats: reconstruction = -E_q log p(x|z), kl = KL(q(z|x) || p(z)), value = -reconstruction - kl."""

    reconstruction: torch.Tensor
    kl: torch.Tensor
    value: torch.Tensor


def elbo(model, x, samples=1, generator=None, chunk=CHUNK):
    """The ELBO of each example: the expectation over q by `samples` draws, the KL in closed form.

    x           (B, ...); images (B, C, H, W) must lie within [0, 1]
    samples     draws of z per example, at least 1
    generator   source of the noise
    chunk       most codes decoded at once; bounds memory, does not change the value
    returns     Elbo(reconstruction, kl, value), each (B,), nats

    Raises ValueError for bad images, counts and shapes. Source: Kingma and Welling 2014, arXiv:1312.6114, equation 10.
    """
    mu, logvar = _encode(model, x, samples, "samples")
    reconstruction = -_over_samples(_log_likelihood, model, x, mu, logvar, samples, generator, chunk).mean(0)
    kl = kl_standard_normal(mu, logvar)
    return Elbo(reconstruction, kl, -reconstruction - kl)


def importance_log_weights(model, x, k, generator=None, chunk=CHUNK):
    """log w = log p(x|z) + log p(z) - log q(z|x) for k draws z ~ q(z|x) of each example: (k, B), in nats.

    Arguments and errors as `elbo`. The mean of w over the draws is an unbiased estimate of p(x).
    """
    mu, logvar = _encode(model, x, k, "k")
    return _over_samples(_log_weight, model, x, mu, logvar, k, generator, chunk)


def importance_bound(model, x, k, generator=None, chunk=CHUNK):
    """log of the mean of k importance weights: in expectation a lower bound of log p(x), tighter as k grows.

    Arguments and errors as `elbo`; k = 1 is the ELBO with a sampled KL. Returns (B,), nats. Where q has less than half
    the variance of a Gaussian posterior the weights have infinite variance, and a large k repairs little.
    Source: Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519, equation 8.
    """
    return log_mean_exp(importance_log_weights(model, x, k, generator, chunk))


def log_mean_exp(log_weights):
    """log of the mean of exp(log_weights) over the first axis, (k, ...) to (...)."""
    return torch.logsumexp(log_weights, 0) - math.log(len(log_weights))


def effective_sample_size(log_weights):
    """(sum w)^2 / sum w^2 over the first axis, (k, ...) to (...): from 1 (one draw carries all) to k (all alike)."""
    return torch.exp(2 * torch.logsumexp(log_weights, 0) - torch.logsumexp(2 * log_weights, 0))


def _encode(model, x, count, name):
    check_count(count, name)
    if torch.is_tensor(x) and x.ndim == 4:
        check_images(x, "x")
    return model.encode(x)


def _log_likelihood(model, x, mu, logvar, eps):
    return model.log_likelihood(x, mu + torch.exp(0.5 * logvar) * eps)


def _log_weight(model, x, mu, logvar, eps):
    z = mu + torch.exp(0.5 * logvar) * eps  # (S, B, D): the same z under decoder, prior and encoder
    # log N(z; 0, I) - log N(z; mu, e^logvar); both carry -D/2 log(2 pi), and (z - mu) / sd is eps without the rounding.
    log_prior_over_q = 0.5 * (eps.square() + logvar - z.square()).sum(-1)
    return model.log_likelihood(x, z) + log_prior_over_q


def _over_samples(function, model, x, mu, logvar, samples, generator, chunk):
    """function(model, x, mu, logvar, eps) for `samples` draws of eps, (S, B), at most `chunk` codes at a time."""
    check_count(chunk, "chunk")
    rows, columns = max(1, chunk // max(1, len(mu))), min(chunk, max(1, len(mu)))
    # Under autograd each of several pieces is computed again in the backward pass instead of being kept.
    recompute = torch.is_grad_enabled() and samples * len(mu) > chunk
    parts = []
    for start in range(0, samples, rows):
        eps = torch.stack([_noise(mu, generator) for _ in range(min(rows, samples - start))])  # (S, B, D)
        pieces = []
        for inputs in zip(*(t.split(columns) for t in (x, mu, logvar)), eps.split(columns, 1), strict=True):
            if recompute:
                pieces.append(checkpoint(function, model, *inputs, use_reentrant=False))
            else:
                pieces.append(function(model, *inputs))
        parts.append(torch.cat(pieces, 1))
    return torch.cat(parts)


def _noise(mu, generator):
    """Standard normal noise like mu, from the one place that knows how generators and devices mix."""
    return reparameterize(torch.zeros_like(mu), torch.zeros_like(mu), generator)
