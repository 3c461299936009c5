"""A digit decoded from sliders over its code, or from a pad when the code has two numbers."""

import math
from typing import Any

import torch
import traitlets
from torch import nn

from vae_notes.maths.kl import kl_standard_normal
from vae_notes.modules import dtype_of, measuring, place_of
from vae_notes.plotting import PALETTE, tile
from vae_notes.widgets.base import (
    OTHERWISE,
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
    among    (M, 1, side, side), the data (`images` when None): the sliders are sorted by its mean KL of each number,
             and lie over the band of its aggregate posterior, one standard deviation to both sides of the mean

    Traits: `z` the code, `digit` the index of the image whose q(z|x) gives the region its widths, `chosen` the number
    of the code that pictures are drawn along. The region is N(z, diag(exp(logvar(digit)))), and its KL from N(0, I) is
    shown in nats. Raises ValueError for other models and images.
    """

    _picture_size = (6.4, 2.6)

    z = traitlets.List(traitlets.Float()).tag(sync=True)
    digit = traitlets.Int(0, min=0).tag(sync=True)
    chosen = traitlets.Int(0, min=0).tag(sync=True)
    sizes = traitlets.List(traitlets.Int()).tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)  # float16: see pack_decoder
    codes = traitlets.Bytes().tag(sync=True)  # float32: of each image mu (D), then logvar (D)
    images = traitlets.Bytes().tag(sync=True)  # uint8: N * side * side
    prices = traitlets.Bytes().tag(sync=True)  # float32 (D,): mean KL of each number, in nats
    aggregate = traitlets.Bytes().tag(sync=True)  # float32: means (D,), then standard deviations (D,)

    def __init__(
        self,
        model: Any,
        images: torch.Tensor,
        labels: Any = None,
        digit: int = 0,
        among: torch.Tensor | None = None,
        **kwargs: Any,
    ):
        self._side = check_pictures(images, "images", 1, 20)
        sizes = decoder_sizes(model, self._side)
        labels = check_labels(labels, images)
        check_index("digit", digit, labels)
        mu, logvar = codes_of(model, images, variational=True)  # (N, D) each
        self._model, self._mu, self._logvar = model, mu, logvar
        self._prices, self._centre, self._spread = prices_and_spread(model, images if among is None else among)
        # A page gets the controls that this code needs, and not the others.
        controls = ["lens", "latent_pad"] if sizes[0] == 2 else ["strip", "latent_sliders"]
        self._esm = front_end("decoder", *controls, "latent_explorer")
        super().__init__(
            sizes=sizes,
            weights=pack_decoder(model),
            codes=pack_float32(torch.cat([mu, logvar], dim=-1)),
            images=pack_images(images),
            labels=labels,
            digit=digit,
            prices=pack_float32(self._prices),
            aggregate=pack_float32(torch.stack([self._centre, self._spread])),
            **{"z": mu[digit].tolist(), "chosen": int(self._prices.argmax())} | kwargs,
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

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: Any) -> Any:
        chosen, latent_dim = proposal["value"], self._model.latent_dim
        if chosen >= latent_dim:
            raise ValueError(f"chosen must be below {latent_dim}, the numbers of the code, got {chosen}")
        return chosen

    def _draw(self, figure: Any) -> None:
        decoded = self._decode(torch.tensor([self.z]))[0, 0].numpy()
        axes = figure.subplots(1, 3, width_ratios=(1, 1, 2))
        draw_image(axes[0], unpack_image(self.images, self.digit, self._side), "held out", vmax=255)
        draw_image(axes[1], decoded, "decoded")
        if len(self.z) == 2:
            self._draw_plane(axes[2])
            return
        self._draw_numbers(axes[2])

    def _draw_numbers(self, ax: Any) -> None:
        """The code in the order of the sliders, over both bands."""
        order = self._prices.argsort(descending=True)
        place = torch.arange(len(order))
        ax.bar(place, 2 * self._spread[order], 0.9, (self._centre - self._spread)[order], color="#ddd")
        mu, sigma = self._mu[self.digit][order], (0.5 * self._logvar[self.digit][order]).exp()
        ax.bar(place, 2 * sigma, 0.5, mu - sigma, color=PALETTE["amber"])
        ax.plot(place, torch.tensor(self.z)[order], "o", color=PALETTE["blue"], markersize=3)
        ax.set(title="code z, what costs most first", xticks=place, ylim=(-LIMIT, LIMIT))
        ax.set_xticklabels((order + 1).tolist(), fontsize=6)

    def _decode(self, z: torch.Tensor) -> torch.Tensor:
        with measuring(self._model):
            return self._model.decode(z.to(place_of(self._model), dtype_of(self._model, z))).cpu().float()

    def _draw_plane(self, ax: Any) -> None:
        centres = torch.linspace(-LIMIT, LIMIT, 2 * TILES + 1)[1::2]  # of the tiles, as in the front end
        y, x = torch.meshgrid(centres.flip(0), centres, indexing="ij")
        plane = tile(self._decode(torch.stack([x, y], dim=-1)).flatten(0, 1), TILES)
        ax.imshow(plane.numpy(), cmap="gray", vmin=0, vmax=1, extent=(-LIMIT, LIMIT, -LIMIT, LIMIT))
        angle = torch.linspace(0, 2 * math.pi, 181)
        ax.plot(2 * angle.cos(), 2 * angle.sin(), "--", color="white", linewidth=0.8)
        ax.plot(*self.z, "o", color=PALETTE["amber"])
        ax.grid(False)
        ax.set(title="the plane of codes", xlabel="z1", ylabel="z2")


def decoder_sizes(model: Any, side: int) -> list[int]:
    """Latent, hidden and output width of the decoder Linear, ReLU, Linear for grey pictures of side * side pixels.

    Raises ValueError for another decoder: a page computes this one with a sigmoid after it, and no other.
    """
    first, second = linear_pair(model, "decoder")
    with measuring(model):
        z = torch.linspace(-1, 1, first.in_features).to(place_of(model), dtype_of(model, second.weight))[None]
        same = torch.allclose(model.decode(z).flatten(), model.decoder(z).sigmoid().flatten(), atol=1e-3)
    if not same:
        raise ValueError(f"model.decode must be the sigmoid of model.decoder, as a page computes it; {OTHERWISE}")
    if second.out_features != side**2:
        raise ValueError(f"model must decode {side} x {side} pixels as images have, it gives {second.out_features}")
    return [first.in_features, first.out_features, second.out_features]


def linear_pair(model: Any, name: str) -> tuple[nn.Linear, nn.Linear]:
    """The two layers of `model.encoder` or `model.decoder`, which must be Linear, ReLU, Linear; else ValueError."""
    network = getattr(model, name, None)
    layers: list[Any] = list(network) if isinstance(network, nn.Sequential) else []
    if [type(layer) for layer in layers] != [nn.Linear, nn.ReLU, nn.Linear] or any(
        layers[i].bias is None for i in (0, 2)
    ):
        alone = "none" if network is None else type(network).__name__
        kinds = ", ".join(type(layer).__name__ for layer in layers) or alone
        raise ValueError(
            f"model.{name} must be Linear, ReLU, Linear with biases, as of VariationalAutoencoder and Autoencoder, for "
            f"a page computes no other; {type(model).__name__} has {kinds}; {OTHERWISE}"
        )
    return layers[0], layers[2]


def codes_of(model: Any, images: torch.Tensor, variational: bool) -> Any:
    """(mu, logvar) of images for a variational autoencoder, codes for another one; ValueError for the other kind."""
    with measuring(model):
        codes = model.encode(images.to(dtype_of(model, images)))
    if isinstance(codes, tuple) != variational:
        wanted = "a variational autoencoder" if variational else "an autoencoder that is not variational"
        raise ValueError(f"model must be {wanted}, got {type(model).__name__}")
    return codes


def prices_and_spread(model: Any, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Of each number of the code, over `images`: mean KL from the prior in nats, mean and standard deviation of the
    aggregate posterior; float32 (D,) each, on the CPU.
    """
    mu, logvar = (part.cpu().float() for part in codes_of(model, images, variational=True))  # (M, D) each
    kl = kl_standard_normal(mu[..., None], logvar[..., None])  # (M, D), one number at a time
    spread = (logvar.exp().mean(0) + mu.var(0, correction=0)).sqrt()
    return kl.mean(0), mu.mean(0), spread


def pack_decoder(model: Any) -> bytes:
    """The decoder's weights as float16: (H, D), (H,), then the outer matrix hidden unit first (H, X), and (X,)."""
    inner, _, outer = model.decoder
    return pack_float16(inner.weight, inner.bias, outer.weight.T.contiguous(), outer.bias)
