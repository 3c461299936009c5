"""p(x|z): what the decoder's output means. Log-densities carry all their constants, in nats, summed over pixels."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from vae_notes.arguments import check_positive

# Adam moves a number by about the learning rate in a step. From the spread of the pixels to the error of a trained
# model a log-variance has some 3 to go: 3,000 steps of 1e-3, and a short training would end with too much noise.
HURRY = 20
ROUNDING = 1 / (12 * 255**2)  # variance of rounding to bytes: pictures that are all alike have no spread to start from


class Bernoulli(nn.Module):
    """Each pixel on with probability sigmoid(logit).

    On binary pixels this is a probability. On grey pixels x it is E[log p(b|z)] over b ~ Bernoulli(x), so that the ELBO
    built from it bounds the expected log-likelihood of randomly binarised images; it is no density of grey images.
    """

    unit_interval = True  # x and the mean image lie within [0, 1]

    def mean(self, logits: torch.Tensor) -> torch.Tensor:
        """The mean image of p(x|z): logits (...) to probabilities (...) in [0, 1]."""
        return torch.sigmoid(logits)

    def log_prob(self, x: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        """x (B, C, H, W) in [0, 1] and logits (..., B, C, H, W) to log p(x|z) of shape (..., B), nats."""
        wide_x, logits = widened(x, logits)
        # log_sigmoid is 2 % of a training step; sigmoid and log cost as much, a form that is exact in every digit more.
        loss = F.binary_cross_entropy_with_logits(logits, wide_x.expand_as(logits), reduction="none")
        return -loss.sum(example_axes(x))

    def log_prob_given_mean(self, x: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
        """The same from probabilities, a logarithm below -100 counting as -100: a 0 or 1 is a rounded one."""
        x, mean = widened(x, mean)
        on, off = mean.log().clamp_min(-100), torch.log1p(-mean).clamp_min(-100)
        return (x * on + (1 - x) * off).sum(example_axes(x))


class Gaussian(nn.Module):
    """Each pixel N(sigmoid(logit), variance): one variance for all, fixed or (`learn=True`) fitted as its logarithm.

    variance   where nothing is stated, 1 if it is fixed; if it is learned, `fit` starts from the spread of its images
               (a quarter of their squared distance from grey 0.5 where that is more) and learns it `HURRY` times as
               fast as the weights

    -log p = SSE / (2 variance) + (X/2) log(2 pi variance); plain SSE as a loss is variance 1/2, the mean over X pixels
    is variance X/2.
    """

    unit_interval = False

    def __init__(self, variance: float | None = None, learn: bool = False):
        super().__init__()
        # With underscores, as neither is a setting of the architecture: a model loaded with its variance is the same.
        self._open = variance is None and learn
        self._hurry = HURRY if self._open else 1
        variance = 1.0 if variance is None else check_positive(variance, "variance")
        logvar = torch.tensor(math.log(variance))
        if learn:
            self.logvar = nn.Parameter(logvar)
        else:
            self.register_buffer("logvar", logvar)

    def start_from(self, variance: float) -> None:
        """Before the first training: the variance that its images suggest, unless a start was stated."""
        if self._open:
            with torch.no_grad():
                self.logvar.fill_(math.log(max(variance, ROUNDING)))
        self._open = False

    def stated(self) -> float | None:
        """The `variance` that makes it again; None where `fit` has yet to find it."""
        return None if self._open else self.logvar.exp().item()

    def rates(self) -> dict[str, float]:
        """How many times as fast as the rest each parameter is learned; those that are not named, once."""
        return {"logvar": self._hurry} if self._hurry != 1 else {}

    def mean(self, logits: torch.Tensor) -> torch.Tensor:
        """The mean image of p(x|z): logits (...) to images (...) in [0, 1]."""
        return torch.sigmoid(logits)

    def log_prob(self, x: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        """x (B, C, H, W) and logits (..., B, C, H, W) to log p(x|z) of shape (..., B), nats."""
        x, logits = widened(x, logits)
        return self.log_prob_given_mean(x, self.mean(logits))

    def log_prob_given_mean(self, x: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
        """x (B, ...) and mean images (..., B, ...), of any range, to log p(x|z) of shape (..., B), nats."""
        x, mean, logvar = widened(x, mean, self.logvar)
        square = (x - mean).square() * torch.exp(-logvar)
        return -0.5 * (square + logvar + math.log(2 * math.pi)).sum(example_axes(x))


def widened(*tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The tensors in the dtype they promote to, at least float32: thousands of pixels are never summed in half."""
    dtype = torch.float32
    for tensor in tensors:
        dtype = torch.promote_types(dtype, tensor.dtype)
    return tuple(tensor.to(dtype) for tensor in tensors)


def example_axes(x: torch.Tensor) -> tuple[int, ...]:
    """The axes of one example of x (B, ...), counted from the last: (-3, -2, -1) for images."""
    return tuple(range(1 - x.ndim, 0))
