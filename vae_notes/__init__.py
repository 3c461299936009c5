"""Variational autoencoders with its formulas checked: the helper package of VAE Notes.

Conventions: batch axis first, latent axis last; `mu` and `logvar` (natural log of the variance); results per example
and in nats, reduced by the caller; randomness through `generator=`; device and dtype follow the input.

A chapter imports everything it needs from here; where a name is made, and what it may import, its room says.
"""

import importlib

from vae_notes.bounds import (
    Elbo,
    effective_sample_size,
    elbo,
    importance_bound,
    importance_log_weights,
    log_mean_exp,
    negative_elbo,
)
from vae_notes.checks import check
from vae_notes.diagnosis import Diagnosis, diagnose
from vae_notes.evaluation import active_units, evaluate, told_apart
from vae_notes.faces.evaluation import face_codes
from vae_notes.faces.factors import (
    FACTORS,
    face_factors,
    render_faces,
    sample_correlated_face_factors,
    sample_face_factors,
)
from vae_notes.faces.models import FaceAutoencoder, FaceVAE, Held
from vae_notes.faces.readout import draw_beyond, draw_ruler, draw_tangent
from vae_notes.faces.sets import draw_faces
from vae_notes.generation import interpolate, reconstruct, sample
from vae_notes.images import load_images
from vae_notes.likelihoods import Bernoulli, Gaussian
from vae_notes.maths.estimate import Estimate
from vae_notes.maths.kl import (
    kl_diagonal_normals,
    kl_discrete,
    kl_monte_carlo,
    kl_normals,
    kl_standard_normal,
)
from vae_notes.maths.linear import (
    bootstrap_interval,
    difference_of_means,
    linear_read_out,
    principal_components,
    r_squared,
    regression,
    slopes,
)
from vae_notes.maths.linear_gaussian import LinearGaussian
from vae_notes.maths.quadrature import log_integral
from vae_notes.mnist import ImageSet, load_mnist
from vae_notes.models import Autoencoder, VariationalAutoencoder, reparameterize
from vae_notes.plotting import PALETTE, show_images, use_book_style
from vae_notes.protocol import as_vae
from vae_notes.shipped.pretrained import Pretrained, load_pretrained
from vae_notes.training.convolutional import ConvolutionalVAE
from vae_notes.training.files import load, save
from vae_notes.training.loop import History, fit

__version__ = "0.2.0"

# Figures need anywidget, which takes longer to import than all the rest: they are looked up when first asked for.
_FIGURES = (
    "Bottleneck",
    "DigitDrawing",
    "DigitTraining",
    "ElboGap",
    "FaceDirections",
    "KLPlayground",
    "LatentExplorer",
    "LatentWalk",
    "RateDistortion",
    "Reparameterisation",
    "VAEPlayground",
)

__all__ = [
    "FACTORS",
    "PALETTE",
    "Autoencoder",
    "Bernoulli",
    "ConvolutionalVAE",
    "Diagnosis",
    "Elbo",
    "Estimate",
    "FaceAutoencoder",
    "FaceVAE",
    "Gaussian",
    "Held",
    "History",
    "ImageSet",
    "LinearGaussian",
    "Pretrained",
    "VariationalAutoencoder",
    "active_units",
    "as_vae",
    "bootstrap_interval",
    "check",
    "diagnose",
    "difference_of_means",
    "draw_beyond",
    "draw_faces",
    "draw_ruler",
    "draw_tangent",
    "effective_sample_size",
    "elbo",
    "evaluate",
    "face_codes",
    "face_factors",
    "fit",
    "importance_bound",
    "importance_log_weights",
    "interpolate",
    "kl_diagonal_normals",
    "kl_discrete",
    "kl_monte_carlo",
    "kl_normals",
    "kl_standard_normal",
    "linear_read_out",
    "load",
    "load_images",
    "load_mnist",
    "load_pretrained",
    "log_integral",
    "log_mean_exp",
    "negative_elbo",
    "principal_components",
    "r_squared",
    "reconstruct",
    "regression",
    "render_faces",
    "reparameterize",
    "sample",
    "sample_correlated_face_factors",
    "sample_face_factors",
    "save",
    "show_images",
    "slopes",
    "told_apart",
    "use_book_style",
    *_FIGURES,
]


def __getattr__(name: str) -> object:
    if name in _FIGURES:
        return getattr(importlib.import_module("vae_notes.widgets"), name)
    raise AttributeError(f"module 'vae_notes' has no attribute {name!r}")
