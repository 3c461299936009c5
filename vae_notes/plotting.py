"""The look of every figure: one palette that colour-blind readers can tell apart, and grids of images."""

import numpy as np
import torch

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
STYLE = {
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


def use_book_style():
    """Apply the book's matplotlib settings to every figure from here on."""
    import matplotlib.pyplot as plt
    from cycler import cycler

    plt.rcParams.update(STYLE | {"axes.prop_cycle": cycler(color=list(PALETTE.values()))})


def tile(images, columns):
    """Images (N, 1, H, W) side by side as one picture (rows*H, columns*W); the last row is padded with white."""
    images = torch.as_tensor(images).detach().cpu()
    if images.ndim != 4 or images.shape[1] != 1:
        raise ValueError(f"images must have shape (N, 1, H, W), got {tuple(images.shape)}")
    count, _, height, width = images.shape
    rows = -(-count // columns)
    padded = torch.ones(rows * columns, height, width)
    padded[:count] = images[:, 0]
    return padded.reshape(rows, columns, height, width).transpose(1, 2).reshape(rows * height, columns * width)


def show_images(images, columns=10, row_labels=None, ax=None, title=None):
    """Draw images (N, 1, H, W) in [0, 1] as a grid of grey pictures on `ax` (a new figure when None); returns the axes.

    row_labels   one text per row, written at its left
    """
    import matplotlib.pyplot as plt

    picture = tile(images, columns)
    height, width = picture.shape
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
