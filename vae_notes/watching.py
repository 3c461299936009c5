"""How a module is built, found out by watching one forward: which parts make codes, and which make images of them.

The parts that are looked at are called as in `ENCODERS` and `DECODERS`; methods and modules alike.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from vae_notes.modules import call, dtype_of, measuring, random_state_kept

Function = Callable[[torch.Tensor], torch.Tensor]
ENCODERS = ("encode", "encoder", "enc")
DECODERS = ("decode", "decoder", "dec")


def coder(model: nn.Module, x: torch.Tensor) -> tuple[Function, Function]:
    """Encoder and decoder of an autoencoder: images (B, ...) to codes (B, D), codes (..., D) to images.

    In one forward on examples x, what the first gives is what the second takes, and what the second gives (or its
    sigmoid) is the forward's. Raises TypeError when there are no such parts.
    """
    with measuring(model), random_state_kept(x), watched(model) as calls:
        x_hat = call(model, x[:2])
    for first, given, code in calls:
        for second, z, out in calls:
            if first in ENCODERS and second in DECODERS and code is z:
                decoder = decoder_from(getattr(model, second), z, out, x_hat, z)
                if decoder is not None:
                    return _shaped(model, getattr(model, first), decoder, given.shape[1:], x.shape[1:])
    raise TypeError(f"{type(model).__name__} has no encode(x) and decode(z) that its forward uses: codes need them")


def _shaped(
    model: nn.Module, encoder: Function, decoder: Function, given: torch.Size, image: torch.Size
) -> tuple[Function, Function]:
    def encode(x: torch.Tensor) -> torch.Tensor:
        return encoder(x.to(dtype_of(model, x)).reshape(len(x), *given))

    def decode(z: torch.Tensor) -> torch.Tensor:
        return decoder(z.reshape(-1, z.shape[-1])).reshape(*z.shape[:-1], *image)

    return encode, decode


def decoder_from(part: Any, z: torch.Tensor, out: Any, x_hat: torch.Tensor, mu: torch.Tensor) -> Any:
    """The part as a function from z to the mean image, when that is what it was in this call."""
    if z.shape == mu.shape and torch.is_tensor(out) and out.numel() == x_hat.numel():
        if _close(out.reshape(x_hat.shape), x_hat):
            return lambda z: part(z)  # a function, for a module would be registered in the view a second time
        if _close(out.sigmoid().reshape(x_hat.shape), x_hat):
            return lambda z: part(z).sigmoid()
    return None


def check_noise(name: str, z: torch.Tensor, second: torch.Tensor, third: torch.Tensor) -> None:
    """TypeError when the code z of a forward shows that its second and third outputs are not mu and logvar.

    The forward ran under the seed that draws `eps` here; one whose noise is drawn in another way shows nothing.
    """
    if z.shape != second.shape or _close(z, second):  # z = mu, as in eval mode: no noise to look at
        return
    with random_state_kept(z, torch.Generator().manual_seed(0)):
        eps = torch.randn_like(second)
    drawn = {
        "mu and logvar": second + torch.exp(0.5 * third) * eps,
        "mu and a deviation: return 2 * log(deviation) in its place": second + third * eps,
        "mu and a variance: return its log in its place": second + third.clamp_min(0).sqrt() * eps,
        "logvar and mu: return (x_hat, mu, logvar)": third + torch.exp(0.5 * second) * eps,
    }
    found = [what for what, code in drawn.items() if _close(code, z)]
    if not found and _close(z, third):
        found = ["logvar and mu: return (x_hat, mu, logvar)"]
    if found and "mu and logvar" not in found:
        raise TypeError(f"after x_hat, {name} returns {found[0]}")


def encoder_from(part: Any, given: torch.Tensor, out: Any, mu: torch.Tensor, logvar: torch.Tensor) -> Any:
    """The part as a function from images to (mu, logvar), when that is what it was in this call."""

    def prepared(x: torch.Tensor) -> torch.Tensor:
        return x.reshape(len(x), *given.shape[1:])

    if isinstance(out, tuple | list) and len(out) == 2 and all(map(torch.is_tensor, out)):
        if all(t.shape == mu.shape and _close(t, u) for t, u in zip(out, (mu, logvar), strict=True)):
            return lambda x: tuple(part(prepared(x)))
    elif torch.is_tensor(out) and out.shape == (len(mu), 2 * mu.shape[1]) and _close(out, torch.cat([mu, logvar], 1)):
        return lambda x: part(prepared(x)).chunk(2, dim=1)
    return None


def _close(a: torch.Tensor, b: torch.Tensor) -> bool:
    return torch.allclose(a, b, rtol=1e-4, atol=1e-6)


@contextlib.contextmanager
def watched(model: nn.Module) -> Iterator[list[tuple[str, torch.Tensor, Any]]]:
    """Collects (name, input, output) of every call of the model's encoders and decoders."""
    calls: list[tuple[str, torch.Tensor, Any]] = []
    undo: list[Callable[[], Any]] = []

    def watch(name: str) -> None:
        part = getattr(model, name, None)
        if isinstance(part, nn.Module):
            undo.append(part.register_forward_hook(lambda _, given, out: calls.append((name, given[0], out))).remove)
        elif callable(part) and name not in vars(model):

            def recorded(given: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
                out = part(given, *args, **kwargs)
                calls.append((name, given, out))
                return out

            vars(model)[name] = recorded
            undo.append(lambda: vars(model).pop(name))

    for name in ENCODERS + DECODERS:
        watch(name)
    try:
        yield calls
    finally:
        for step in undo:
            step()
