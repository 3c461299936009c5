"""Convolutional networks for drawn faces: an autoencoder of large pictures, a variational autoencoder of small ones.

Made for two processor cores: the encoder cuts the picture into patches at once, the decoder works on few channels where
there are many pixels, and the last convolution writes whole blocks of pixels.
Axes: B batch, D latent; leading axes of a code (samples, say) pass through the decoders unchanged.
"""

from torch import nn

from vae_notes.likelihoods import Gaussian
from vae_notes.models import reparameterize

COARSE = 4  # the encoder ends, and twice that the decoder starts, with this many rows and columns


class FaceAutoencoder(nn.Module):
    """Pictures of size x size pixels to latent_dim numbers and back; the code is linear.

    size   a multiple of 64; the book uses 256

    Raises ValueError for any other size.
    """

    def __init__(self, latent_dim=32, size=256):
        super().__init__()
        _check_size(size, 64)
        self.latent_dim, self.image_shape = latent_dim, (1, size, size)
        self.encoder = _encoder(size // 32, (32, 48, 64, 96), latent_dim)
        self.decoder = _decoder(latent_dim, (48, 48, 32, 24), size // 64)

    def encode(self, x):
        """Pictures (B, 1, size, size) to codes (B, D)."""
        return self.encoder(_check_pictures(x, self.image_shape))

    def decode_logits(self, z):
        """Codes (..., D) to pixel logits (..., 1, size, size)."""
        return _over_leading_axes(self.decoder, z, self.latent_dim)

    def decode(self, z):
        """Codes (..., D) to pictures (..., 1, size, size) in [0, 1]."""
        return self.decode_logits(z).sigmoid()

    def forward(self, x):
        return self.decode(self.encode(x))


class FaceVAE(nn.Module):
    """Encoder q(z|x) = N(mu, diag(exp(logvar))), prior N(0, I), decoder p(x|z) given by `likelihood` on pixel logits.

    size         a multiple of 32; the book uses 64
    likelihood   default: Gaussian with one variance for all pixels, fitted together with the weights

    Raises ValueError for any other size.
    """

    def __init__(self, latent_dim=20, size=64, likelihood=None):
        super().__init__()
        _check_size(size, 32)
        self.latent_dim, self.image_shape = latent_dim, (1, size, size)
        self.encoder = _encoder(size // 16, (32, 64, 96), 2 * latent_dim)
        self.decoder = _decoder(latent_dim, (56, 48, 32), size // 32)
        self.likelihood = likelihood or Gaussian(variance=0.01, learn=True)

    def encode(self, x):
        """Pictures (B, 1, size, size) to mu and logvar, each (B, D)."""
        mu, logvar = self.encoder(_check_pictures(x, self.image_shape)).chunk(2, dim=-1)
        return mu, logvar

    def decode_logits(self, z):
        """Codes (..., D) to pixel logits (..., 1, size, size)."""
        return _over_leading_axes(self.decoder, z, self.latent_dim)

    def decode(self, z):
        """Codes (..., D) to the mean picture of p(x|z), (..., 1, size, size) in [0, 1]."""
        return self.likelihood.mean(self.decode_logits(z))

    def log_likelihood(self, x, z):
        """log p(x|z) in nats, summed over pixels: x (B, 1, size, size), z (..., B, D) to (..., B)."""
        return self.likelihood.log_prob(x, self.decode_logits(z))

    def forward(self, x, generator=None):
        """Pictures to (x_hat, mu, logvar), where x_hat is decoded from one sample of q(z|x)."""
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, generator)), mu, logvar


def _encoder(patch, channels, outputs):
    """Patches of patch x patch pixels, then a halving of rows and columns per further entry of `channels`."""
    layers = [nn.Conv2d(1, channels[0], patch, stride=patch), nn.SiLU()]
    for before, after in zip(channels, channels[1:], strict=False):
        layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.SiLU()]
    return _initialised(nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * COARSE**2, outputs)))


def _decoder(latent_dim, channels, block):
    """Two dense layers, a doubling of rows and columns per further entry of `channels`, then blocks of pixels."""
    grid = 2 * COARSE
    layers = [nn.Linear(latent_dim, 256), nn.SiLU(), nn.Linear(256, channels[0] * grid**2), nn.SiLU()]
    layers += [nn.Unflatten(1, (channels[0], grid, grid))]
    for before, after in zip(channels, channels[1:], strict=False):
        layers += [*_upsample(before, after, 2), nn.SiLU()]
    return _initialised(nn.Sequential(*layers, *_upsample(channels[-1], 1, block)))


def _upsample(before, after, factor):
    """Sub-pixel convolution (Shi et al. 2016, arXiv:1609.05158): as cheap as a convolution before the upsampling."""
    return nn.Conv2d(before, after * factor**2, 3, padding=1), nn.PixelShuffle(factor)


def _initialised(stack):
    """Weights that keep the size of a signal from layer to layer (He et al. 2015, arXiv:1502.01852).

    PyTorch's default makes it smaller at every layer, and the pictures hardly depend on the code for hundreds of steps.
    """
    layers = [layer for layer in stack if isinstance(layer, nn.Conv2d | nn.Linear)]
    for layer in layers:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="linear" if layer is layers[-1] else "relu")
        nn.init.zeros_(layer.bias)
    return stack


def _over_leading_axes(decoder, z, latent_dim):
    if z.shape[-1:] != (latent_dim,):
        raise ValueError(f"z must have {latent_dim} numbers on its last axis, got shape {tuple(z.shape)}")
    return decoder(z.reshape(-1, latent_dim)).unflatten(0, z.shape[:-1]) if z.ndim != 1 else decoder(z[None])[0]


def _check_pictures(x, image_shape):
    if x.ndim != 4 or x.shape[1:] != image_shape:
        raise ValueError(f"x must have shape (B, {', '.join(map(str, image_shape))}), got {tuple(x.shape)}")
    return x


def _check_size(size, multiple):
    if not isinstance(size, int) or size < multiple or size % multiple:
        raise ValueError(f"size must be a positive multiple of {multiple}, got {size!r}")
