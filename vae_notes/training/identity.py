"""What tells one training run from another: digests and descriptions that are the same in every process."""

import functools
import hashlib
import json
import types
from typing import Any

import torch
from torch import nn


def digest(images: torch.Tensor) -> str:
    """SHA-256 of shape and values; bytes and the floats that they stand for are told apart by `to_bytes` before."""
    header = json.dumps([list(images.shape), str(images.dtype)]).encode()
    values = images.detach().cpu().contiguous().flatten().view(torch.uint8)
    return hashlib.sha256(header + values.numpy().tobytes()).hexdigest()


def architecture(model: nn.Module) -> str:
    """Class, number of parameters and a digest of all layers, shapes and settings (not of the weights)."""
    settings = {
        name: [type(part).__qualname__, {k: describe(v) for k, v in sorted(vars(part).items()) if _is_setting(k, v)}]
        for name, part in model.named_modules()
    }
    shapes = {name: [list(t.shape), str(t.dtype)] for name, t in model.state_dict().items()}
    count = sum(p.numel() for p in model.parameters())
    return f"{type(model).__qualname__}, {count:,} parameters, {_short(json.dumps([settings, shapes, repr(model)]))}"


def likelihood(model: nn.Module) -> str:
    """Class and fixed numbers of the model's likelihood; "none" for a model without."""
    part = getattr(model, "likelihood", None)
    if part is None:
        return "none"
    fixed = {k: v.tolist() for k, v in part.named_buffers()} if isinstance(part, nn.Module) else {}
    return f"{type(part).__qualname__} {fixed}" if fixed else type(part).__qualname__


def describe(value: Any, depth: int = 0) -> str:
    """What a loss is, in words: names, constants, what closures and partials hold; never an address in memory."""
    if depth > 6 or value is None or isinstance(value, bool | int | float | str | bytes):
        return repr(value) if depth <= 6 else "..."
    inner = functools.partial(describe, depth=depth + 1)
    if torch.is_tensor(value):
        return f"tensor {digest(value)[:8]}"
    if isinstance(value, functools.partial):
        return f"{inner(value.func)}({[inner(v) for v in value.args]}, {inner(value.keywords)})"
    if isinstance(value, types.MethodType):
        return f"{inner(value.__self__)}.{inner(value.__func__)}"
    if isinstance(value, types.FunctionType):
        held = [inner(cell.cell_contents) for cell in value.__closure__ or ()]
        held += [inner(value.__defaults__), inner(value.__kwdefaults__)]
        outside = {n: value.__globals__[n] for n in value.__code__.co_names if n in value.__globals__}
        held += [f"{n}={v!r}" for n, v in outside.items() if isinstance(v, int | float | str)]
        return f"{value.__module__}.{value.__qualname__} {_code(value.__code__)} {' '.join(held)}".rstrip()
    if isinstance(value, dict):
        return f"{ {str(k): inner(v) for k, v in value.items()} }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(inner, value))}]"
    if isinstance(value, nn.Module):
        return architecture(value)
    name = getattr(value, "__qualname__", type(value).__qualname__)
    return f"{name} {inner(vars(value))}" if hasattr(value, "__dict__") and not isinstance(value, type) else name


def _is_setting(name: str, value: Any) -> bool:
    return not name.startswith("_") and name != "training" and isinstance(value, bool | int | float | str | tuple)


def _code(code: types.CodeType) -> str:
    constants = [_code(c) if isinstance(c, types.CodeType) else repr(c) for c in code.co_consts]
    return _short(json.dumps([code.co_code.hex(), constants, list(code.co_names)]))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
