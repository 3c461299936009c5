"""Weights that ship with the package: safetensors beside a JSON card, verified before they are used."""

import hashlib
import json
import os
import platform
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from vae_notes.shipped.recipes import find_recipe
from vae_notes.training.files import paths, write_pair
from vae_notes.training.loop import History

WEIGHTS = Path(__file__).parent / "weights"


class Pretrained(NamedTuple):
    """model in eval mode, on the CPU; card: recipe, data, device, versions, digest and held-out figures."""

    model: nn.Module
    card: dict[str, Any]


def load_pretrained(name: str, folder: str | os.PathLike[str] | None = None) -> Pretrained:
    """Load the shipped model `name` ("mnist-vae", "faces-vae", ...: the keys of RECIPES).

    folder   where NAME.safetensors and NAME.json lie; default: inside the package

    Raises ValueError for an unknown name, and for weights or a card that are damaged or do not belong together;
    FileNotFoundError, with the command that makes them, when they are absent. Nothing is ever unpickled.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    recipe = find_recipe(name)
    weights, card_path = paths(Path(folder or WEIGHTS) / name)
    for path in (weights, card_path):
        if not path.exists():
            raise FileNotFoundError(
                f"{path} is missing; make it with: python -m vae_notes train {name} --out {path.parent}"
            )
    try:
        card = json.loads(card_path.read_text())
        sha256, stated_name, settings = card["sha256"], card["name"], card["settings"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{card_path} is no card of a model: {error!r}") from error
    blob = weights.read_bytes()
    if hashlib.sha256(blob).hexdigest() != sha256:
        raise ValueError(
            f"{weights} is not the file that its card describes (SHA-256 differs): one of the two is damaged or "
            f"another model's; install the package again, or run: "
            f"python -m vae_notes train {name} --out {weights.parent}"
        )
    if stated_name != name or settings != recipe.settings:
        raise ValueError(
            f"{card_path} describes {stated_name!r} with {settings}, but {name!r} is made with {recipe.settings}"
        )
    model = recipe.new_model()
    try:
        model.load_state_dict(load(blob), strict=True)
    except (SafetensorError, RuntimeError) as error:
        raise ValueError(f"{weights} does not fit the model {name!r}: {error}") from error
    return Pretrained(model.eval(), card)


def save_pretrained(
    name: str, model: nn.Module, history: History, figures: dict[str, Any], folder: str | os.PathLike[str]
) -> dict[str, Any]:
    """Write NAME.safetensors and its card into `folder`; returns the card. `figures` is left as it is."""
    from safetensors.torch import save

    recipe = find_recipe(name)
    blob = save({key: tensor.detach().cpu().contiguous().clone() for key, tensor in model.state_dict().items()})
    card = {
        "name": name,
        "summary": recipe.summary,
        "command": f"python -m vae_notes train {name}",
        "settings": recipe.settings,
        "optimizer": "Adam, cosine schedule to 0",
        **({"finish": recipe.finished} if recipe.finished else {}),
        "data": {"training": recipe.data, "sha256": figures["training data sha256"]},
        "device": {"kind": history.device, "name": device_name(history.device), "threads": torch.get_num_threads()},
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "date": date.today().isoformat(),
        "seconds": round(history.seconds, 1),
        "final training loss": history.loss[-1],
        "parameters": sum(p.numel() for p in model.parameters()),
        "bytes": len(blob),
        "sha256": hashlib.sha256(blob).hexdigest(),
        "figures": {key: value for key, value in figures.items() if key != "training data sha256"},
    }
    write_pair(Path(folder) / name, blob, card)
    return card


def device_name(device: str | torch.device) -> str:
    """The marketing name of a GPU, or the model of the CPU as the system tells it."""
    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def digest(images: torch.Tensor) -> str:
    """SHA-256 of the images as bytes: says which data a model was trained on."""
    pixels = images if images.dtype == torch.uint8 else (images * 255).round().to(torch.uint8)
    return hashlib.sha256(pixels.cpu().contiguous().numpy().tobytes()).hexdigest()
