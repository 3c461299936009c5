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
from vae_notes.modules import call, check_place, described, dtype_of, measuring, random_state_kept, unwrapped


def as_vae(model: Any, x: torch.Tensor | None = None, likelihood: nn.Module | None = None) -> Any:
    """The model itself when it has `encode` and `log_likelihood`, else a view of its (x_hat, mu, logvar) as such a one.

    x            a few examples (B, ...): what does not fit is then noticed at once, else at the first use
    likelihood   p(x|z) given the mean image x_hat; default: the model's own `likelihood`, else Bernoulli

    The view is a module with the model inside, so that `fit(as_vae(model, likelihood=Gaussian(learn=True)), images)`
    trains both. Raises TypeError, saying what is missing, for anything else.
    """
    model = _seen(model, x)
    if _has(model, "encode") and _has(model, "log_likelihood"):
        if likelihood is not None:
            raise TypeError(f"{_name(model)} has a log_likelihood of its own: leave likelihood= out")
        return model
    if _has(model, "log_likelihood"):
        raise TypeError(f"{_name(model)} has log_likelihood(x, z) but no encode(x) -> (mu, logvar)")
    if not callable(model):
        raise TypeError(f"{_name(model)} is no model: it has neither {PROTOCOL} nor {FORWARD}")
    likelihood = likelihood or getattr(model, "likelihood", None) or Bernoulli()
    if not _has(likelihood, "log_prob_given_mean"):
        raise TypeError(
            f"the likelihood of {_name(model)}, {described(likelihood)}, has no log_prob_given_mean(x, mean): "
            "say p(x|z), as in as_vae(model, likelihood=Gaussian(variance))"
        )
    view = ForwardVAE(model, likelihood)
    if x is not None:
        view.look(x)
    return view


def as_autoencoder(model: Any) -> Callable[[torch.Tensor], torch.Tensor]:
    """A function from x (B, ...) to x_hat of the same shape; it raises TypeError when the model returns another one."""
    model = _seen(model)
    if not callable(model):
        raise TypeError(f"{_name(model)} is no autoencoder: it has no forward that returns a tensor like x")

    def reconstruct(x: torch.Tensor) -> torch.Tensor:
        check_place(model, x)
        return _like(call(model, x), x, model)

    return reconstruct


def mean_and_logvar(vae: Any, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What `encode` makes of examples x (B, ...), in the model's dtype: mu and logvar, each (B, D).

    Raises TypeError and ValueError when it is anything else.
    """
    out = vae.encode(x.to(dtype_of(vae, x)))
    if not isinstance(out, tuple | list) or len(out) != 2 or not all(map(torch.is_tensor, out)):
        raise TypeError(f"encode(x) must return (mu, logvar), got {described(out)}")
    mu, logvar = out
    if mu.ndim != 2 or mu.shape != logvar.shape or len(mu) != len(x):
        shapes = f"{tuple(mu.shape)} and {tuple(logvar.shape)}"
        raise ValueError(f"encode(x) must return mu and logvar of shape ({len(x)}, D), got {shapes}")
    if not (mu.is_floating_point() and logvar.is_floating_point()):
        raise ValueError(f"encode(x) must return floating-point tensors, got {mu.dtype} and {logvar.dtype}")
    return mu, logvar


def _like(x_hat: Any, x: torch.Tensor, model: Any) -> torch.Tensor:
    """What a model returned, in the shape of x; TypeError when it is no image of it."""
    if not torch.is_tensor(x_hat) or x_hat.shape[:1] != x.shape[:1] or x_hat.numel() != x.numel():
        raise TypeError(
            f"an autoencoder returns a tensor like x, {tuple(x.shape)}; {_name(model)} returned "
            f"{described(x_hat)}. A variational autoencoder has {PROTOCOL}, or {FORWARD}"
        )
    return x_hat.reshape(x.shape)


def is_variational(model: Any, x: torch.Tensor | None = None) -> bool:
    """Whether the model is a variational autoencoder; of a model with a forward alone, examples x (B, ...) decide.

    Raises TypeError, saying what is missing, for a model that is neither kind.
    """
    model = _seen(model, x)
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
    _like(out, x[:2], model)
    return False


def _seen(model: Any, x: torch.Tensor | None = None) -> Any:
    """The model inside its wrappers; TypeError for a class, ValueError when examples x lie on another device."""
    if isinstance(model, type):
        raise TypeError(f"{model.__name__} is a class: make a model of it, {model.__name__}(...)")
    model = unwrapped(model)
    if x is not None:
        check_place(model, x)
    return model


def _has(model: Any, name: str) -> bool:
    return callable(getattr(model, name, None))


def _name(model: Any) -> str:
    return type(model).__name__
