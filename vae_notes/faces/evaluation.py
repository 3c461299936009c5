"""Figures of the models of faces: what their code holds, and principal components as the measure of their pictures."""

import math
from collections.abc import Iterator
from typing import Any

import torch

from vae_notes.arguments import check_images
from vae_notes.evaluation import Figures, batches, evaluate, mean_codes
from vae_notes.faces.factors import FACTORS
from vae_notes.faces.sets import FaceSet
from vae_notes.likelihoods import Gaussian
from vae_notes.maths.estimate import Estimate, mean_and_error
from vae_notes.maths.linear import linear_read_out, principal_components, r_squared
from vae_notes.modules import measuring
from vae_notes.protocol import is_variational


def evaluate_faces(model: Any, train: FaceSet, held_out: FaceSet) -> Figures:
    """Everything the card of a model of faces states, measured on `held_out`; `train` fits read-out and components.

    train, held_out   FaceSet of the size that the model takes, drawn with different seeds

    "R² of smile" and so on is the share of a factor's variance over held-out faces that a linear function of the code
    (of its mean, for a variational autoencoder) explains; the function is fitted to `train`.
    """
    images = held_out.pixels
    codes = face_codes(model, images)
    figures = evaluate(model, images)
    if is_variational(model, images[:2]):
        if isinstance(model.likelihood, Gaussian):
            figures["variance of a pixel"] = Estimate(model.likelihood.logvar.exp().item(), math.nan)
        with measuring(model):
            errors = [(model.decode(z) - x).square().flatten(1).mean(1) for z, x in _together(codes, images)]
        figures["mse per pixel"] = mean_and_error(torch.cat(errors))
    mean, components = principal_components(train.pixels, codes.shape[1])
    centred = images.flatten(1) - mean
    error = (centred - centred @ components @ components.T).square().mean(1)
    figures[f"mse per pixel, PCA-{codes.shape[1]}"] = mean_and_error(error)
    read = linear_read_out(face_codes(model, train.pixels), train.factors)
    predicted = read(codes)
    for name, factor in FACTORS.items():
        column = factor.column
        figures[f"R² of {name}"] = r_squared(predicted[:, column], held_out.factors[:, column])
    return figures


def face_codes(model: Any, images: torch.Tensor) -> torch.Tensor:
    """Codes (N, D) of images (N, 1, size, size); of a variational autoencoder, the means. ValueError for bad ones."""
    check_images(images)
    if is_variational(model, images[:2]):
        return mean_codes(model, images)
    with measuring(model):
        return torch.cat([model.encode(x) for x in batches(images)])


def _together(codes: torch.Tensor, images: torch.Tensor) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    parts = list(batches(images))
    return zip(codes.split(len(parts[0])), parts, strict=True)
