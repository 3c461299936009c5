"""The one form of a measured value and its standard error."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Estimate:
    """A value computed from a sample, and the standard error of it; `value, error = estimate` takes it apart.

    value            a number, or a tensor of several
    standard_error   of the same shape; NaN where one example cannot tell
    details          what else belongs to the figure, as {"images": 100, "samples": 5000}
    """

    value: Any
    standard_error: Any
    details: dict[str, int] | None = None

    def __iter__(self) -> Iterator[Any]:
        return iter((self.value, self.standard_error))


def mean_and_error(per_example: torch.Tensor, **details: int) -> Estimate:
    """The mean over examples (N,) and its standard error, both as Python numbers, summed in float64 on the CPU."""
    values = per_example.detach().cpu().double()
    error = values.std().item() / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return Estimate(values.mean().item(), error, details or None)
