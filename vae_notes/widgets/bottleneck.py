"""A digit squeezed through a few numbers, by principal components and by an autoencoder, with noise on the input."""

from collections.abc import Sequence
from typing import Any

import torch
import traitlets

from vae_notes.widgets.base import (
    OTHERWISE,
    Figure,
    check_index,
    check_labels,
    check_pictures,
    draw_image,
    front_end,
    pack_float16,
    pack_images,
    unpack_image,
)
from vae_notes.widgets.latent_explorer import codes_of, decoder_sizes, linear_pair, pack_decoder

SIDE = 28
NOISE_SEED = 0


class Bottleneck(Figure):
    """The input, and what principal components and an autoencoder make of it through the first `numbers` of a code.

    model    an Autoencoder whose code may be cut short: trained with all but its first numbers set to zero
    images   (N, 1, 28, 28) in [0, 1]: the data that the principal components are fitted on
    shown    (M, 1, 28, 28), M at most 20: the digits to choose from; labels (M,) names them
    choices  how many numbers can be kept; the largest may not exceed the model's code

    Traits: `digit` the index of an image of `shown`, `noise` the standard deviation of what is added to every pixel,
    `numbers` one of `choices`. Errors are mean squared errors per pixel against the digit without noise; what leaves
    [0, 1] is cut off in all three pictures. In the page a reader may also draw into the input: that makes `sheet` (see
    js/pen.js), which Python keeps and does not read.
    """

    _esm = front_end("decoder", "pen", "bottleneck")
    _picture_size = (6.4, 2.6)

    digit = traitlets.Int(0, min=0).tag(sync=True)
    sheet = traitlets.Unicode("").tag(sync=True)
    noise = traitlets.Float(0.0, min=0, max=1).tag(sync=True)
    numbers = traitlets.Int(8).tag(sync=True)
    choices = traitlets.List(traitlets.Int()).tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    sizes = traitlets.List(traitlets.Int()).tag(sync=True)  # of the model: latent, hidden, pixels
    encoder = traitlets.Bytes().tag(sync=True)  # float16: (H, X), (H,), (D, H), (D,)
    decoder = traitlets.Bytes().tag(sync=True)  # float16: see pack_decoder
    components = traitlets.Bytes().tag(sync=True)  # float16: mean (X,), then directions (D, X)
    pattern = traitlets.Bytes().tag(sync=True)  # float16 (X,): the noise where its standard deviation is 1
    images = traitlets.Bytes().tag(sync=True)  # uint8: M * 784

    def __init__(
        self,
        model: Any,
        images: torch.Tensor,
        shown: torch.Tensor,
        labels: Sequence[int] | None = None,
        choices: Sequence[int] = (2, 4, 8, 16, 32),
        **kwargs: Any,
    ) -> None:
        check_pictures(images, "images", 2)
        check_pictures(shown, "shown", 1, 20)
        sizes = decoder_sizes(model, SIDE)
        codes = codes_of(model, shown, variational=False)
        if not choices or min(choices) < 1 or max(choices) > sizes[0]:
            raise ValueError(f"choices must be from 1 to {sizes[0]}, the numbers of the code, got {list(choices)}")
        first, second = linear_pair(model, "encoder")
        with torch.no_grad():
            if not torch.allclose(codes, model.encoder(shown.flatten(1).to(codes.dtype)), atol=1e-3):
                raise ValueError(f"model.encode must be model.encoder alone, as a page computes it; {OTHERWISE}")
        pixels = images.flatten(1).double()
        vectors = torch.linalg.eigh(pixels.T.cov()).eigenvectors.flip(1)
        self._model, self._mean, self._directions = model, pixels.mean(0), vectors[:, : max(choices)].T
        self._pattern = torch.randn(SIDE * SIDE, generator=torch.Generator().manual_seed(NOISE_SEED)).half().float()
        super().__init__(
            choices=list(choices),
            labels=check_labels(labels, shown),
            sizes=sizes,
            encoder=pack_float16(first.weight, first.bias, second.weight, second.bias),
            decoder=pack_decoder(model),
            components=pack_float16(self._mean, self._directions),
            pattern=pack_float16(self._pattern),
            images=pack_images(shown),
            **kwargs,
        )

    @traitlets.validate("digit")
    def _check_digit(self, proposal: Any) -> int:
        return check_index("digit", proposal["value"], self.labels)

    @traitlets.validate("numbers")
    def _check_numbers(self, proposal: Any) -> int:
        if proposal["value"] not in self.choices:
            raise ValueError(f"numbers must be one of {self.choices}, got {proposal['value']}")
        return proposal["value"]

    def pictures(self) -> torch.Tensor:
        """The input, PCA's reconstruction and the autoencoder's, (3, 28, 28) in [0, 1]."""
        x = self._clean() + self.noise * self._pattern
        kept = self._directions[: self.numbers]
        pca = self._mean + (x.double() - self._mean) @ kept.T @ kept
        with torch.no_grad():
            z = self._model.encoder(x)
            z[self.numbers :] = 0
            network = self._model.decode(z).flatten()
        return torch.stack([x, pca.float(), network]).clamp(0, 1).view(3, SIDE, SIDE)

    def errors(self) -> torch.Tensor:
        """Mean squared error per pixel of the three `pictures` against the digit without noise: (3,)."""
        return (self.pictures().flatten(1) - self._clean()).square().mean(1)

    def _clean(self) -> torch.Tensor:
        return torch.from_numpy(unpack_image(self.images, self.digit, SIDE).copy()).flatten() / 255

    def _draw(self, figure: Any) -> None:
        names = ("input", f"PCA, {self.numbers} numbers", f"autoencoder, {self.numbers} numbers")
        panels = zip(figure.subplots(1, 3), self.pictures().numpy(), names, self.errors().tolist(), strict=True)
        for ax, image, name, error in panels:
            draw_image(ax, image, name)
            ax.set_xlabel(f"error {error:.4f}")
