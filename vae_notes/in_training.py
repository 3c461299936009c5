"""What a model does in train mode: the noise that its own forward draws, and what BatchNorm and dropout change."""

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from vae_notes.adapters import ForwardVAE
from vae_notes.bounds import elbo
from vae_notes.evaluation import batches
from vae_notes.modules import random_state_kept
from vae_notes.symptoms import FEW, Finding, finding
from vae_notes.watching import DECODERS, watched

DRAWS = 1000  # of each unit: their variance has a relative error of sqrt(2 / 1000) = 0.045
NOISE = (0.8, 1.25)  # five such errors about 1, as the unit that is farthest off is taken
SAME = 1e-3  # of the noise: what rounding makes of two equal numbers, and far below any noise that is meant
MODES = 0.02  # of the bound


def own_noise(vae: Any, images: torch.Tensor, generator: torch.Generator) -> Iterator[Finding]:
    """The variance of (z - mu) / exp(logvar / 2), z being what the forward gives its decoder; of the unit farthest off.

    Only where there is such a forward; a model with `encode` and `log_likelihood` draws no noise itself.
    """
    x = images[: max(FEW, len(batches(images)[0]))]
    if not isinstance(vae, ForwardVAE) or not vae.decodes or len(x) < FEW:
        return
    rounds = 1 + math.ceil(DRAWS / len(x))
    try:
        with _in_training(vae), torch.no_grad(), random_state_kept(images, generator):
            drawn = [_drawn(vae, x) for _ in range(rounds)]
    except (TypeError, StopIteration):  # in train mode this forward is another one
        return
    noise = torch.stack([e for e, _ in drawn]).double()  # (rounds, B, D)
    variance = noise.var(1).mean(0)
    worst = variance[variance.clamp_min(SAME**2).log().abs().argmax()].item()
    as_variance = (noise * torch.exp(-0.5 * torch.stack([logvar for _, logvar in drawn]).double())).var(1).mean(0)
    yield finding("variance of the noise that it draws", worst, *NOISE, _cause(noise, variance, as_variance))


def _drawn(vae: ForwardVAE, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise in units of exp(logvar / 2) and logvar, (B, D) each, of one forward."""
    with watched(vae.model) as calls:
        _, mu, logvar = vae.outputs(x)
    z = next(given for name, given, _ in reversed(calls) if name in DECODERS and given.shape == mu.shape)
    return (z - mu) * torch.exp(-0.5 * logvar), logvar


def _cause(noise: torch.Tensor, variance: torch.Tensor, as_variance: torch.Tensor) -> str:
    """From noise (rounds, B, D) and each unit's variance (D,), in units of exp(logvar / 2) and of exp(logvar)."""
    if noise.abs().max() < SAME:
        return "z = mu in training: the decoder never meets the noise. Draw z = mu + exp(logvar / 2) * randn_like(mu)"
    if (noise - noise[0]).abs().max() < SAME:
        return "the same at every call: a constant in place of noise. Draw randn_like(mu) anew each time"
    if (noise - noise[:, :1]).abs().max() < SAME:
        return "one draw for the whole batch: noise needs the shape of mu, randn_like(mu)"
    if _is_one(12 * variance) and (noise.mean((0, 1)) - 0.5).abs().max() < 0.1:
        return "uniform noise, which is never negative: rand where randn is meant"
    if _is_one(as_variance):
        return (
            "exp(logvar), a variance, taken for a deviation: that is exp(logvar / 2). Or is it a log deviation? "
            "Then logvar is twice that, in the KL too"
        )
    if _is_one(variance / variance.median()):
        return f"noise {variance.median().sqrt():.2g} times as wide as exp(logvar / 2), which is what the KL is told"
    return "noise of another width than exp(logvar / 2), which is what the KL is told"


def _is_one(values: torch.Tensor) -> bool:
    return bool((values > NOISE[0]).all() and (values < NOISE[1]).all())


def modes(vae: Any, images: torch.Tensor, bound: torch.Tensor) -> Iterator[Finding]:
    """What BatchNorm and dropout change."""
    kinds = (nn.modules.batchnorm._BatchNorm, nn.modules.dropout._DropoutNd)
    if not isinstance(vae, nn.Module) or not any(isinstance(part, kinds) for part in vae.modules()):
        return
    if len(batches(images)[-1]) == 1:  # of one image BatchNorm takes no variance
        images, bound = images[:-1], bound[:-1]
    noise = torch.Generator().manual_seed(0)
    with _in_training(vae), random_state_kept(images, noise), torch.enable_grad():  # dropout draws globally
        trained = torch.cat([elbo(vae, x, generator=noise).value.detach() for x in batches(images)])
    change, most = abs((trained - bound).mean().item()), max(1.0, MODES * abs(bound.mean().item()))
    advice = "train mode gives other numbers: call model.eval() to measure; is a batch too small for BatchNorm?"
    yield finding("nats between train and eval mode", change, -math.inf, most, advice)


@contextlib.contextmanager
def _in_training(vae: nn.Module) -> Iterator[None]:
    """train() inside; afterwards every part has the mode that it had, and BatchNorm the averages."""
    parts = [(part, part.training) for part in vae.modules()]
    state = {name: value.clone() for name, value in vae.state_dict().items()}
    try:
        vae.train()
        yield
    finally:
        vae.load_state_dict(state)
        for part, mode in parts:
            part.training = mode
