"""Arithmetic that survives cancellation, and the checks of shape and type that the mathematics shares."""

import math

import torch

# Below this size exp(x) - 1 - x is summed as a series: the difference would lose half its digits at 1e-8 and all at 1e-16.
SERIES_BELOW = 0.25
# Terms x^n / n! from n = 2 that bring the series to the rounding error of the dtype at |x| = SERIES_BELOW.
SERIES_TERMS = {torch.float32: 6, torch.float64: 12}


class _Expm1Minus(torch.autograd.Function):
    """exp(x) - 1 - x with its derivative stated, because differentiating the series costs more than the whole divergence."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        terms = SERIES_TERMS[x.dtype]
        series = torch.full_like(x, 1 / math.factorial(terms + 1))
        for n in range(terms, 1, -1):
            series.mul_(x).add_(1 / math.factorial(n))
        series.mul_(x).mul_(x)
        # The upper limit changes nothing where exp(x) is finite; it keeps infinity from becoming infinity - infinity.
        direct = torch.expm1(x).sub_(x.clamp(max=1e4))
        return torch.where(x.abs() < SERIES_BELOW, series, direct)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * torch.expm1(x)

    @staticmethod
    def jvp(ctx, tangent):
        (x,) = ctx.saved_tensors
        return tangent * torch.expm1(x)


def expm1_minus(x):
    """exp(x) - 1 - x, never negative, to a few units in the last place for every x; float32 or float64, any shape.

    It is the divergence of two normal distributions in disguise: 2 KL(N(0, e^x) || N(0, 1)).
    """
    return _Expm1Minus.apply(x)


def log_normal(z, mu, logvar):
    """log N(z; mu, diag(exp(logvar))) with all constants, (..., D) to (...), in nats."""
    return -0.5 * ((z - mu).square() * torch.exp(-logvar) + logvar + math.log(2 * math.pi)).sum(-1)


def working_dtype(dtype):
    """The dtype to compute in: half precision overflows at exp(11.09) and keeps 3 digits, so it is widened to float32."""
    return dtype if dtype in SERIES_TERMS else torch.float32


def common_dtype(**tensors):
    """The dtype that floating tensors promote to; ValueError, naming the argument, for anything else."""
    for name, tensor in tensors.items():
        if not torch.is_tensor(tensor) or not tensor.is_floating_point():
            raise ValueError(f"{name} must be a floating-point tensor, got {getattr(tensor, 'dtype', type(tensor).__name__)}")
    dtypes = [tensor.dtype for tensor in tensors.values()]
    for dtype in dtypes[1:]:
        dtypes[0] = torch.promote_types(dtypes[0], dtype)
    return dtypes[0]


def common_shape(**shapes):
    """The shape that named shapes broadcast to; ValueError, naming them all, when they do not."""
    try:
        return torch.broadcast_shapes(*shapes.values())
    except RuntimeError:
        listed = ", ".join(f"{name} {tuple(shape)}" for name, shape in shapes.items())
        raise ValueError(f"shapes do not broadcast together: {listed}") from None


def vectors(**tensors):
    """Check that the tensors are floating, have a last axis and broadcast; returns the dtype they promote to."""
    dtype = common_dtype(**tensors)
    shape = common_shape(**{name: tensor.shape for name, tensor in tensors.items()})
    if not shape:
        raise ValueError(f"{' and '.join(tensors)} must have at least one axis (..., D), got scalars")
    return dtype
