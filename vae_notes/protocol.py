"""What a model must have, and the one place that asks.

A variational autoencoder has `encode(x) -> (mu, logvar)`, each (B, D), and `log_likelihood(x, z)`, x (B, ...) and
z (S, B, D) to (S, B), in nats with all constants; its prior is N(0, I). `decode(z)`, (..., D) to mean images, is needed
only where pictures are asked for. An autoencoder has a forward that returns a tensor like x.

A forward that returns (x_hat, mu, logvar) is at home too: `as_vae` finds its decoder and adds the likelihood.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from vae_notes.adapters import FORWARD, PROTOCOL, ForwardVAE
from vae_notes.likelihoods import Bernoulli
from vae_notes.modules import call, described, measuring, random_state_kept, unwrapped


def as_vae(model: Any, x: torch.Tensor | None = None, likelihood: nn.Module | None = None) -> Any:
    """The model itself when it has `encode` and `log_likelihood`, else a view of its (x_hat, mu, logvar) as such a one.

    x            a few examples (B, ...): what does not fit is then noticed at once, else at the first use
    likelihood   p(x|z) given the mean image x_hat; default: the model's own `likelihood`, else Bernoulli

    The view is a module with the model inside, so that `fit(as_vae(model, likelihood=Gaussian(learn=True)), images)`
    trains both. Raises TypeError, saying what is missing, for anything else.
    """
    model = unwrapped(model)
    if _has(model, "encode") and _has(model, "log_likelihood"):
        if likelihood is not None:
            raise TypeError(f"{_name(model)} has a log_likelihood of its own: leave likelihood= out")
        return model
    if _has(model, "log_likelihood"):
        raise TypeError(f"{_name(model)} has log_likelihood(x, z) but no encode(x) -> (mu, logvar)")
    if not callable(model):
        raise TypeError(f"{_name(model)} is no model: it has neither {PROTOCOL} nor {FORWARD}")
    view = ForwardVAE(model, likelihood or getattr(model, "likelihood", None) or Bernoulli())
    if x is not None:
        view.look(x)
    return view


def as_autoencoder(model: Any) -> Callable[[torch.Tensor], torch.Tensor]:
    """A function from x (B, ...) to x_hat of the same shape; it raises TypeError when the model returns another one."""
    model = unwrapped(model)
    if not callable(model):
        raise TypeError(f"{_name(model)} is no autoencoder: it has no forward that returns a tensor like x")

    def reconstruct(x: torch.Tensor) -> torch.Tensor:
        x_hat = call(model, x)
        if not torch.is_tensor(x_hat) or x_hat.shape[:1] != x.shape[:1] or x_hat.numel() != x.numel():
            raise TypeError(
                f"an autoencoder returns a tensor like x, {tuple(x.shape)}; {_name(model)} returned "
                f"{described(x_hat)}. A variational autoencoder has {PROTOCOL}, or {FORWARD}"
            )
        return x_hat.reshape(x.shape)

    return reconstruct


def is_variational(model: Any, x: torch.Tensor | None = None) -> bool:
    """Whether the model is a variational autoencoder; of a model with a forward alone, examples x (B, ...) decide.

    Raises TypeError, saying what is missing, for a model that is neither kind.
    """
    model = unwrapped(model)
    if _has(model, "log_likelihood"):
        return as_vae(model) is model
    if x is None:
        raise TypeError(f"{_name(model)} has no log_likelihood(x, z): whether it is variational shows on examples x=")
    if not callable(model):
        raise TypeError(f"{_name(model)} is no model: it has neither {PROTOCOL} nor {FORWARD}")
    with measuring(model), random_state_kept(x):
        out = call(model, x[:2])
    if isinstance(out, tuple | list):
        as_vae(model, x)
        return True
    as_autoencoder(lambda _: out)(x[:2])
    return False


def _has(model: Any, name: str) -> bool:
    return callable(getattr(model, name, None))


def _name(model: Any) -> str:
    return type(model).__name__
