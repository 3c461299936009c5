"""vae_notes.training.checkpoints: when a file is written, what is read back, what is said of one that does not fit."""

import itertools
import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from vae_notes.training import checkpoints
from vae_notes.training.checkpoints import Checkpoint, check_writable, checkpoint_files
from vae_notes.training.distributed import Team
from vae_notes.training.loop import History


@pytest.fixture
def clock(monkeypatch):
    """The seconds that checkpoints see; set them by clock[0]."""
    now = [100.0]
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: now[0])
    return now


def new(path, settings=None, team=None, seed=0):
    torch.manual_seed(seed)
    model = nn.Linear(2, 3)
    optimizer = torch.optim.Adam(model.parameters(), 0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    generators = {"noise": torch.Generator().manual_seed(seed)}
    return Checkpoint(path, settings or {"a": 1}, model, optimizer, schedule, generators, History(), team or Team())


def epoch(saved, last=False):
    saved.optimizer.zero_grad()
    saved.model(torch.rand(4, 2, generator=saved.generators["noise"])).square().sum().backward()
    saved.optimizer.step()
    saved.schedule.step()
    saved.history.loss.append(float(len(saved.history.loss)))
    saved.history.validation.append(0.5)
    saved.history.seconds += 1.5
    saved.save_now_and_then(last)


def test_a_run_goes_on_exactly_where_it_was_saved(tmp_path):
    path = tmp_path / "run.safetensors"
    whole, first = new(path), new(path)
    for _ in range(2):
        epoch(first)
    epoch(first, last=True)
    assert first.where() == f"{path} holds the state after epoch 3"
    again = new(path, seed=5)
    again.resume()
    assert (again.epochs, again.history) == (3, first.history)
    assert again.history.seconds == 4.5
    assert [group["lr"] for group in again.optimizer.param_groups] == first.schedule.get_last_lr()
    path.unlink()
    for run in (whole, again):
        for _ in range(5 - len(run.history.loss)):
            epoch(run)
    for one, other in zip(whole.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(one, other)
    assert whole.schedule.get_last_lr() == again.schedule.get_last_lr()


def test_the_file_is_written_when_the_last_one_is_more_than_20_seconds_old_and_at_the_end(tmp_path, clock):
    saved = new(tmp_path / "run.safetensors")
    written = []
    for now, last in ((120, False), (120.5, False), (140, False), (141, False), (142, True)):
        clock[0] = now
        epoch(saved, last)
        written.append(saved.epochs)
    assert written == [0, 2, 2, 4, 5]


def test_an_interruption_writes_what_is_not_yet_written_and_of_one_process_only(tmp_path, clock, monkeypatch):
    path = tmp_path / "run.safetensors"
    saved = new(path)
    saved.save_interrupted()
    assert not path.exists()
    assert saved.where() == "no state was saved"
    epoch(saved)
    saved.save_interrupted()
    assert saved.epochs == 1
    path.unlink()
    saved.save_interrupted()  # it is written already
    assert not path.exists()
    in_team = new(path, team=Team(0, 2))
    epoch(in_team)
    in_team.save_interrupted()
    assert list(tmp_path.iterdir()) == []


def test_without_a_path_nothing_is_written_and_nothing_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    saved = new(None)
    saved.resume()
    epoch(saved, last=True)
    saved.save_interrupted()
    assert saved.where() == "no state was saved"
    assert list(tmp_path.iterdir()) == []


def test_each_process_of_a_team_has_its_file_and_other_teams_are_told(tmp_path):
    path = tmp_path / "run.safetensors"
    for rank in (0, 1):
        epoch(new(path, team=Team(rank, 2)), last=True)
    names = [f"run.process-{rank}.safetensors" for rank in (0, 1)]
    assert sorted(file.name for file in tmp_path.iterdir()) == names
    assert sorted(file.name for file in checkpoint_files(path)) == names
    new(path, team=Team(1, 2)).resume()
    with pytest.raises(ValueError, match="process-0.safetensors is of a run with another number of processes than 1"):
        new(path).resume()
    (tmp_path / names[0]).rename(path)
    with pytest.raises(ValueError, match="run.safetensors is of a run with another number of processes than 2"):
        new(path, team=Team(1, 2)).resume()


@pytest.mark.parametrize(("there", "here"), [({"a": 1}, {"a": 2}), ({"a": 1, "b": 2}, {"a": 1}), ({}, {"a": 1})])
def test_a_run_with_another_setting_more_or_fewer_is_another_run(tmp_path, there, here):
    path = tmp_path / "run.safetensors"
    saved = new(path, {"z": 0} | there)
    epoch(saved, last=True)
    with pytest.raises(ValueError, match=r"another run \([ab]: there .*, here .*\); delete"):
        new(path, {"z": 0} | here).resume()
    late = new(path, {"z": 0} | here)
    with pytest.raises(ValueError, match="another run writes to the same path"):
        epoch(late, last=True)
    assert json.loads(json.dumps({"z": 0} | there)) == saved.settings


@pytest.mark.parametrize("metadata", [None, {"other": "1"}, {"notes": "not JSON"}])
def test_a_file_of_another_program_cannot_be_read(tmp_path, metadata):
    path = tmp_path / "run.safetensors"
    save_file({"weight": torch.zeros(1)}, path, metadata)
    with pytest.raises(ValueError, match="cannot be read"):
        new(path).resume()


def test_moments_have_the_names_of_their_parameters(tmp_path):
    path = tmp_path / "run.safetensors"
    epoch(new(path), last=True)
    moments = [f"adam.{i}.{key}" for i, key in itertools.product((0, 1), ("exp_avg", "exp_avg_sq", "step"))]
    assert sorted(load_file(path)) == [*moments, "generator.noise", "model.bias", "model.weight"]


def test_a_folder_is_made_with_those_above_it(tmp_path):
    for _ in range(2):
        check_writable(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []
