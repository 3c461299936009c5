"""How each shipped model is built, trained and measured: the only place that says so, for `python -m vae_notes`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import nn

from vae_notes.data import did_you_mean, load_mnist
from vae_notes.evaluation import evaluate
from vae_notes.face_evaluation import evaluate_faces, face_codes
from vae_notes.face_models import FaceAutoencoder, FaceVAE
from vae_notes.face_sets import draw_faces
from vae_notes.models import Autoencoder, VariationalAutoencoder


@dataclass(frozen=True)
class Recipe:
    """epochs, batch_size, learning_rate and seed go to `fit`; the rest says what to train on and how to measure.

    images     images(root) gives the training images
    data       what they are, in words
    held_out   name and description of every set to measure on; the model has seen none of them
    measure    measure(model, name of the set, root, progress=..., k=..., subset=...) gives the figures
    finish     finish(model, images) is called once after the training
    """

    summary: str
    build: Callable[[], nn.Module]
    images: Callable[..., torch.Tensor]
    data: str
    held_out: dict[str, str]
    measure: Callable[..., dict]
    epochs: int
    batch_size: int = 128
    learning_rate: float = 1e-3
    seed: int = 0
    finish: Callable[..., None] = lambda model, images: None

    @property
    def settings(self):
        """What `fit` is called with, and what the card of the trained model must state."""
        return {key: getattr(self, key) for key in ("epochs", "batch_size", "learning_rate", "seed")}

    def new_model(self):
        """The untrained model with the weights that the seed gives; the caller's random state is left alone."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            return self.build()


def _digits(build, summary, epochs):
    def measure(model, split, root=None, progress=False, **options):
        return evaluate(model, load_mnist(split, root).images, **options)

    return Recipe(
        summary,
        build,
        lambda root=None: load_mnist("train", root).images,
        "MNIST, the 55,000 training images that are not bundled, grey levels in [0, 1]",
        {"bundled": "5,000 bundled digits", "test": "10,000 test digits"},
        measure,
        epochs,
    )


def _faces(build, summary, size, count, held_out, epochs):
    def measure(model, split, root=None, progress=False, **options):
        train, unseen = (draw_faces(n, size, s, progress) for s, n in enumerate((READ_OUT_FACES, held_out)))
        return evaluate_faces(model, train, unseen)

    return Recipe(
        summary,
        build,
        lambda root=None: draw_faces(count, size, seed=0, progress=True).images,
        f"{count:,} drawn faces of {size} x {size} pixels, draw_faces({count}, {size}, seed=0), grey levels in [0, 1]",
        {"held-out": f"{held_out:,} faces, draw_faces({held_out}, {size}, seed=1)"},
        measure,
        epochs,
        batch_size=32,
        learning_rate=2e-3,
        finish=_hold_features,
    )


def _hold_features(model, images):
    model.decoder.hold(face_codes(model, images[:READ_OUT_FACES].float() / 255))


READ_OUT_FACES = 2000  # the first training faces: they fit read-out and components, and set the ranges of features
FACES_VAE = _faces(
    FaceVAE,
    "variational autoencoder of 64 x 64 faces, 20 latent units, Gaussian likelihood with one learned variance",
    size=64,
    count=20_000,
    held_out=1000,
    epochs=80,
)

RECIPES = {
    "mnist-autoencoder": _digits(Autoencoder, "784-256-32-256-784 autoencoder, linear code, squared error", epochs=200),
    "mnist-vae": _digits(
        VariationalAutoencoder,
        "784-400-(20+20), 20-400-784 variational autoencoder, Bernoulli likelihood of grey levels",
        epochs=500,
    ),
    "mnist-vae-2d": _digits(
        partial(VariationalAutoencoder, latent_dim=2),
        "784-400-(2+2), 2-400-784 variational autoencoder, for pictures of the latent plane",
        epochs=100,
    ),
    "faces-autoencoder": _faces(
        FaceAutoencoder,
        "autoencoder of 256 x 256 faces, 32 numbers, linear code, squared error",
        size=256,
        count=6000,
        held_out=500,
        epochs=90,
    ),
    "faces-vae": FACES_VAE,
    # The same again from other initial weights and another order: what differs between them is chance.
    "faces-vae-1": replace(FACES_VAE, seed=1),
    "faces-vae-2": replace(FACES_VAE, seed=2),
}


def find_recipe(name):
    """The Recipe called `name`; ValueError with the nearest name when there is none."""
    if name not in RECIPES:
        raise ValueError(f"no model is called {name!r}{did_you_mean(name, RECIPES)}; there are {', '.join(RECIPES)}")
    return RECIPES[name]
