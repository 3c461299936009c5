"""One latent number, one observation: log p(x), the ELBO of a chosen q, and the KL divergence between them."""

import math
from typing import Any

import torch
import traitlets

from vae_notes.plotting import PALETTE
from vae_notes.widgets.base import Figure, front_end


class ElboGap(Figure):
    """q = N(mu, sigma^2) against the posterior of a model whose evidence is known; all values in nats.

    two_modes   False: z ~ N(0, 1), x|z ~ N(z, 0.5), x = 1.3; True: x|z ~ N(z^2, 0.1), x = 1
    mu, sigma   mean (-3 to 3) and standard deviation (0.1 to 2) of q
    k           importance samples, a power of two up to 64
    """

    _esm = front_end("gaussian_fit", "gap_model", "elbo_gap")

    two_modes = traitlets.Bool(False).tag(sync=True)
    mu = traitlets.Float(0.2, min=-3, max=3).tag(sync=True)
    sigma = traitlets.Float(0.9, min=0.1, max=2).tag(sync=True)
    k = traitlets.Int(1, min=1, max=64).tag(sync=True)

    def log_joint(self, z: Any) -> torch.Tensor:
        """log p(x, z) of the chosen model for latent numbers z of any shape."""
        z = torch.as_tensor(z, dtype=torch.float64)
        x, mean, variance = (1.0, z.square(), 0.1) if self.two_modes else (1.3, z, 0.5)
        return _log_normal(z, 0.0, 1.0) + _log_normal(x, mean, variance)

    def _draw(self, figure: Any) -> None:
        z = torch.linspace(-4, 4, 801, dtype=torch.float64)
        joint, q = self.log_joint(z), _log_normal(z, self.mu, self.sigma**2)
        step = z[1] - z[0]
        evidence = (joint.exp().sum() * step).log()
        gap = (q.exp() * (q - joint + evidence)).sum() * step
        ax = figure.subplots()
        at, posterior, density = z.numpy(), (joint - evidence).exp().numpy(), q.exp().numpy()
        ax.fill_between(at, posterior, color=PALETTE["green"], alpha=0.3, label="posterior p(z|x)")
        ax.plot(at, density, color=PALETTE["blue"], label="q(z)")
        ax.set(xlabel="z", title=f"log p(x) {evidence:.3f} = ELBO {evidence - gap:.3f} + KL {gap:.3f} nats")
        ax.legend()


def _log_normal(z: Any, mean: Any, variance: float) -> Any:
    return -0.5 * ((z - mean) ** 2 / variance + math.log(2 * math.pi * variance))
