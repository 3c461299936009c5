"""p(x|z): what the decoder's output means. Log-densities carry all their constants, in nats, summed over pixels."""

import math

import torch
import torch.nn.functional as F
from torch import nn

IMAGE_AXES = (-3, -2, -1)  # channel, height, width


class Bernoulli(nn.Module):
    """Each pixel on with probability sigmoid(logit).

    On binary pixels this is a probability. On grey pixels x it is E[log p(b|z)] over b ~ Bernoulli(x), so that the ELBO
    built from it bounds the expected log-likelihood of randomly binarised images; it is no density of grey images.
    """

    def mean(self, logits):
        return torch.sigmoid(logits)

    def log_prob(self, x, logits):
        """x (B, 1, H, W) in [0, 1] and logits (..., B, 1, H, W) to log p(x|z) of shape (..., B)."""
        bce = F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none")
        return -bce.sum(IMAGE_AXES)


class Gaussian(nn.Module):
    """Each pixel N(sigmoid(logit), variance): one variance for all, fixed or (`learn=True`) fitted as its logarithm.

    -log p = SSE / (2 variance) + (X/2) log(2 pi variance); plain SSE as a loss is variance 1/2, the mean over 784
    pixels is variance 392.
    """

    def __init__(self, variance=1.0, learn=False):
        super().__init__()
        if not variance > 0 or not math.isfinite(variance):
            raise ValueError(f"variance must be positive and finite, got {variance}")
        logvar = torch.tensor(math.log(variance))
        if learn:
            self.logvar = nn.Parameter(logvar)
        else:
            self.register_buffer("logvar", logvar)

    def mean(self, logits):
        return torch.sigmoid(logits)

    def log_prob(self, x, logits):
        """x (B, 1, H, W) and logits (..., B, 1, H, W) to log p(x|z) of shape (..., B)."""
        square = (x - self.mean(logits)).square() * torch.exp(-self.logvar)
        return -0.5 * (square + self.logvar + math.log(2 * math.pi)).sum(IMAGE_AXES)
