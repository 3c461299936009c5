"""Covariance matrices: the check that stands before every Cholesky factor."""

import torch

from vae_notes.arguments import common_dtype


def cholesky_factor(cov, name):
    """Lower Cholesky factor in float64 of covariance matrices (..., D, D).

    Raises ValueError, naming the argument `name` and the batch index, for matrices that are not square, not finite, not
    symmetric, or not positive definite to the precision of their dtype.
    """
    eps = torch.finfo(common_dtype(**{name: cov})).eps
    if cov.ndim < 2 or cov.shape[-1] != cov.shape[-2]:
        raise ValueError(f"{name} must have shape (..., D, D), got {tuple(cov.shape)}")
    matrix = cov.double()
    _refuse(~matrix.isfinite().all(-1).all(-1), matrix, name, "holds NaN or infinity")

    # Cholesky reads one triangle only: without this check it accepts [[1, .5], [.4, 1]].
    difference = (matrix - matrix.mT).abs().amax((-2, -1)) if matrix.numel() else matrix.new_zeros(cov.shape[:-2])
    size = matrix.abs().amax((-2, -1)) if matrix.numel() else difference
    _refuse(difference > eps**0.5 * size, matrix, name, "is not symmetric")

    matrix = 0.5 * (matrix + matrix.mT)
    factor, failed_at = torch.linalg.cholesky_ex(matrix)
    _refuse(failed_at > 0, matrix, name, "is not positive definite")
    # L_ii^2 / C_ii is the share of variable i's variance that the ones before it leave unexplained, whatever the units.
    left = factor.diagonal(dim1=-2, dim2=-1).square() / matrix.diagonal(dim1=-2, dim2=-1)
    _refuse((left <= cov.shape[-1] * eps).any(-1), matrix, name, f"is singular to the precision of {cov.dtype}")
    return factor


def _refuse(bad, matrices, name, what):
    """Raise ValueError about the first matrix marked `bad` (...)."""
    if not bad.any():
        return
    index = tuple(bad.nonzero()[0].tolist())
    matrix = matrices[index].detach()
    where = f"{name}[{', '.join(map(str, index))}]" if index else name
    if not matrix.isfinite().all():
        raise ValueError(f"{where} {what}")
    asymmetry = (matrix - matrix.mT).abs()
    row, column = divmod(asymmetry.argmax().item(), matrix.shape[-1])
    if what == "is not symmetric":
        detail = f"entries ({row}, {column}) and ({column}, {row}) differ by {asymmetry.max():.3g}"
    else:
        detail = f"its smallest eigenvalue is {torch.linalg.eigvalsh(matrix)[0]:.3g}"
    raise ValueError(f"{where} {what}: {detail}")
