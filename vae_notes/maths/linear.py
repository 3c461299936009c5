"""Linear rules between codes and factors: directions, read-outs, principal components, and how sure a figure is.

Codes may be codes of a model, coordinates along principal components or flattened pictures: any numbers that are added.
Axes: N examples, D numbers of a code, F factors.
"""

from collections.abc import Callable
from typing import Any

import torch

from vae_notes.arguments import check_count, check_generator, check_numbers, common_dtype
from vae_notes.maths.estimate import Estimate
from vae_notes.maths.numerics import widest

SPARE = 10  # directions that the randomised decomposition finds beside those that are asked for
COMPONENT_ITERATIONS = 4  # of the randomised decomposition; the error no longer changes in its fourth digit


def difference_of_means(codes: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """Mean code of the upper half of the examples minus that of the lower half, per unit of the factor: (D,).

    codes    (N, D)
    factor   (N,), of any real dtype; the halves are those above its median and the others, or, where none is above,
             those with its largest value and the others: an attribute that is 0 or 1 is split into its two groups

    Whatever else differs between the two halves goes into the direction too (`regression` holds it fixed). Raises
    ValueError when the factor does not vary, holds NaN or has another length. Source: Larsen et al. 2016,
    arXiv:1512.09300.
    """
    common_dtype(codes=codes)
    check_numbers(codes=codes)
    check_numbers(len(codes), factor=factor)
    if factor.ndim != 1:
        raise ValueError(f"factor must be one number per example, ({len(codes)},), got {tuple(factor.shape)}")
    factor = factor if factor.is_floating_point() else widest(factor)
    upper = factor > factor.median()
    if not upper.any():  # more than half of the examples have the largest value, as where an attribute is 0 or 1
        upper = factor == factor.max()
    if upper.all():
        raise ValueError(f"factor must vary, got {len(factor)} times the value {factor[:1].tolist()}")
    gap = factor[upper].mean() - factor[~upper].mean()
    return (codes[upper].mean(0) - codes[~upper].mean(0)) / gap


def regression(codes: torch.Tensor, factors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Least squares of codes (N, D) on factors (N, F) and a constant: coefficients (F, D) and residuals (N, D).

    Row k is the change of the code per unit of factor k with the other factors held. Raises ValueError when there are
    not more examples than coefficients, and when a factor does not vary with the others held.
    """
    common_dtype(codes=codes)  # whole numbers would cut the coefficients
    check_numbers(codes=codes)
    check_numbers(len(codes), factors=factors)
    if codes.ndim != 2 or factors.ndim != 2:
        raise ValueError(f"codes and factors must be (N, D), (N, F), got {tuple(codes.shape)}, {tuple(factors.shape)}")
    if len(codes) <= factors.shape[1] + 1:
        raise ValueError(f"codes must be of more than {factors.shape[1] + 1} examples, got {len(codes)}")
    design = widest(torch.cat([factors, torch.ones_like(factors[:, :1])], 1))
    if torch.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("factors must not be constant or follow from each other: with the others held, one must vary")
    solution = torch.linalg.lstsq(design, widest(codes)).solution
    return solution[:-1].to(codes.dtype), (codes - design @ solution).to(codes.dtype)


def slopes(readings: torch.Tensor, commands: torch.Tensor) -> torch.Tensor:
    """Least-squares slope of every example's readings (T, N) against the commands (T,): (N,).

    Raises ValueError when the commands do not vary.
    """
    if not torch.is_tensor(commands) or commands.ndim != 1 or not (commands != commands[:1]).any():
        raise ValueError(f"commands must be a tensor (T,) that varies, got {commands}")
    commands = commands.to(readings.dtype)
    centred = commands - commands.mean()
    return centred @ readings / centred.square().sum()


def bootstrap_interval(
    values: torch.Tensor,
    statistic: Callable[..., Any] = torch.mean,
    draws: int = 2000,
    generator: torch.Generator | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """A 95 % interval for a statistic of values (N, ...) over the population the N examples come from: low and high.

    The examples are drawn anew with replacement `draws` times; the ends are the 2.5 % and 97.5 % quantiles of the
    statistic, taken along the first axis (Efron 1979, doi:10.1214/aos/1176344552). `generator` draws them; default:
    seeded with 0. (scipy.stats.bootstrap does the same; this one stays in torch and gives the figures of the chapters.)
    """
    draws = check_count(draws, "draws")
    check_generator(generator)
    common_dtype(values=values)
    check_numbers(values=values)
    if generator is None:
        generator = torch.Generator().manual_seed(0)
    chosen = torch.randint(len(values), (draws, len(values)), generator=generator)
    results = torch.stack([_value(statistic(values[rows], 0)) for rows in chosen])
    low, high = results.quantile(torch.tensor([0.025, 0.975], dtype=results.dtype), 0)
    return low, high


def _value(result: Any) -> torch.Tensor:
    return result if torch.is_tensor(result) else result.values  # torch.median returns indices as well


def linear_read_out(codes: torch.Tensor, targets: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    """Least squares with intercept from codes (N, D) to targets (N, K): a function from codes to targets."""
    weights = torch.linalg.lstsq(_with_one(codes), widest(targets)).solution  # (D + 1, K)
    return lambda z: _with_one(z) @ weights


def principal_components(images: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean (X,) and the first k principal directions (X, k) of images (N, ...) with X pixels each.

    Randomised: Halko, Martinsson and Tropp 2011, arXiv:0909.4061; the caller's random state is left alone. Raises
    ValueError for images that are not finite floating-point numbers and for more directions than there are.
    """
    common_dtype(images=images)
    check_numbers(images=images)
    pixels = images.flatten(1)
    k = check_count(k, "k")
    if k > min(pixels.shape):
        raise ValueError(f"k must be at most {min(pixels.shape)}, the lesser of images and pixels, got {k}")
    mean = pixels.mean(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        _, _, directions = torch.pca_lowrank(pixels, q=min(k + SPARE, *pixels.shape), niter=COMPONENT_ITERATIONS)
    return mean, directions[:, :k]


def r_squared(predicted: torch.Tensor, true: torch.Tensor) -> Estimate:
    """The share of the variance of the values `true`, (N,) or (N, 1), that `predicted` explains, an Estimate.

    Negative when worse than the mean. Raises ValueError when shapes differ or the true values do not vary.
    """
    if predicted.shape != true.shape or true.ndim == 0 or true.numel() != len(true):
        raise ValueError(
            f"predicted and true must have one shape, (N,), got {tuple(predicted.shape)} and {tuple(true.shape)}"
        )
    common_dtype(predicted=predicted, true=true)
    predicted, true = predicted.flatten(), true.flatten()
    error, spread = widest(predicted - true).square(), widest(true - true.mean()).square()
    if (true == true[:1]).all():  # rounding may put their mean beside them
        raise ValueError(f"true must vary, got {len(true)} times the value {true[:1].tolist()}")
    unexplained = error.mean() / spread.mean()
    # The delta method for a ratio of two means.
    scatter = (error - unexplained * spread).std() / spread.mean() / len(true) ** 0.5
    return Estimate(1 - unexplained.item(), scatter.item())


def _with_one(codes: torch.Tensor) -> torch.Tensor:
    return widest(torch.cat([codes, codes.new_ones(len(codes), 1)], 1))
