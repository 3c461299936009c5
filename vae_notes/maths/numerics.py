"""The one expression behind every divergence of normals, without the cancellation of its usual form."""

import functools
import math
from typing import Any

import torch
from torch.autograd import forward_ad

# Up to this size exp(x) - 1 - x is summed as a series: the difference has lost half its digits at 1e-8, all at 1e-16.
# Beyond the last power x^n / n! the series is below the rounding of the dtype.
SERIES_UP_TO = 0.6
LAST_POWER = {torch.float32: 8, torch.float64: 16}
NO_FLOAT64 = {"mps"}  # kinds of devices that have none


class _TwiceDivergence(torch.autograd.Function):
    """Derivatives are stated: to differentiate the series would cost more than the divergence itself."""

    @staticmethod
    def forward(mu: torch.Tensor, logvar: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        # logvar = near + far, and one of them is 0. torch.where and torch.expm1 would say all this more plainly and, on
        # a CPU, each take longer than all the rest. The fewer new tensors, the faster: hence `out=`.
        far = torch.nn.functional.hardshrink(logvar, SERIES_UP_TO)  # logvar beyond the series, else 0
        end = far.clamp(-SERIES_UP_TO, SERIES_UP_TO)
        near = logvar.clamp(-SERIES_UP_TO, SERIES_UP_TO).sub_(end)
        last, following, *rest = _coefficients(logvar.dtype, logvar.device)
        result = torch.mul(near, last, out=end).add_(following)
        for coefficient in rest:
            torch.addcmul(coefficient, result, near, out=result)
        result.mul_(near).mul_(near)  # exp(near) - 1 - near
        beyond = torch.exp(far).sub_(1)
        expm1 = near.add_(result).add_(beyond)  # exp(logvar) - 1, kept for the gradient
        result.add_(beyond).sub_(far.clamp_(max=1e4))  # exp has overflowed there: no infinity - infinity
        return result.addcmul_(mu, mu), expm1

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[torch.Tensor, ...], output: tuple[torch.Tensor, ...]) -> None:
        ctx.save_for_backward(*inputs, output[1])
        ctx.mark_non_differentiable(output[1])

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor, _: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mu, logvar, expm1 = ctx.saved_tensors
        if torch.is_grad_enabled():  # a second derivative is wanted, so the first must be a function of logvar
            return 2 * gradient * mu, gradient * torch.expm1(logvar)
        return (gradient * mu).mul_(2), gradient * expm1

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *tensors: torch.Tensor) -> Any:
        tensors = tuple(
            t.expand(info.batch_size, *t.shape) if d is None else t.movedim(d, 0)
            for t, d in zip(tensors, in_dims, strict=True)
        )
        return _TwiceDivergence.apply(*tensors), (0, 0)


def twice_divergence(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    """2 KL(N(mu, e^logvar) || N(0, 1)) = mu^2 + e^logvar - 1 - logvar, element by element, float32 or float64.

    Never negative; a few units in the last place for every logvar; infinite where it overflows. Derivatives of every
    order in reverse mode, in forward mode and of one over the other.
    """
    mu, logvar = torch.broadcast_tensors(mu, logvar)
    # PyTorch takes the second forward-mode derivative of an autograd.Function for 0, without a word.
    if forward_ad._current_level >= 0:
        return _plain(mu, logvar)
    return _TwiceDivergence.apply(mu, logvar)[0]


def _plain(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    """The same in operations that PyTorch differentiates by itself; each derivative costs a power of the series."""
    far = torch.nn.functional.hardshrink(logvar, SERIES_UP_TO)
    near = logvar.clamp(-SERIES_UP_TO, SERIES_UP_TO) - far.clamp(-SERIES_UP_TO, SERIES_UP_TO)
    series = torch.zeros_like(near)
    for n in range(LAST_POWER[logvar.dtype] + 4, 1, -1):
        series = series * near + 1 / math.factorial(n)
    return series * near.square() + (far.exp() - 1 - far.clamp(max=1e4)) + mu.square()


def widest(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor in float64, or in float32 on a device that has no float64."""
    return tensor.to(torch.float32 if tensor.device.type in NO_FLOAT64 else torch.float64)


@functools.cache
def _coefficients(dtype: torch.dtype, device: torch.device) -> list[torch.Tensor]:
    return [torch.tensor(1 / math.factorial(n), dtype=dtype, device=device) for n in range(LAST_POWER[dtype], 1, -1)]
