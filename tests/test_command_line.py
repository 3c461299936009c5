"""`python -m vae_notes`: helpful when asked, brief when something is wrong."""

import dataclasses
import json
import subprocess
import sys

import pytest

from vae_notes.__main__ import main
from vae_notes.mnist import load_mnist
from vae_notes.shipped.pretrained import load_pretrained
from vae_notes.shipped.recipes import RECIPES


def test_help_names_the_commands(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("train", "evaluate", "models"))


def test_models_lists_what_ships(capsys):
    main(["models"])
    out = capsys.readouterr().out
    assert all(name in out for name in RECIPES)


def test_evaluate_prints_figures_with_standard_errors(capsys):
    main(["evaluate", "mnist-vae-2d", "--k", "10", "--subset", "5"])
    out = capsys.readouterr().out
    assert "-elbo" in out
    assert "-log p, k=10" in out
    assert "standard error" in out
    assert "5,000 bundled digits" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "mnist-vea"], "did you mean 'mnist-vae'"),
        (["evaluate", "mnist-vae", "--weights", "nowhere"], "python -m vae_notes train mnist-vae"),
        (["train", "mnist-vae", "--device", "abacus"], "abacus"),
        (["evaluate", "faces-vae", "--k", "10"], "faces-vae has no use for --k"),
        (["evaluate", "mnist-autoencoder", "--subset", "10"], "no use for --subset"),
        (["evaluate", "mnist-vae", "--split", "held-out"], "bundled or test, not on 'held-out'"),
    ],
)
def test_errors_are_one_line_that_helps(arguments, message):
    with pytest.raises(SystemExit, match=message):
        main(arguments)


def test_train_writes_weights_and_a_card_that_load(tmp_path, monkeypatch, capsys):
    # The real command on a short recipe: 300 digits, 2 epochs.
    short = dataclasses.replace(
        RECIPES["mnist-vae-2d"],
        images=lambda root: load_mnist("bundled").images[:300],
        held_out={"bundled": "the digits that need no download"},
        epochs=2,
        batch_size=100,
    )
    monkeypatch.setitem(RECIPES, "mnist-vae-2d", short)
    monkeypatch.setattr("vae_notes.__main__.IMPORTANCE_SAMPLES", 5)
    monkeypatch.chdir(tmp_path)
    main(["train", "mnist-vae-2d", "--device", "cpu", "--out", "models"])
    model, card = load_pretrained("mnist-vae-2d", tmp_path / "models")
    assert card["settings"]["epochs"] == 2
    assert card["device"]["kind"] == "cpu"
    assert not list((tmp_path / "checkpoints").iterdir())
    assert json.loads((tmp_path / "models" / "mnist-vae-2d.json").read_text()) == card


@pytest.mark.parametrize("arguments", [["--k", "-1"], ["--subset", "0"], ["--subset", "-3"]])
def test_counts_that_are_none_are_refused(arguments, capsys):
    with pytest.raises(SystemExit):
        main(["evaluate", "mnist-vae", *arguments])
    assert "must be a whole number of at least" in capsys.readouterr().err


def test_a_bug_is_not_dressed_as_a_message(monkeypatch):
    def bug(*_):
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.setattr("vae_notes.__main__.load_pretrained", bug)
    with pytest.raises(RuntimeError, match="multiplied"):
        main(["evaluate", "mnist-vae"])


def test_ctrl_c_promises_a_checkpoint_only_where_there_is_one(tmp_path, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    short = dataclasses.replace(RECIPES["mnist-vae-2d"], images=lambda root: load_mnist("bundled").images[:300])
    monkeypatch.setitem(RECIPES, "mnist-vae-2d", short)
    monkeypatch.setattr("vae_notes.__main__.fit", stopped)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="no state was saved"):
        main(["train", "mnist-vae-2d"])
    (tmp_path / "checkpoints").mkdir(exist_ok=True)
    (tmp_path / "checkpoints" / "mnist-vae-2d-1.safetensors").write_text("")
    with pytest.raises(SystemExit, match="no state was saved"):  # that one is another run's
        main(["train", "mnist-vae-2d"])
    (tmp_path / "checkpoints" / "mnist-vae-2d.safetensors").write_text("")
    with pytest.raises(SystemExit, match="go on from the last checkpoint"):
        main(["train", "mnist-vae-2d"])


def test_importing_the_package_is_cheap():
    # What is slow to import is imported where it is used; a timing would depend on the machine, a list does not.
    code = "import sys, vae_notes; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"matplotlib", "torchvision", "scipy", "sklearn", "pandas", "mlxtend", "anywidget", "IPython"} & set(
        loaded
    )
