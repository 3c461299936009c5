"""What beta buys: the exact rate and distortion of a linear beta-VAE, and a digit passed through it."""

import math

import torch
import traitlets

from vae_notes.data import check_images
from vae_notes.plotting import PALETTE
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


class RateDistortion(Figure):
    """The optimum of E|x - x_hat|^2 / (2 variance) + beta * KL over linear encoders and decoders, beta on a slider.

    images      (N, 1, 28, 28) in [0, 1]: the data whose mean and covariance the optimum depends on
    shown       (M, 1, 28, 28), M at most 20: the digits to choose from; labels (M,) names them
    components  latent dimensions, at most 784
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
    basis = traitlets.Bytes().tag(sync=True)  # float16: mean (784,), directions (components, 784)
    images = traitlets.Bytes().tag(sync=True)  # uint8: M * 784

    def __init__(self, images, shown, labels=None, components=64, variance=0.5, **kwargs):
        check_images(images)
        check_images(shown, "shown")
        if not 0 < components <= 784:
            raise ValueError(f"components must be 1 to 784, got {components}")
        if not variance > 0:
            raise ValueError(f"variance must be positive, got {variance}")
        pixels = images.flatten(1).double()
        self._mean = pixels.mean(0)  # (X,)
        values, vectors = torch.linalg.eigh((pixels - self._mean).T.cov(correction=0))
        self._values = values.flip(0)[:components]  # (D,)
        self._vectors = vectors.flip(1)[:, :components].T  # (D, X)
        self._scores = (shown.flatten(1).double() - self._mean) @ self._vectors.T  # (M, D)
        super().__init__(
            eigenvalues=pack_float32(self._values),
            scores=pack_float32(self._scores),
            basis=pack_float16(self._mean, self._vectors),
            images=pack_images(shown),
            labels=list(range(len(shown))) if labels is None else [int(label) for label in labels],
            lost=(values.sum() - self._values.sum()).item(),
            variance=variance,
            **kwargs,
        )

    @traitlets.validate("digit")
    def _check_digit(self, proposal):
        return check_index("digit", proposal["value"], self.labels)

    def rate_distortion(self, beta):
        """Rate in nats and distortion as squared error, both per image, at the optimum for `beta`."""
        level = beta * self.variance
        rate = 0.5 * (self._values / level).log().clamp_min(0).sum().item()
        return rate, self._values.clamp_max(level).sum().item() + self.lost

    def negative_elbo(self, beta):
        """-ELBO in nats per image, unweighted, of the model that is optimal for `beta`."""
        rate, distortion = self.rate_distortion(beta)
        return rate + distortion / (2 * self.variance) + 392 * math.log(2 * math.pi * self.variance)

    def reconstruct(self, beta, digit):
        """The digit decoded from its mean code, (28, 28), not clipped to [0, 1]."""
        kept = (1 - beta * self.variance / self._values).clamp_min(0)
        return (self._mean + (kept * self._scores[digit]) @ self._vectors).reshape(28, 28)

    def _draw(self, figure):
        betas = torch.logspace(-1, 1.3, 200).tolist()
        rates, distortions = zip(*map(self.rate_distortion, betas), strict=True)
        rate, distortion = self.rate_distortion(self.beta)
        left, middle, right = figure.subplots(1, 3, width_ratios=(2, 1, 1))
        left.plot(distortions, rates, color=PALETTE["blue"])
        left.plot([distortion], [rate], "o", color=PALETTE["orange"])
        left.set(xlabel="squared error per image", ylabel="rate (nats)", title=f"beta = {self.beta:g}")
        draw_image(middle, unpack_image(self.images, self.digit), "the digit", vmax=255)
        draw_image(right, self.reconstruct(self.beta, self.digit).clamp(0, 1).numpy(), "decoded")
