"""The article's two networks, 784-256-32 and 784-400-(20+20), and the base class of variational autoencoders.

Axes: B batch, D latent, X = 784 pixels; leading axes of a code (samples, say) pass through the decoders unchanged.
"""

import torch
from torch import nn

from vae_notes.likelihoods import Bernoulli

IMAGE_SHAPE = (1, 28, 28)
PIXELS = 28 * 28


def reparameterize(mu, logvar, generator=None):
    """A sample z = mu + exp(logvar / 2) * eps with eps ~ N(0, I), differentiable in mu and logvar.

    mu, logvar   same shape (..., D); logvar is the natural log of the variance
    generator    source of eps; drawn on the generator's own device, so a CPU generator gives the same z on every device

    Raises ValueError when the shapes differ. Source: Kingma and Welling 2014, arXiv:1312.6114, section 2.4.
    """
    if mu.shape != logvar.shape:
        raise ValueError(f"mu and logvar must have the same shape, got {tuple(mu.shape)} and {tuple(logvar.shape)}")
    device = mu.device if generator is None else generator.device
    eps = torch.randn(mu.shape, generator=generator, device=device, dtype=mu.dtype).to(mu.device)
    return mu + torch.exp(0.5 * logvar) * eps


class Autoencoder(nn.Module):
    """784 - hidden - code - hidden - 784 with ReLU between the layers; the code itself is linear.

    code_activation   module applied to the code; the article uses nn.ReLU(), which leaves many units dead (see the
                      chapter on autoencoders), so the default is None
    """

    def __init__(self, latent_dim=32, hidden_dim=256, code_activation=None):
        super().__init__()
        self.latent_dim, self.hidden_dim = latent_dim, hidden_dim
        self.encoder = nn.Sequential(nn.Linear(PIXELS, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, latent_dim))
        self.decoder = nn.Sequential(nn.Linear(latent_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, PIXELS))
        self.code_activation = code_activation or nn.Identity()

    def encode(self, x):
        """Images (B, 1, 28, 28) to codes (B, D)."""
        return self.code_activation(self.encoder(_flatten(x)))

    def decode_logits(self, z):
        """Codes (..., D) to pixel logits (..., 1, 28, 28)."""
        return _unflatten(self.decoder(_check_code(z, self.latent_dim)))

    def decode(self, z):
        """Codes (..., D) to images (..., 1, 28, 28) in [0, 1]."""
        return torch.sigmoid(self.decode_logits(z))

    def forward(self, x):
        return self.decode(self.encode(x))


class GaussianVAE(nn.Module):
    """Encoder q(z|x) = N(mu, diag(exp(logvar))), prior N(0, I), decoder p(x|z) by `likelihood` on pixel logits.

    What every such model shares; a network adds `likelihood`, `encode` and `decode_logits`.
    """

    def decode(self, z):
        """Codes (..., D) to the mean image of p(x|z), (..., 1, H, W) in [0, 1]."""
        return self.likelihood.mean(self.decode_logits(z))

    def log_likelihood(self, x, z):
        """log p(x|z) in nats, summed over pixels: x (B, 1, H, W), z (..., B, D) to (..., B)."""
        return self.likelihood.log_prob(x, self.decode_logits(z))

    def forward(self, x, generator=None):
        """Images to (x_hat, mu, logvar), where x_hat is decoded from one sample of q(z|x)."""
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, generator)), mu, logvar


class VariationalAutoencoder(GaussianVAE):
    """784 - hidden - mu and logvar, code - hidden - 784, with ReLU between the layers.

    likelihood   p(x|z) given the pixel logits; default: Bernoulli
    """

    def __init__(self, latent_dim=20, hidden_dim=400, likelihood=None):
        super().__init__()
        self.latent_dim, self.hidden_dim = latent_dim, hidden_dim
        self.encoder = nn.Sequential(nn.Linear(PIXELS, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, 2 * latent_dim))
        self.decoder = nn.Sequential(nn.Linear(latent_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, PIXELS))
        self.likelihood = likelihood or Bernoulli()

    def encode(self, x):
        """Images (B, 1, 28, 28) to mu and logvar, each (B, D)."""
        mu, logvar = self.encoder(_flatten(x)).chunk(2, dim=-1)
        return mu, logvar

    def decode_logits(self, z):
        """Codes (..., D) to pixel logits (..., 1, 28, 28)."""
        return _unflatten(self.decoder(_check_code(z, self.latent_dim)))


def _flatten(x):
    if x.ndim != 4 or x.shape[1:] != IMAGE_SHAPE:
        raise ValueError(f"x must have shape (B, 1, 28, 28), got {tuple(x.shape)}")
    return x.flatten(1)


def _unflatten(pixels):
    return pixels.unflatten(-1, IMAGE_SHAPE)


def _check_code(z, latent_dim):
    if z.shape[-1:] != (latent_dim,):
        raise ValueError(f"z must have {latent_dim} numbers on its last axis, got shape {tuple(z.shape)}")
    return z
