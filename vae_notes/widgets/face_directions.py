"""A face whose code is moved along directions of smile and pose, beside the same face drawn anew with those factors."""

import zlib
from typing import Any

import numpy as np
import torch
import traitlets

from vae_notes.faces.factors import FACTORS, SIZES, render_faces
from vae_notes.models import GaussianVAE
from vae_notes.plotting import PALETTE
from vae_notes.widgets.base import Figure, check_index, draw_image, front_end, pack_float32, pack_images

# Of each slider the lowest value, the highest and how many: with every step more, a page weighs more.
STEPS = {
    name: (FACTORS[name].low, FACTORS[name].high, count) for name, count in (("smile", 5), ("yaw", 5), ("pitch", 3))
}
COLUMNS = [FACTORS[name].column for name in STEPS]
KINDS = {"moved code": "blue", "code left alone": "orange", "code of the true face": "green"}


class FaceDirections(Figure):
    """What a VAE decodes when the code of a face is moved by direction * (value asked for - value the face has).

    model        a FaceVAE; the code is the mean of q(z|x)
    factors      (N, 12), N at most 3: the faces to choose from; factors not on a slider stay as they are
    directions   {"smile": (D,), "yaw": (D,), "pitch": (D,)}: change of the code per unit of each factor

    Traits: `face` the index of a face; `smile`, `yaw` and `pitch`, set to the nearest step of their sliders; `compare`,
    what is shown in one place beside its mouth: "moved", "drawn", or both by turns, "blink". The page
    cannot draw faces, so PyTorch computes the pictures of all steps when the figure is made; one face adds some 0.13 MB
    to a page. Raises ValueError for a model of another kind and for wrong shapes.
    """

    _esm = front_end("decoder", "face_blink", "face_directions")
    _picture_size = (6.4, 2.5)

    face = traitlets.Int(0, min=0).tag(sync=True)
    smile = traitlets.Float().tag(sync=True)
    yaw = traitlets.Float().tag(sync=True)
    pitch = traitlets.Float().tag(sync=True)
    compare = traitlets.Enum(["moved", "drawn", "blink"], "moved").tag(sync=True)
    steps = traitlets.Dict().tag(sync=True)  # of each slider: lowest, highest, count
    faces = traitlets.Int().tag(sync=True)
    side = traitlets.Int().tag(sync=True)
    pictures = traitlets.Bytes().tag(sync=True)  # see `shrink`: face, decoded and true, pitch, yaw, smile
    errors = traitlets.Bytes().tag(sync=True)  # float32: face, kind of `KINDS`, pitch, yaw, smile

    def __init__(
        self, model: Any, factors: torch.Tensor, directions: dict[str, torch.Tensor], face: int = 0, **values: Any
    ):
        if not isinstance(model, GaussianVAE) or model.image_shape[0] != 1 or model.image_shape[-1] not in SIZES:
            raise ValueError(f"model must be a variational autoencoder of faces, got {type(model).__name__}")
        if not 1 <= len(factors) <= 3:
            raise ValueError(f"factors must be of 1 to 3 faces, got {len(factors)}")
        self._model, self._factors, self._directions = model, factors, _stacked(directions, model.latent_dim)
        self._side = model.image_shape[-1]
        with torch.no_grad():
            self._codes = model.encode(render_faces(factors, self._side))[0]  # (N, D)
            pictures, errors = zip(*(self._sweep(i) for i in range(len(factors))), strict=True)
        self._errors = torch.stack(errors)  # (N, 3, P, Y, S)
        own = dict(zip(STEPS, factors[face, COLUMNS].tolist(), strict=True)) if face < len(factors) else {}
        super().__init__(
            faces=len(factors),
            side=self._side,
            steps={name: list(step) for name, step in STEPS.items()},
            pictures=shrink(torch.stack(pictures)),
            errors=pack_float32(self._errors),
            face=face,
            **own | values,
        )

    @traitlets.validate("face")
    def _check_face(self, proposal: Any) -> Any:
        return check_index("face", proposal["value"], self._factors)

    @traitlets.validate(*STEPS)
    def _check_value(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        low, high, count = STEPS[name]
        if not low <= value <= high:  # written so that NaN fails too
            raise ValueError(f"{name} must lie within [{low:g}, {high:g}], got {value:g}")
        return low + (high - low) * _step(name, value) / (count - 1)

    def decode(self, face: int, smile: float, yaw: float, pitch: float) -> torch.Tensor:
        """The picture decoded from the moved code, and the true drawing: (2, side, side)."""
        with torch.no_grad():
            moved, true = self._compare(face, torch.tensor([[smile, yaw, pitch]]))
        return torch.cat([moved, true])[:, 0]

    def _compare(self, face: int, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Values (M, 3) of smile, yaw and pitch to decoded and true pictures, each (M, 1, side, side)."""
        wanted = self._factors[face].repeat(len(values), 1)
        change = values - wanted[:, COLUMNS]
        wanted[:, COLUMNS] = values
        return self._model.decode(self._codes[face] + change @ self._directions), render_faces(wanted, self._side)

    def _sweep(self, face: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Pictures (2, P, Y, S, side, side), decoded and true, and mean squared errors (3, P, Y, S) of one face."""
        pitch, yaw, smile = torch.meshgrid(*(torch.linspace(*STEPS[n]) for n in reversed(STEPS)), indexing="ij")
        moved, true = self._compare(face, torch.stack([smile, yaw, pitch], -1).flatten(0, 2))
        decoded = moved, self._model.decode(self._codes[face]), self._model.decode(self._model.encode(true)[0])
        errors = torch.stack([(image - true).square().flatten(1).mean(1) for image in decoded])
        return torch.stack([moved, true]).unflatten(1, smile.shape).squeeze(-3), errors.unflatten(1, smile.shape)

    def _draw(self, figure: Any) -> None:
        moved, true = self.decode(self.face, self.smile, self.yaw, self.pitch).numpy()
        axes = figure.subplots(1, 4, width_ratios=(1, 1, 1, 1.4))
        titles = "code moved", "drawn anew", "difference"
        for ax, image, title in zip(axes, (moved, true, abs(moved - true)), titles, strict=False):
            draw_image(ax, image, title)
        along = 1000 * self._errors[self.face, :, _step("pitch", self.pitch), :, _step("smile", self.smile)]
        for curve, (name, colour) in zip(along.tolist(), KINDS.items(), strict=True):
            axes[3].plot(np.linspace(*STEPS["yaw"]), curve, "o-", color=PALETTE[colour], label=name, markersize=3)
        axes[3].set(title="squared error × 1000", xlabel="degrees turned", ylim=(0, None))
        figure.legend(loc="outside lower center", ncols=3)


def shrink(images: torch.Tensor) -> bytes:
    """Images (..., S, H, W) in [0, 1] as compressed bytes: each less the previous one of its S, each pixel less its
    left neighbour, modulo 256, with deflate's strategy for small numbers. `unpackPictures` undoes it in the page.
    """
    whole = np.frombuffer(pack_images(images), np.uint8).reshape(images.shape)
    small = np.diff(np.diff(whole, axis=-3, prepend=np.uint8(0)), axis=-1, prepend=np.uint8(0))
    deflate = zlib.compressobj(level=9, memLevel=9, strategy=zlib.Z_FILTERED)
    return deflate.compress(small.tobytes()) + deflate.flush()


def _step(name: str, value: float) -> int:
    low, high, count = STEPS[name]
    return round((value - low) / (high - low) * (count - 1))


def _stacked(directions: dict[str, torch.Tensor], latent_dim: int) -> torch.Tensor:
    if set(directions) != set(STEPS):
        raise ValueError(f"directions must be of {', '.join(STEPS)}, got {', '.join(directions) or 'none'}")
    for name, direction in directions.items():
        if direction.shape != (latent_dim,) or not direction.isfinite().all():
            raise ValueError(f"direction {name!r} must be {latent_dim} finite numbers, got {direction}")
    return torch.stack([directions[name] for name in STEPS])  # (3, D)
