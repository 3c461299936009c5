"""One training loop for every model of the book: images stay on the device as bytes, and are shuffled there.

Run it in one process, or the same command under `torchrun` for several GPUs (data-parallel).
"""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from vae_notes.arguments import check_count, check_generator, check_positive
from vae_notes.bounds import negative_elbo
from vae_notes.gathering import as_images, to_bytes, to_floats
from vae_notes.modules import described, dtype_of, measuring, unwrapped
from vae_notes.protocol import as_autoencoder, as_vae, is_variational
from vae_notes.training import identity, pace
from vae_notes.training.checkpoints import Checkpoint
from vae_notes.training.devices import PRECISIONS, arithmetic, pick_device, reproducible
from vae_notes.training.distributed import Team, find_team

Loss = Callable[[Any, torch.Tensor, torch.Generator | None], torch.Tensor]


@dataclass
class History:
    """loss: mean loss per example of each epoch (nats for a bound, squared error per image for an autoencoder).

    validation: the same after each epoch on the images kept apart, in eval mode; empty without any.
    """

    loss: list[float] = field(default_factory=list)
    seconds: float = 0.0
    device: str = "cpu"
    validation: list[float] = field(default_factory=list)


def squared_error(model: Any, x: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
    """Squared error of each image, summed over pixels: (B,)."""
    return (as_autoencoder(model)(x) - x).square().flatten(1).sum(1)


def fit(
    model: nn.Module,
    images: Any,
    *,
    epochs: int,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    loss: Loss | None = None,
    validation: Any = None,
    seed: int = 0,
    generator: torch.Generator | None = None,
    device: str | torch.device = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    compiled: bool = False,
    precision: str = "float32",
    progress: bool = False,
) -> History:
    """Train `model` in place with Adam and a cosine schedule down to zero; returns its History.

    images         float (N, C, H, W) in [0, 1], bytes from 0 to 255, or a Dataset or DataLoader of them (`as_images`);
                   they are turned into the model's dtype
    loss           function (model, x, generator) -> (B,), minimised in the mean; default: `negative_elbo` for a
                   variational autoencoder (whatever `as_vae` takes), `squared_error` for an autoencoder
    validation     images kept apart, measured after each epoch: History.validation
    epochs         times that every image is seen
    batch_size, learning_rate   as for any training; 128 and 1e-3 are those of the book
    seed           fixes shuffling and noise, which are drawn on the CPU: the same on every device
    generator      draws the seed in its place
    checkpoint     path of a safetensors file: written now and then and on Ctrl-C (KeyboardInterrupt says what it
                   holds), and resumed from when it is of this very run
    compiled       torch.compile the objective (CUDA graphs on a GPU, where launching small kernels is most of the time)
    device         "auto" is a GPU when there is one
    progress       show a bar with the loss
    precision      "float32", "tf32" (matrix products of a GPU) or "bfloat16" (autocast; sums stay in float32)

    Afterwards the model is in eval mode and on the device where it was. Raises TypeError for a model that is neither
    kind, ValueError for bad images or settings and for a checkpoint of another run, FloatingPointError when the loss
    stops being finite.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, whose parameters can be trained, got {type(model).__name__}")
    images = as_images(images)
    epochs, batch_size = check_count(epochs, "epochs"), check_count(batch_size, "batch_size")
    learning_rate, seed = check_positive(learning_rate, "learning_rate"), check_count(seed, "seed", least=0)
    if batch_size > len(images):
        raise ValueError(f"batch_size must be at most the {len(images)} images, got {batch_size}")
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}, got {precision!r}")
    if loss is not None and not callable(loss):
        raise TypeError(f"loss must be a function (model, x, generator) -> (B,), got {loss!r}")
    check_generator(generator)
    if generator is not None:
        seed = int(torch.randint(2**31, (), generator=generator, device=generator.device))
    team = find_team()
    device = team.device(pick_device(device))
    if batch_size % team.size:
        raise ValueError(f"batch_size {batch_size} must be divisible by the number of processes, {team.size}")
    model = unwrapped(model)
    _check_trainable(model)
    if _has_batch_statistics(model) and batch_size < 2 * team.size:
        raise ValueError(f"batch_size must be at least {2 * team.size} for a model with BatchNorm, got {batch_size}")
    home = next((t.device for t in model.state_dict().values()), torch.device("cpu"))
    data = to_bytes(images)
    held_out = None if validation is None else to_bytes(as_images(validation, "validation")).to(device)
    settings = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate, "seed": seed,
                "images": len(images), "processes": team.size, "precision": precision}  # fmt: skip
    if checkpoint is not None:
        if any(isinstance(p, nn.parameter.UninitializedParameter) for p in model.parameters()):
            raise ValueError("model has layers without a size, which a checkpoint must know: call it on images first")
        settings |= {"data": identity.digest(data), "loss": identity.loss(loss),
                     "architecture": identity.architecture(model), "likelihood": identity.likelihood(model),
                     "validation": held_out is not None and identity.digest(held_out),
                     "frozen": [n for n, p in model.named_parameters() if not p.requires_grad]}  # fmt: skip
    data = data.to(device)
    history, saved = History(device=str(device)), None
    try:
        with reproducible(device), arithmetic(precision), torch.inference_mode(False), torch.enable_grad():
            pace.start_from(model, data)
            model.to(device).train()
            target, loss = _what_to_minimise(model, loss, to_floats(data[:2], dtype_of(model, images)))
            order = torch.Generator().manual_seed(seed)  # the same in every process
            noise = torch.Generator().manual_seed(seed + 1 + team.rank)  # different in every process
            objective = team.wrap(_Objective(target, loss, noise, device, precision))
            mode = "reduce-overhead" if device.type == "cuda" else None
            step = torch.compile(objective, mode=mode) if compiled else objective
            optimizer = torch.optim.Adam(pace.groups(model, learning_rate), fused=True)
            schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
            generators = {"order": order, "noise": noise}
            saved = Checkpoint(checkpoint, settings, model, optimizer, schedule, generators, history, team)
            saved.resume()
            start = time.perf_counter() - history.seconds
            bar = tqdm(total=epochs, initial=len(history.loss), unit="epoch", disable=not progress or not team.leads)
            with bar:
                while len(history.loss) < epochs:
                    # Dropout and the like draw from the global state: seeded anew, an epoch does not hang on the last.
                    torch.manual_seed(hash((seed, len(history.loss), team.rank)) % 2**63)
                    mean = _epoch(step, optimizer, data, batch_size, order, team)
                    if not math.isfinite(mean):
                        raise FloatingPointError(
                            f"the loss is {mean} in epoch {len(history.loss) + 1}: try a smaller learning_rate than "
                            f"{learning_rate:g}"
                            + (f", with another checkpoint path; {saved.where()}" if checkpoint else "")
                        )
                    history.loss.append(mean)
                    if held_out is not None:
                        history.validation.append(_measured(target, loss, held_out, batch_size))
                    history.seconds = time.perf_counter() - start
                    schedule.step()
                    saved.save_now_and_then(last=len(history.loss) == epochs)
                    bar.set_postfix(loss=f"{mean:.3f}")
                    bar.update()
    except KeyboardInterrupt as stop:
        if saved is None or checkpoint is None:
            raise
        saved.save_interrupted()
        goes_on = ": run the same again to go on from there" if saved.epochs else ""
        message = f"stopped in epoch {len(history.loss) + 1} of {epochs}; {saved.where()}{goes_on}"
        raise KeyboardInterrupt(message) from stop
    finally:
        model.to(home).eval()
    return history


def _check_trainable(model: nn.Module) -> None:
    """ValueError for a model that no training could change, and for one that Adam makes NaN."""
    trained = [p for p in model.parameters() if p.requires_grad]
    if not trained:
        raise ValueError(f"{type(model).__name__} has no parameters that could be trained (requires_grad)")
    if any(p.dtype == torch.float16 for p in trained):  # Adam's 1e-8 is 0 in it, and 0 / 0 follows
        raise ValueError('a model in float16 cannot be trained: model.float(), and precision="bfloat16" to be quicker')


def _what_to_minimise(model: nn.Module, loss: Loss | None, x: torch.Tensor) -> tuple[Any, Loss]:
    """The model as its loss takes it, and the loss; examples x decide where no loss is given."""
    if loss is not None:
        return model, loss
    if is_variational(model, x):
        return as_vae(model, x), negative_elbo
    return model, squared_error


def _epoch(
    step: Any, optimizer: torch.optim.Optimizer, data: torch.Tensor, batch_size: int, order: torch.Generator, team: Team
) -> float:
    """One pass over the data in random order; the mean loss per example. The last batch may be short."""
    permutation = torch.randperm(len(data), generator=order).to(data.device)
    dtype = dtype_of(step, data if data.is_floating_point() else torch.empty(0))
    sums, seen = [], 0
    for batch in _batches(permutation, batch_size, team.size if _has_batch_statistics(step) else 0):
        mine = team.share(batch)  # every process an equal part, so that averaged gradients are the batch's gradient
        if len(mine) == 0:
            continue
        losses = step(to_floats(data.index_select(0, mine), dtype))  # `data[mine]` takes eight times as long
        if not torch.is_tensor(losses) or losses.shape != mine.shape:
            raise ValueError(f"loss must return one number per image, ({len(mine)},), got {described(losses)}")
        if not losses.requires_grad:
            raise ValueError("loss must depend on the model's parameters: its result has no gradient (detach, no_grad)")
        optimizer.zero_grad(set_to_none=True)
        losses.mean().backward()
        optimizer.step()
        sums.append(losses.detach().sum())  # stays on the device: nothing waits for it before the epoch ends
        seen += len(mine)
    return team.sum(torch.stack(sums)).cpu().double().sum().item() / (seen * team.size)


def _batches(permutation: torch.Tensor, batch_size: int, alone: int) -> list[torch.Tensor]:
    """Batches; a last one that leaves a process of `alone` a single image joins the one before."""
    parts = list(permutation.split(batch_size))
    if alone and len(parts) > 1 and len(parts[-1]) < 2 * alone:
        parts[-2:] = [torch.cat(parts[-2:])]
    return parts


def _has_batch_statistics(module: nn.Module) -> bool:
    return any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in module.modules())


def _measured(target: Any, loss: Loss, images: torch.Tensor, batch_size: int) -> float:
    generator = torch.Generator().manual_seed(0)  # the same noise each time: the curve shows the model alone
    dtype = dtype_of(target, images if images.is_floating_point() else torch.empty(0))
    with measuring(target):
        sums = [loss(target, to_floats(x, dtype), generator).cpu().double().sum() for x in images.split(batch_size)]
    return torch.stack(sums).sum().item() / len(images)


class _Objective(nn.Module):
    """The loss as a module's forward, which is what data-parallel training and torch.compile hook into."""

    def __init__(self, model: Any, loss: Loss, generator: torch.Generator, device: torch.device, precision: str):
        super().__init__()
        self.model, self.loss, self.generator = model, loss, generator
        self.kind, self.narrow = device.type, precision == "bfloat16"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.autocast(self.kind, torch.bfloat16, enabled=self.narrow):
            return self.loss(self.model, x, self.generator)
