"""Checks of dtype and shape, with errors that name the argument."""

import functools

import torch


def common_dtype(**tensors):
    """The dtype that floating tensors promote to; ValueError, naming the argument, for anything else."""
    for name, tensor in tensors.items():
        if not torch.is_tensor(tensor) or not tensor.is_floating_point():
            kind = getattr(tensor, "dtype", type(tensor).__name__)
            raise ValueError(f"{name} must be a floating-point tensor, got {kind}")
    return functools.reduce(torch.promote_types, (tensor.dtype for tensor in tensors.values()))


def common_shape(**shapes):
    """The shape that named shapes broadcast to; ValueError, naming them all, when they do not."""
    try:
        return torch.broadcast_shapes(*shapes.values())
    except RuntimeError:
        listed = ", ".join(f"{name} {tuple(shape)}" for name, shape in shapes.items())
        raise ValueError(f"shapes do not broadcast together: {listed}") from None


def check_vectors(**tensors):
    """Check that tensors are floating, have a last axis and broadcast; returns the dtype they promote to."""
    dtype = common_dtype(**tensors)
    if not common_shape(**{name: tensor.shape for name, tensor in tensors.items()}):
        raise ValueError(f"{' and '.join(tensors)} must have at least one axis (..., D), got scalars")
    return dtype


def check_count(count, name):
    """ValueError, naming the argument, unless `count` is a whole number of at least 1."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, got {count!r}")
