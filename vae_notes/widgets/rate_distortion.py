"""What beta buys: the exact rate and distortion of a linear beta-VAE, a digit passed through it, and its samples."""

import math
from typing import Any

import torch
import traitlets

from vae_notes.arguments import check_count, check_images
from vae_notes.plotting import PALETTE
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

SAMPLES = 5


class RateDistortion(Figure):
    """The optimum of E|x - x_hat|^2 / (2 variance) + beta * KL over linear encoders and decoders, beta on a slider.

    images      (N, 1, side, side) in [0, 1]: the data whose mean and covariance the optimum depends on
    shown       (M, 1, side, side), M at most 20: the digits to choose from; labels (M,) names them
    components  latent dimensions, at most the number of pixels
    variance    of each pixel given the code, fixed; 1/2 makes the loss the squared error plus beta * KL

    Along each principal direction with variance l the optimum keeps the distortion min(l, beta * variance) and pays the
    rate 0.5 log(l / (beta * variance)) where that is positive, else it is collapsed: reverse water-filling (Cover and
    Thomas 2006, section 10.3.3), which for beta = 1 is probabilistic PCA with a fixed variance.
    """

    _esm = front_end("decoder", "rate_distortion")

    beta = traitlets.Float(1.0, min=0.1, max=20).tag(sync=True)
    digit = traitlets.Int(0, min=0).tag(sync=True)
    variance = traitlets.Float().tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    lost = traitlets.Float().tag(sync=True)  # squared error outside the latent dimensions
    eigenvalues = traitlets.Bytes().tag(sync=True)  # float32 (components,), largest first
    scores = traitlets.Bytes().tag(sync=True)  # float32 (M, components)
    noise = traitlets.Bytes().tag(sync=True)  # float32 (SAMPLES, components): codes drawn from the prior
    basis = traitlets.Bytes().tag(sync=True)  # float16: mean (X,), directions (components, X)
    images = traitlets.Bytes().tag(sync=True)  # uint8: M * side * side

    def __init__(
        self,
        images: torch.Tensor,
        shown: torch.Tensor,
        labels: Any = None,
        components: int = 64,
        variance: float = 0.5,
        **kwargs: Any,
    ):
        check_images(images)
        self._side = check_pictures(shown, "shown", 1, 20)
        if images.shape[1:] != shown.shape[1:]:
            raise ValueError(f"images must be like shown, {tuple(shown.shape[1:])}, got {tuple(images.shape[1:])}")
        self._pixels = images[0].numel()
        components = check_count(components, "components")
        if components > self._pixels:
            raise ValueError(f"components must be 1 to {self._pixels}, got {components}")
        if not variance > 0:
            raise ValueError(f"variance must be positive, got {variance}")
        pixels = images.flatten(1).double()
        self._mean = pixels.mean(0)  # (X,)
        values, vectors = torch.linalg.eigh((pixels - self._mean).T.cov(correction=0))
        self._values = values.flip(0)[:components]  # (D,)
        self._vectors = vectors.flip(1)[:, :components].T  # (D, X)
        self._scores = (shown.flatten(1).double() - self._mean) @ self._vectors.T  # (M, D)
        self._codes = torch.randn(SAMPLES, components, generator=torch.Generator().manual_seed(0))  # (SAMPLES, D)
        super().__init__(
            noise=pack_float32(self._codes),
            eigenvalues=pack_float32(self._values),
            scores=pack_float32(self._scores),
            basis=pack_float16(self._mean, self._vectors),
            images=pack_images(shown),
            labels=check_labels(labels, shown),
            lost=(values.sum() - self._values.sum()).item(),
            variance=variance,
            **kwargs,
        )

    @traitlets.validate("digit")
    def _check_digit(self, proposal: Any) -> Any:
        return check_index("digit", proposal["value"], self.labels)

    def rate_distortion(self, beta: float) -> tuple[float, float]:
        """Rate in nats and distortion as squared error, both per image, at the optimum for `beta`."""
        level = beta * self.variance
        rate = 0.5 * (self._values / level).log().clamp_min(0).sum().item()
        return rate, self._values.clamp_max(level).sum().item() + self.lost

    def negative_elbo(self, beta: float) -> float:
        """-ELBO in nats per image, unweighted, of the model that is optimal for `beta`."""
        rate, distortion = self.rate_distortion(beta)
        return rate + distortion / (2 * self.variance) + 0.5 * self._pixels * math.log(2 * math.pi * self.variance)

    def reconstruct(self, beta: float, digit: int) -> torch.Tensor:
        """The digit decoded from its mean code, (side, side), not clipped to [0, 1]."""
        kept = (1 - beta * self.variance / self._values).clamp_min(0)
        return (self._mean + (kept * self._scores[digit]) @ self._vectors).reshape(self._side, self._side)

    def sample(self, beta: float) -> torch.Tensor:
        """What the optimal model decodes draws of the prior to, (SAMPLES, side, side), not clipped to [0, 1]."""
        weight = (self._values - beta * self.variance).clamp_min(0).sqrt()  # of each direction, (D,)
        return (self._mean + (weight * self._codes) @ self._vectors).unflatten(1, (self._side, self._side))

    def _draw(self, figure: Any) -> None:
        betas = torch.logspace(-1, 1.3, 200).tolist()
        rates, distortions = zip(*map(self.rate_distortion, betas), strict=True)
        rate, distortion = self.rate_distortion(self.beta)
        left, middle, right = figure.subplots(1, 3, width_ratios=(2, 1, 1))
        left.plot(distortions, rates, color=PALETTE["blue"])
        left.plot([distortion], [rate], "o", color=PALETTE["orange"])
        left.set(xlabel="squared error per image", ylabel="rate (nats)", title=f"beta = {self.beta:g}")
        draw_image(middle, unpack_image(self.images, self.digit, self._side), "the digit", vmax=255)
        draw_image(right, self.reconstruct(self.beta, self.digit).clamp(0, 1).numpy(), "decoded")
