"""Saving a training run so that it can go on where it stopped: a safetensors file, no pickles."""

import json
import os
import time
from pathlib import Path

SECONDS_BETWEEN_SAVES = 20


class Checkpoint:
    """All that makes a resumed run equal an uninterrupted one: weights, Adam's moments, random states, losses."""

    def __init__(self, path, settings, model, optimizer, schedule, generators, history, team):
        self.path = Path(path) if path else None
        self.settings, self.model, self.optimizer, self.schedule = settings, model, optimizer, schedule
        self.generators, self.history, self.team = generators, history, team
        self._saved_at = time.monotonic()

    def resume(self):
        """Load the file when it is there. Raises ValueError when it is damaged or of a run with other settings."""
        if self.path is None or not self._file().exists():
            return
        from safetensors import SafetensorError, safe_open

        advice = f"delete {self._file()} to start anew"
        try:
            with safe_open(self._file(), framework="pt") as file:
                notes = json.loads(file.metadata()["notes"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"checkpoint {self._file()} cannot be read ({error}); {advice}") from error
        if notes["settings"] != self.settings:
            raise ValueError(
                f"checkpoint {self._file()} is of a run with {notes['settings']}, not {self.settings}; {advice}"
            )
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
        self.history.seconds = notes["seconds"]

    def save_now_and_then(self, last):
        if self.path is None:
            return
        if last or time.monotonic() - self._saved_at > SECONDS_BETWEEN_SAVES:
            self._save()

    def _save(self):
        from safetensors.torch import save_file

        tensors = {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        for index, moments in self.optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{index}.{key}": tensor for key, tensor in moments.items()}
        tensors |= {f"generator.{name}": generator.get_state() for name, generator in self.generators.items()}
        notes = {"settings": self.settings, "schedule": self._schedule_state(), "loss": self.history.loss,
                 "seconds": self.history.seconds}  # fmt: skip
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._file().with_suffix(".partial")
        save_file(
            {name: t.detach().cpu().contiguous() for name, t in tensors.items()}, partial, {"notes": json.dumps(notes)}
        )
        os.replace(partial, self._file())  # an interruption leaves the previous file whole
        self._saved_at = time.monotonic()

    def _schedule_state(self):
        return {k: v for k, v in self.schedule.state_dict().items() if isinstance(v, int | float | list)}

    def _file(self):
        # Each process of a team has its own noise, hence its own file.
        return (
            self.path
            if self.team.size == 1
            else self.path.with_name(f"{self.path.stem}-{self.team.rank}{self.path.suffix}")
        )


def _under(tensors, prefix):
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
