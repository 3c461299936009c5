"""Held-out figures of a model: what the cards state, `evaluate` prints and the tests recompute."""

import math

import torch

from vae_notes.data import check_images
from vae_notes.elbo import elbo, importance_bound

PIXELS_AT_ONCE = 1000 * 784  # what a batch holds: memory stays the same whatever the size of the images
ACTIVE_THRESHOLD = 0.01  # Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519, section 5.2: Var_x(E_q[z]) above it


@torch.no_grad()
def evaluate_autoencoder(model, images):
    """{"mse per pixel": {"value", "standard error"}}; the standard error is that of the mean over images."""
    check_images(images)
    error = torch.cat([(model(x) - x).square().flatten(1).mean(1) for x in batches(images)])
    return {"mse per pixel": mean_and_error(error)}


@torch.no_grad()
def evaluate_vae(model, images, k=0, subset=100, seed=0):
    """Figures in nats per image, z sampled (never z = mu), summed over the images and divided by their number.

    k, subset   when k > 0: also the importance-weighted estimate of -log p(x) with k samples on the first `subset` of a
                random order of the images, beside the -ELBO of the same images
    """
    check_images(images)
    generator = torch.Generator().manual_seed(seed)
    parts = [elbo(model, x, generator=generator) for x in batches(images)]
    figures = {
        "-elbo": mean_and_error(-torch.cat([part.value for part in parts])),
        "reconstruction": mean_and_error(torch.cat([part.reconstruction for part in parts])),
        "kl": mean_and_error(torch.cat([part.kl for part in parts])),
        "active units": {"value": active_units(model, images), "of": model.latent_dim},
    }
    if k:
        chosen = images[torch.randperm(len(images), generator=generator)[:subset]]
        bound = importance_bound(model, chosen, k, generator=generator)
        few = -elbo(model, chosen, samples=100, generator=generator).value
        figures[f"-log p, k={k}"] = mean_and_error(-bound) | {"images": len(chosen)}
        figures["-elbo, same images"] = mean_and_error(few) | {"images": len(chosen), "samples": 100}
        figures["gap, paired"] = mean_and_error(few + bound) | {"images": len(chosen)}
    return figures


@torch.no_grad()
def active_units(model, images):
    """How many latent units have a mean that varies over the images: Var_x(E_q[z]) > 0.01."""
    mu = torch.cat([model.encode(x)[0] for x in batches(images)])
    return int((mu.var(0) > ACTIVE_THRESHOLD).sum())


def evaluate(model, images, k=0, subset=100):
    """The figures that suit the kind of model."""
    if hasattr(model, "likelihood"):
        return evaluate_vae(model, images, k=k, subset=subset)
    return evaluate_autoencoder(model, images)


def batches(images):
    """The images in parts that fit into memory with all that a model makes of them."""
    return images.split(max(1, PIXELS_AT_ONCE // images[0].numel()))


def mean_and_error(per_example):
    """{"value": the mean over examples, "standard error": that of the mean}."""
    per_example = per_example.double()
    error = per_example.std().item() / math.sqrt(len(per_example)) if len(per_example) > 1 else math.nan
    return {"value": per_example.mean().item(), "standard error": error}
