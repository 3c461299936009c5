"""Pictures of one's own: a folder of files as a set of images."""

import os
from pathlib import Path
from typing import Any

import torch

from vae_notes.arguments import check_count
from vae_notes.mnist import ImageSet

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
NAMED = 3  # of the files that cannot be read


def load_images(folder: str | os.PathLike[str], size: int | tuple[int, int], channels: int = 3) -> ImageSet:
    """Every picture under `folder`, in order of path, scaled until it covers `size` and cropped to it at the centre.

    size       side, or (height, width), of the images
    channels   3 for colour, 1 for grey levels

    returns    ImageSet: images float32 (N, channels, height, width) in [0, 1]; labels the subfolder that each lies in,
               numbered in order of name (all 0 without subfolders)

    Raises FileNotFoundError when there is no such folder or no picture in it, ValueError, with their number and the
    first names, for files that cannot be read.
    """
    from PIL import UnidentifiedImageError
    from torchvision.transforms import functional as transform

    pair = tuple(size) if isinstance(size, tuple | list) else (size, size)
    if len(pair) != 2:
        raise ValueError(f"size must be a whole number or (height, width), got {size!r}")
    height, width = (check_count(side, "size") for side in pair)
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 (grey) or 3 (colour), got {channels!r}")
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(f"there is no folder {root}")
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not paths:
        raise FileNotFoundError(f"{root} holds no pictures ({', '.join(SUFFIXES)})")
    images = torch.empty(len(paths), channels, height, width)
    broken = []
    for image, path in zip(images, paths, strict=True):
        try:
            picture = _open(path).convert("L" if channels == 1 else "RGB")
        except (UnidentifiedImageError, OSError, SyntaxError) as error:
            broken.append(str(path) + ("" if isinstance(error, UnidentifiedImageError) else f" ({error})"))
            continue
        scale = max(height / picture.height, width / picture.width)
        covering = [max(height, round(picture.height * scale)), max(width, round(picture.width * scale))]
        picture = transform.resize(picture, covering, antialias=True)
        image.copy_(transform.to_tensor(transform.center_crop(picture, [height, width])))
    if broken:
        more = f" and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
        raise ValueError(
            f"{len(broken)} of {len(paths)} files cannot be read as pictures, delete them or move them away: "
            f"{', '.join(broken[:NAMED])}{more}"
        )
    kinds = sorted({path.relative_to(root).parts[0] if path.parent != root else "" for path in paths})
    labels = [kinds.index(path.relative_to(root).parts[0] if path.parent != root else "") for path in paths]
    return ImageSet(images, torch.tensor(labels))


def _open(path: Path) -> Any:
    """The picture at `path`, turned as the camera says."""
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        return ImageOps.exif_transpose(picture)
