"""A digit decoded from sliders over its code, or from a pad when the code has two numbers."""

import math
from typing import Any

import torch
import traitlets
from torch import nn

from vae_notes.modules import dtype_of, measuring, place_of
from vae_notes.plotting import PALETTE, tile
from vae_notes.widgets.base import (
    Figure,
    check_index,
    check_labels,
    check_pictures,
    draw_image,
    front_end,
    pack_float16,
    pack_float32,
    pack_images,
    unpack_image,
)

LIMIT, TILES = 4, 15  # of the pad: half its width in units of z, and tiles along a side


class LatentExplorer(Figure):
    """Decode z while it moves; start from a held-out digit's mean code, from zero or from a draw of the prior.

    model    a VariationalAutoencoder of grey square images: its decoder (Linear, ReLU, Linear, for a page computes no
             other) and the codes of `images` are sent to the page
    images   (N, 1, side, side) in [0, 1], N at most 20: the digits to start from; labels (N,) names them

    Traits: `z` the code, `digit` the index of the image whose q(z|x) gives the region its widths. The region is
    N(z, diag(exp(logvar(digit)))), and its KL from N(0, I) is shown in nats. Raises ValueError for other
    models and images.
    """

    _esm = front_end("decoder", "latent_explorer")
    _picture_size = (6.4, 2.6)

    z = traitlets.List(traitlets.Float()).tag(sync=True)
    digit = traitlets.Int(0, min=0).tag(sync=True)
    sizes = traitlets.List(traitlets.Int()).tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)  # float16: see pack_decoder
    codes = traitlets.Bytes().tag(sync=True)  # float32: of each image mu (D), then logvar (D)
    images = traitlets.Bytes().tag(sync=True)  # uint8: N * side * side

    def __init__(self, model: Any, images: torch.Tensor, labels: Any = None, digit: int = 0, **kwargs: Any):
        self._side = check_pictures(images, "images", 1, 20)
        sizes = decoder_sizes(model, self._side)
        labels = check_labels(labels, images)
        check_index("digit", digit, labels)
        mu, logvar = codes_of(model, images, variational=True)  # (N, D) each
        self._model = model
        super().__init__(
            sizes=sizes,
            weights=pack_decoder(model),
            codes=pack_float32(torch.cat([mu, logvar], dim=-1)),
            images=pack_images(images),
            labels=labels,
            digit=digit,
            z=mu[digit].tolist(),
            **kwargs,
        )

    @traitlets.validate("z")
    def _check_z(self, proposal: Any) -> Any:
        z, latent_dim = proposal["value"], self._model.latent_dim
        if len(z) != latent_dim or not all(map(math.isfinite, z)):
            raise ValueError(f"z must be {latent_dim} finite numbers, got {z}")
        return z

    @traitlets.validate("digit")
    def _check_digit(self, proposal: Any) -> Any:
        return check_index("digit", proposal["value"], self.labels)

    def _draw(self, figure: Any) -> None:
        decoded = self._decode(torch.tensor([self.z]))[0, 0].numpy()
        axes = figure.subplots(1, 3, width_ratios=(1, 1, 2))
        draw_image(axes[0], unpack_image(self.images, self.digit, self._side), "held out", vmax=255)
        draw_image(axes[1], decoded, "decoded")
        if len(self.z) == 2:
            self._draw_plane(axes[2])
            return
        axes[2].bar(range(1, len(self.z) + 1), self.z, color=PALETTE["blue"])
        axes[2].set(title="code z", xlabel="coordinate")

    def _decode(self, z: torch.Tensor) -> torch.Tensor:
        with measuring(self._model):
            return self._model.decode(z.to(place_of(self._model), dtype_of(self._model, z))).cpu().float()

    def _draw_plane(self, ax: Any) -> None:
        centres = torch.linspace(-LIMIT, LIMIT, 2 * TILES + 1)[1::2]  # of the tiles, as in the front end
        y, x = torch.meshgrid(centres.flip(0), centres, indexing="ij")
        plane = tile(self._decode(torch.stack([x, y], dim=-1)).flatten(0, 1), TILES)
        ax.imshow(plane.numpy(), cmap="gray", vmin=0, vmax=1, extent=(-LIMIT, LIMIT, -LIMIT, LIMIT))
        ax.plot(*self.z, "o", color=PALETTE["amber"])
        ax.grid(False)
        ax.set(title="the plane of codes", xlabel="z1", ylabel="z2")


def decoder_sizes(model: Any, side: int) -> list[int]:
    """Latent, hidden and output width of the decoder Linear, ReLU, Linear for grey pictures of side * side pixels.

    Raises ValueError for another decoder: a page computes this one, and no other.
    """
    decoder = getattr(model, "decoder", None)
    layers: list[Any] = list(decoder) if isinstance(decoder, nn.Sequential) else []
    if [type(layer) for layer in layers] != [nn.Linear, nn.ReLU, nn.Linear] or any(
        layers[i].bias is None for i in (0, 2)
    ):
        kind = type(decoder).__name__ if decoder is not None and not layers else decoder
        raise ValueError(
            "model.decoder must be Linear, ReLU, Linear with biases, as of VariationalAutoencoder and Autoencoder, for "
            f"a page computes no other; {type(model).__name__} has {kind}"
        )
    if layers[2].out_features != side**2:
        raise ValueError(f"model must decode {side} x {side} pixels as images have, it gives {layers[2].out_features}")
    return [layers[0].in_features, layers[0].out_features, layers[2].out_features]


def codes_of(model: Any, images: torch.Tensor, variational: bool) -> Any:
    """(mu, logvar) of images for a variational autoencoder, codes for another one; ValueError for the other kind."""
    with measuring(model):
        codes = model.encode(images.to(dtype_of(model, images)))
    if isinstance(codes, tuple) != variational:
        wanted = "a variational autoencoder" if variational else "an autoencoder that is not variational"
        raise ValueError(f"model must be {wanted}, got {type(model).__name__}")
    return codes


def pack_decoder(model: Any) -> bytes:
    """The decoder's weights as float16: (H, D), (H,), then the outer matrix hidden unit first (H, X), and (X,)."""
    inner, _, outer = model.decoder
    return pack_float16(inner.weight, inner.bias, outer.weight.T.contiguous(), outer.bias)
