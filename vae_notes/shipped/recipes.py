"""How each shipped model is built, trained and measured: the only place that says so, for `python -m vae_notes`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import nn

from vae_notes.arguments import did_you_mean
from vae_notes.evaluation import card_figures, evaluate
from vae_notes.faces.evaluation import evaluate_faces, face_codes
from vae_notes.faces.models import FaceAutoencoder, FaceVAE
from vae_notes.faces.sets import draw_faces
from vae_notes.mnist import load_mnist
from vae_notes.models import Autoencoder, VariationalAutoencoder


@dataclass(frozen=True)
class Recipe:
    """epochs, batch_size, learning_rate and seed go to `fit`; the rest says what to train on and how to measure.

    images     images(root) gives the training images
    data       what they are, in words
    held_out   name and description of every set to measure on; the model has seen none of them
    measure    measure(model, name of the set, root, progress=..., **options) gives the figures
    options    names of the options of the command line that it has a use for: others are refused
    finish     finish(model, images) is called once after the training
    finished   what it does to the model, in words, for the card
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
    options: tuple[str, ...] = ()
    finish: Callable[..., None] | None = None
    finished: str = ""

    @property
    def settings(self) -> dict[str, Any]:
        """What `fit` is called with, and what the card of the trained model must state."""
        return {key: getattr(self, key) for key in ("epochs", "batch_size", "learning_rate", "seed")}

    def new_model(self) -> nn.Module:
        """The untrained model with the weights that the seed gives; the caller's random state is left alone."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            return self.build()


READ_OUT_FACES = 2000  # the first training faces: they fit read-out and components, and set the ranges of features
HELD = f"each feature of the decoder is held within the range that it has over the first {READ_OUT_FACES:,} faces"


def _digit_images(root: Any = None) -> torch.Tensor:
    return load_mnist("train", root).images


def _measure_autoencoder(model: nn.Module, split: str, root: Any = None, progress: bool = False) -> dict[str, Any]:
    return card_figures(evaluate(model, load_mnist(split, root).images))


def _measure_vae(
    model: nn.Module, split: str, root: Any = None, progress: bool = False, k: int = 0, subset: int = 100
) -> dict[str, Any]:
    return card_figures(evaluate(model, load_mnist(split, root).images, k, subset))


def _face_images(count: int, size: int, root: Any = None) -> torch.Tensor:
    return draw_faces(count, size, seed=0, progress=True).images


def _measure_faces(
    size: int, held_out: int, model: nn.Module, split: str, root: Any = None, progress: bool = False
) -> dict[str, Any]:
    train, unseen = (draw_faces(n, size, s, progress) for s, n in enumerate((READ_OUT_FACES, held_out)))
    return card_figures(evaluate_faces(model, train, unseen))


def _hold_features(model: Any, images: torch.Tensor) -> None:
    model.decoder.hold(face_codes(model, images[:READ_OUT_FACES].float() / 255))


def _digits(build: Callable[[], nn.Module], summary: str, epochs: int, variational: bool = True) -> Recipe:
    return Recipe(
        summary,
        build,
        _digit_images,
        "MNIST, the 55,000 training images that are not bundled, grey levels in [0, 1]",
        {"bundled": "5,000 bundled digits", "test": "10,000 test digits"},
        _measure_vae if variational else _measure_autoencoder,
        epochs,
        options=("data", "k", "subset") if variational else ("data",),
    )


def _faces(build: Callable[[], nn.Module], summary: str, size: int, count: int, held_out: int, epochs: int) -> Recipe:
    return Recipe(
        summary,
        build,
        partial(_face_images, count, size),
        f"{count:,} drawn faces of {size} x {size} pixels, draw_faces({count}, {size}, seed=0), grey levels in [0, 1]",
        {"held-out": f"{held_out:,} faces, draw_faces({held_out}, {size}, seed=1)"},
        partial(_measure_faces, size, held_out),
        epochs,
        batch_size=32,
        learning_rate=2e-3,
        finish=_hold_features,
        finished=HELD,
    )


FACES_VAE = _faces(
    FaceVAE,
    "variational autoencoder of 64 x 64 faces, 20 latent units, Gaussian likelihood with one learned variance",
    size=64,
    count=20_000,
    held_out=1000,
    epochs=80,
)

RECIPES = {
    "mnist-autoencoder": _digits(
        Autoencoder, "784-256-32-256-784 autoencoder, linear code, squared error", epochs=200, variational=False
    ),
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


def find_recipe(name: str) -> Recipe:
    """The Recipe called `name`; ValueError with the nearest name when there is none."""
    if name not in RECIPES:
        raise ValueError(f"no model is called {name!r}{did_you_mean(name, RECIPES)}; there are {', '.join(RECIPES)}")
    return RECIPES[name]
