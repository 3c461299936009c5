"""Kullback-Leibler divergences in nats: closed forms summed over the last axis, and a sampling estimate beside them.

Every closed form is a sum of terms that are >= 0 one by one, so no result is negative and none is a small
difference of large numbers. NaN in gives NaN out; overflow gives infinity.
"""

import math

import torch
from torch.distributions import Distribution

from vae_notes.arguments import check_count, check_generator, check_vectors, common_dtype, common_shape
from vae_notes.maths.covariance import cholesky_factor
from vae_notes.maths.estimate import Estimate
from vae_notes.maths.numerics import twice_divergence, widest


def kl_standard_normal(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    """KL(N(mu, diag(exp(logvar))) || N(0, I)), summed over the last axis.

    mu, logvar   floating tensors (..., D) that broadcast together; logvar is the natural log of the variance
    returns      (...), nats, in the dtype of the input; half precision is computed in float32 inside

    Raises ValueError when the shapes do not broadcast or the tensors are not floating. The standard deviation is never
    formed, so logvar = -200 is as good as any. Source: Kingma and Welling 2014, arXiv:1312.6114, appendix B.
    """
    dtype = check_vectors(mu=mu, logvar=logvar)
    work = _working_dtype(dtype)
    return (0.5 * twice_divergence(mu.to(work), logvar.to(work)).sum(-1)).to(dtype)


def kl_diagonal_normals(
    mu_q: torch.Tensor, logvar_q: torch.Tensor, mu_p: torch.Tensor, logvar_p: torch.Tensor
) -> torch.Tensor:
    """KL(N(mu_q, diag(exp(logvar_q))) || N(mu_p, diag(exp(logvar_p)))), summed over the last axis.

    all four   floating tensors (..., D) that broadcast together; natural logs of variances
    returns    (...), nats, in the dtype of the input; float64 inside where the device has it, for
               exp(logvar_q - logvar_p) magnifies the rounding of the difference

    Raises ValueError when the shapes do not broadcast or the tensors are not floating. The change of variables
    z -> (z - mu_p) / sd_p leaves the divergence as it is and turns p into N(0, I).
    """
    dtype = check_vectors(mu_q=mu_q, logvar_q=logvar_q, mu_p=mu_p, logvar_p=logvar_p)
    mu_q, logvar_q, mu_p, logvar_p = (widest(tensor) for tensor in (mu_q, logvar_q, mu_p, logvar_p))
    # 1 / sd_p as two factors, each kept finite: a mean difference of exactly 0 stays 0, any other still overflows.
    root = torch.exp((-0.25 * logvar_p).clamp(max=math.log(torch.finfo(logvar_p.dtype).max) - 1))
    return kl_standard_normal((mu_q - mu_p) * root * root, logvar_q - logvar_p).to(dtype)


def kl_normals(mu_q: torch.Tensor, cov_q: torch.Tensor, mu_p: torch.Tensor, cov_p: torch.Tensor) -> torch.Tensor:
    """KL(N(mu_q, cov_q) || N(mu_p, cov_p)) for full covariance matrices.

    mu_q, mu_p     floating tensors (..., D)
    cov_q, cov_p   floating tensors (..., D, D), symmetric positive definite; all batch axes broadcast
    returns        (...), nats, in the dtype of the input; float64 inside where the device has it

    With Cholesky factors L, A = L_p^-1 L_q and m = L_p^-1 (mu_q - mu_p), the divergence is half of
    sum_i (A_ii^2 - 1 - log A_ii^2) + sum_{i>j} A_ij^2 + |m|^2: three terms that cannot be negative.

    Raises ValueError, naming the argument and the batch index, for a covariance that is not square, finite, symmetric
    and positive definite (a singular cov_q, whose divergence is infinite, included), and for shapes that do not fit.
    """
    dtype = common_dtype(mu_q=mu_q, cov_q=cov_q, mu_p=mu_p, cov_p=cov_p)
    chol_q, chol_p = cholesky_factor(cov_q, "cov_q"), cholesky_factor(cov_p, "cov_p")
    for name, mu, cov in (("mu_q", mu_q, cov_q), ("mu_p", mu_p, cov_p), ("mu_p", mu_p, cov_q)):
        if mu.shape[-1:] != cov.shape[-1:]:
            raise ValueError(f"{name} must have {cov.shape[-1]} numbers on its last axis, got shape {tuple(mu.shape)}")
    shape = common_shape(mu_q=mu_q.shape, cov_q=cov_q.shape[:-1], mu_p=mu_p.shape, cov_p=cov_p.shape[:-1])

    solve = torch.linalg.solve_triangular
    ratio = solve(chol_p, chol_q, upper=False)  # (..., D, D), lower triangular as both factors are
    shift = (widest(mu_q) - widest(mu_p)).expand(shape).unsqueeze(-1)  # (..., D, 1)
    shift = solve(chol_p, shift, upper=False).squeeze(-1)
    log_ratio = 2 * (chol_q.diagonal(dim1=-2, dim2=-1).log() - chol_p.diagonal(dim1=-2, dim2=-1).log())
    below = ratio.tril(-1).square().sum(-1)  # (..., D)
    return (0.5 * (twice_divergence(shift, log_ratio) + below).sum(-1)).to(dtype)


def kl_discrete(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """KL(p || q) = sum p log(p / q) of probability tables along the last axis, 0 log 0 being 0.

    p, q      floating tensors (..., K) that broadcast together, each >= 0 and with sum 1 along the last axis
    returns   (...), nats, in the dtype of the input; infinite where some q = 0 < p

    Computed as sum p log(p / q) - p + q, whose terms are all >= 0. Raises ValueError, naming the argument and the batch
    index, for negative or NaN entries and sums that differ from 1.
    """
    dtype = check_vectors(p=p, q=q)
    work = _working_dtype(dtype)
    p, q = p.to(work), q.to(work)
    for name, table in (("p", p), ("q", q)):
        _check_table(table, name, torch.finfo(dtype).eps ** 0.5)
    p, q = torch.broadcast_tensors(p, q)
    positive = p > 0
    log_ratio = torch.log(torch.where(positive, q, 1.0)) - torch.log(torch.where(positive, p, 1.0))
    return torch.where(positive, p * twice_divergence(torch.zeros_like(p), log_ratio), q).sum(-1).to(dtype)


def kl_monte_carlo(
    q: Distribution, p: Distribution, samples: int, generator: torch.Generator | None = None
) -> Estimate:
    """KL(q || p) as the mean of log q(z) - log p(z) over `samples` draws z ~ q.

    q, p        torch.distributions objects whose densities compare: equal event shapes, batch shapes that broadcast
    samples     number of draws, at least 2, fixed beforehand: no stopping when the answer looks right
    generator   a torch.Generator; the same state gives the same estimate, and the global random state is left alone
    returns     Estimate(value, standard_error), each of the batch shape, in nats; not differentiable

    Raises ValueError for fewer than 2 samples or event shapes that differ.
    """
    samples = check_count(samples, "samples", least=2)  # one draw has no standard error
    check_generator(generator)
    if q.event_shape != p.event_shape:
        shapes = f"{tuple(q.event_shape)} and {tuple(p.event_shape)}"
        raise ValueError(f"q and p must have the same event shape, got {shapes}")
    with torch.no_grad():
        z = _sample(q, samples, generator)
        log_ratio = q.log_prob(z) - p.log_prob(z)  # (S, ...)
        return Estimate(log_ratio.mean(0), log_ratio.std(0) / samples**0.5)


def _working_dtype(dtype: torch.dtype) -> torch.dtype:
    """Half precision overflows at exp(11.09) and keeps three digits, so it is widened."""
    return torch.promote_types(dtype, torch.float32)


def _check_table(table: torch.Tensor, name: str, tolerance: float) -> None:
    bad = ~((table >= 0).all(-1) & ((table.sum(-1) - 1).abs() <= tolerance))  # written so that NaN fails too
    if not bad.any():
        return
    index = tuple(bad.nonzero()[0].tolist())
    row = table[index].detach()
    where = f"{name}[{', '.join(map(str, index))}]" if index else name
    if row.isnan().any():
        raise ValueError(f"{where} holds NaN")
    if (row < 0).any():
        raise ValueError(f"{where} must not be negative, its smallest entry is {row.min():g}")
    raise ValueError(f"{where} must sum to 1 along the last axis, it sums to {row.sum():.9g}")


def _sample(distribution: Distribution, samples: int, generator: torch.Generator | None) -> torch.Tensor:
    """Draws of shape (samples, ...). torch.distributions takes no generator, so the global one is lent a seed."""
    if generator is None:
        return distribution.sample((samples,))
    seed = torch.randint(2**63 - 1, (), generator=generator, device=generator.device).item()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        return distribution.sample((samples,))
