"""How any network is handled: called, measured in eval mode, asked for its dtype and its place."""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn


def call(model: Any, x: torch.Tensor) -> Any:
    """model(x), or model(x.flatten(1)) for one that takes vectors; x in the model's dtype."""
    x = x.to(dtype_of(model, x))
    try:
        return model(x)
    except (RuntimeError, ValueError) as error:
        if x.ndim <= 2:
            raise
        try:
            return model(x.flatten(1))
        except (RuntimeError, ValueError):
            raise error from None


@contextlib.contextmanager
def measuring(model: Any) -> Iterator[None]:
    """eval() and no gradients inside; afterwards every part of the model has the mode it had."""
    parts = list(model.modules()) if isinstance(model, nn.Module) else []
    modes = [part.training for part in parts]
    try:
        for part in parts:
            part.training = False
        with torch.no_grad():
            yield
    finally:
        for part, mode in zip(parts, modes, strict=True):
            part.training = mode


@contextlib.contextmanager
def random_state_kept(x: torch.Tensor, generator: torch.Generator | None = None) -> Iterator[None]:
    """The global random state is as before afterwards; inside it is seeded by `generator`, for code that takes none."""
    seed = torch.randint(2**62, (), generator=generator, device=generator.device).item() if generator else None
    with torch.random.fork_rng(devices=[x.device] if x.device.type == "cuda" else []):
        if seed is not None:
            torch.manual_seed(int(seed))
        yield


def dtype_of(model: Any, x: torch.Tensor) -> torch.dtype:
    """The floating dtype of the model's first parameter; that of x for a model without."""
    if isinstance(model, nn.Module):
        for parameter in model.parameters():
            if parameter.is_floating_point():
                return parameter.dtype
    return x.dtype


def place_of(model: Any) -> torch.device:
    """The device of the model's first parameter; the CPU for a model without."""
    parameter = next(model.parameters(), None) if isinstance(model, nn.Module) else None
    return torch.device("cpu") if parameter is None else parameter.device


def check_place(model: Any, x: torch.Tensor) -> None:
    """ValueError when model and data lie on different devices."""
    parameter = next(model.parameters(), None) if isinstance(model, nn.Module) else None
    if parameter is not None and parameter.device != x.device:
        raise ValueError(
            f"the model is on {parameter.device}, x on {x.device}: move one of them, x.to({str(parameter.device)!r})"
        )


def unwrapped(model: Any) -> Any:
    """The model inside DataParallel, DistributedDataParallel and torch.compile, in any order.

    The first two pass on nothing but forward, and inside all three parameters have the names that others load.
    """
    while isinstance(model, nn.Module):
        if isinstance(model, nn.DataParallel | nn.parallel.DistributedDataParallel):
            model = model.module
        elif isinstance(getattr(model, "_orig_mod", None), nn.Module):
            model = model._orig_mod
        else:
            break
    return model


def described(out: Any) -> str:
    """What a model returned, in a few words."""
    if torch.is_tensor(out):
        return f"a tensor {tuple(out.shape)}"
    if isinstance(out, tuple | list):
        return f"{len(out)} things ({', '.join(described(part) for part in out)})"
    return type(out).__name__
