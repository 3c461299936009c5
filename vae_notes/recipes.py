"""How each shipped model is built and trained: the only place that says so, read by `python -m vae_notes train`."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from vae_notes.data import did_you_mean, load_mnist
from vae_notes.models import Autoencoder, VariationalAutoencoder


@dataclass(frozen=True)
class Recipe:
    """epochs, batch_size, learning_rate and seed go to `fit`; `images(root)` gives the training images."""

    summary: str
    build: Callable[[], nn.Module]
    images: Callable[..., torch.Tensor]
    data: str
    epochs: int
    batch_size: int = 128
    learning_rate: float = 1e-3
    seed: int = 0

    @property
    def settings(self):
        """What `fit` is called with, and what the card of the trained model must state."""
        return {key: getattr(self, key) for key in ("epochs", "batch_size", "learning_rate", "seed")}

    def new_model(self):
        """The untrained model with the weights that the seed gives; the caller's random state is left alone."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            return self.build()


def _mnist_train(root=None):
    return load_mnist("train", root).images


MNIST_TRAIN = "MNIST, the 55,000 training images that are not bundled, grey levels in [0, 1]"

RECIPES = {
    "mnist-autoencoder": Recipe(
        "784-256-32-256-784 autoencoder, linear code, squared error",
        Autoencoder,
        _mnist_train,
        MNIST_TRAIN,
        epochs=200,
    ),
    "mnist-vae": Recipe(
        "784-400-(20+20), 20-400-784 variational autoencoder, Bernoulli likelihood of grey levels",
        VariationalAutoencoder,
        _mnist_train,
        MNIST_TRAIN,
        epochs=500,
    ),
    "mnist-vae-2d": Recipe(
        "784-400-(2+2), 2-400-784 variational autoencoder, for pictures of the latent plane",
        lambda: VariationalAutoencoder(latent_dim=2),
        _mnist_train,
        MNIST_TRAIN,
        epochs=100,
    ),
}


def find_recipe(name):
    """The Recipe called `name`; ValueError with the nearest name when there is none."""
    if name not in RECIPES:
        raise ValueError(f"no model is called {name!r}{did_you_mean(name, RECIPES)}; there are {', '.join(RECIPES)}")
    return RECIPES[name]
