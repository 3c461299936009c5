"""Directions in a code that change one known factor, and how sure a mean over few examples is.

Codes may be codes of a model, coordinates along principal components or flattened pictures: any numbers that are added.
Axes: N examples, D numbers of a code, F factors.
"""

import torch


def difference_of_means(codes, factor):
    """Mean code of the upper half of the examples minus that of the lower half, per unit of the factor: (D,).

    codes    (N, D)
    factor   (N,); the halves are those above its median, and the others

    Whatever else differs between the two halves goes into the direction too (`regression` holds it fixed). Raises
    ValueError when the factor does not vary. Source: Larsen et al. 2016, arXiv:1512.09300.
    """
    upper = factor > factor.median()
    if not upper.any():
        raise ValueError(f"factor must vary, got {len(factor)} times the value {factor[:1].tolist()}")
    gap = factor[upper].mean() - factor[~upper].mean()
    return (codes[upper].mean(0) - codes[~upper].mean(0)) / gap


def regression(codes, factors):
    """Least squares of codes (N, D) on factors (N, F) and a constant: coefficients (F, D) and residuals (N, D).

    Row k is the change of the code per unit of factor k with the other factors held. Raises ValueError when there are
    not more examples than coefficients.
    """
    if len(codes) <= factors.shape[1] + 1:
        raise ValueError(f"codes must be of more than {factors.shape[1] + 1} examples, got {len(codes)}")
    design = torch.cat([factors, torch.ones_like(factors[:, :1])], 1).double()
    solution = torch.linalg.lstsq(design, codes.double()).solution
    return solution[:-1].to(codes.dtype), (codes - design @ solution).to(codes.dtype)


def slopes(readings, commands):
    """Least-squares slope of every example's readings (T, N) against the commands (T,): (N,)."""
    centred = commands - commands.mean()
    return centred @ readings / centred.square().sum()


def bootstrap_interval(values, statistic=torch.mean, draws=2000, seed=0):
    """A 95 % interval for a statistic of values (N, ...) over the population the N examples come from: low and high.

    The examples are drawn anew with replacement `draws` times; the ends are the 2.5 % and 97.5 % quantiles of the
    statistic, taken along the first axis (Efron 1979, doi:10.1214/aos/1176344552).
    """
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randint(len(values), (draws, len(values)), generator=generator)
    results = torch.stack([_value(statistic(values[rows], 0)) for rows in chosen])
    low, high = results.quantile(torch.tensor([0.025, 0.975], dtype=results.dtype), 0)
    return low, high


def _value(result):
    return result if torch.is_tensor(result) else result.values  # torch.median returns indices as well
