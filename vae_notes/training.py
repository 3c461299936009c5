"""One training loop for every model of the book: images stay on the device as bytes, and are shuffled there.

Run it in one process, or the same command under `torchrun` for several GPUs (data-parallel).
"""

import math
import time
from dataclasses import dataclass, field

import torch
from torch import nn
from tqdm import tqdm

from vae_notes.checkpoints import Checkpoint
from vae_notes.data import check_images
from vae_notes.distributed import find_team
from vae_notes.kl import kl_standard_normal
from vae_notes.models import reparameterize


@dataclass
class History:
    """loss: mean loss per example of each epoch (nats for a bound, squared error per image for an autoencoder)."""

    loss: list[float] = field(default_factory=list)
    seconds: float = 0.0
    device: str = "cpu"


def squared_error(model, x, generator=None):
    """Squared error of each image, summed over pixels: (B,)."""
    return (model(x) - x).square().flatten(1).sum(1)


def negative_elbo(model, x, generator=None):
    """-ELBO of each image in nats, with one sample of z: (B,)."""
    mu, logvar = model.encode(x)
    z = reparameterize(mu, logvar, generator)
    return kl_standard_normal(mu, logvar) - model.log_likelihood(x, z)


def pick_device(device="auto"):
    """ "auto" is CUDA, else MPS, else the CPU. Raises ValueError for a device that is not there."""
    if str(device) == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        chosen = torch.device(device)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device {device!r} is not available here ({error}); use 'auto' or 'cpu'") from error
    return chosen


def fit(
    model,
    images,
    *,
    epochs,
    batch_size=128,
    learning_rate=1e-3,
    loss=None,
    seed=0,
    device="auto",
    checkpoint=None,
    compiled=False,
    progress=False,
):
    """Train `model` in place with Adam and a cosine schedule down to zero; returns its History.

    images         float (N, 1, H, W) in [0, 1], or the same as bytes, uint8 from 0 to 255
    loss           function (model, x, generator) -> (B,), minimised in the mean; default: `negative_elbo` for a model
                   that has a likelihood, else `squared_error`
    seed           fixes shuffling and noise, which are drawn on the CPU: the same on every device
    checkpoint     path of a safetensors file: written now and then, and resumed from when it is there
    compiled       torch.compile the objective (CUDA graphs on a GPU, where launching small kernels is most of the time)

    Raises ValueError for bad images or settings, FloatingPointError when the loss stops being finite.
    """
    as_bytes = getattr(images, "dtype", None) == torch.uint8
    check_images(images[:1] / 255 if as_bytes else images)  # bytes are within their range: their shape is left
    if epochs < 1 or not 1 <= batch_size <= len(images):
        raise ValueError(f"epochs and batch_size must be at least 1, and batch_size at most the {len(images)} images; "
                         f"got {epochs} and {batch_size}")  # fmt: skip
    loss = loss or (negative_elbo if hasattr(model, "likelihood") else squared_error)
    team = find_team()
    device = team.device(pick_device(device))
    if batch_size % team.size:
        raise ValueError(f"batch_size {batch_size} must be divisible by the number of processes, {team.size}")
    model.to(device).train()
    data = to_bytes(images).to(device)
    order = torch.Generator().manual_seed(seed)  # the same in every process
    noise = torch.Generator().manual_seed(seed + 1 + team.rank)  # different in every process
    objective = team.wrap(_Objective(model, loss, noise))
    step = (
        torch.compile(objective, mode="reduce-overhead" if device.type == "cuda" else None) if compiled else objective
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    history = History(device=str(device))
    settings = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate, "seed": seed,
                "images": len(images), "processes": team.size}  # fmt: skip
    saved = Checkpoint(
        checkpoint, settings, model, optimizer, schedule, {"order": order, "noise": noise}, history, team
    )
    saved.resume()
    start = time.perf_counter() - history.seconds
    bar = tqdm(total=epochs, initial=len(history.loss), unit="epoch", disable=not progress or team.rank > 0)
    with bar:
        while len(history.loss) < epochs:
            mean = _epoch(step, optimizer, data, batch_size, order, team)
            if not math.isfinite(mean):
                raise FloatingPointError(
                    f"the loss is {mean} in epoch {len(history.loss) + 1}: try a smaller learning_rate than "
                    f"{learning_rate:g}" + (f"; {checkpoint} holds the last good state" if checkpoint else "")
                )
            history.loss.append(mean)
            history.seconds = time.perf_counter() - start
            schedule.step()
            saved.save_now_and_then(last=len(history.loss) == epochs)
            bar.set_postfix(loss=f"{mean:.3f}")
            bar.update()
    model.eval()
    return history


def to_bytes(images):
    """Images as uint8 when they are exact multiples of 1/255 (a quarter of the memory), else unchanged."""
    if images.dtype == torch.uint8:
        return images
    as_bytes = (images * 255).round().to(torch.uint8)
    return as_bytes if torch.equal(as_bytes.to(images.dtype) / 255, images) else images


def _epoch(step, optimizer, data, batch_size, order, team):
    """One pass over the data in random order; the mean loss per example. The last batch may be short."""
    permutation = torch.randperm(len(data), generator=order).to(data.device)
    sums, seen = [], 0
    for batch in permutation.split(batch_size):
        mine = team.share(batch)  # every process an equal part, so that averaged gradients are the batch's gradient
        if len(mine) == 0:
            continue
        x = data[mine]
        x = x.float().div_(255) if x.dtype == torch.uint8 else x
        losses = step(x)
        optimizer.zero_grad(set_to_none=True)
        losses.mean().backward()
        optimizer.step()
        sums.append(losses.detach().sum())  # stays on the device: nothing waits for it before the epoch ends
        seen += len(mine)
    return team.sum(torch.stack(sums)).cpu().double().sum().item() / (seen * team.size)


class _Objective(nn.Module):
    """The loss as a module's forward, which is what data-parallel training and torch.compile hook into."""

    def __init__(self, model, loss, generator):
        super().__init__()
        self.model, self.loss, self.generator = model, loss, generator

    def forward(self, x):
        return self.loss(self.model, x, self.generator)
