"""Integrals over one- and two-dimensional codes, where no sampling is needed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from vae_notes.arguments import check_count, common_dtype
from vae_notes.maths.numerics import NO_FLOAT64

CHUNK = 4096


def log_integral(
    log_f: Callable[[torch.Tensor], torch.Tensor],
    bounds: Any,
    points: int = 200,
    chunk: int = CHUNK,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> torch.Tensor:
    """log of the integral of exp(log_f(z)) over a box, by Gauss-Legendre quadrature with `points` nodes per axis.

    log_f    takes nodes z (N, D), returns (N,), or (N, ...) for several integrals at once
    bounds   (low, high) for D = 1; ((low, high), (low, high)) for D = 2
    points   nodes per axis. Exact for polynomials up to degree 2 points - 1; otherwise the spacing, about
             1.6 (high - low) / points at the middle, must resolve the narrowest peak: double `points` to see the error
    chunk    most nodes given to log_f at once
    dtype    of the nodes: a float32 model needs torch.float32; default: float64 where the device has it. The sum is
             float64 in any case, on the CPU where the device has none
    returns  float64 of shape () or (...)

    Raises ValueError for bounds that are not one or two finite intervals low < high, for points < 1 and for numbers
    that are not floating.
    """
    low, high = _intervals(bounds)
    points = check_count(points, "points")
    knots, weights = (torch.from_numpy(array) for array in np.polynomial.legendre.leggauss(points))  # on [-1, 1]
    half = 0.5 * (high - low)  # (D,)
    axes = 0.5 * (low + high) + half * knots.unsqueeze(-1)  # (points, D)
    z = torch.cartesian_prod(*axes.unbind(-1)).reshape(-1, len(low))  # (points^D, D)
    log_weight = torch.cartesian_prod(*[weights.log()] * len(low)).reshape(-1, len(low)).sum(-1) + half.log().sum()

    chunk = check_count(chunk, "chunk")
    nodes = z.to(dtype or (torch.float32 if torch.device(device or "cpu").type in NO_FLOAT64 else torch.float64))
    if not nodes.is_floating_point():
        raise ValueError(f"dtype must be a floating-point one, got {dtype}")
    values = torch.cat([log_f(part) for part in nodes.to(device).split(chunk)])  # (N, ...)
    common_dtype(**{"what log_f returns": values})
    values = (values.cpu() if values.device.type in NO_FLOAT64 else values).double()
    if len(values) != len(z):
        raise ValueError(f"log_f must return one row per node: got {len(values)} rows for {len(z)} nodes")
    log_weight = log_weight.to(values.device).reshape(-1, *[1] * (values.ndim - 1))
    return torch.logsumexp(values + log_weight, 0)


def _intervals(bounds: Any) -> tuple[torch.Tensor, torch.Tensor]:
    box = torch.as_tensor(bounds, dtype=torch.float64)
    box = box.unsqueeze(0) if box.ndim == 1 else box
    if box.ndim != 2 or box.shape[0] not in (1, 2) or box.shape[1] != 2:
        raise ValueError(f"bounds must be (low, high) or two such pairs, got {bounds!r}")
    low, high = box.unbind(-1)
    if not (box.isfinite().all() and (low < high).all()):
        raise ValueError(f"bounds must be finite with low < high, got {bounds!r}")
    return low, high
