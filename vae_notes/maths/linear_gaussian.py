"""The linear-Gaussian model, where everything about a latent-variable model is known exactly."""

import math
from typing import Any

import torch

from vae_notes.arguments import check_count, check_generator, check_positive, common_dtype
from vae_notes.maths.kl import kl_normals
from vae_notes.maths.numerics import widest

Pair = tuple[torch.Tensor, torch.Tensor]


class LinearGaussian:
    """z ~ N(0, I_D), x | z ~ N(weight z + bias, variance I_X): probabilistic PCA, a VAE whose log p(x) is a formula.

    weight (X, D), bias (X,), variance a positive number. All arithmetic and all results are float64 (float32 on a
    device that has no other). The model also
    has `encode` (the best diagonal q) and `log_likelihood`: `elbo` and `importance_bound` take it like any other.

    Raises ValueError, naming the argument, for shapes that do not fit and values that are not finite or not positive.
    Source: Tipping and Bishop 1999, "Probabilistic principal component analysis".
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, variance: float):
        common_dtype(weight=weight, bias=bias)
        if weight.ndim != 2:
            raise ValueError(f"weight must have shape (X, D), got {tuple(weight.shape)}")
        if bias.shape != weight.shape[:1]:
            raise ValueError(f"bias must have shape ({len(weight)},) to fit weight, got {tuple(bias.shape)}")
        for name, tensor in (("weight", weight), ("bias", bias)):
            if not tensor.isfinite().all():
                raise ValueError(f"{name} holds NaN or infinity")
        variance = check_positive(variance, "variance")
        self.weight, self.bias = widest(weight), widest(bias)
        self.variance = torch.as_tensor(variance, dtype=self.weight.dtype, device=weight.device)

    def log_prob(self, x: torch.Tensor) -> torch.Tensor:
        """Exact log p(x) = log N(x; bias, weight weight' + variance I): x (B, X) to (B,), in nats."""
        identity = torch.eye(len(self.bias), dtype=self.bias.dtype, device=self.bias.device)
        cov = self.weight @ self.weight.mT + self.variance * identity  # (X, X)
        return torch.distributions.MultivariateNormal(self.bias, cov).log_prob(self._check(x))

    def posterior(self, x: torch.Tensor) -> Pair:
        """Exact p(z|x) of x (B, X): mean (B, D), and covariance (D, D), which is the same for every x."""
        cov = torch.linalg.inv(self._precision())
        return (self._check(x) - self.bias) @ self.weight @ cov / self.variance, cov

    def elbo(self, x: torch.Tensor, mu_q: torch.Tensor, cov_q: torch.Tensor) -> torch.Tensor:
        """Exact ELBO of any q(z|x) = N(mu_q, cov_q): x (B, X), mu_q (B, D), cov_q (D, D) or (B, D, D), to (B,)."""
        mu_q, cov_q = widest(mu_q), widest(cov_q)
        kl = kl_normals(mu_q, cov_q, torch.zeros_like(mu_q), self._identity())
        spread = ((self.weight.mT @ self.weight) * cov_q).sum((-2, -1))  # E |weight (z - mu_q)|^2
        return self.log_likelihood(x, mu_q) - 0.5 * spread / self.variance - kl

    def best_diagonal(self, x: torch.Tensor) -> Pair:
        """The diagonal Gaussian of largest ELBO: mu and logvar, each (B, D).

        Its mean is the posterior's; its variances are 1 / diag(P), with P the posterior precision: smaller than the
        posterior's marginal variances. The gap to log p(x) is (sum log diag(P) - log det P) / 2, zero exactly when the
        columns of weight are orthogonal.
        """
        mu, _ = self.posterior(x)
        return mu, -torch.log(self._precision().diagonal()).expand_as(mu)

    def sample(self, n: int, generator: torch.Generator | None = None) -> torch.Tensor:
        """n draws of x from p(x): (n, X)."""
        n = check_count(n, "n")
        check_generator(generator)
        size, latent = self.weight.shape
        options: dict[str, Any] = {"generator": generator, "dtype": self.weight.dtype, "device": self.weight.device}
        z, noise = torch.randn(n, latent, **options), torch.randn(n, size, **options)
        return z @ self.weight.mT + self.bias + self.variance.sqrt() * noise

    def encode(self, x: torch.Tensor) -> Pair:
        """The model protocol's q(z|x): the best diagonal Gaussian."""
        return self.best_diagonal(x)

    def log_likelihood(self, x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """log p(x|z) with all constants, in nats: x (B, X), z (..., B, D) to (..., B)."""
        square = (self._check(x) - self.decode(z)).square().sum(-1)
        return -0.5 * (square / self.variance + len(self.bias) * torch.log(2 * math.pi * self.variance))

    @property
    def latent_dim(self) -> int:
        """D, the size of a code."""
        return self.weight.shape[1]

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """The mean of p(x|z): codes (..., D) to (..., X)."""
        return widest(z) @ self.weight.mT + self.bias

    def _identity(self) -> torch.Tensor:
        return torch.eye(self.weight.shape[1], dtype=self.weight.dtype, device=self.weight.device)

    def _precision(self) -> torch.Tensor:
        return self._identity() + self.weight.mT @ self.weight / self.variance

    def _check(self, x: torch.Tensor) -> torch.Tensor:
        common_dtype(x=x)
        if x.ndim != 2 or x.shape[1] != len(self.bias):
            raise ValueError(f"x must have shape (B, {len(self.bias)}), got {tuple(x.shape)}")
        return widest(x)
