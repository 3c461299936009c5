"""Drawn faces with known factors: as many as you like, at any size, from twelve numbers each."""

import math
import numbers
from typing import NamedTuple

import torch

from vae_notes.arguments import check_count, check_generator, did_you_mean
from vae_notes.faces.renderer import draw

SIZES = range(32, 257)
FINE = 128  # smaller pictures are drawn with at least this many pixels and averaged
CHUNK_PIXELS = 2**17  # drawn at once: small enough for the processor's cache, and memory stays low for any N


class Factor(NamedTuple):
    """One column of the factors: its index, the range it may take, and what its two ends look like."""

    column: int
    low: float
    high: float
    meaning: str


_RANGES = {
    "smile": (-1.0, 1.0, "frown to smile"),
    "yaw": (-25.0, 25.0, "head turned to the viewer's left to right, degrees"),
    "pitch": (-15.0, 15.0, "head bent down to up, degrees"),
    "eye_opening": (0.0, 1.0, "closed to wide open"),
    "gaze": (-1.0, 1.0, "looking to the viewer's left to right"),
    "brow": (-1.0, 1.0, "drawn down to raised"),
    "mouth_opening": (0.0, 1.0, "closed to open"),
    "face_width": (-1.0, 1.0, "narrow to wide"),
    "skin": (0.0, 1.0, "dark to light"),
    "hair": (0.0, 1.0, "dark to light"),
    "hair_length": (0.0, 1.0, "cropped to shoulder-long"),
    "lighting": (-1.0, 1.0, "lamp at the viewer's left to right"),
}
FACTORS = {name: Factor(column, *entry) for column, (name, entry) in enumerate(_RANGES.items())}


def face_factors(n: int = 1, **values: torch.Tensor | float) -> torch.Tensor:
    """n rows of factors (n, 12), every factor in the middle of its range except those given by name.

    values   a number or a tensor (n,): `face_factors(7, smile=torch.linspace(-1, 1, 7))` is a face that starts to smile

    Raises ValueError for an unknown factor.
    """
    n = check_count(n, "n", least=0)
    columns = torch.tensor([(f.low + f.high) / 2 for f in FACTORS.values()]).repeat(n, 1)
    for name, value in values.items():
        columns[:, find_factor(name).column] = torch.as_tensor(value, dtype=columns.dtype)
    return columns


def sample_face_factors(
    n: int, generator: torch.Generator | None = None, **ranges: tuple[float, float]
) -> torch.Tensor:
    """Factors (n, 12) of n random faces, float32: independent and uniform over their ranges.

    generator   source of the draws; the factors are born on its device
    ranges      `smile=(-1, 0)` draws that factor from a part of its range, the others from all of theirs

    Raises ValueError for an unknown factor or a part that leaves its range.
    """
    spans = {name: (f.low, f.high) for name, f in FACTORS.items()}
    for name, (low, high) in ranges.items():
        factor = find_factor(name)
        if not factor.low <= low <= high <= factor.high:
            inside = f"[{factor.low:g}, {factor.high:g}]"
            raise ValueError(f"{name} must be drawn from within {inside}, got ({low:g}, {high:g})")
        spans[name] = (low, high)
    n = check_count(n, "n", least=0)
    check_generator(generator)
    device = None if generator is None else generator.device
    low, high = torch.tensor(list(spans.values()), device=device, dtype=torch.float32).T
    # Of stated precision: under another default dtype the same seed would draw other faces.
    return low + (high - low) * torch.rand(n, len(spans), generator=generator, device=device, dtype=torch.float32)


def sample_correlated_face_factors(
    n: int,
    correlation: float = 0.7,
    generator: torch.Generator | None = None,
    pair: tuple[str, str] = ("smile", "yaw"),
) -> torch.Tensor:
    """Like `sample_face_factors`, but two factors, expression and pose by default, are correlated.

    n             faces
    correlation   of the two factors in the population, in [-1, 1]; each of them alone is still uniform
    generator     source of the draws
    pair          names of the two factors

    Two normals with correlation rho, put through the normal distribution function, are uniforms with correlation
    (6/pi) asin(rho/2) (Pearson 1907, "On further methods of determining correlation"). Raises ValueError for a
    correlation outside [-1, 1] or an unknown factor.
    """
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation must lie within [-1, 1], got {correlation}")
    factors = sample_face_factors(n, generator)
    rho = 2 * math.sin(math.pi * correlation / 6)
    first, other = torch.randn(2, n, generator=generator, device=factors.device, dtype=torch.float32)
    second = rho * first + math.sqrt(max(0.0, 1 - rho * rho)) * other
    for name, normal in zip(pair, (first, second), strict=True):
        factor = find_factor(name)
        factors[:, factor.column] = factor.low + (factor.high - factor.low) * torch.special.ndtr(normal)
    return factors


def render_faces(factors: torch.Tensor, size: int = 64) -> torch.Tensor:
    """Draw faces: factors (N, 12), columns as in FACTORS, to grey images (N, 1, size, size) in [0, 1].

    size   pixels along each side, 32 to 256

    The same factors give the same drawing at every size; device and dtype follow `factors`; no gradient passes. Raises
    ValueError for a wrong shape, an integer tensor, NaN, a factor outside its range or a size that is not offered.
    """
    size = checked_size(size)
    _check(factors)
    return draw_rows(factors, size)


def draw_rows(factors: torch.Tensor, size: int, oversample: int | None = None) -> torch.Tensor:
    """What `render_faces` draws, without a look at the ranges: (N, 12) to (N, 1, size, size) in the factors' dtype.

    oversample   pixels drawn along the side of one pixel; default: enough for 128 along the picture, for details are
                 finer than that, and sizes should agree
    """
    oversample = oversample or max(1, math.ceil(FINE / size))
    exact = factors.detach().to(torch.float32 if factors.dtype.itemsize < 4 else factors.dtype)
    chunks = exact.split(max(1, CHUNK_PIXELS // (size * oversample) ** 2))
    images = torch.empty(len(factors), 1, size, size, dtype=factors.dtype, device=factors.device)
    for chunk, target in zip(chunks, images.split(len(chunks[0]) or 1), strict=True):
        drawn = draw(dict(zip(FACTORS, chunk.T, strict=True)), size * oversample)
        target.copy_(torch.nn.functional.avg_pool2d(drawn, oversample))
    return images


def checked_size(size: int) -> int:
    """`size` as Python's int; ValueError for one that is not offered."""
    if not isinstance(size, numbers.Integral) or size not in SIZES:
        raise ValueError(f"size must be a whole number from {SIZES[0]} to {SIZES[-1]}, got {size!r}")
    return int(size)


def _check(factors: torch.Tensor) -> None:
    if not torch.is_tensor(factors) or not factors.is_floating_point():
        kind = getattr(factors, "dtype", type(factors).__name__)
        raise ValueError(f"factors must be a floating-point tensor, got {kind}")
    if factors.ndim != 2 or factors.shape[1] != len(FACTORS):
        shape = tuple(factors.shape)
        raise ValueError(f"factors must have shape (N, {len(FACTORS)}), one column per entry of FACTORS, got {shape}")
    for name, factor in FACTORS.items():
        values = factors[:, factor.column]
        outside = ~((values >= factor.low) & (values <= factor.high))  # written so that NaN fails too
        if outside.any():
            row = int(outside.nonzero()[0])
            where = f"got {values[row]:g} in row {row}"
            raise ValueError(f"{name} must lie within [{factor.low:g}, {factor.high:g}], {where}")


def find_factor(name: str) -> Factor:
    """The Factor of that name; ValueError, with the nearest name, when there is none."""
    if name not in FACTORS:
        raise ValueError(f"there is no factor {name!r}{did_you_mean(name, FACTORS)}; FACTORS has {', '.join(FACTORS)}")
    return FACTORS[name]
