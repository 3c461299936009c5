"""What a likelihood asks of the training: where its variance starts, and how fast it is learned."""

from typing import Any

import torch
from torch import nn

from vae_notes.gathering import to_floats
from vae_notes.likelihoods import Gaussian

AT_ONCE = 2**22  # numbers
# Pictures that differ little and lie far from the untrained model's grey would begin with errors of millions of nats,
# which cost the first steps. The book's digits, faces and photographs lie at most 3.9 of their variances from grey.
FAR = 4
GREY = 0.5  # the mean image of an untrained model


def start_from(model: nn.Module, images: torch.Tensor) -> None:
    """Show the images, bytes or floats (N, C, H, W), to every Gaussian of the model that states no variance."""
    parts = [part for part in model.modules() if isinstance(part, Gaussian)]
    if parts:
        mean, variance = moments(images)
        far = variance + (mean - GREY).square().mean().item()
        for part in parts:
            part.start_from(max(variance, far / FAR))


def pixel_variance(images: torch.Tensor) -> float:
    """Variance of a pixel about the mean image, averaged over pixels: the error of a model that knows nothing else."""
    return moments(images)[1]


def moments(images: torch.Tensor) -> tuple[torch.Tensor, float]:
    """The mean image, and the variance of a pixel about it, averaged over pixels."""
    total = torch.zeros(images.shape[1:], dtype=torch.double)  # on the CPU, as MPS has no doubles
    squares = torch.zeros_like(total)
    for x in images.split(max(1, AT_ONCE // images[0].numel())):
        x = to_floats(x, torch.float32)
        total += x.sum(0).cpu()
        squares += x.square().sum(0).cpu()
    mean = total / len(images)
    return mean, (squares / len(images) - mean.square()).mean().item()


def groups(model: nn.Module, learning_rate: float) -> list[dict[str, Any]]:
    """Groups of parameters for an optimiser: all at the learning rate, but for those whose module says otherwise."""
    rates: dict[nn.Parameter, float] = {}
    for part in model.modules():
        if isinstance(part, Gaussian):
            rates |= {getattr(part, name): rate for name, rate in part.rates().items()}
    usual = [parameter for parameter in model.parameters() if parameter not in rates]
    fast = [{"params": [parameter], "lr": learning_rate * rate} for parameter, rate in rates.items()]
    return [{"params": usual, "lr": learning_rate}, *fast]
