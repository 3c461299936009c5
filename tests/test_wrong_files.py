"""Runs, files and options that once passed without a word: checkpoints, saved models, the command line."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from vae_notes import (
    Autoencoder,
    ConvolutionalVAE,
    FaceVAE,
    Gaussian,
    VariationalAutoencoder,
    fit,
    load,
    negative_elbo,
    sample,
    save,
)
from vae_notes.__main__ import main
from vae_notes.shipped.recipes import RECIPES
from vae_notes.training import loop
from vae_notes.training.identity import architecture, describe

X = torch.rand(12, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def vae(**options):
    torch.manual_seed(0)
    return VariationalAutoencoder(2, 4, **options)


def train(path, model=None, images=X, **options):
    options = {"epochs": 1, "batch_size": 6, "device": "cpu", "checkpoint": path} | options
    return fit(vae() if model is None else model, images, **options).loss


BETA, SETTINGS, LIST, TENSOR, OBJECT = 1.0, {"beta": 1.0}, [1.0], torch.tensor(1.0), SimpleNamespace(beta=1.0)


def helper(model, x, generator):
    return BETA * negative_elbo(model, x, generator)


LOSSES = {
    "SETTINGS": (lambda m, x, g: SETTINGS["beta"] * negative_elbo(m, x, g), {"beta": 10.0}),
    "LIST": (lambda m, x, g: LIST[0] * negative_elbo(m, x, g), [10.0]),
    "TENSOR": (lambda m, x, g: TENSOR * negative_elbo(m, x, g), torch.tensor(10.0)),
    "OBJECT": (lambda m, x, g: OBJECT.beta * negative_elbo(m, x, g), SimpleNamespace(beta=10.0)),
    "helper": (lambda m, x, g: helper(m, x, g), lambda m, x, g: 10 * negative_elbo(m, x, g)),
    "BETA": (lambda m, x, g: (lambda: BETA)() * helper(m, x, g), 10.0),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_checkpoint_knows_what_its_loss_looks_up(tmp_path, monkeypatch, name):
    loss, other = LOSSES[name]
    first = train(tmp_path / "run", loss=loss)
    assert train(tmp_path / "run", loss=loss) == first
    monkeypatch.setitem(globals(), name, other)
    with pytest.raises(ValueError, match="another run .loss: there .*, here .*delete"):
        train(tmp_path / "run", loss=loss)


def encoder(activation):
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 4), activation)


class Calls(nn.Module):
    """A layer that is a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def frozen():
    model = vae()
    model.encoder.requires_grad_(False)
    return model


def named(**methods):
    torch.manual_seed(0)
    return type("Own", (VariationalAutoencoder,), methods)(2, 4)


def doubled(model, x):
    return tuple(2 * part for part in VariationalAutoencoder.encode(model, x))


def halved(model, x):
    return tuple(part / 2 for part in VariationalAutoencoder.encode(model, x))


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        (lambda: {"model": vae(encoder=encoder(Calls(torch.relu)))},
         lambda: {"model": vae(encoder=encoder(Calls(torch.tanh)))}, "architecture"),
        (lambda: {"model": vae(encoder=encoder(Calls(lambda x: x + 1)))},
         lambda: {"model": vae(encoder=encoder(Calls(lambda x: x + 2)))}, "architecture"),
        (lambda: {"model": named(encode=doubled)}, lambda: {"model": named(encode=halved)}, "architecture"),
        (dict, lambda: {"model": frozen()}, "frozen"),
        (lambda: {"validation": X[:3]}, lambda: {"validation": X[3:6]}, "validation"),
        (dict, lambda: {"seed": 1}, "seed"),
        (dict, lambda: {"batch_size": 4}, "batch_size"),
        (dict, lambda: {"learning_rate": 1e-2}, "learning_rate"),
        (dict, lambda: {"model": vae().double()}, "architecture"),
        (lambda: {"model": vae(likelihood=Gaussian(learn=True))},
         lambda: {"model": vae(likelihood=Gaussian(1.0, learn=True))}, "likelihood"),
    ],
)  # fmt: skip
def test_a_checkpoint_knows_the_rest_of_its_run(tmp_path, first, second, differs):
    expected = train(tmp_path / "run", **first())
    assert train(tmp_path / "run", **first()) == expected
    with pytest.raises(ValueError, match=rf"another run \({differs}: there .*, here .*delete"):
        train(tmp_path / "run", **second())


def test_a_description_ends_whatever_it_describes():
    model = vae()
    model.forward = lambda x: model.decode(model.encode(x)[0])  # the model holds a function that holds the model
    assert architecture(model) == architecture(model)

    def again(n):
        return again(n - 1) if n else n

    assert "again" in describe(again)
    assert len(loop.identity.loss(lambda m, x, g, numbers=tuple(range(1000)): x)) < 400


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def flip(path):
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)


def rewritten(change):
    def rewrite(path):
        with safe_open(path, "pt") as file:
            notes, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        change(tensors, notes)
        save_file(tensors, path, notes)

    return rewrite


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (cut, "not fully covered"),
        (flip, "SHA-256 differs: it is damaged"),
        (rewritten(lambda tensors, _: tensors.pop("generator.noise")), "SHA-256 differs"),
        (rewritten(lambda _, notes: notes.update(notes="[1]")), "no training run wrote it"),
        (lambda path: save_file({"a": torch.zeros(2)}, path), "no training run wrote it"),
        (lambda path: torch.save({"a": 1}, path), "header"),
        (lambda path: path.write_bytes(b""), "header"),
    ],
)
def test_a_damaged_or_foreign_checkpoint_is_told_from_a_sound_one(tmp_path, damage, told):
    path = tmp_path / "run"
    train(path)
    damage(path)
    with pytest.raises(ValueError, match=f"run cannot be read .*{told}.*delete .*run to start anew"):
        train(path)


def test_a_checkpoint_is_a_file_with_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(loop, "_epoch", lambda *_: pytest.fail("trained"))
    (tmp_path / "file").write_text("")
    for path in ("", tmp_path, tmp_path / "file" / "run"):
        with pytest.raises(OSError, match=r"is a (folder|file), and a (file|folder) is .*name another path"):
            train(path)
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    train("~/run")
    assert (tmp_path / "run").exists()
    assert not (tmp_path / "~").exists()


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("build", [vae, lambda: ConvolutionalVAE(2, (1, 8, 8), 4), lambda: FaceVAE(4, 32)])
def test_a_model_in_another_precision_is_loaded_as_it_was_saved(tmp_path, build, dtype):
    model = build().to(dtype)
    card = save(model, tmp_path / "own")
    state = torch.get_rng_state()
    again, _ = load(tmp_path / "own")
    assert torch.equal(state, torch.get_rng_state())  # the weights that are overwritten were drawn apart
    assert card["arguments"]["dtype"] == str(dtype).removeprefix("torch.")
    assert all(torch.equal(a, b) for a, b in zip(again.state_dict().values(), model.state_dict().values(), strict=True))
    assert next(again.parameters()).dtype == dtype
    assert torch.equal(
        sample(again, 2, torch.Generator().manual_seed(0)), sample(model, 2, torch.Generator().manual_seed(0))
    )


def test_names_of_saved_models(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    save(vae(), "~/own.safetensors")
    assert {path.name for path in tmp_path.iterdir()} == {"own.safetensors", "own.json"}
    for name in ("own", "own.safetensors", "own.json"):
        assert load(tmp_path / name)[1]["class"] == "VariationalAutoencoder"
    for wrong in ("", ".", f"{tmp_path}/"):
        with pytest.raises(ValueError, match="path must end with a name for the files"):
            save(vae(), wrong)
    for thing in (vae().state_dict(), lambda x: x, VariationalAutoencoder):
        with pytest.raises(TypeError, match="model must be a torch.nn.Module"):
            save(thing, tmp_path / "other")
    save(vae(encoder=encoder(nn.ReLU())), tmp_path / "parts")
    with pytest.raises(ValueError, match="a VariationalAutoencoder, with parts of its own: load"):
        load(tmp_path / "parts")
    (tmp_path / "own.json").write_text(json.dumps({"name": "mnist-vae"}))
    with pytest.raises(ValueError, match="no card that `save` wrote"):
        load(tmp_path / "own")


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    for i in range(4):
        pixels = np.random.default_rng(i).integers(0, 255, (9, 9, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{i}.png")
    return tmp_path


@pytest.mark.parametrize("out", ["", ".", "pictures/", "file/own", "weights", "card", "picture"])
def test_what_cannot_be_written_is_noticed_before_the_training(pictures, monkeypatch, out):
    monkeypatch.setattr("vae_notes.commands.fit", lambda *_, **__: pytest.fail("trained"))
    (pictures / "file").write_text("")
    for name in ("weights.safetensors", "card.json", "picture.png"):
        (pictures / name).mkdir()
    with pytest.raises(SystemExit, match="path must end with a name|is a (folder|file), and a (file|folder)"):
        main(["fit", "pictures", "--out", out, "--size", "8"])


@pytest.mark.parametrize("out", ["file", "models"])
def test_a_shipped_model_is_not_drawn_for_when_it_cannot_be_written(tmp_path, monkeypatch, out):
    """20,000 faces were drawn, for minutes, before the folder was looked at."""
    monkeypatch.chdir(tmp_path)
    drawn = dataclasses.replace(RECIPES["faces-vae"], images=lambda root: pytest.fail("drew the faces"))
    monkeypatch.setitem(RECIPES, "faces-vae", drawn)
    (tmp_path / "file").write_text("")
    (tmp_path / "models" / "faces-vae.safetensors").mkdir(parents=True)
    with pytest.raises(SystemExit, match="is a (folder|file), and a (file|folder) is"):
        main(["train", "faces-vae", "--out", out])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["train", "faces-vae", "--data", "somewhere"], "faces-vae has no use for --data: leave it out"),
        (["evaluate", "faces-vae", "--data", "somewhere", "--k", "3"], "no use for --k and --data"),
        (["evaluate", "mnist-vae", "--k", "0", "--subset", "7"], "--k 0 leaves out: leave one out"),
        (["train", "MNIST-VAE"], "did you mean 'mnist-vae'"),
        (["sample", "coder"], "is of a class Autoencoder, which has no prior to sample from"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    save(Autoencoder(2, 4), "coder")
    with pytest.raises(SystemExit, match=told):
        main(arguments)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["fit", "pictures", "--out", "own", "--size", "99999999"], "--size: must be at most 4096, got '99999999'"),
        (["fit", "pictures", "--out", "own", "--seed", "9" * 30], "--seed: must be at most"),
        (["sample", "own", "--count", "1000000000"], "--count: must be at most 4096"),
        (["evaluate", "mnist-vae", "--k", "²"], "--k: must be a whole number of at least 0, got '²'"),
        (["evaluate", "mnist-vae", "--k", "+-5"], "--k: must be a whole number of at least 0"),
    ],
)
def test_counts_beyond_all_bounds(arguments, told, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert told in capsys.readouterr().err


def test_a_model_of_pictures_is_named_with_or_without_its_suffix(pictures, capsys):
    main(["fit", "pictures", "--out", "new/own.v1.safetensors", "--size", "8", "--epochs", "1", "--latent", "2"])
    wrote = {"own.v1.safetensors", "own.v1.json", "own.v1.png"}
    assert {path.name for path in (pictures / "new").iterdir()} == wrote
    main(["sample", "new/own.v1", "--count", "2"])
    assert (pictures / "new" / "own.v1-samples.png").exists()
    assert "own.v1-samples.png" in capsys.readouterr().out


def test_a_checkpoint_of_layers_without_a_size_is_put_off(tmp_path):
    lazy = vae(encoder=nn.Sequential(nn.Flatten(), nn.LazyLinear(4)))
    with pytest.raises(
        ValueError, match="layers without a size, which a checkpoint must know: call it on images first"
    ):
        train(tmp_path / "run", lazy)
    lazy(X)
    assert train(tmp_path / "run", lazy)
