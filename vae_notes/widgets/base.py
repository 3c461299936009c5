"""What interactive figures share: a front end put together from small files, a stable repr, a picture for print."""

import base64
import io
from pathlib import Path

import anywidget
import numpy as np
import torch

from vae_notes.plotting import PALETTE, use_book_style

_JS = Path(__file__).parent / "js"


def front_end(*names):
    """The text of one ES module: a front end may import nothing, so the shared helpers are put before its own code."""
    return "\n".join((_JS / f"{name}.js").read_text("utf-8") for name in ("common", *names))


def style():
    """The style sheet of all figures, with the palette as CSS variables before it."""
    variables = "".join(f"--vae-{colour}:{value};" for colour, value in PALETTE.items())
    return f".vae-figure{{{variables}}}\n" + (_JS / "figures.css").read_text("utf-8")


def pack_float16(*tensors):
    """Tensors in C order, one after another, as float16: all low bytes first, then all high bytes.

    In this order a page compresses better, by 30 kB for a decoder 20-400-784. `unpackFloat16` reads it in the page.
    Raises ValueError where a number does not fit float16 (beyond 65,504, or not finite).
    """
    arrays = [tensor.detach().cpu().numpy().ravel() for tensor in tensors]
    if not all((np.abs(array) <= np.finfo("f2").max).all() for array in arrays):  # written so that NaN fails too
        raise ValueError("tensors hold numbers that float16 cannot: beyond 65504 or not finite")
    return np.concatenate(arrays).astype("<f2").view(np.uint8).reshape(-1, 2).T.tobytes()


def pack_float32(tensor):
    """A tensor as little-endian float32 in C order: what `unpackFloat32` reads in the front end."""
    return tensor.detach().cpu().numpy().astype("<f4").tobytes()


def fixed16(matrix):
    """A matrix (R, C) as int16 steps and the step of each row (R, 1): finer than float16 where large entries cancel."""
    step = matrix.abs().amax(1, keepdim=True).clamp_min(1e-30) / 32767
    return (matrix / step).round().to(torch.int16), step


def pack_fixed16(matrix):
    """A matrix (R, C) as R little-endian float32 steps, then R * C int16: what `readMatrix` reads in the front end."""
    whole, step = fixed16(matrix)
    return pack_float32(step) + whole.cpu().numpy().astype("<i2").tobytes()


def pack_images(images):
    """Images (N, 1, H, W) in [0, 1] as bytes 0 to 255: what `greyImage` reads in the front end."""
    return images.mul(255).round().to(torch.uint8).cpu().numpy().tobytes()


def unpack_image(packed, index):
    """Image `index` of `pack_images`, 28 by 28, as numpy bytes."""
    return np.frombuffer(packed, dtype=np.uint8).reshape(-1, 28, 28)[index]


def check_index(name, index, images):
    """`index`, or ValueError when there is no such image."""
    if index >= len(images):
        raise ValueError(f"{name} must be below {len(images)}, the number of images, got {index}")
    return index


def draw_image(ax, image, title, vmax=1):
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

    def __repr__(self):
        return f"<{type(self).__name__}: interactive figure>"  # no address, so that outputs compare equal between runs

    def picture(self):
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

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"image/png": base64.b64encode(self.picture()).decode()}, metadata
