"""The network for pictures of one's own, any size and colour: four convolutions down, four up."""

import math
from typing import Any

import torch
from torch import nn

from vae_notes.arguments import check_count
from vae_notes.likelihoods import Gaussian
from vae_notes.models import GaussianVAE, Shape, checked_likelihood, checked_shape, decoded, encoded


class ConvolutionalVAE(GaussianVAE):
    """Convolutions of stride 2 down to about 4 x 4, a linear layer to mu and logvar, and the same way back.

    latent_dim    size of the code
    image_shape   (C, H, W), any height and width
    width         channels of the first convolution; they double with every halving, up to eight times as many
    likelihood    p(x|z) given the pixel logits; default: Gaussian with one variance, learned from where
                  the training images put it

    Raises ValueError for sizes that are none.
    """

    def __init__(
        self, latent_dim: int = 16, image_shape: Shape = (3, 32, 32), width: int = 32, likelihood: Any = None
    ) -> None:
        super().__init__()
        self.latent_dim, self.width = check_count(latent_dim, "latent_dim"), check_count(width, "width")
        self.image_shape = checked_shape(image_shape)
        self.likelihood = Gaussian(learn=True) if likelihood is None else checked_likelihood(likelihood)
        channels, height, border = self.image_shape
        halvings = max(1, min(4, round(math.log2(max(min(height, border), 8) / 4))))
        widths = [width * min(8, 2**i) for i in range(halvings)]
        sizes = [(height, border)]
        for _ in widths:
            sizes.append((-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2)))
        inner = (widths[-1], *sizes[-1])
        down: list[nn.Module] = []
        for before, after in zip([channels, *widths], widths, strict=False):
            down += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.ReLU()]
        self.encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(math.prod(inner), 2 * latent_dim))
        up: list[nn.Module] = [nn.Linear(latent_dim, math.prod(inner)), nn.Unflatten(1, inner)]
        for i in reversed(range(halvings)):
            after = widths[i - 1] if i else width
            up += [nn.ReLU(), nn.Upsample(size=sizes[i]), nn.Conv2d(widths[i], after, 3, padding=1)]
        self.decoder = nn.Sequential(*up, nn.ReLU(), nn.Conv2d(width, channels, 3, padding=1))

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Images (B, C, H, W) to mu and logvar, each (B, D)."""
        mu, logvar = encoded(self.encoder, x, self.image_shape, False, 2 * self.latent_dim).chunk(2, dim=-1)
        return mu, logvar

    def decode_logits(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (..., D) to pixel logits (..., C, H, W)."""
        return decoded(self.decoder, z, self.latent_dim, self.image_shape)
