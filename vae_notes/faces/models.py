"""Networks for drawn faces: an autoencoder of large pictures, a variational autoencoder of small ones.

Made for two processor cores. The encoders are convolutional and cut the picture into patches at once. The decoders draw
a picture and then bend it: a head that turns moves everything at once, which a bend says in a few numbers and a stack
of convolutions has to learn feature by feature (deforming autoencoders: Shu et al. 2018, arXiv:1806.06503).
Axes: B batch, D latent; leading axes of a code (samples, say) pass through the decoders unchanged.
"""

import numbers

import torch
import torch.nn.functional as F
from torch import nn

from vae_notes.arguments import check_count
from vae_notes.likelihoods import Gaussian
from vae_notes.models import GaussianVAE, checked_likelihood, decoded, encoded

COARSE = 4  # rows and columns with which the encoder ends
BEND = 8  # rows and columns of the points that a decoder moves; between them the bend is linear
REACH = 0.2  # how far, in half widths of the picture, an output of 1 moves a point


class FaceAutoencoder(nn.Module):
    """Pictures of size x size pixels to latent_dim numbers and back; the code is linear.

    size   a multiple of 64; the book uses 256

    Raises ValueError for any other size.
    """

    def __init__(self, latent_dim: int = 32, size: int = 256):
        super().__init__()
        latent_dim, size = check_count(latent_dim, "latent_dim"), _check_size(size, 64)
        self.latent_dim, self.image_shape = latent_dim, (1, size, size)
        self.encoder = _encoder(size // 32, (32, 48, 64, 64), 256, latent_dim)
        self.decoder = BendingDecoder(latent_dim, 256, _blocks(256, (24, 24, 16), size // 32), size)

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        """Pictures (B, 1, size, size) to codes (B, D)."""
        return encoded(self.encoder, x, self.image_shape, False, self.latent_dim)

    def decode_logits(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (..., D) to pixel logits (..., 1, size, size)."""
        return decoded(self.decoder, z, self.latent_dim, self.image_shape)

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (..., D) to pictures (..., 1, size, size) in [0, 1]."""
        return self.decode_logits(z).sigmoid()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Pictures to reconstructions of the same shape, in [0, 1]."""
        return self.decode(self.encode(x))


class FaceVAE(GaussianVAE):
    """Pictures of size x size pixels to mu and logvar of latent_dim numbers each, and codes back to pictures.

    size         a multiple of 32; the book uses 64
    likelihood   default: Gaussian with one variance for all pixels, fitted together with the weights

    Raises ValueError for any other size.
    """

    def __init__(self, latent_dim: int = 20, size: int = 64, likelihood: nn.Module | None = None):
        super().__init__()
        latent_dim, size = check_count(latent_dim, "latent_dim"), _check_size(size, 32)
        self.latent_dim, self.image_shape = latent_dim, (1, size, size)
        self.encoder = _encoder(size // 16, (32, 64, 64), 128, 2 * latent_dim)
        self.decoder = BendingDecoder(latent_dim, 192, _dense(192, 96, size), size)
        own = Gaussian(variance=0.01, learn=True)
        self.likelihood = own if likelihood is None else checked_likelihood(likelihood)

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Pictures (B, 1, size, size) to mu and logvar, each (B, D)."""
        mu, logvar = encoded(self.encoder, x, self.image_shape, False, 2 * self.latent_dim).chunk(2, dim=-1)
        return mu, logvar

    def decode_logits(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (..., D) to pixel logits (..., 1, size, size)."""
        return decoded(self.decoder, z, self.latent_dim, self.image_shape)


class BendingDecoder(nn.Module):
    """Codes (N, D) to pixel logits (N, 1, size, size): `picture` draws them from hidden features, a bend moves them.

    picture   module from features (N, hidden) to logits (N, 1, size, size)
    """

    places: torch.Tensor
    spread: torch.Tensor
    size: int

    def __init__(self, latent_dim: int, hidden: int, picture: nn.Module, size: int):
        super().__init__()
        layers = [nn.Linear(latent_dim, hidden), nn.SiLU(), Held(hidden)]
        for _ in range(2):
            layers += [nn.Linear(hidden, hidden), nn.SiLU(), Held(hidden)]
        self.features = _initialised(nn.Sequential(*layers))
        self.picture = picture
        self.bend = nn.Linear(hidden, 2 * BEND**2)
        nn.init.zeros_(self.bend.weight)  # at first nothing is bent
        nn.init.zeros_(self.bend.bias)
        self.size = size
        places, spread = (t.to(torch.get_default_dtype()) for t in (_places(size), _spread(size)))
        self.register_buffer("places", places, persistent=False)  # (size, size, 2)
        self.register_buffer("spread", spread, persistent=False)  # (size, BEND)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (N, D) to pixel logits (N, 1, size, size), at least float32."""
        features = self.features(z)
        picture, moves = self.picture(features), REACH * self.bend(features).unflatten(1, (2, BEND, BEND))
        places, spread = self.places, self.spread
        if places.dtype.itemsize < 4:  # half precision places a pixel to within a tenth of one: the bend stays float32
            picture, moves = picture.float(), moves.float()
            places, spread = _places(self.size).to(z.device), _spread(self.size).to(z.device)
        places = places + (spread @ moves @ spread.T).movedim(1, -1)  # (N, size, size, 2)
        return F.grid_sample(picture, places, padding_mode="border", align_corners=False)

    @torch.no_grad()
    def hold(self, z: torch.Tensor) -> None:
        """From now on, hold every hidden feature within the range that it has on the codes z (N, D).

        A code drawn from the prior can lie far from every code of a face. What the network extrapolates there are
        features hundreds of times too large, and no picture; held, it is a face put together from familiar parts.
        """
        for layer in self.features:
            if isinstance(layer, Held):
                layer.low, layer.high = z.amin(0), z.amax(0)
            z = layer(z)


class Held(nn.Module):
    """Features (N, width) clamped to a range for each, which is unbounded until `BendingDecoder.hold` sets it."""

    low: torch.Tensor
    high: torch.Tensor

    def __init__(self, width: int):
        super().__init__()
        self.register_buffer("low", torch.full((width,), -torch.inf))
        self.register_buffer("high", torch.full((width,), torch.inf))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Features (N, width), each held within its range."""
        return features.clamp(self.low, self.high)


def _places(size: int) -> torch.Tensor:
    """The centres of the pixels, x and y from -1 to 1: float32 (size, size, 2)."""
    centres = (torch.arange(size, dtype=torch.float32) + 0.5) * (2 / size) - 1
    return torch.stack([centres.expand(size, size), centres[:, None].expand(size, size)], -1)


def _spread(size: int) -> torch.Tensor:
    """Linear interpolation between BEND points as a matrix (size, BEND): many times faster than F.interpolate."""
    corners = torch.eye(BEND, dtype=torch.float32)[None]
    return F.interpolate(corners, size=size, mode="linear", align_corners=True)[0].T.contiguous()


def _encoder(patch: int, channels: tuple[int, ...], hidden: int, outputs: int) -> nn.Sequential:
    """Patches of patch x patch pixels, a halving of rows and columns per further entry of `channels`, dense layers."""
    layers = [nn.Conv2d(1, channels[0], patch, stride=patch), nn.SiLU()]
    for before, after in zip(channels, channels[1:], strict=False):
        layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.SiLU()]
    layers += [nn.Flatten(), nn.Linear(channels[-1] * COARSE**2, hidden), nn.SiLU(), nn.Linear(hidden, outputs)]
    return _initialised(nn.Sequential(*layers))


def _dense(hidden: int, pictures: int, size: int) -> nn.Sequential:
    """Features to a mixture of as many fixed pictures, weighted linearly: the cheapest way to small ones."""
    return _initialised(
        nn.Sequential(nn.Linear(hidden, pictures), nn.Linear(pictures, size**2), nn.Unflatten(1, (1, size, size)))
    )


def _blocks(hidden: int, channels: tuple[int, ...], block: int) -> nn.Sequential:
    """Features to a grid, a doubling of rows and columns per further entry of `channels`, then blocks of pixels."""
    layers = [nn.Linear(hidden, channels[0] * BEND**2), nn.SiLU(), nn.Unflatten(1, (channels[0], BEND, BEND))]
    for before, after in zip(channels, channels[1:], strict=False):
        layers += [*_upsample(before, after, 2), nn.SiLU()]
    return _initialised(nn.Sequential(*layers, *_upsample(channels[-1], 1, block)))


def _upsample(before: int, after: int, factor: int) -> tuple[nn.Module, nn.Module]:
    """Sub-pixel convolution (Shi et al. 2016, arXiv:1609.05158): as cheap as a convolution before the upsampling."""
    return nn.Conv2d(before, after * factor**2, 3, padding=1), nn.PixelShuffle(factor)


def _initialised(stack: nn.Sequential) -> nn.Sequential:
    """Weights that keep the size of a signal from layer to layer (He et al. 2015, arXiv:1502.01852).

    PyTorch's default makes it smaller at every layer, and the pictures hardly depend on the code for hundreds of steps.
    """
    layers = [layer for layer in stack if isinstance(layer, nn.Conv2d | nn.Linear)]
    for layer in layers:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="linear" if layer is layers[-1] else "relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    return stack


def _check_size(size: int, multiple: int) -> int:
    whole = isinstance(size, numbers.Integral) and not isinstance(size, bool)
    if not whole or size < multiple or size % multiple:
        raise ValueError(f"size must be a positive multiple of {multiple}, got {size!r}")
    return int(size)
