"""The same walk between two digits in the codes of an autoencoder and of a VAE, and through a blend of pixels."""

from collections.abc import Iterator
from typing import Any

import torch
import traitlets

from vae_notes.widgets.base import (
    Figure,
    check_index,
    check_labels,
    check_pictures,
    draw_image,
    fixed16,
    front_end,
    pack_fixed16,
    pack_float32,
    pack_images,
    unpack_image,
)
from vae_notes.widgets.latent_explorer import codes_of, decoder_sizes

GREY_LEVELS = 0.4  # largest difference that the shorter outer layer may make, in grey levels of 255


class LatentWalk(Figure):
    """Straight lines between the codes of two digits, decoded side by side.

    autoencoder, vae   models whose decoder is Linear, ReLU, Linear; of the VAE the mean code is used
    images             (N, 1, side, side) in [0, 1], N from 2 to 6; labels (N,) names them

    Traits: `start` and `end` the indices of two images, `t` in [0, 1] the place between them, `playing` whether it goes
    to and fro by itself. Two whole decoders would be 1 MB, so a page gets of each outer layer only the directions that
    these walks use, to within 0.4 grey levels.
    """

    _esm = front_end("decoder", "strip", "walk")
    _picture_size = (6.4, 2.4)

    t = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    start = traitlets.Int(0, min=0).tag(sync=True)
    end = traitlets.Int(1, min=0).tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    images = traitlets.Bytes().tag(sync=True)  # uint8: N * side * side
    sizes: traitlets.List = traitlets.List().tag(sync=True)  # of each model: latent, hidden, rank, pixels
    weights = traitlets.List(traitlets.Bytes()).tag(sync=True)  # of each model: see shorten_decoder
    codes = traitlets.List(traitlets.Bytes()).tag(sync=True)  # of each model, float32 (N, latent)

    def __init__(self, autoencoder: Any, vae: Any, images: torch.Tensor, labels: Any = None, **kwargs: Any):
        self._side = check_pictures(images, "images", 2, 6)
        for model in (autoencoder, vae):
            decoder_sizes(model, self._side)
        self._models = autoencoder, vae
        self._codes = codes_of(autoencoder, images, variational=False), codes_of(vae, images, variational=True)[0]
        with torch.no_grad():
            short = [shorten_decoder(m, z) for m, z in zip(self._models, self._codes, strict=True)]
        super().__init__(
            images=pack_images(images),
            labels=check_labels(labels, images),
            sizes=[sizes for sizes, _ in short],
            weights=[weights for _, weights in short],
            codes=[pack_float32(z) for z in self._codes],
            **kwargs,
        )

    @traitlets.validate("start", "end")
    def _check_ends(self, proposal: Any) -> Any:
        return check_index(proposal["trait"].name, proposal["value"], self.labels)

    def decode(self) -> torch.Tensor:
        """The pictures at `t`: autoencoder, VAE, blended pixels, (3, side, side)."""
        with torch.no_grad():
            walked = [m.decode(torch.lerp(z[self.start], z[self.end], self.t)) for m, z in self._pairs()]
        ends = [torch.from_numpy(unpack_image(self.images, i, self._side).copy()) / 255 for i in (self.start, self.end)]
        return torch.stack([*(image[0].cpu() for image in walked), torch.lerp(ends[0], ends[1], self.t)])

    def _pairs(self) -> Iterator[tuple[Any, torch.Tensor]]:
        return zip(self._models, self._codes, strict=True)

    def _draw(self, figure: Any) -> None:
        names = ("autoencoder", "VAE", "pixels")
        for ax, image, name in zip(figure.subplots(1, 3), self.decode().numpy(), names, strict=True):
            draw_image(ax, image, name)


def shorten_decoder(model: Any, codes: torch.Tensor) -> tuple[list[int], bytes]:
    """The decoder with its outer layer cut to the rank that walks between `codes` (N, D) need: (sizes, bytes).

    The logits along all walks span few directions, so W_outer = up^T down with few rows loses next to nothing. The
    directions are singular vectors of the logits, each pixel weighted by the slope of its sigmoid, because a saturated
    pixel may err. Order: inner weights (H, D) and bias (H,), down (R, H), up (R, X), bias (X,); see `pack_fixed16`.
    """
    inner, _, outer = model.decoder
    latent, hidden, pixels = inner.in_features, inner.out_features, outer.out_features
    t = torch.linspace(0, 1, 65, device=codes.device)[:, None]
    pairs = torch.combinations(torch.arange(len(codes)))
    walks = torch.cat([torch.lerp(codes[i], codes[j], t) for i, j in pairs])  # (S, D)
    logits = torch.relu(inner(walks)) @ outer.weight.T  # (S, X)
    exact = torch.sigmoid(logits + outer.bias)
    slope = (4 * exact * (1 - exact)).amax(0).clamp_min(0.03)  # (X,), 1 where a pixel turns grey
    directions = torch.linalg.svd(logits * slope, full_matrices=False).Vh  # (min(S, X), X)
    units = torch.relu(walks @ _rounded(inner.weight).T + inner.bias)  # (S, H), as the page will compute them
    for rank in range(16, len(directions) + 16, 16):
        down, up = (directions[:rank] * slope) @ outer.weight, directions[:rank] / slope
        short = torch.sigmoid(units @ _rounded(down).T @ _rounded(up) + outer.bias)
        if 255 * (short - exact).abs().max() < GREY_LEVELS:
            packed = pack_fixed16(inner.weight), pack_float32(inner.bias), pack_fixed16(down), pack_fixed16(up)
            return [latent, hidden, len(up), pixels], b"".join(packed) + pack_float32(outer.bias)
    raise ValueError(f"16-bit numbers cannot hold this decoder to within {GREY_LEVELS} grey levels")


def _rounded(matrix: torch.Tensor) -> torch.Tensor:
    whole, step = fixed16(matrix)
    return whole * step
