"""Saving a training run so that it can go on where it stopped.

A safetensors file: torch.save, torch.distributed.checkpoint and what else keeps an optimiser's state write pickles,
which `weights_only=True` reads with care and other programs do not. The price: Adam's moments get their names here.
"""

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from vae_notes.training.distributed import Team
from vae_notes.training.identity import digest_of_all

SECONDS_BETWEEN_SAVES = 20

State = tuple[dict[str, Any], dict[str, torch.Tensor]]  # notes, tensors


class Checkpoint:
    """All that makes a resumed run equal an uninterrupted one: weights, Adam's moments, random states, losses."""

    def __init__(
        self,
        path: str | os.PathLike[str] | None,
        settings: dict[str, Any],
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        schedule: Any,
        generators: dict[str, torch.Generator],
        history: Any,
        team: Team,
    ):
        self.path = None if path is None else Path(path).expanduser()
        self.settings, self.model, self.optimizer, self.schedule = settings, model, optimizer, schedule
        self.generators, self.history, self.team = generators, history, team
        self.epochs = 0  # so many are in the file
        self._ended: State | None = None  # the last epoch that ended: what an interruption of the next one keeps
        self._saved_at = time.monotonic()

    def resume(self) -> None:
        """Load the file when it is there, and see that one can be written.

        Raises ValueError when it is damaged, of a run with other settings or with another number of processes, OSError
        when it cannot be written.
        """
        if self.path is None:
            return
        check_writable(self.path.parent, self._file())
        advice = f"delete {self._file()} to start anew, or name another path"
        for other in self._of_other_teams():
            raise ValueError(
                f"checkpoint {other} is of a run with another number of processes than {self.team.size}: run it with "
                "as many, delete it to start anew, or name another path"
            )
        if not self._file().exists():
            return
        notes, tensors = self._read(advice)
        self._must_be_this_run(notes, advice)
        self.model.load_state_dict(_under(tensors, "model."))
        state = self.optimizer.state_dict()
        moments = _under(tensors, "adam.")
        state["state"] = {}
        for name, tensor in moments.items():
            index, key = name.split(".")
            state["state"].setdefault(int(index), {})[key] = tensor
        self.optimizer.load_state_dict(state)
        for name, generator in self.generators.items():
            generator.set_state(tensors[f"generator.{name}"])
        self.schedule.load_state_dict(notes["schedule"])
        for group, rate in zip(self.optimizer.param_groups, notes["schedule"]["_last_lr"], strict=True):
            group["lr"] = rate
        self.history.loss[:] = notes["loss"]
        self.history.validation[:] = notes["validation"]
        self.history.seconds = notes["seconds"]
        self.epochs = len(notes["loss"])

    def save_now_and_then(self, last: bool) -> None:
        """At the end of an epoch: write the file when the last one is old, or when this is the last epoch."""
        if self.path is None:
            return
        self._ended = self._state()
        if last or time.monotonic() - self._saved_at > SECONDS_BETWEEN_SAVES:
            self._write(self._ended)

    def save_interrupted(self) -> None:
        """Write the last epoch that ended, for the state amid the next one is no epoch's.

        Not in a team, whose processes may be at different epochs when they are stopped.
        """
        if self._ended and len(self._ended[0]["loss"]) > self.epochs and self.team.size == 1:
            self._write(self._ended)

    def where(self) -> str:
        """What there is to go on from, in words: the truth for a message about a run that stopped."""
        if self.path is None or not self.epochs:
            return "no state was saved"
        return f"{self._file()} holds the state after epoch {self.epochs}"

    def _read(self, advice: str) -> State:
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self._file(), framework="pt") as file:
                notes = json.loads((file.metadata() or {}).get("notes", "null"))
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
            if not isinstance(notes, dict) or "sha256" not in notes:
                raise ValueError("no training run wrote it")
            if notes.pop("sha256") != digest_of_all(tensors):
                raise ValueError("its SHA-256 differs: it is damaged")
        except (SafetensorError, ValueError) as error:
            raise ValueError(f"checkpoint {self._file()} cannot be read ({error}); {advice}") from error
        return notes, tensors

    def _must_be_this_run(self, notes: dict[str, Any], advice: str) -> None:
        theirs = notes.get("settings", {})
        differ = [key for key in self.settings | theirs if self.settings.get(key) != theirs.get(key)]
        if differ:
            what = "; ".join(f"{key}: there {theirs.get(key)}, here {self.settings.get(key)}" for key in differ)
            raise ValueError(f"checkpoint {self._file()} is of another run ({what}); {advice}")

    def _state(self) -> State:
        tensors = {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        for index, moments in self.optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{index}.{key}": tensor for key, tensor in moments.items()}
        tensors |= {f"generator.{name}": generator.get_state() for name, generator in self.generators.items()}
        notes = {"settings": self.settings, "schedule": self._schedule_state(), "loss": list(self.history.loss),
                 "validation": list(self.history.validation), "seconds": self.history.seconds}  # fmt: skip
        # A copy of each: training goes on, and layers may share one tensor.
        return notes, {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}

    def _write(self, state: State) -> None:
        from safetensors.torch import save_file

        if self._file().exists():  # written meanwhile by another run?
            advice = "another run writes to the same path: name another one"
            self._must_be_this_run(self._read(advice)[0], advice)
        notes, tensors = state
        partial = self._file().with_suffix(f".{os.getpid()}.partial")  # of this process alone: two runs, one path
        save_file(tensors, partial, {"notes": json.dumps({**notes, "sha256": digest_of_all(tensors)})})
        os.replace(partial, self._file())  # an interruption leaves the previous file whole
        self._saved_at, self.epochs = time.monotonic(), len(notes["loss"])

    def _schedule_state(self) -> dict[str, Any]:
        return {k: v for k, v in self.schedule.state_dict().items() if isinstance(v, int | float | list)}

    def _file(self) -> Path:
        assert self.path is not None
        return self.path if self.team.size == 1 else _of_rank(self.path, self.team.rank)

    def _of_other_teams(self) -> list[Path]:
        # With as many processes a missing file is an interruption before the first save; fewer or more are another run.
        assert self.path is not None
        others = [_of_rank(self.path, 0)] if self.team.size == 1 else [self.path]
        return [path for path in others if path.exists()]


def checkpoint_files(path: Path) -> list[Path]:
    """What there is of a checkpoint: one file, or one for each process of a team."""
    return [file for file in (path, *path.parent.glob(f"{path.stem}.process-*{path.suffix}")) if file.exists()]


def remove_checkpoint(path: Path) -> None:
    """Delete what a finished run left."""
    for file in checkpoint_files(path):
        file.unlink(missing_ok=True)


def check_writable(folder: str | os.PathLike[str], *files: Path) -> None:
    """Make the folder; OSError at once, and not after hours of training, when its files could not be written."""
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file, and a folder is needed there: name another path")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass
    for file in files:
        if file.is_dir():
            raise IsADirectoryError(f"{file} is a folder, and a file is to be written there: name another path")


def _of_rank(path: Path, rank: int) -> Path:
    # Each process of a team has its own noise, hence its own file; no other run has such a name.
    return path.with_name(f"{path.stem}.process-{rank}{path.suffix}")


def _under(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
