"""The look of every figure: one palette that colour-blind readers can tell apart, and grids of images."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from vae_notes.arguments import check_bytes, check_count, check_floating

# Okabe and Ito's colours (https://jfly.uni-koeln.de/color/): distinct under the common colour-vision deficiencies.
PALETTE = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "pink": "#CC79A7",
    "sky": "#56B4E9",
    "amber": "#E69F00",
    "grey": "#5F6368",
}

# Opaque white is deliberate: the dark theme of the book puts cell images on a light panel, where mid-grey lines on a
# transparent ground would vanish.
STYLE: dict[str, Any] = {
    "figure.facecolor": "white",
    "figure.figsize": (6.4, 3.2),
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": "medium",
    "axes.grid": True,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "font.size": 10.0,
}


def use_book_style() -> None:
    """Apply the book's matplotlib settings to every figure from here on."""
    import matplotlib.pyplot as plt

    settings: dict[Any, Any] = STYLE | {"axes.prop_cycle": plt.cycler(color=list(PALETTE.values()))}
    plt.rcParams.update(settings)


def tile(images: Any, columns: int) -> torch.Tensor:
    """Images side by side as one picture; the last row is padded with white.

    images    (N, C, H, W), C 1 or 3: floats in [0, 1], clipped there, or bytes from 0 to 255; a NumPy array will do
    returns   float32 (rows H, columns W) of grey images, (rows H, columns W, 3) of coloured ones

    Raises ValueError for other shapes, other integers, floats that go far beyond [0, 1] or are NaN, none and
    bytes of 0 and 1 alone.
    """
    columns = check_count(columns, "columns")
    if isinstance(images, np.ndarray):
        images = torch.from_numpy(images)
    if not torch.is_tensor(images):
        check_floating(images, "images")
    images = images.detach().cpu()
    if images.ndim != 4 or images.shape[1] not in (1, 3):
        raise ValueError(f"images must have shape (N, 1 or 3, H, W), got {tuple(images.shape)}")
    if images.dtype == torch.uint8:
        check_bytes(images)
        images = images / 255
    elif not images.is_floating_point() and images.dtype != torch.bool:
        raise ValueError(f"images must be floats in [0, 1] or bytes from 0 to 255, got {images.dtype}")
    if images.numel() == 0:
        raise ValueError(f"images is empty: shape {tuple(images.shape)}; at least one image is needed")
    if images.is_floating_point() and images.max() > 2:
        raise ValueError(f"images must lie within [0, 1], got up to {images.max():g}: are the pixels still 0 to 255?")
    if images.is_floating_point() and not images.min() > -1:  # written so that NaN fails too
        raise ValueError(
            f"images must lie within [0, 1], got from {images.min():g}: if they go from -1 to 1, (images + 1) / 2"
        )
    count, channels, height, width = images.shape
    rows = -(-count // columns)
    padded = torch.ones(rows * columns, channels, height, width)
    padded[:count] = images.clamp(0, 1) if images.is_floating_point() else images
    picture = padded.reshape(rows, columns, channels, height, width).permute(0, 3, 1, 4, 2)
    picture = picture.reshape(rows * height, columns * width, channels)
    return picture[..., 0] if channels == 1 else picture


def show_images(
    images: Any,
    columns: int = 10,
    row_labels: Sequence[str] | None = None,
    ax: Any = None,
    title: str | None = None,
) -> Any:
    """Draw images as a grid on `ax` (a new figure when None), grey or in colour as they are; returns the axes.

    images       (N, C, H, W), C 1 or 3, floats in [0, 1] or bytes from 0 to 255
    columns      pictures in a row
    title        text over the grid
    row_labels   one text per row, written at its left

    Raises ValueError as `tile` does.
    """
    import matplotlib.pyplot as plt

    picture = tile(images, columns)
    height, width = picture.shape[:2]
    rows = -(-len(images) // columns)
    if ax is None:
        inches = 6.4
        _, ax = plt.subplots(figsize=(inches, inches * height / width + (0.3 if title else 0)))
    ax.imshow(picture.numpy(), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    ax.spines[:].set_visible(False)
    if row_labels is not None:
        ax.set_yticks((np.arange(rows) + 0.5) * height / rows, row_labels)
        ax.tick_params(length=0)
    if title:
        ax.set_title(title)
    return ax
