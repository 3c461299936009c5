"""The one expression behind every divergence of normals, without the cancellation of its usual form."""

import functools
import math

import torch

# Up to this size exp(x) - 1 - x is summed as a series: the difference has lost half its digits at 1e-8, all at 1e-16.
# Beyond the last power x^n / n! the series is below the rounding of the dtype.
SERIES_UP_TO = 0.6
LAST_POWER = {torch.float32: 8, torch.float64: 16}


class _TwiceDivergence(torch.autograd.Function):
    """Derivatives are stated: to differentiate the series would cost more than the divergence itself."""

    @staticmethod
    def forward(mu, logvar):
        # logvar = near + far, and far = 0 wherever the series is enough. torch.where would say this more plainly and,
        # on a CPU, take longer than all the rest. The fewer new tensors, the faster: hence `out=`.
        near = logvar.clamp(-SERIES_UP_TO, SERIES_UP_TO)
        last, following, *rest = _coefficients(logvar.dtype, logvar.device)
        result = torch.addcmul(following, near, last)
        for coefficient in rest:
            torch.addcmul(coefficient, result, near, out=result)
        result.mul_(near).mul_(near)  # exp(near) - 1 - near
        expm1 = torch.exp(near)
        result.add_(torch.sub(torch.exp(logvar), expm1, out=expm1))
        torch.add(near, result, out=expm1)  # exp(logvar) - 1, kept for the gradient
        far = torch.sub(logvar, near, out=near).clamp_(max=1e4)  # exp has overflowed: no infinity - infinity
        return result.sub_(far).addcmul_(mu, mu), expm1

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs, output[1])
        ctx.mark_non_differentiable(output[1])

    @staticmethod
    def backward(ctx, gradient, _):
        mu, logvar, expm1 = ctx.saved_tensors
        if torch.is_grad_enabled():  # a second derivative is wanted, so the first must be a function of logvar
            expm1 = torch.expm1(logvar)
        return (gradient * mu).mul_(2), gradient * expm1

    @staticmethod
    def vmap(info, in_dims, *tensors):
        tensors = [
            t.expand(info.batch_size, *t.shape) if d is None else t.movedim(d, 0)
            for t, d in zip(tensors, in_dims, strict=True)
        ]
        return _TwiceDivergence.apply(*tensors), (0, 0)


def twice_divergence(mu, logvar):
    """2 KL(N(mu, e^logvar) || N(0, 1)) = mu^2 + e^logvar - 1 - logvar, element by element, float32 or float64.

    Never negative; a few units in the last place for every logvar; infinite where it overflows.
    """
    return _TwiceDivergence.apply(*torch.broadcast_tensors(mu, logvar))[0]


@functools.cache
def _coefficients(dtype, device):
    return [torch.tensor(1 / math.factorial(n), dtype=dtype, device=device) for n in range(LAST_POWER[dtype], 1, -1)]
