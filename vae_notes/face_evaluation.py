"""Figures of the models of faces: what their code holds, and principal components as the measure of their pictures."""

import torch

from vae_notes.evaluation import batches, evaluate, mean_and_error
from vae_notes.faces import FACTORS

COMPONENT_ITERATIONS = 4  # of the randomised decomposition; the error no longer changes in its fourth digit


@torch.no_grad()
def evaluate_faces(model, train, held_out):
    """Everything the card of a model of faces states, measured on `held_out`; `train` fits read-out and components.

    train, held_out   FaceSet of the size that the model takes, drawn with different seeds

    "R² of smile" and so on is the share of a factor's variance over held-out faces that a linear function of the code
    (of its mean, for a variational autoencoder) explains; the function is fitted to `train`.
    """
    images = held_out.pixels
    codes = face_codes(model, images)
    figures = evaluate(model, images)
    if hasattr(model, "likelihood"):
        figures["variance of a pixel"] = {"value": model.likelihood.logvar.exp().item()}
        error = [(model.decode(z) - x).square().flatten(1).mean(1) for z, x in _together(codes, images)]
        figures["mse per pixel"] = mean_and_error(torch.cat(error))
    mean, components = principal_components(train.pixels, model.latent_dim)
    centred = images.flatten(1) - mean
    error = (centred - centred @ components @ components.T).square().mean(1)
    figures[f"mse per pixel, PCA-{model.latent_dim}"] = mean_and_error(error)
    read = linear_read_out(face_codes(model, train.pixels), train.factors)
    predicted = read(codes)
    for name, factor in FACTORS.items():
        column = factor.column
        figures[f"R² of {name}"] = r_squared(predicted[:, column], held_out.factors[:, column])
    return figures


@torch.no_grad()
def face_codes(model, images):
    """Codes (N, D) of images (N, 1, size, size); of a variational autoencoder, the means."""
    codes = [model.encode(x) for x in batches(images)]
    return torch.cat([code[0] if isinstance(code, tuple) else code for code in codes])


def linear_read_out(codes, targets):
    """Least squares with intercept from codes (N, D) to targets (N, K): a function from codes to targets, float64."""
    weights = torch.linalg.lstsq(_with_one(codes), targets.double()).solution  # (D + 1, K)
    return lambda z: _with_one(z) @ weights


def principal_components(images, k):
    """Mean (X,) and the first k principal directions (X, k) of images (N, ...) with X pixels each.

    Randomised: Halko, Martinsson and Tropp 2011, arXiv:0909.4061; the caller's random state is left alone.
    """
    pixels = images.flatten(1)
    mean = pixels.mean(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        _, _, directions = torch.svd_lowrank(pixels - mean, q=k + 10, niter=COMPONENT_ITERATIONS)
    return mean, directions[:, :k]


def r_squared(predicted, true):
    """{"value": explained share of the variance, "standard error"}, of N pairs; negative when worse than the mean."""
    error, spread = (predicted - true).double().square(), (true - true.mean()).double().square()
    unexplained = error.mean() / spread.mean()
    # The delta method for a ratio of two means.
    scatter = (error - unexplained * spread).std() / spread.mean() / len(true) ** 0.5
    return {"value": 1 - unexplained.item(), "standard error": scatter.item()}


def _with_one(codes):
    return torch.cat([codes, codes.new_ones(len(codes), 1)], 1).double()


def _together(codes, images):
    parts = list(batches(images))
    return zip(codes.split(len(parts[0])), parts, strict=True)
