"""What the numbers of a diagnosis say of x_hat: as bright as the images? And does the likelihood suit them?"""

import math
from collections.abc import Iterator
from typing import Any

import torch

from vae_notes.evaluation import batches
from vae_notes.likelihoods import Bernoulli, Gaussian
from vae_notes.modules import measuring
from vae_notes.symptoms import WEIGHT, Finding, draw, finding

BRIGHT = (0.8, 1.25)  # of the images: sound models, and collapsed ones, lie between 0.92 and 1.07
GREY = 0.25  # share of pixels between black and white: 0.12 of MNIST's, nearly all of a photograph's


def mean_images(vae: Any, images: torch.Tensor, generator: torch.Generator) -> torch.Tensor | None:
    """E[x|z] of one code for each image, shaped like the images; None of a model that cannot decode."""
    if not callable(getattr(vae, "decode", None)) or not getattr(vae, "decodes", True):
        return None
    with measuring(vae):
        means = torch.cat([vae.decode(draw(vae, x, generator)) for x in batches(images)])
    return means.cpu().reshape(images.shape).double()


def brightness(means: torch.Tensor, images: torch.Tensor) -> Iterator[Finding]:
    """Of mean images and images: any loss that is least at E[x|z] makes them equally bright on average."""
    if images.sum() > 0:
        advice = (
            "x_hat is not as bright as the images: were those of training in this range, [0, 1]? Is a sigmoid missing, "
            "or there twice (in the decoder and in binary_cross_entropy_with_logits)?"
        )
        ratio = (means.mean() / images.cpu().double().mean()).item()
        yield finding("brightness of x_hat over the images'", ratio, *BRIGHT, advice)


def pixels(vae: Any, images: torch.Tensor, means: torch.Tensor | None) -> Iterator[Finding]:
    """Whether the likelihood, where it is one of the book's, is one for these pixels."""
    likelihood = getattr(vae, "likelihood", None)
    if isinstance(likelihood, Bernoulli):
        grey = ((images > 0.02) & (images < 0.98)).cpu().double().mean().item()
        advice = "grey pixels under a Bernoulli: the bound is that of binarised images. Binarise, or take a Gaussian"
        yield finding("share of grey pixels under a Bernoulli", grey, -math.inf, GREY, advice)
    if isinstance(likelihood, Gaussian) and means is not None:
        errors = (means - images.cpu()).square().mean()
        ratio = likelihood.logvar.detach().cpu().double().exp().item() / errors.item()
        advice = "the pixel variance is not that of the errors, which is a hidden beta: learn it, Gaussian(learn=True)"
        yield finding("pixel variance over squared error", ratio, *WEIGHT, advice)
