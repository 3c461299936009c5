"""Where a model is trained and in which arithmetic."""

import contextlib
from collections.abc import Iterator

import torch

PRECISIONS = ("float32", "tf32", "bfloat16")


def pick_device(device: str | torch.device = "auto") -> torch.device:
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


@contextlib.contextmanager
def reproducible(device: torch.device) -> Iterator[None]:
    """The caller's global random state is as before afterwards."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        yield


@contextlib.contextmanager
def arithmetic(precision: str) -> Iterator[None]:
    before = torch.get_float32_matmul_precision()
    try:
        if precision == "tf32":
            torch.set_float32_matmul_precision("high")
        yield
    finally:
        torch.set_float32_matmul_precision(before)
