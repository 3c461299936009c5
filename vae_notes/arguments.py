"""Checks of what a caller hands in, with errors that name the argument and say what to do."""

import difflib
import functools
import math
import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch


def common_dtype(**tensors: Any) -> torch.dtype:
    """The dtype that floating tensors promote to; ValueError, naming the argument, for anything else."""
    for name, tensor in tensors.items():
        if not torch.is_tensor(tensor):
            advice = f": torch.from_numpy({name})" if isinstance(tensor, np.ndarray) else ""
            raise ValueError(f"{name} must be a floating-point tensor, got {type(tensor).__name__}{advice}")
        if not tensor.is_floating_point():
            raise ValueError(f"{name} must be a floating-point tensor, got {tensor.dtype}")
    return functools.reduce(torch.promote_types, (tensor.dtype for tensor in tensors.values()))


def common_shape(**shapes: torch.Size) -> torch.Size:
    """The shape that named shapes broadcast to; ValueError, naming them all, when they do not."""
    try:
        return torch.broadcast_shapes(*shapes.values())
    except RuntimeError:
        listed = ", ".join(f"{name} {tuple(shape)}" for name, shape in shapes.items())
        raise ValueError(f"shapes do not broadcast together: {listed}") from None


def check_vectors(**tensors: Any) -> torch.dtype:
    """Check that tensors are floating, have a last axis and broadcast; returns the dtype they promote to."""
    dtype = common_dtype(**tensors)
    if not common_shape(**{name: tensor.shape for name, tensor in tensors.items()}):
        raise ValueError(f"{' and '.join(tensors)} must have at least one axis (..., D), got scalars")
    return dtype


def check_numbers(length: int | None = None, **tensors: Any) -> None:
    """ValueError unless each is a tensor of finite real numbers with examples on its first axis, `length` of them."""
    for name, tensor in tensors.items():
        if not torch.is_tensor(tensor) or tensor.is_complex() or tensor.ndim == 0:
            kind = getattr(tensor, "dtype", type(tensor).__name__)
            raise ValueError(f"{name} must be a tensor of real numbers, examples on its first axis, got {kind}")
        if len(tensor) != (len(tensor) or 1 if length is None else length):
            wanted = "at least one example" if length is None else f"{length} examples"
            raise ValueError(f"{name} must have {wanted}, got shape {tuple(tensor.shape)}")
        if not tensor.isfinite().all():
            raise ValueError(f"{name} holds NaN or infinity")


def check_count(count: Any, name: str, least: int = 1) -> int:
    """`count` as Python's int; ValueError, naming the argument, unless it is a whole number of at least `least`."""
    if isinstance(count, bool) or not isinstance(count, numbers.Integral) or count < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {count!r}")
    return int(count)


def check_positive(number: Any, name: str) -> float:
    """`number` as Python's float; ValueError, naming the argument, unless it is a positive and finite number."""
    given = number.item() if torch.is_tensor(number) and number.numel() == 1 else number
    if isinstance(given, bool) or not isinstance(given, numbers.Real) or not 0 < float(given) < math.inf:
        raise ValueError(f"{name} must be positive and finite, got {number!r}")
    return float(given)


def check_generator(generator: Any, name: str = "generator") -> None:
    """ValueError that says how to make one, unless it is None or a torch.Generator."""
    if generator is not None and not isinstance(generator, torch.Generator):
        seed = int(generator) if isinstance(generator, numbers.Integral) else 0
        raise ValueError(
            f"{name} must be a torch.Generator or None, got {generator!r}; "
            f"try {name}=torch.Generator().manual_seed({seed})"
        )


def check_examples(x: Any, name: str = "x") -> None:
    """ValueError unless x is a floating tensor (B, ...), and within [0, 1] where it is images (B, C, H, W)."""
    check_floating(x, name)
    if x.ndim < 2:
        raise ValueError(f"{name} must have a batch axis, (B, ...); got {tuple(x.shape)}")
    if x.ndim == 4:
        check_images(x, name)


def check_images(images: Any, name: str = "images") -> None:
    """Raise ValueError unless `images` is a non-empty floating tensor (N, C, H, W), finite, within [0, 1]."""
    check_floating(images, name)
    if images.ndim != 4:
        raise ValueError(f"{name} must have shape (N, channels, height, width), got {tuple(images.shape)}")
    if images.numel() == 0:
        raise ValueError(f"{name} is empty: shape {tuple(images.shape)}; at least one image is needed")
    channels, height, width = images.shape[1:]
    if width == 3 and min(channels, height) > 4:  # colour as NumPy, PIL and TensorFlow have it
        raise ValueError(
            f"{name} must have shape (N, channels, height, width), got {tuple(images.shape)}; for colours on the last "
            f"axis: {name}.permute(0, 3, 1, 2)"
        )
    low, high = images.detach().aminmax()
    if not (low >= 0 and high <= 1):  # written so that NaN fails too
        bad = ~((images >= 0) & (images <= 1))
        first = bad.flatten(1).any(1).nonzero()[0].item()
        if images[first].isnan().any():
            raise ValueError(f"{name} must lie within [0, 1]; image {first} has NaN")
        what = f"values from {images[first].min():g} to {images[first].max():g}"
        raise ValueError(f"{name} must lie within [0, 1]; image {first} has {what} ({_range_advice(low, high, name)})")


def check_floating(tensor: Any, name: str) -> None:
    """ValueError that says how to make one, unless it is a floating-point tensor."""
    if not torch.is_tensor(tensor):
        advice = ""
        if isinstance(tensor, np.ndarray):  # of whole numbers the tensor is told what they may mean
            advice = f": torch.from_numpy({name})" + (".float()" if tensor.dtype.kind == "f" else "")
        if torch.is_tensor(getattr(tensor, "images", None)):  # what load_mnist and load_images return
            advice = ": give its .images"
        raise ValueError(f"{name} must be a floating-point tensor, got {type(tensor).__name__}{advice}")
    if tensor.is_floating_point():
        return
    check_bytes(tensor, name)
    if tensor.dtype == torch.uint8:
        raise ValueError(
            f"{name} must be a floating-point tensor, got bytes; for pixels from 0 to 255: {name}.float() / 255"
        )
    advice = "" if tensor.is_complex() else f": {name}.float() for black and white"
    if not tensor.is_complex() and tensor.dtype != torch.bool:
        advice += f", {name}.float() / 255 for pixels from 0 to 255"
    raise ValueError(f"{name} must be a floating-point tensor, got {tensor.dtype}{advice}")


def _range_advice(low: torch.Tensor, high: torch.Tensor, name: str) -> str:
    """What brings data of another range into [0, 1]."""
    if low >= 0 and high > 2:
        return f"are the pixels still 0 to 255? then {name} / 255"
    if low >= -1 and high <= 1:
        return f"if they go from -1 to 1: ({name} + 1) / 2"
    return f"({name} - low) / (high - low), with the same low and high for all data, brings them there"


def check_bytes(images: torch.Tensor, name: str = "images") -> None:
    """ValueError for bytes that are only 0 and 1: black and white, or two levels of 255? The caller must say."""
    if images.dtype == torch.uint8 and images.numel() and images.max() == 1:
        raise ValueError(
            f"{name} are bytes that are only 0 and 1: {name}.float() for black and white, {name}.float() / 255 for two "
            "nearly black levels of 255"
        )


def did_you_mean(word: Any, known: Iterable[str]) -> str:
    """Text that names the nearest known word, for the end of an error message; empty when nothing is near."""
    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(str(word).lower(), names, n=1)
    return f" (did you mean {names[near[0]]!r}?)" if near else ""
