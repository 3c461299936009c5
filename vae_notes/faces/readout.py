"""Reading the factors of a face off any picture of it with the renderer alone: no network takes part.

A reading compares the picture with true drawings of the same face. It can therefore judge what a model has made of the
face without asking that model, or another one, for its opinion.
Axes: B faces, G marks of a ruler, F factors.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F

from vae_notes.faces.factors import FACTORS, draw_rows, find_factor

STEP = 0.02  # of a factor's range, to both sides: the finite difference of `draw_tangent`
SOFTENING = 1 / 64  # of the width: see `soften`


def draw_beyond(factors: torch.Tensor, size: int = 64, oversample: int | None = None) -> torch.Tensor:
    """Like `render_faces`, but factors may leave their ranges: (N, 12) to (N, 1, size, size) in [0, 1].

    oversample   pixels drawn along the side of one pixel; 1 is the quickest, with rougher edges; default: as
                 `render_faces` does, so that the same factors give the same picture

    The rules of the drawing go on a little beyond the ranges; a mouth can smile more broadly than any training face.
    They end somewhere, so look at what comes out.
    """
    return draw_rows(factors, size, oversample)


def soften(images: torch.Tensor) -> torch.Tensor:
    """Blur images (..., size, size) with a Gaussian whose standard deviation is 1/64 of the width.

    Done to both sides of every comparison: a decoder's pictures are softer than the drawings, and to a squared error a
    soft picture resembles the drawing with the least contrast, whatever it shows.
    """
    sigma = SOFTENING * images.shape[-1]
    reach = math.ceil(3 * sigma)
    weights = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=images.dtype) / sigma).square())
    weights /= weights.sum()
    flat = F.pad(images.flatten(0, -3)[:, None], (reach,) * 4, mode="replicate")
    flat = F.conv2d(F.conv2d(flat, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))
    return flat.view_as(images)


class Ruler(NamedTuple):
    """True drawings of B faces with one factor at G marks and all else fixed.

    marks      (G,), evenly spaced and rising
    pictures   (B, G, 1, size, size)
    softened   the same after `soften`
    """

    marks: torch.Tensor
    pictures: torch.Tensor
    softened: torch.Tensor

    def read(self, images: torch.Tensor) -> torch.Tensor:
        """The factor as seen in pictures (B, 1, size, size) of the same B faces: (B,).

        The mark with the smallest squared error, refined by the parabola through it and its two neighbours. Only pixels
        that differ between drawings have a say. A reading at the first or the last mark means "there or beyond".
        """
        if images.shape != self.pictures[:, 0].shape:
            raise ValueError(f"images must have shape {tuple(self.pictures[:, 0].shape)}, got {tuple(images.shape)}")
        error = (self.softened - soften(images)[:, None]).square().flatten(2).sum(2)  # (B, G)
        best = error.argmin(1, keepdim=True)
        inside = best.clamp(1, len(self.marks) - 2)
        left, middle, right = (error.gather(1, inside + k).squeeze(1) for k in (-1, 0, 1))
        offset = 0.5 * (left - right) / (left - 2 * middle + right)
        step = self.marks[1] - self.marks[0]
        refined = self.marks[inside.squeeze(1)] + step * offset
        return torch.where((best == inside).squeeze(1), refined, self.marks[best.squeeze(1)])

    def first(self, faces: int) -> "Ruler":
        """The Ruler of the first so many faces alone."""
        return Ruler(self.marks, self.pictures[:faces], self.softened[:faces])


def draw_ruler(factors: torch.Tensor, name: str, marks: torch.Tensor, size: int = 64) -> Ruler:
    """A Ruler for faces with factors (B, 12): drawings of `size` pixels with factor `name` at marks (G,), G >= 3.

    Marks may lie beyond the factor's range. Raises ValueError for an unknown factor or fewer than three marks.
    """
    column = find_factor(name).column
    marks = torch.as_tensor(marks, dtype=factors.dtype)
    if len(marks) < 3:
        raise ValueError(f"marks must be at least three, got {len(marks)}")
    moved = factors.repeat_interleave(len(marks), 0)
    moved[:, column] = marks.repeat(len(factors))
    pictures = draw_beyond(moved, size).unflatten(0, (len(factors), len(marks)))
    return Ruler(marks, pictures, soften(pictures))


class Tangent(NamedTuple):
    """True drawings of B faces and how each of the F factors changes them, to first order.

    pictures   softened (B, X), X pixels
    slopes     softened (B, F, X): change of the picture per range of the factor, so that degrees and greys compare
    """

    pictures: torch.Tensor
    slopes: torch.Tensor

    def read(self, images: torch.Tensor) -> torch.Tensor:
        """How far all factors seen in pictures (B, 1, size, size) lie from those of the drawings: (B, F).

        Least squares over all pixels, in parts of each factor's range; to first order, so for small differences.
        """
        difference = soften(images).flatten(1) - self.pictures
        return torch.linalg.lstsq(self.slopes.mT, difference[..., None]).solution.squeeze(-1)


def draw_tangent(factors: torch.Tensor, size: int = 64) -> Tangent:
    """A Tangent at faces with factors (B, 12), by central differences: 25 drawings of `size` pixels for each face."""
    spans = torch.tensor([factor.high - factor.low for factor in FACTORS.values()], dtype=factors.dtype)
    moves = STEP * torch.diag(spans)  # (F, F)
    there, back = (draw_beyond((factors[:, None] + sign * moves).flatten(0, 1), size) for sign in (1, -1))
    slopes = soften((there - back) / (2 * STEP)).unflatten(0, (len(factors), len(FACTORS)))
    return Tangent(soften(draw_beyond(factors, size)).flatten(1), slopes.flatten(2))
