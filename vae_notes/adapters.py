"""A model with the forward (x_hat, mu, logvar), seen as one with `encode`, `decode` and `log_likelihood`."""

import contextlib
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from vae_notes.modules import call, described, dtype_of, measuring, random_state_kept
from vae_notes.watching import ENCODERS, check_noise, decoder_from, encoder_from, watched

PROTOCOL = "encode(x) -> (mu, logvar) and log_likelihood(x, z)"
FORWARD = "a forward that returns (x_hat, mu, logvar)"


class ForwardVAE(nn.Module):
    """What `as_vae` makes of a module whose forward returns (x_hat, mu, logvar), x_hat being the mean of p(x|z).

    One forward on two examples is watched. What goes into `decode` (or `decoder`, `dec`) is z, and what comes out is
    x_hat, or its logits when x_hat is their sigmoid; `encode` (or `encoder`, `enc`) gives mu and logvar, as a pair or
    side by side. With such a decoder everything works. Without one, z stays hidden: the ELBO then takes one forward per
    sample, and importance weights, which need z, are refused. Without such an encoder, a whole forward is taken for mu
    and logvar.
    """

    likelihood: Any

    def __init__(self, model: nn.Module, likelihood: nn.Module):
        super().__init__()
        self.model, self.likelihood = model, likelihood
        self.latent_dim: int | None = None
        self.image_shape: torch.Size | None = None
        self._decoder: Callable[[torch.Tensor], torch.Tensor] | None = None
        self._encoder: Callable[[torch.Tensor], Any] | None = None

    def look(self, x: torch.Tensor) -> "ForwardVAE":
        """Find out how the model is built from examples x (B, ...); raises TypeError or ValueError when it is not."""
        few = x[:2]
        seed = torch.Generator().manual_seed(0)
        with measuring(self.model), random_state_kept(x, seed), watched(self.model) as calls:
            x_hat, mu, logvar = self.outputs(few)
            self._check_range(x, x_hat)
            self.latent_dim, self.image_shape = mu.shape[1], x.shape[1:]
            for name, given, out in calls:
                part = getattr(self.model, name)
                if name in ENCODERS:
                    self._encoder = self._encoder or encoder_from(part, given, out, mu, logvar)
                else:
                    self._decoder = self._decoder or decoder_from(part, given, out, x_hat, mu)
                    check_noise(type(self.model).__name__, given, mu, logvar)
            if not self.decodes and torch.equal(self.outputs(few)[0], x_hat):
                raise ValueError(
                    f"{type(self.model).__name__} has no decode(z) that could be found, and in eval mode its forward "
                    f"returned the same x_hat twice: it does not sample z, so there is no bound. Give it {PROTOCOL}"
                )
        return self

    @property
    def looked(self) -> bool:
        """Whether the model has been seen at work."""
        return self.latent_dim is not None

    @property
    def decodes(self) -> bool:
        """Whether codes can be decoded: False where only the forward is known."""
        return self._decoder is not None

    def outputs(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """x_hat shaped like x, mu and logvar (B, D) of one forward; TypeError when it returns anything else."""
        out = call(self.model, x)
        name = type(self.model).__name__
        if not isinstance(out, tuple | list) or len(out) != 3 or not all(map(torch.is_tensor, out)):
            raise TypeError(f"{name} has neither {PROTOCOL} nor {FORWARD}: it returned {described(out)}")
        x_hat, mu, logvar = out
        if x_hat.shape[:1] != x.shape[:1] or x_hat.numel() != x.numel():
            raise TypeError(f"x_hat of {name} must be shaped like x, {tuple(x.shape)}; got {tuple(x_hat.shape)}")
        if mu.ndim != 2 or mu.shape != logvar.shape or len(mu) != len(x):
            shapes = f"{tuple(mu.shape)} and {tuple(logvar.shape)}"
            raise TypeError(f"mu and logvar of {name} must both be ({len(x)}, D), got {shapes}")
        return x_hat.reshape(x.shape), mu, logvar

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Images (B, ...) to mu and logvar, each (B, D)."""
        self._ready(x)
        if self._encoder is not None:
            return self._encoder(x.to(dtype_of(self.model, x)))
        with contextlib.nullcontext() if self.model.training else random_state_kept(x):
            _, mu, logvar = self.outputs(x)
        return mu, logvar

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (..., D) to mean images (..., *shape of an image)."""
        if self._decoder is None or self.image_shape is None:
            raise TypeError(
                f"{type(self.model).__name__} has no decode(z) that could be found: what is asked for needs one, or "
                "log_likelihood(x, z)"
            )
        return self._decoder(z.reshape(-1, z.shape[-1])).reshape(*z.shape[:-1], *self.image_shape)

    def log_likelihood(self, x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """log p(x|z) in nats: x (B, ...), z (..., B, D) to (..., B)."""
        self._ready(x)
        return self.likelihood.log_prob_given_mean(x, self.decode(z))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The model's own (x_hat, mu, logvar)."""
        return self.outputs(x)

    def _ready(self, x: torch.Tensor) -> None:
        if self.latent_dim is None:
            self.look(x)

    def _check_range(self, x: torch.Tensor, x_hat: torch.Tensor) -> None:
        if not getattr(self.likelihood, "unit_interval", False):
            return
        if not 0 <= x.min() <= x.max() <= 1:
            raise ValueError(
                f"x must lie within [0, 1] under a {type(self.likelihood).__name__}, got {x.min():g} to {x.max():g}"
            )
        low, high = x_hat.aminmax()
        if not (low >= 0 and high <= 1):
            raise ValueError(
                f"x_hat must lie within [0, 1] to be a probability, got {low:g} to {high:g}: end the decoder with a "
                "sigmoid, or say another p(x|z), as in as_vae(model, likelihood=Gaussian(variance))"
            )
