"""The evidence lower bound, per example and in nats."""

from typing import NamedTuple

import torch

from vae_notes.kl import kl_standard_normal
from vae_notes.models import reparameterize


class Elbo(NamedTuple):
    """Each (B,), in nats: reconstruction = -E_q log p(x|z), kl = KL(q(z|x) || p(z)), value = -reconstruction - kl."""

    reconstruction: torch.Tensor
    kl: torch.Tensor
    value: torch.Tensor


def elbo(model, x, samples=1, generator=None):
    """The ELBO of each image, the expectation over q taken with `samples` draws and the KL in closed form."""
    mu, logvar = model.encode(x)  # (B, D)
    z = reparameterize(mu.expand(samples, *mu.shape), logvar.expand(samples, *logvar.shape), generator)  # (S, B, D)
    reconstruction = -model.log_likelihood(x, z).mean(0)
    kl = kl_standard_normal(mu, logvar)
    return Elbo(reconstruction, kl, -reconstruction - kl)
