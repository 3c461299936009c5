"""The article's two networks, 784-256-32 and 784-400-(20+20), in any size and with any layers inside; their base class.

Axes: B batch, D latent, (C, H, W) the shape of an image and X = C H W; leading axes of a code (samples, say) pass
through the decoders unchanged. Images and codes are taken in any floating dtype and turned into the model's.
"""

import math
from typing import Any

import torch
from torch import nn

from vae_notes.arguments import check_count, check_generator, common_dtype
from vae_notes.likelihoods import Bernoulli
from vae_notes.modules import dtype_of

IMAGE_SHAPE = (1, 28, 28)
Shape = tuple[int, ...]


def reparameterize(mu: torch.Tensor, logvar: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
    """A sample z = mu + exp(logvar / 2) * eps with eps ~ N(0, I), differentiable in mu and logvar.

    mu, logvar   same shape (..., D); logvar is the natural log of the variance
    generator    source of eps; drawn on the generator's own device, so a CPU generator gives the same z on every device

    Raises ValueError when the shapes differ or the tensors are not floating. Source: Kingma and Welling 2014,
    arXiv:1312.6114, section 2.4.
    """
    common_dtype(mu=mu, logvar=logvar)
    if mu.shape != logvar.shape:
        raise ValueError(f"mu and logvar must have the same shape, got {tuple(mu.shape)} and {tuple(logvar.shape)}")
    return perturbed(mu, logvar, standard_noise(mu, generator))


def perturbed(mu: torch.Tensor, logvar: torch.Tensor, eps: torch.Tensor) -> torch.Tensor:
    """mu + exp(logvar / 2) * eps: the one place where noise becomes a code."""
    return mu + torch.exp(0.5 * logvar) * eps


def standard_noise(like: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
    """N(0, 1) noise of shape, dtype and device of `like`, drawn on the generator's own device."""
    check_generator(generator)
    device = like.device if generator is None else generator.device
    return torch.randn(like.shape, generator=generator, device=device, dtype=like.dtype).to(like.device)


class Autoencoder(nn.Module):
    """Image - hidden - code - hidden - image with ReLU between the layers; the code itself is linear.

    latent_dim, hidden_dim   widths of the code and of the hidden layers
    code_activation          module applied to the code; the article uses nn.ReLU(), which leaves many units dead (see
                             the chapter on autoencoders), so the default is None
    image_shape              (C, H, W) of the images
    encoder                  module from images (B, C, H, W) to (B, latent_dim), in place of the two layers
    decoder                  module from codes (N, latent_dim) to pixel logits, X numbers in any shape, likewise

    Raises ValueError for widths and shapes that are none.
    """

    def __init__(
        self,
        latent_dim: int = 32,
        hidden_dim: int = 256,
        code_activation: nn.Module | None = None,
        *,
        image_shape: Shape = IMAGE_SHAPE,
        encoder: nn.Module | None = None,
        decoder: nn.Module | None = None,
    ):
        super().__init__()
        latent_dim = check_count(latent_dim, "latent_dim")
        hidden_dim = check_count(hidden_dim, "hidden_dim")
        self.latent_dim, self.hidden_dim, self.image_shape = latent_dim, hidden_dim, checked_shape(image_shape)
        pixels = math.prod(image_shape)
        self.encoder = two_layers(pixels, hidden_dim, latent_dim) if encoder is None else encoder
        self.decoder = two_layers(latent_dim, hidden_dim, pixels) if decoder is None else decoder
        self.flat = encoder is None
        self.code_activation = code_activation or nn.Identity()

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        """Images (B, C, H, W) to codes (B, D)."""
        return self.code_activation(encoded(self.encoder, x, self.image_shape, self.flat, self.latent_dim))

    def decode_logits(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (..., D) to pixel logits (..., C, H, W)."""
        return decoded(self.decoder, z, self.latent_dim, self.image_shape)

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (..., D) to images (..., C, H, W) in [0, 1]."""
        return torch.sigmoid(self.decode_logits(z))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Images to reconstructions of the same shape, in [0, 1]."""
        return self.decode(self.encode(x))


class GaussianVAE(nn.Module):
    """Encoder q(z|x) = N(mu, diag(exp(logvar))), prior N(0, I), decoder p(x|z) by `likelihood` on pixel logits.

    What every such model shares; a network adds `likelihood`, `encode` and `decode_logits`.
    """

    likelihood: Any
    latent_dim: int
    image_shape: Shape

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Images (B, C, H, W) to mu and logvar, each (B, D)."""
        raise NotImplementedError(f"{type(self).__name__} must define encode(x) -> (mu, logvar)")

    def decode_logits(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (..., D) to pixel logits (..., C, H, W)."""
        raise NotImplementedError(f"{type(self).__name__} must define decode_logits(z)")

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (..., D) to the mean image of p(x|z), (..., C, H, W) in [0, 1]."""
        return self.likelihood.mean(self.decode_logits(z))

    def log_likelihood(self, x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """log p(x|z) in nats, summed over pixels: x (B, C, H, W), z (..., B, D) to (..., B), at least float32."""
        return self.likelihood.log_prob(x, self.decode_logits(z))

    def forward(
        self, x: torch.Tensor, generator: torch.Generator | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Images to (x_hat, mu, logvar), where x_hat is decoded from one sample of q(z|x)."""
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, generator)), mu, logvar


class VariationalAutoencoder(GaussianVAE):
    """Image - hidden - mu and logvar, code - hidden - image, with ReLU between the layers.

    latent_dim, hidden_dim   widths of the code and of the hidden layers
    likelihood               p(x|z) given the pixel logits; default: Bernoulli
    image_shape              (C, H, W) of the images
    encoder                  module from images (B, C, H, W) to (B, 2 latent_dim), mu before logvar, in place of the two
                             layers: convolutions, BatchNorm, whatever there is
    decoder                  module from codes (N, latent_dim) to pixel logits, X numbers in any shape, likewise

    Raises ValueError for widths and shapes that are none.
    """

    def __init__(
        self,
        latent_dim: int = 20,
        hidden_dim: int = 400,
        likelihood: nn.Module | None = None,
        *,
        image_shape: Shape = IMAGE_SHAPE,
        encoder: nn.Module | None = None,
        decoder: nn.Module | None = None,
    ):
        super().__init__()
        latent_dim = check_count(latent_dim, "latent_dim")
        hidden_dim = check_count(hidden_dim, "hidden_dim")
        self.latent_dim, self.hidden_dim, self.image_shape = latent_dim, hidden_dim, checked_shape(image_shape)
        pixels = math.prod(image_shape)
        self.encoder = two_layers(pixels, hidden_dim, 2 * latent_dim) if encoder is None else encoder
        self.decoder = two_layers(latent_dim, hidden_dim, pixels) if decoder is None else decoder
        self.flat = encoder is None
        self.likelihood = Bernoulli() if likelihood is None else checked_likelihood(likelihood)

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Images (B, C, H, W) to mu and logvar, each (B, D)."""
        mu, logvar = encoded(self.encoder, x, self.image_shape, self.flat, 2 * self.latent_dim).chunk(2, dim=-1)
        return mu, logvar

    def decode_logits(self, z: torch.Tensor) -> torch.Tensor:
        """Codes (..., D) to pixel logits (..., C, H, W)."""
        return decoded(self.decoder, z, self.latent_dim, self.image_shape)


def two_layers(before: int, hidden: int, after: int) -> nn.Sequential:
    """Linear, ReLU, Linear."""
    return nn.Sequential(nn.Linear(before, hidden), nn.ReLU(), nn.Linear(hidden, after))


def checked_shape(shape: Shape) -> Shape:
    """(C, H, W); ValueError for anything else."""
    if len(shape) != 3:
        raise ValueError(f"image_shape must be (channels, height, width), got {tuple(shape)}")
    for size in shape:
        check_count(size, "image_shape: each size")
    return tuple(int(size) for size in shape)


def checked_likelihood(likelihood: Any) -> Any:
    """p(x|z) given pixel logits; TypeError for a class, a name and what cannot say both mean and density."""
    if isinstance(likelihood, type) or not all(callable(getattr(likelihood, n, None)) for n in ("mean", "log_prob")):
        raise TypeError(
            f"likelihood must have mean(logits) and log_prob(x, logits), as Bernoulli() and Gaussian(0.1), "
            f"got {likelihood!r}"
        )
    return likelihood


def encoded(encoder: nn.Module, x: torch.Tensor, image_shape: Shape, flat: bool, outputs: int) -> torch.Tensor:
    """What the encoder makes of images (B, *image_shape), as (B, outputs); ValueError for another shape of either."""
    if x.ndim != 4 or x.shape[1:] != image_shape:
        raise ValueError(f"x must have shape (B, {', '.join(map(str, image_shape))}), got {tuple(x.shape)}")
    x = x.to(dtype_of(encoder, x))
    out = encoder(x.flatten(1) if flat else x)
    if out.shape != (len(x), outputs):
        raise ValueError(
            f"encoder must give {outputs} numbers per image, ({len(x)}, {outputs}), got {tuple(out.shape)}"
        )
    return out


def decoded(decoder: nn.Module, z: torch.Tensor, latent_dim: int, image_shape: Shape) -> torch.Tensor:
    """What the decoder makes of codes (..., D), as (..., *image_shape); ValueError for another shape of either."""
    if z.shape[-1:] != (latent_dim,):
        raise ValueError(f"z must have {latent_dim} numbers on its last axis, got shape {tuple(z.shape)}")
    out = decoder(z.to(dtype_of(decoder, z)).reshape(-1, latent_dim))
    if out.numel() != math.prod((*z.shape[:-1], *image_shape)):
        wanted = f"{math.prod(image_shape)} numbers, {' x '.join(map(str, image_shape))}"
        raise ValueError(f"decoder must give {wanted}, per code, got {tuple(out.shape)}")
    return out.reshape(*z.shape[:-1], *image_shape)
