"""A trained model as two files: weights (safetensors) and a card (JSON) that says what they are. No pickles."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from vae_notes.adapters import ForwardVAE
from vae_notes.faces.models import FaceAutoencoder, FaceVAE
from vae_notes.likelihoods import Bernoulli, Gaussian
from vae_notes.models import Autoencoder, VariationalAutoencoder
from vae_notes.modules import dtype_of, unwrapped
from vae_notes.training.convolutional import ConvolutionalVAE
from vae_notes.training.identity import architecture

CLASSES: dict[str, Callable[..., nn.Module]] = {
    kind.__name__: kind for kind in (Autoencoder, VariationalAutoencoder, ConvolutionalVAE, FaceAutoencoder, FaceVAE)
}


def save(model: nn.Module, path: str | os.PathLike[str], **notes: Any) -> dict[str, Any]:
    """Write PATH.safetensors and its card PATH.json; returns the card.

    notes   what else the card should say (data, settings, figures), anything that JSON can hold

    The card of a class of the book says how to build it again; any other model is loaded by `load(path, model=...)`.
    Raises OSError when the files cannot be written, ValueError when a note has the name of an entry of the card.
    """
    from safetensors.torch import save as to_blob

    model = unwrapped(model)
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, whose weights are written, got {type(model).__name__}")
    blob = to_blob({key: tensor.detach().cpu().contiguous().clone() for key, tensor in model.state_dict().items()})
    card = {
        "class": type(model).__name__,
        "arguments": _arguments(model),
        "architecture": architecture(model),
        "bytes": len(blob),
        "sha256": hashlib.sha256(blob).hexdigest(),
    }
    if taken := card.keys() & notes.keys():
        raise ValueError(f"notes cannot be called {', '.join(sorted(taken))}: the card has entries of that name")
    card |= notes
    write_pair(path, blob, card)
    return card


def load(path: str | os.PathLike[str], model: nn.Module | None = None) -> tuple[nn.Module, dict[str, Any]]:
    """(model, card) as `save` wrote them to `path`: the model in eval mode, on the CPU when it is built here.

    model   an untrained model of the same class, needed for classes that are not the book's; it gets the weights

    Raises FileNotFoundError, ValueError for files that are damaged or do not belong together or to the model.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load as from_blob

    weights, card_path = paths(path)
    for file in (weights, card_path):
        if not file.exists():
            raise FileNotFoundError(f"{file} is missing")
    blob = weights.read_bytes()
    try:
        card = json.loads(card_path.read_text())
        kind, arguments, sha256 = card["class"], card["arguments"], card["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{card_path} is no card that `save` wrote: {error!r}") from error
    if hashlib.sha256(blob).hexdigest() != sha256:
        raise ValueError(f"{weights} is not the file that its card describes: SHA-256 differs")
    if model is None:
        if kind not in CLASSES or arguments is None:
            how = "as_vae(YourModel(...), likelihood=...)" if kind == ForwardVAE.__name__ else f"{kind}(...)"
            why = "with parts of its own" if kind in CLASSES else "which is made elsewhere"
            raise ValueError(f"{card_path} describes a {kind}, {why}: load(path, model={how})")
        with torch.random.fork_rng(devices=[]):  # the first weights, which are overwritten, cost no random numbers
            model = _build(kind, arguments)
    try:
        unwrapped(model).load_state_dict(from_blob(blob))
    except (SafetensorError, RuntimeError) as error:
        raise ValueError(f"{weights} holds a {card['architecture']}, which does not fit the model: {error}") from error
    return model.eval(), card


def paths(path: str | os.PathLike[str]) -> tuple[Path, Path]:
    """Weights and card of a model called PATH, with or without the suffix of either."""
    named = os.fspath(path).removesuffix(".safetensors").removesuffix(".json")
    if os.path.basename(named) in ("", ".", ".."):
        raise ValueError(f"path must end with a name for the files, got {os.fspath(path)!r}")
    return Path(f"{named}.safetensors").expanduser(), Path(f"{named}.json").expanduser()


def write_pair(path: str | os.PathLike[str], blob: bytes, card: dict[str, Any]) -> None:
    """Write weights, then the card: weights without it are noticed, a card alone would describe an older file."""
    weights, card_path = paths(path)
    weights.parent.mkdir(parents=True, exist_ok=True)
    text = (json.dumps(card, indent=1) + "\n").encode()
    for file, content in ((weights, blob), (card_path, text)):
        partial = file.with_suffix(f"{file.suffix}.{os.getpid()}.partial")
        partial.write_bytes(content)
        os.replace(partial, file)


def _arguments(model: nn.Module) -> dict[str, Any] | None:
    """What builds a model of the book again; None for one with parts of its own."""
    if type(model) not in CLASSES.values():
        return None
    faces = isinstance(model, FaceAutoencoder | FaceVAE)
    names = ("latent_dim",) if faces else ("latent_dim", "hidden_dim", "image_shape", "width")
    arguments: dict[str, Any] = {name: getattr(model, name) for name in names if hasattr(model, name)}
    if isinstance(model, FaceAutoencoder | FaceVAE):
        arguments["size"] = model.image_shape[1]
    likelihood = getattr(model, "likelihood", None)
    if type(likelihood) is Gaussian and not faces:
        learn = isinstance(likelihood.logvar, nn.Parameter)
        arguments["likelihood"] = {"variance": likelihood.stated(), "learn": learn}
    elif likelihood is not None and type(likelihood) not in (Bernoulli, Gaussian):
        return None
    if (dtype := dtype_of(model, torch.empty(0, dtype=torch.float32))) != torch.float32:
        arguments["dtype"] = str(dtype).removeprefix("torch.")
    with torch.random.fork_rng(devices=[]):
        try:
            same = architecture(_build(type(model).__name__, arguments)) == architecture(model)
        except (TypeError, ValueError):
            same = False
    return arguments if same else None


def _build(kind: str, arguments: dict[str, Any]) -> nn.Module:
    options = dict(arguments)
    dtype = options.pop("dtype", None)
    if "likelihood" in options:
        options["likelihood"] = Gaussian(**options["likelihood"])
    if "image_shape" in options:
        options["image_shape"] = tuple(options["image_shape"])
    model = CLASSES[kind](**options)
    return model if dtype is None else model.to(getattr(torch, dtype))
