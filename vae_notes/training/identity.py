"""What tells one training run from another: digests and descriptions that are the same in every process."""

import functools
import hashlib
import json
import types
from typing import Any

import torch
from torch import nn

from vae_notes.likelihoods import Gaussian

LONGEST = 300  # characters of a loss in a message
LIBRARIES = ("torch", "torchvision", "numpy", "vae_notes")  # known by their names, whatever the version
SETTINGS = (bool, int, float, str, tuple, list, dict, functools.partial, types.FunctionType, types.BuiltinFunctionType)


def digest(images: torch.Tensor) -> str:
    """SHA-256 of shape and values; bytes and the floats that they stand for are told apart by `to_bytes` before."""
    header = json.dumps([list(images.shape), str(images.dtype)]).encode()
    values = images.detach().cpu().contiguous().flatten().view(torch.uint8)
    return hashlib.sha256(header + values.numpy().tobytes()).hexdigest()


def digest_of_all(tensors: dict[str, torch.Tensor]) -> str:
    """SHA-256 of named tensors, in any order."""
    return hashlib.sha256(json.dumps({name: digest(tensors[name]) for name in sorted(tensors)}).encode()).hexdigest()


def architecture(model: nn.Module, depth: int = 0) -> str:
    """Class, number of parameters and a digest of all layers, shapes, settings and methods (not of the weights)."""

    def settings_of(part: nn.Module) -> dict[str, str]:
        return {k: describe(v, depth + 1) for k, v in sorted(vars(part).items()) if _is_setting(k, v)}

    parts = dict(model.named_modules())
    settings = {name: [type(p).__qualname__, settings_of(p), *_methods(type(p))] for name, p in parts.items()}
    shapes = {name: [list(t.shape), str(t.dtype)] for name, t in model.state_dict().items()}
    count = sum(p.numel() for p in model.parameters())
    return f"{type(model).__qualname__}, {count:,} parameters, {_short(json.dumps([settings, shapes, repr(model)]))}"


def likelihood(model: nn.Module) -> str:
    """Class, fixed numbers and hurry of the model's likelihood; "none" for a model without."""
    part = getattr(model, "likelihood", None)
    if part is None:
        return "none"
    fixed: dict[str, Any] = {k: v.tolist() for k, v in part.named_buffers()} if isinstance(part, nn.Module) else {}
    if isinstance(part, Gaussian):
        fixed |= part.rates()
    return f"{type(part).__qualname__} {fixed}" if fixed else type(part).__qualname__


def loss(function: Any) -> str:
    """What a loss is, in words, and shortened where they are many."""
    text = describe(function)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... {_short(text)}"


def describe(value: Any, depth: int = 0) -> str:
    """A value in words: names, constants, what closures, partials and the globals of a function hold; no address."""
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
        if depth and _is_library(value.__module__):
            return f"{value.__module__}.{value.__qualname__}"
        held = [inner(cell.cell_contents) for cell in value.__closure__ or ()]
        held += [inner(value.__defaults__), inner(value.__kwdefaults__)]
        outside = {n: value.__globals__[n] for n in sorted(_names(value.__code__)) if n in value.__globals__}
        # By two steps deeper, as helpers that call helpers would go on and on.
        held += [f"{n}={describe(v, depth + 2)}" for n, v in outside.items() if not isinstance(v, types.ModuleType)]
        return f"{value.__module__}.{value.__qualname__} {_code(value.__code__)} {' '.join(held)}".rstrip()
    if isinstance(value, dict):
        return f"{ {str(k): inner(v) for k, v in value.items()} }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(inner, value))}]"
    if isinstance(value, nn.Module):
        return architecture(value, depth + 2)
    name = getattr(value, "__qualname__", type(value).__qualname__)
    return f"{name} {inner(vars(value))}" if hasattr(value, "__dict__") and not isinstance(value, type) else name


def _is_setting(name: str, value: Any) -> bool:
    return not name.startswith("_") and name != "training" and isinstance(value, SETTINGS)


def _is_library(module: str | None) -> bool:
    return str(module).split(".")[0] in LIBRARIES


def _methods(kind: type) -> list[str]:
    """A digest of the code of a class, its bases included; none of classes of libraries, which their names tell."""
    own = [base for base in kind.__mro__ if not _is_library(base.__module__) and base is not object]
    functions = [(n, getattr(v, "__func__", v)) for base in own for n, v in sorted(vars(base).items())]
    codes = [[n, _code(f.__code__, f.__doc__)] for n, f in functions if isinstance(f, types.FunctionType)]
    return [_short(json.dumps(codes))] if codes else []


def _names(code: types.CodeType) -> set[str]:
    """The names that a function and the functions inside it look up."""
    return {*code.co_names}.union(*(_names(c) for c in code.co_consts if isinstance(c, types.CodeType)))


def _code(code: types.CodeType, doc: str | None = None) -> str:
    said = [c for c in code.co_consts if c is None or c != doc]
    constants = [_code(c) if isinstance(c, types.CodeType) else repr(c) for c in said]
    return _short(json.dumps([code.co_code.hex(), constants, list(code.co_names)]))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
