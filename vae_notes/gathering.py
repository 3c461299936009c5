"""Sets of images in other clothes, an array, a Dataset or a DataLoader, as one tensor in memory."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset

from vae_notes.arguments import check_bytes, check_images


def as_images(images: Any, name: str = "images") -> torch.Tensor:
    """One checked tensor (N, C, H, W): floats in [0, 1] or bytes from 0 to 255.

    images   such a tensor or NumPy array, an ImageSet, a Dataset whose items are images or start with one, or a
             DataLoader of such. A Dataset is read once, so what it augments at random stays as it was drawn; a
             DataLoader's batch size, order and sampler serve this reading alone

    Raises ValueError for other shapes, ranges and kinds, and for bytes of 0 and 1 alone, which may mean two things.
    """
    images = gathered(images, name)
    if isinstance(images, np.ndarray):
        images = torch.from_numpy(images)
    elif isinstance(images, tuple) and hasattr(images, "images"):
        images = images.images
    if getattr(images, "dtype", None) == torch.uint8:
        check_images(images[:1] / 255, name)  # within their range: the shape is left
        check_bytes(images, name)
    else:
        check_images(images, name)
    return images


def gathered(images: Any, name: str = "images") -> Any:
    """The images of a Dataset or DataLoader as one tensor; anything else as it is, for others to check."""
    if isinstance(images, DataLoader):
        return _joined((_first(batch) for batch in images), torch.cat, name)
    if isinstance(images, IterableDataset):
        return _joined(map(_first, images), torch.stack, name)
    if isinstance(images, Dataset):
        return _joined((_first(images[i]) for i in range(len(images))), torch.stack, name)  # type: ignore[arg-type]
    return images


def to_bytes(images: torch.Tensor) -> torch.Tensor:
    """Images as uint8 when they are exact multiples of 1/255 (a quarter of the memory), else unchanged."""
    if images.dtype == torch.uint8:
        return images
    as_bytes = (images * 255).round().to(torch.uint8)
    return as_bytes if torch.equal(as_bytes.to(images.dtype) / 255, images) else images


def to_floats(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """A batch in the model's dtype, bytes divided by 255."""
    return x.to(dtype).div_(255) if x.dtype == torch.uint8 else x.to(dtype)


def _first(item: Any) -> Any:
    return item[0] if isinstance(item, tuple | list) else item


def _joined(items: Iterable[Any], join: Any, name: str) -> torch.Tensor:
    parts = []
    for item in items:
        if not torch.is_tensor(item):
            advice = "its items must be images, or start with them"
            if type(item).__module__.split(".")[0] in ("PIL", "numpy"):
                advice = "give the dataset transform=torchvision.transforms.ToTensor()"
            raise ValueError(f"{name} must give tensors, got {type(item).__name__}: {advice}")
        parts.append(item)
    if not parts:
        raise ValueError(f"{name} is empty: at least one image is needed")
    try:
        return join(parts)
    except RuntimeError as error:
        raise ValueError(f"{name} must all have one shape ({error}); crop or resize them first") from error
