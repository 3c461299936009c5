"""Drawn faces with their factors, kept as bytes: what the models of faces are trained on and measured with."""

from typing import NamedTuple

import torch
from tqdm import tqdm

from vae_notes.arguments import check_count
from vae_notes.faces.factors import checked_size, render_faces, sample_face_factors

FACES_AT_ONCE = 100  # drawn between two steps of the progress bar


class FaceSet(NamedTuple):
    """factors: float32 (N, 12), columns as in FACTORS; images: uint8 (N, 1, size, size), 0 black to 255 white."""

    factors: torch.Tensor
    images: torch.Tensor

    @property
    def pixels(self) -> torch.Tensor:
        """The images as float32 in [0, 1], four times as large."""
        return self.images.float() / 255


def draw_faces(n: int, size: int = 64, seed: int = 0, progress: bool = False) -> FaceSet:
    """n faces with random factors, independent and uniform: the same for the same seed. Returns a FaceSet.

    size       pixels along each side
    seed       names the set; the only randomness of the package that is no generator, for cards and chapters say it
    progress   show a bar: 1,000 faces of 256 x 256 pixels take some ten seconds

    Raises ValueError for numbers, sizes and seeds that are none.
    """
    n, size, seed = check_count(n, "n", least=0), checked_size(size), check_count(seed, "seed", least=0)
    factors = sample_face_factors(n, torch.Generator().manual_seed(seed))
    images = torch.empty(n, 1, size, size, dtype=torch.uint8)
    with tqdm(total=n, unit="face", desc="drawing", disable=not progress) as bar:
        for some, target in zip(factors.split(FACES_AT_ONCE), images.split(FACES_AT_ONCE), strict=True):
            target.copy_((render_faces(some, size) * 255).round())
            bar.update(len(some))
    return FaceSet(factors, images)
