"""Variational autoencoders with every formula checked: the helper package of VAE Notes.

Conventions: batch axis first, latent axis last; `mu` and `logvar` (natural log of the variance); results per example and in
nats, reduced by the caller; randomness through `generator=`; device and dtype follow the input.
"""

from vae_notes.checks import check
from vae_notes.data import ImageSet, load_mnist
from vae_notes.elbo import Elbo, elbo
from vae_notes.kl import kl_standard_normal
from vae_notes.models import Autoencoder, VariationalAutoencoder, reparameterize

__all__ = [
    "Autoencoder",
    "Elbo",
    "ImageSet",
    "VariationalAutoencoder",
    "check",
    "elbo",
    "kl_standard_normal",
    "load_mnist",
    "reparameterize",
]
