"""Covariance matrices: the check that stands before every Cholesky factor."""

from collections.abc import Callable

import torch

from vae_notes.arguments import common_dtype
from vae_notes.maths.numerics import widest


def cholesky_factor(cov: torch.Tensor, name: str) -> torch.Tensor:
    """Lower Cholesky factor, in float64 where the device has it, of covariance matrices (..., D, D).

    Raises ValueError, naming the argument `name` and the batch index, for matrices that are not square, not finite, not
    symmetric, or not positive definite to the precision of their dtype.
    """
    eps = torch.finfo(common_dtype(**{name: cov})).eps
    if cov.ndim < 2 or cov.shape[-1] != cov.shape[-2]:
        raise ValueError(f"{name} must have shape (..., D, D), got {tuple(cov.shape)}")
    matrix = widest(cov)
    _refuse(~matrix.isfinite().all(-1).all(-1), matrix, name, lambda _: "holds NaN or infinity")

    # Cholesky reads one triangle only: without this check it accepts [[1, .5], [.4, 1]].
    difference = (matrix - matrix.mT).abs().amax((-2, -1)) if matrix.numel() else matrix.new_zeros(cov.shape[:-2])
    size = matrix.abs().amax((-2, -1)) if matrix.numel() else difference
    _refuse(difference > eps**0.5 * size, matrix, name, _asymmetry)

    matrix = 0.5 * (matrix + matrix.mT)
    factor, failed_at = torch.linalg.cholesky_ex(matrix)
    _refuse(failed_at > 0, matrix, name, lambda m: f"is not positive definite: {_smallest_eigenvalue(m)}")
    # L_ii^2 / C_ii is the share of variable i's variance that the ones before it leave unexplained, whatever the units.
    left = factor.diagonal(dim1=-2, dim2=-1).square() / matrix.diagonal(dim1=-2, dim2=-1)
    singular = (left <= cov.shape[-1] * eps).any(-1)
    _refuse(singular, matrix, name, lambda m: f"is singular to the precision of {cov.dtype}: {_smallest_eigenvalue(m)}")
    return factor


def _refuse(bad: torch.Tensor, matrices: torch.Tensor, name: str, what: Callable[[torch.Tensor], str]) -> None:
    """Raise ValueError about the first matrix marked `bad` (...); `what` says in words what is wrong with it."""
    if bad.any():
        index = tuple(bad.nonzero()[0].tolist())
        where = f"{name}[{', '.join(map(str, index))}]" if index else name
        raise ValueError(f"{where} {what(matrices[index].detach())}")


def _asymmetry(matrix: torch.Tensor) -> str:
    difference = (matrix - matrix.mT).abs()
    row, column = divmod(int(difference.argmax()), matrix.shape[-1])
    return f"is not symmetric: entries ({row}, {column}) and ({column}, {row}) differ by {difference.max():.3g}"


def _smallest_eigenvalue(matrix: torch.Tensor) -> str:
    return f"its smallest eigenvalue is {torch.linalg.eigvalsh(matrix)[0]:.3g}"
