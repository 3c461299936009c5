"""What interactive figures share: a front end put together from small files, a stable repr, a picture for print."""

import base64
import io
from collections.abc import Sized
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import torch

from vae_notes.arguments import check_images
from vae_notes.plotting import PALETTE, use_book_style

_JS = Path(__file__).parent / "js"
OTHERWISE = "sample, reconstruct and interpolate show any model's pictures"  # what to do where a figure refuses


def front_end(*names: str) -> str:
    """The text of one ES module: a front end may import nothing, so the shared helpers are put before its own code.

    Indents and lines of comment stay behind: they would be 2 kB of every figure in a compressed page.
    """
    text = "\n".join((_JS / f"{name}.js").read_text("utf-8") for name in ("common", "plot", "living", *names))
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def style() -> str:
    """The style sheet of all figures, with the palette as CSS variables before it."""
    variables = "".join(f"--vae-{colour}:{value};" for colour, value in PALETTE.items())
    return f".vae-figure{{{variables}}}\n" + (_JS / "figures.css").read_text("utf-8")


def pack_float16(*tensors: torch.Tensor) -> bytes:
    """Tensors in C order, one after another, as float16: all low bytes first, then all high bytes.

    In this order a page compresses better, by 30 kB for a decoder 20-400-784. `unpackFloat16` reads it in the page.
    Raises ValueError where a number does not fit float16 (beyond 65,504, or not finite).
    """
    arrays = [tensor.detach().cpu().float().numpy().ravel() for tensor in tensors]
    if not all((np.abs(array) <= np.finfo("f2").max).all() for array in arrays):  # written so that NaN fails too
        raise ValueError("tensors hold numbers that float16 cannot: beyond 65504 or not finite")
    return np.concatenate(arrays).astype("<f2").view(np.uint8).reshape(-1, 2).T.tobytes()


def pack_float32(tensor: torch.Tensor) -> bytes:
    """A tensor as little-endian float32 in C order: what `unpackFloat32` reads in the front end."""
    return tensor.detach().cpu().float().numpy().astype("<f4").tobytes()


def fixed16(matrix: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A matrix (R, C) as int16 steps and the step of each row (R, 1): finer than float16 where large entries cancel."""
    step = matrix.abs().amax(1, keepdim=True).clamp_min(1e-30) / 32767
    return (matrix / step).round().to(torch.int16), step


def pack_fixed16(matrix: torch.Tensor) -> bytes:
    """A matrix (R, C) as R little-endian float32 steps, then R * C int16: what `readMatrix` reads in the front end."""
    whole, step = fixed16(matrix)
    return pack_float32(step) + whole.cpu().numpy().astype("<i2").tobytes()


def pack_images(images: torch.Tensor) -> bytes:
    """Images (N, 1, H, W) in [0, 1] as bytes 0 to 255: what `greyImage` reads in the front end."""
    return images.mul(255).round().to(torch.uint8).cpu().numpy().tobytes()


def unpack_image(packed: bytes, index: int, side: int) -> np.ndarray:
    """Image `index` of `pack_images`, side by side pixels, as numpy bytes."""
    return np.frombuffer(packed, dtype=np.uint8).reshape(-1, side, side)[index]


def check_pictures(images: Any, name: str, least: int, most: int | None = None) -> int:
    """The side of grey square images (N, 1, side, side) in [0, 1], which are all that a page draws; else ValueError."""
    check_images(images, name)
    if images.shape[1] != 1 or images.shape[2] != images.shape[3]:
        raise ValueError(
            f"{name} must be grey and square for this figure, (N, 1, side, side); got {tuple(images.shape)}; "
            + OTHERWISE
        )
    if len(images) < least or (most is not None and len(images) > most):
        wanted = f"at least {least}" if most is None else f"{least} to {most}, one button each"
        raise ValueError(f"{name} must be {wanted}, got {len(images)}")
    return images.shape[-1]


def check_labels(labels: Any, images: torch.Tensor) -> list[int]:
    """One whole number per image; 0, 1, 2, ... for None."""
    named = list(range(len(images))) if labels is None else [int(label) for label in labels]
    if len(named) != len(images):
        raise ValueError(f"labels must be one for each of the {len(images)} images, got {len(named)}")
    return named


def check_index(name: str, index: int, images: Sized) -> int:
    """`index`, or ValueError when there is no such image."""
    if index >= len(images):
        raise ValueError(f"{name} must be below {len(images)}, the number of images, got {index}")
    return index


def draw_image(ax: Any, image: Any, title: str, vmax: float = 1) -> None:
    """One grey picture in a static figure."""
    ax.imshow(image, cmap="gray", vmin=0, vmax=vmax)
    ax.set(title=title, xticks=[], yticks=[])


class Figure(anywidget.AnyWidget):
    """An interactive figure that needs no kernel: the front end computes, Python may read and set the same values.

    Subclasses set `_esm`, and draw the present state with matplotlib in `_draw(figure)`: this picture stands
    in where no script runs, in print and in GitHub's view of a notebook.
    """

    _css = style()
    _picture_size = (6.4, 3.0)

    def _draw(self, figure: Any) -> None:
        raise NotImplementedError(f"{type(self).__name__} must draw its present state")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: interactive figure>"  # no address, so that outputs compare equal between runs

    def picture(self) -> bytes:
        """The figure in its present state as PNG bytes."""
        import matplotlib.pyplot as plt

        with plt.rc_context():
            use_book_style()
            figure = plt.figure(figsize=self._picture_size)
            self._draw(figure)
            buffer = io.BytesIO()
            figure.savefig(buffer, format="png", dpi=100, metadata={"Software": None})
            plt.close(figure)
        return buffer.getvalue()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle
        return data | {"image/png": base64.b64encode(self.picture()).decode()}, metadata
