"""Held-out figures of a model: what the cards state, `evaluate` prints and the tests recompute.

Everything here is measured in eval mode and without gradients; the model is put back as it was.
"""

import math
from typing import Any, NamedTuple

import torch

from vae_notes.arguments import check_count, check_generator, check_images
from vae_notes.bounds import elbo, importance_bound
from vae_notes.gathering import gathered
from vae_notes.maths.estimate import Estimate, mean_and_error
from vae_notes.modules import described, measuring
from vae_notes.protocol import as_autoencoder, as_vae, is_variational, mean_and_logvar

PIXELS_AT_ONCE = 1000 * 784  # what a batch holds: memory stays the same whatever the size of the images
ACTIVE_THRESHOLD = 0.01  # Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519, section 5.2: Var_x(E_q[z]) above it


class Count(NamedTuple):
    """So many of so many: exact, so without a standard error."""

    value: int
    of: int


Figures = dict[str, Estimate | Count]


def evaluate(
    model: Any, images: Any, k: int = 0, subset: int = 100, generator: torch.Generator | None = None
) -> Figures:
    """The figures that suit the kind of model, each an Estimate over images (N, C, H, W) or a Count.

    The images may be a Dataset or a DataLoader of such.

    Of a variational autoencoder (anything that `as_vae` takes) bound, reconstruction, KL and active units; of any other
    {"mse per pixel": Estimate}.

    k, subset   when k > 0: also the importance bound with k samples of the first `subset` images in a random order
    generator   source of the noise and the order; default: seeded with 0, so that figures can be compared

    Raises ValueError for bad images and for k > 0 without a bound, TypeError for a model
    that is neither.
    """
    images = gathered(images)
    check_images(images)
    if is_variational(model, images[:2]):
        return evaluate_vae(model, images, k, subset, generator)
    if k:
        raise ValueError(f"k = {k} importance samples need a variational autoencoder; {type(model).__name__} is none")
    return evaluate_autoencoder(model, images)


def evaluate_autoencoder(model: Any, images: torch.Tensor) -> Figures:
    """{"mse per pixel": Estimate}; the standard error is that of the mean over images."""
    check_images(images)
    reconstruct = as_autoencoder(model)
    with measuring(model):
        error = [(reconstruct(x) - x).square().flatten(1).mean(1) for x in batches(images)]
    return {"mse per pixel": mean_and_error(torch.cat(error))}


def evaluate_vae(
    model: Any, images: torch.Tensor, k: int = 0, subset: int = 100, generator: torch.Generator | None = None
) -> Figures:
    """Figures in nats per image, z sampled (never z = mu), summed over the images and divided by their number.

    k, subset   when k > 0: also the importance-weighted estimate of -log p(x) with k samples on the first `subset` of a
                random order of the images, beside the -ELBO of the same images
    generator   source of the noise and the order; default: seeded with 0, so that figures can be compared
    """
    check_images(images)
    check_generator(generator)
    if k != 0:
        k = check_count(k, "k")
        subset = check_count(subset, "subset")
    if generator is None:
        generator = torch.Generator().manual_seed(0)
    vae = as_vae(model, images[:2])
    with torch.no_grad():
        parts = [elbo(vae, x, generator=generator) for x in batches(images)]
        figures: Figures = {
            "-elbo": mean_and_error(-torch.cat([part.value for part in parts])),
            "reconstruction": mean_and_error(torch.cat([part.reconstruction for part in parts])),
            "kl": mean_and_error(torch.cat([part.kl for part in parts])),
        }
        if len(images) > 1 and (mu := mean_codes(vae, images)).isfinite().all():
            figures["active units"] = _active(mu)
        if k:
            chosen = images[torch.randperm(len(images), generator=generator)[:subset]]
            bound = importance_bound(vae, chosen, k, generator=generator)
            few = -elbo(vae, chosen, samples=100, generator=generator).value
            figures[f"-log p, k={k}"] = mean_and_error(-bound, images=len(chosen))
            figures["-elbo, same images"] = mean_and_error(few, images=len(chosen), samples=100)
            figures["gap, paired"] = mean_and_error(few + bound, images=len(chosen))
    return figures


def active_units(model: Any, images: torch.Tensor) -> int:
    """How many latent units have a mean that varies over the images: Var_x(E_q[z]) > 0.01.

    Raises ValueError for bad images, for fewer than two, and where a mean is not finite.
    """
    check_images(images)
    if len(images) < 2:
        raise ValueError("images must be at least two: of one, nothing varies")
    mu = mean_codes(model, images)
    if not mu.isfinite().all():  # NaN varies by NaN, which would count as nothing
        raise ValueError(f"the mean codes of {type(model).__name__} are not finite: diagnose(model, images) says more")
    return _active(mu).value


def mean_codes(model: Any, images: torch.Tensor) -> torch.Tensor:
    """The mean code of each image of a variational autoencoder, (N, D), at least float32; ValueError for bad images."""
    check_images(images)
    vae = as_vae(model, images[:2])
    with measuring(vae):
        mu = torch.cat([mean_and_logvar(vae, x)[0] for x in batches(images)])
    return mu.to(torch.promote_types(mu.dtype, torch.float32))


def told_apart(a: torch.Tensor, b: torch.Tensor) -> float:
    """How often the nearest neighbour of a picture is of its own kind: about 0.5 if a and b are alike, 1 if disjoint.

    a, b   two sets of pictures (N, ...), equally many, in any order; a copy in the other set counts as alike, so give
           no pairs. Halves of sorted data (`load_mnist` comes class by class) differ: shuffle before you cut

    Leave-one-out accuracy of the nearest neighbour (Lopez-Paz and Oquab 2017, arXiv:1610.06545), by squared distance;
    neighbours that are equally near share the vote.
    """
    for name, pictures in (("a", a), ("b", b)):
        if not torch.is_tensor(pictures) or pictures.is_complex() or not pictures.isfinite().all():
            raise ValueError(f"{name} must be a tensor of finite real numbers, got {described(pictures)}")
    if len(a) != len(b) or a.shape[1:] != b.shape[1:] or a.numel() == 0:
        raise ValueError(f"a and b must be equally many pictures of one shape, got {tuple(a.shape)}, {tuple(b.shape)}")
    both = torch.cat([a, b]).flatten(1).cpu().double()
    distance = torch.cdist(both, both).fill_diagonal_(torch.inf)
    rounding = 1e-6 * both.norm(dim=1).max()  # of distances that are equal
    nearest = distance <= distance.amin(1, keepdim=True) + rounding
    first = torch.arange(len(both), device=both.device) < len(a)
    own = nearest & (first == first[:, None])
    return (own.sum(1) / nearest.sum(1).double()).mean().item()


def card_figures(figures: Figures) -> dict[str, dict[str, Any]]:
    """Figures as a card (JSON) states them: {"value", "standard error", ...} and {"value", "of"}."""

    def entry(figure: Estimate | Count) -> dict[str, Any]:
        if isinstance(figure, Count):
            return figure._asdict()
        error = {} if math.isnan(figure.standard_error) else {"standard error": figure.standard_error}
        return {"value": figure.value, **error, **(figure.details or {})}

    return {name: entry(figure) for name, figure in figures.items()}


def batches(images: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The images in parts that fit into memory with all that a model makes of them."""
    return images.split(max(1, PIXELS_AT_ONCE // images[0].numel()))


def _active(mu: torch.Tensor) -> Count:
    return Count(int((mu.var(0) > ACTIVE_THRESHOLD).sum()), mu.shape[1])
