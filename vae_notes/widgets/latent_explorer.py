"""A digit decoded from sliders over its code, or from a pad when the code has two numbers."""

import math

import torch
import traitlets

from vae_notes.data import check_images
from vae_notes.plotting import PALETTE, tile
from vae_notes.widgets.base import (
    Figure,
    check_index,
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

    model    a VariationalAutoencoder: its decoder and the codes of `images` are sent to the page
    images   (N, 1, 28, 28) in [0, 1], N at most 20: the digits to start from; labels (N,) names them

    Traits: `z` the code, `digit` the index of the image whose q(z|x) gives the region its widths. The region is
    N(z, diag(exp(logvar(digit)))), and its KL from N(0, I) is shown in nats.
    """

    _esm = front_end("decoder", "latent_explorer")
    _picture_size = (6.4, 2.6)

    z = traitlets.List(traitlets.Float()).tag(sync=True)
    digit = traitlets.Int(0, min=0).tag(sync=True)
    sizes = traitlets.List(traitlets.Int()).tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)  # float16: see pack_decoder
    codes = traitlets.Bytes().tag(sync=True)  # float32: of each image mu (D), then logvar (D)
    images = traitlets.Bytes().tag(sync=True)  # uint8: N * 784

    def __init__(self, model, images, labels=None, digit=0, **kwargs):
        check_images(images)
        if len(images) > 20:
            raise ValueError(f"images must be at most 20, one button each, got {len(images)}")
        labels = range(len(images)) if labels is None else [int(label) for label in labels]
        with torch.no_grad():
            mu, logvar = model.encode(images)  # (N, D) each
        self._model = model
        super().__init__(
            sizes=decoder_sizes(model),
            weights=pack_decoder(model),
            codes=pack_float32(torch.cat([mu, logvar], dim=-1)),
            images=pack_images(images),
            labels=list(labels),
            digit=digit,
            z=mu[digit].tolist(),
            **kwargs,
        )

    @traitlets.validate("z")
    def _check_z(self, proposal):
        z, latent_dim = proposal["value"], self._model.latent_dim
        if len(z) != latent_dim or not all(map(math.isfinite, z)):
            raise ValueError(f"z must be {latent_dim} finite numbers, got {z}")
        return z

    @traitlets.validate("digit")
    def _check_digit(self, proposal):
        return check_index("digit", proposal["value"], self.labels)

    def _draw(self, figure):
        with torch.no_grad():
            decoded = self._model.decode(torch.tensor([self.z]))[0, 0].cpu().numpy()
        axes = figure.subplots(1, 3, width_ratios=(1, 1, 2))
        draw_image(axes[0], unpack_image(self.images, self.digit), "held out", vmax=255)
        draw_image(axes[1], decoded, "decoded")
        if len(self.z) == 2:
            self._draw_plane(axes[2])
            return
        axes[2].bar(range(1, len(self.z) + 1), self.z, color=PALETTE["blue"])
        axes[2].set(title="code z", xlabel="coordinate")

    def _draw_plane(self, ax):
        centres = torch.linspace(-LIMIT, LIMIT, 2 * TILES + 1)[1::2]  # of the tiles, as in the front end
        y, x = torch.meshgrid(centres.flip(0), centres, indexing="ij")
        with torch.no_grad():
            plane = tile(self._model.decode(torch.stack([x, y], dim=-1)).flatten(0, 1), TILES)
        ax.imshow(plane.numpy(), cmap="gray", vmin=0, vmax=1, extent=(-LIMIT, LIMIT, -LIMIT, LIMIT))
        ax.plot(*self.z, "o", color=PALETTE["amber"])
        ax.grid(False)
        ax.set(title="the plane of codes", xlabel="z1", ylabel="z2")


def decoder_sizes(model):
    """Latent, hidden and output width of the decoder Linear, ReLU, Linear; ValueError for another one."""
    layers = list(model.decoder)
    if [type(layer).__name__ for layer in layers] != ["Linear", "ReLU", "Linear"]:
        raise ValueError(f"model.decoder must be Linear, ReLU, Linear, got {model.decoder}")
    return [layers[0].in_features, layers[0].out_features, layers[2].out_features]


def pack_decoder(model):
    """The decoder's weights as float16: (H, D), (H,), then the outer matrix hidden unit first (H, X), and (X,)."""
    inner, _, outer = model.decoder
    return pack_float16(inner.weight, inner.bias, outer.weight.T.contiguous(), outer.bias)
