"""Pictures out of a model: samples, reconstructions, walks between two images. For every model with the protocol.

Made in eval mode and without gradients, on the model's device and in its dtype.
"""

from collections.abc import Callable
from typing import Any

import torch

from vae_notes.adapters import ForwardVAE
from vae_notes.arguments import check_count, check_examples, check_generator
from vae_notes.modules import dtype_of, measuring, place_of, unwrapped
from vae_notes.protocol import as_autoencoder, as_vae, is_variational, mean_and_logvar
from vae_notes.watching import coder

Function = Callable[[torch.Tensor], torch.Tensor]


def sample(
    model: Any, n: int, generator: torch.Generator | None = None, like: torch.Tensor | None = None
) -> torch.Tensor:
    """n images from a variational autoencoder: z ~ N(0, I), decoded to the mean image of p(x|z), (n, ...).

    generator   source of z
    like        a few images (B, ...), for a model that does not say its `latent_dim`

    Raises ValueError for bad counts, TypeError for a model that is not variational or cannot decode.
    """
    n = check_count(n, "n")
    check_generator(generator)
    vae = as_vae(model, like)
    latent_dim = getattr(vae, "latent_dim", None)
    with measuring(vae):
        if latent_dim is None and like is not None:
            latent_dim = mean_and_logvar(vae, like)[0].shape[1]
        if latent_dim is None:
            missing = "must be seen at work" if isinstance(vae, ForwardVAE) else "has no latent_dim"
            raise TypeError(f"{type(model).__name__} {missing}: give a few images, sample(model, n, like=images)")
        _must_decode(vae, model)
        device = place_of(vae) if generator is None else generator.device
        z = torch.randn(n, latent_dim, generator=generator, device=device)
        return vae.decode(z.to(place_of(vae), dtype_of(vae, z)))


def reconstruct(model: Any, x: torch.Tensor) -> torch.Tensor:
    """Images x (B, ...) encoded and decoded, in the same shape; of a variational autoencoder, from the mean code.

    The mean code gives the picture that looks best. It is no draw from q(z|x), and its error belongs to no bound.
    """
    check_examples(x)
    if is_variational(model, x):
        encode, decode = _coder(model, x)
        with measuring(model):
            return decode(encode(x))
    with measuring(model):
        return as_autoencoder(model)(x)


def interpolate(model: Any, a: torch.Tensor, b: torch.Tensor, steps: int = 10) -> torch.Tensor:
    """The straight line between the codes of images a and b, each (B, ...), decoded: (steps, B, ...), ends included.

    Of a variational autoencoder, between the mean codes. Raises ValueError for shapes that differ and for fewer than
    two steps.
    """
    check_examples(a, "a")
    check_examples(b, "b")
    steps = check_count(steps, "steps")
    if a.shape != b.shape or steps < 2:
        raise ValueError(
            f"a and b must have one shape and steps be at least 2, got {tuple(a.shape)}, {tuple(b.shape)}, {steps}"
        )
    encode, decode = _coder(model, a)
    with measuring(model):
        start, end = encode(a), encode(b)
        weights = torch.linspace(0, 1, steps, dtype=start.dtype, device=start.device).view(-1, 1, 1)
        return decode(torch.lerp(start, end, weights))


def _coder(model: Any, x: torch.Tensor) -> tuple[Function, Function]:
    """Images to codes (of a variational autoencoder, their means), and codes (..., D) to images."""
    if not is_variational(model, x):
        return coder(unwrapped(model), x)
    vae = as_vae(model, x)
    _must_decode(vae, model)
    return lambda x: mean_and_logvar(vae, x)[0], vae.decode


def _must_decode(vae: Any, model: Any) -> None:
    if not callable(getattr(vae, "decode", None)) or (isinstance(vae, ForwardVAE) and vae.looked and not vae.decodes):
        raise TypeError(f"{type(model).__name__} has no decode(z), from codes (..., D) to images: pictures need one")
