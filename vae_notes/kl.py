"""Kullback-Leibler divergences, in nats, summed over the last axis."""

import torch


def kl_standard_normal(mu, logvar):
    """KL(N(mu, diag(exp(logvar))) || N(0, I)), shape (..., D) to (...), in nats."""
    return 0.5 * (mu.square() + torch.expm1(logvar) - logvar).sum(-1)
