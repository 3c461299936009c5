"""Variational autoencoders with every formula checked: the helper package of VAE Notes.

Conventions: batch axis first, latent axis last; `mu` and `logvar` (natural log of the variance); results per example
and in nats, reduced by the caller; randomness through `generator=`; device and dtype follow the input.
"""

from vae_notes.checks import check
from vae_notes.data import ImageSet, load_mnist
from vae_notes.elbo import Elbo, elbo, importance_bound
from vae_notes.face_models import FaceAutoencoder, FaceVAE
from vae_notes.faces import (
    FACTORS,
    face_factors,
    render_faces,
    sample_correlated_face_factors,
    sample_face_factors,
)
from vae_notes.kl import (
    Estimate,
    kl_diagonal_normals,
    kl_discrete,
    kl_monte_carlo,
    kl_normals,
    kl_standard_normal,
)
from vae_notes.models import Autoencoder, VariationalAutoencoder, reparameterize
from vae_notes.pretrained import Pretrained, load_pretrained
from vae_notes.training import History, fit

__all__ = [
    "FACTORS",
    "Autoencoder",
    "Elbo",
    "Estimate",
    "FaceAutoencoder",
    "FaceVAE",
    "History",
    "ImageSet",
    "Pretrained",
    "VariationalAutoencoder",
    "check",
    "elbo",
    "face_factors",
    "fit",
    "importance_bound",
    "kl_diagonal_normals",
    "kl_discrete",
    "kl_monte_carlo",
    "kl_normals",
    "kl_standard_normal",
    "load_mnist",
    "load_pretrained",
    "render_faces",
    "reparameterize",
    "sample_correlated_face_factors",
    "sample_face_factors",
]
