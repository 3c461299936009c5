"""Draw a digit: the encoder shows where it would put it among the codes of real digits, and the decoder answers."""

import copy
from typing import Any

import torch
import traitlets

from vae_notes.plotting import PALETTE
from vae_notes.widgets.base import Figure, check_pictures, draw_image, front_end, pack_float32, pack_images
from vae_notes.widgets.latent_explorer import linear_pair

CODES = 400  # of real digits, shown as dots


class DigitDrawing(Figure):
    """The two networks of a 784-400-(2+2), 2-400-784 VAE in the page, with weights of 8 bits.

    model    a VariationalAutoencoder with a code of two numbers
    images   (N, 1, 28, 28) in [0, 1]: dots in the plane; one of each class is offered to start from
    labels   (N,) whole numbers from 0 to 9: they only give the colours

    Traits: `digit`, the class to start from; `sheet`, what a reader has drawn (see js/pen.js), which Python keeps and
    does not read; `z`, the point of the plane that is decoded, at first the code of the digit. Weights of eight bits
    move the mean code by 0.02 at the median (tests/test_digit_drawing.py).

    Raises ValueError for another model or shape.
    """

    _esm = front_end("decoder", "lens", "pen", "digit_drawing")
    _picture_size = (6.4, 2.6)

    weights = traitlets.Bytes().tag(sync=True)  # for each matrix, encoder first: see pack_linear
    codes = traitlets.Bytes().tag(sync=True)  # float32 (CODES, 2)
    labels = traitlets.Bytes().tag(sync=True)  # uint8 (CODES,)
    starts = traitlets.Bytes().tag(sync=True)  # uint8 (10, 784)
    digit = traitlets.Int(3, min=0, max=9).tag(sync=True)
    sheet = traitlets.Unicode("").tag(sync=True)
    z = traitlets.List(traitlets.Float(), minlen=2, maxlen=2).tag(sync=True)

    def __init__(self, model: Any, images: torch.Tensor, labels: torch.Tensor, **values: object) -> None:
        check_pictures(images, "images", 10)
        shapes = [(layer.in_features, layer.out_features) for layer in linear_layers(model)]
        if shapes != [(784, 400), (400, 4), (2, 400), (400, 784)]:
            raise ValueError(
                "model must have a code of two numbers, as VariationalAutoencoder(2): 784-400-(2+2), 2-400-784; "
                f"{type(model).__name__} has layers {', '.join(f'{i}-{o}' for i, o in shapes)}"
            )
        if set(labels.tolist()) != set(range(10)):
            raise ValueError(f"labels must hold each class from 0 to 9, got {sorted(set(labels.tolist()))}")
        self._model = model
        self._start = torch.stack([images[labels == digit][0] for digit in range(10)])  # (10, 1, 28, 28)
        some = torch.linspace(0, len(images) - 1, min(CODES, len(images))).long()
        with torch.no_grad():
            codes = model.encode(images[some])[0]
            z = as_sent(model).encode(self._start)[0][values.get("digit", 3)].tolist()
        super().__init__(
            weights=b"".join(pack_linear(layer) for layer in linear_layers(model)),
            codes=pack_float32(codes),
            labels=labels[some].to(torch.uint8).numpy().tobytes(),
            starts=pack_images(self._start),
            **({"z": z} | values),
        )
        self._codes, self._classes = codes, labels[some]

    def _draw(self, figure: Any) -> None:
        with torch.no_grad():
            answer = self._model.decode(torch.tensor([self.z]))[0, 0].numpy()
        axes = figure.subplots(1, 3, width_ratios=(1, 1.4, 1))
        draw_image(axes[0], self._start[self.digit, 0].numpy(), "drawn")
        axes[1].scatter(*self._codes.T.numpy(), c=self._classes.numpy(), cmap="tab10", s=3)
        axes[1].plot(*self.z, "o", color=PALETTE["amber"], markeredgecolor="black")
        axes[1].set(title="its code among real ones", aspect="equal", xlim=(-4, 4), ylim=(-4, 4))
        draw_image(axes[2], answer, "decoded")


def as_sent(model: Any) -> Any:
    """A copy of the model with the weights of eight bits that a page computes with."""
    sent = copy.deepcopy(model)
    with torch.no_grad():
        for layer in linear_layers(sent):
            whole, step = eight_bits(layer.weight)
            layer.weight.copy_(whole * step)
    return sent


def linear_layers(model: Any) -> list[torch.nn.Linear]:
    """The Linear layers of encoder and decoder, in order; ValueError for other networks."""
    return [*linear_pair(model, "encoder"), *linear_pair(model, "decoder")]


def eight_bits(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A weight (O, I) as whole numbers from -127 to 127, int8, and the step of each row (O, 1)."""
    step = weight.detach().abs().amax(1, keepdim=True).clamp_min(1e-12) / 127
    return (weight.detach() / step).round().to(torch.int8), step


def pack_linear(layer: torch.nn.Linear) -> bytes:
    """One layer: float32 steps (O) and bias (O), then int8 (O, I)."""
    whole, step = eight_bits(layer.weight)
    return pack_float32(step) + pack_float32(layer.bias) + whole.numpy().tobytes()
