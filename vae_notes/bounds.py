"""The evidence lower bound and its importance-weighted relatives, per example and in nats.

A model is anything that `vae_notes.protocol.as_vae` takes: `encode(x) -> (mu, logvar)`, each (B, D), and
`log_likelihood(x, z)`, z (S, B, D) to (S, B), or a forward that returns (x_hat, mu, logvar); its prior is N(0, I).
Noise is drawn one sample of the whole batch at a time, so for one generator state the value depends neither on `chunk`
nor on the samples that follow: the first 50 of k = 5000 are those of k = 50, and comparisons are paired.

Precision: images go to the encoder in the model's dtype, and everything is summed in at least float32, half-precision
models included. Mode: where gradients are on, the model is used as it stands, as training needs (then dropout and batch
statistics differ from call to call, and from chunk to chunk); where they are off, it is measured in eval mode and put
back.
"""

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch.utils.checkpoint import checkpoint

from vae_notes.adapters import ForwardVAE
from vae_notes.arguments import check_count, check_examples, check_floating, check_generator
from vae_notes.maths.kl import kl_standard_normal
from vae_notes.models import perturbed, standard_noise
from vae_notes.modules import dtype_of, measuring, random_state_kept
from vae_notes.protocol import as_vae, mean_and_logvar

CHUNK = 4096
Generator = torch.Generator | None


class Elbo(NamedTuple):
    """Each (B,), in nats: reconstruction = -E_q log p(x|z), kl = KL(q(z|x) || p(z)), value = -reconstruction - kl."""

    reconstruction: torch.Tensor
    kl: torch.Tensor
    value: torch.Tensor


def elbo(model: Any, x: torch.Tensor, samples: int = 1, generator: Generator = None, chunk: int = CHUNK) -> Elbo:
    """The ELBO of each example: the expectation over q by `samples` draws, the KL in closed form.

    x           (B, ...); images (B, C, H, W) must lie within [0, 1]
    samples     draws of z per example, at least 1
    generator   source of the noise
    chunk       most codes decoded at once; bounds memory, does not change the value
    returns     Elbo(reconstruction, kl, value), each (B,), nats

    Raises ValueError for bad images, counts and shapes, TypeError for a model that does not have what it takes.
    Source: Kingma and Welling 2014, arXiv:1312.6114, equation 10.
    """
    with _prepared(model, x, samples, "samples", generator) as (vae, samples):
        return _elbo(vae, x, samples, generator, chunk)


def negative_elbo(model: Any, x: torch.Tensor, generator: Generator = None) -> torch.Tensor:
    """-ELBO of each example in nats, with one sample of z: (B,), the loss of every training run.

    The same as -elbo(model, x, generator=generator).value, but the range of x is not looked at again in every step.
    Raises ValueError for x that is no floating-point tensor, and as `elbo` does for shapes.
    """
    check_floating(x, "x")
    return -_elbo(as_vae(model, x), x, 1, generator, max(1, len(x))).value


def importance_log_weights(
    model: Any, x: torch.Tensor, k: int, generator: Generator = None, chunk: int = CHUNK
) -> torch.Tensor:
    """log w = log p(x|z) + log p(z) - log q(z|x) for k draws z ~ q(z|x) of each example: (k, B), in nats.

    Arguments and errors as `elbo`. The mean of w over the draws is an unbiased estimate of p(x).
    """
    with _prepared(model, x, k, "k", generator) as (vae, k):
        mu, logvar = _encode(vae, x)
        return _over_samples(_log_weight, vae, x, mu, logvar, k, generator, chunk)


def importance_bound(
    model: Any, x: torch.Tensor, k: int, generator: Generator = None, chunk: int = CHUNK
) -> torch.Tensor:
    """log of the mean of k importance weights: in expectation a lower bound of log p(x), tighter as k grows.

    Arguments and errors as `elbo`; k = 1 is the ELBO with a sampled KL. Returns (B,), nats. Where q has less than half
    the variance of a Gaussian posterior the weights have infinite variance, and a large k repairs little.
    Source: Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519, equation 8.
    """
    return log_mean_exp(importance_log_weights(model, x, k, generator, chunk))


def log_mean_exp(log_weights: torch.Tensor) -> torch.Tensor:
    """log of the mean of exp(log_weights) over the first axis, (k, ...) to (...)."""
    return torch.logsumexp(log_weights, 0) - math.log(len(log_weights))


def effective_sample_size(log_weights: torch.Tensor) -> torch.Tensor:
    """(sum w)^2 / sum w^2 over the first axis of `log_weights`, (k, ...) to (...): from 1 (one carries all) to k."""
    return torch.exp(2 * torch.logsumexp(log_weights, 0) - torch.logsumexp(2 * log_weights, 0))


@contextlib.contextmanager
def _prepared(model: Any, x: torch.Tensor, count: int, name: str, generator: Generator) -> Iterator[tuple[Any, int]]:
    """The arguments checked, the model as what `as_vae` makes of it, in eval mode where no gradient is asked for."""
    count = check_count(count, name)
    check_examples(x, "x")
    check_generator(generator)
    with contextlib.nullcontext() if torch.is_grad_enabled() else measuring(model):
        yield as_vae(model, x), count


def _elbo(vae: Any, x: torch.Tensor, samples: int, generator: Generator, chunk: int) -> Elbo:
    if isinstance(vae, ForwardVAE) and not vae.decodes:
        mu, logvar, log_p = _forwards(vae, x, samples, generator)
    else:
        mu, logvar = _encode(vae, x)
        log_p = _over_samples(_log_likelihood, vae, x, mu, logvar, samples, generator, chunk)
    if mu.requires_grad and not log_p.requires_grad:
        raise ValueError(
            "log_likelihood(x, z) is cut off from z (detach, no_grad or whole numbers): nothing would be learned of it"
        )
    reconstruction, kl = -log_p.mean(0), kl_standard_normal(mu, logvar)
    return Elbo(reconstruction, kl, -reconstruction - kl)


def _forwards(
    vae: ForwardVAE, x: torch.Tensor, samples: int, generator: Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """mu, logvar and log p(x|z), (S, B), of a model that draws z inside its forward: one forward per sample."""
    log_p = []
    with random_state_kept(x, generator) if generator is not None else contextlib.nullcontext():
        for _ in range(samples):
            x_hat, mu, logvar = vae.outputs(x)
            log_p.append(_checked_log_likelihood(vae.likelihood.log_prob_given_mean(x, x_hat), (len(x),)))
    return _widened(mu), _widened(logvar), torch.stack(log_p)


def _encode(vae: Any, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """mu and logvar (B, D) in at least float32."""
    mu, logvar = mean_and_logvar(vae, x)
    return _widened(mu), _widened(logvar)


def _log_likelihood(
    vae: Any, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor, eps: torch.Tensor
) -> torch.Tensor:
    return _decoded(vae, x, perturbed(mu, logvar, eps))


def _log_weight(vae: Any, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor, eps: torch.Tensor) -> torch.Tensor:
    z = perturbed(mu, logvar, eps)  # (S, B, D): the same z under decoder, prior and encoder
    # log N(z; 0, I) - log N(z; mu, e^logvar); both carry -D/2 log(2 pi), and (z - mu) / sd is eps without the rounding.
    log_prior_over_q = 0.5 * (eps.square() + logvar - z.square()).sum(-1)
    return _decoded(vae, x, z) + log_prior_over_q


def _decoded(vae: Any, x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
    dtype = dtype_of(vae, x)
    out = vae.log_likelihood(x.to(torch.promote_types(dtype, x.dtype)), z.to(dtype))
    return _checked_log_likelihood(out, z.shape[:-1])


def _checked_log_likelihood(out: Any, shape: tuple[int, ...]) -> torch.Tensor:
    """In at least float32; ValueError unless it has one number per sample and example."""
    if not torch.is_tensor(out) or out.shape != shape:
        got = tuple(out.shape) if torch.is_tensor(out) else type(out).__name__
        raise ValueError(
            f"log_likelihood(x, z) must return one number per sample and example, shape {tuple(shape)}, got {got}: "
            "sum over the pixels, and over nothing else"
        )
    if out.is_complex():
        raise ValueError(f"log_likelihood(x, z) must return real numbers, got {out.dtype}")
    return _widened(out)


def _widened(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))


def _over_samples(
    function: Callable[..., torch.Tensor],
    vae: Any,
    x: torch.Tensor,
    mu: torch.Tensor,
    logvar: torch.Tensor,
    samples: int,
    generator: Generator,
    chunk: int,
) -> torch.Tensor:
    """function(vae, x, mu, logvar, eps) for `samples` draws of eps, (S, B), at most `chunk` codes at a time."""
    chunk = check_count(chunk, "chunk")
    rows, columns = max(1, chunk // max(1, len(mu))), min(chunk, max(1, len(mu)))
    # Under autograd each of several pieces is computed again in the backward pass instead of being kept.
    recompute = torch.is_grad_enabled() and samples * len(mu) > chunk
    parts = []
    for start in range(0, samples, rows):
        eps = torch.stack([standard_noise(mu, generator) for _ in range(min(rows, samples - start))])  # (S, B, D)
        pieces = []
        for inputs in zip(*(t.split(columns) for t in (x, mu, logvar)), eps.split(columns, 1), strict=True):
            if recompute:
                pieces.append(checkpoint(function, vae, *inputs, use_reentrant=False))
            else:
                pieces.append(function(vae, *inputs))
        parts.append(torch.cat(pieces, 1))
    return torch.cat(parts)
