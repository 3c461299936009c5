"""Pictures of one's own: folders that are read, models that are kept, commands that do both."""

import json
import re
import subprocess
import sys

import pytest
import torch
from PIL import Image
from torch import nn

from vae_notes import ConvolutionalVAE, Gaussian, VariationalAutoencoder, load, load_images, save
from vae_notes.__main__ import main
from vae_notes.faces.models import FaceVAE
from vae_notes.training.files import paths


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "pictures"
    for kind, colour in (("a", (255, 0, 0)), ("b", (0, 0, 255))):
        (root / kind).mkdir(parents=True)
        for i in range(6):
            Image.new("RGB", (20 + i, 10), colour).save(root / kind / f"{i}.png")
    return root


def test_a_folder_is_read_in_order_scaled_and_cropped(folder):
    images, labels = load_images(folder, 8)
    assert images.shape == (12, 3, 8, 8)
    assert labels.tolist() == [0] * 6 + [1] * 6
    assert torch.equal(images[0, :, 4, 4], torch.tensor([1.0, 0.0, 0.0]))
    assert load_images(folder, (4, 6), channels=1).images.shape == (12, 1, 4, 6)
    half = Image.new("L", (30, 10), 0)
    half.paste(255, (10, 0, 20, 10))  # white in the middle third
    half.save(folder / "a" / "0.png")
    assert load_images(folder, 10, channels=1).images[0].min() == 1


def test_what_is_no_picture_is_named(folder, tmp_path):
    (folder / "a" / "broken.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match="1 of 13 files cannot be read as pictures, delete .*: .*broken.png$"):
        load_images(folder, 8)
    for i in range(6):
        (folder / "b" / f"damaged-{i}.jpg").write_bytes(b"")
    cut = (folder / "b" / "0.png").read_bytes()[:50]
    (folder / "b" / "damaged-0.jpg").write_bytes(cut)
    some = "7 of 19 files .*broken.png, .*damaged-0.jpg \\(.*truncated.*\\), .*damaged-1.jpg and 4 more$"
    with pytest.raises(ValueError, match=some) as stop:
        load_images(folder, 8)
    assert "damaged-2" not in str(stop.value)
    with pytest.raises(FileNotFoundError, match="no folder"):
        load_images(tmp_path / "nowhere", 8)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="holds no pictures"):
        load_images(tmp_path / "empty", 8)
    with pytest.raises(ValueError, match="size must be"):
        load_images(folder, 0)


@pytest.mark.parametrize(
    "model",
    [
        ConvolutionalVAE(3, (3, 9, 14), width=4),
        VariationalAutoencoder(3, 7, Gaussian(0.2), image_shape=(3, 5, 4)),
        FaceVAE(latent_dim=4, size=32),
    ],
    ids=lambda model: type(model).__name__,
)
def test_a_model_of_the_book_is_built_again_from_its_card(model, tmp_path):
    card = save(model, tmp_path / "mine.v1", data="none")
    again, read = load(tmp_path / "mine.v1")
    assert json.loads(json.dumps(card)) == read
    x = torch.rand(2, *model.image_shape)
    with torch.no_grad():
        mu, logvar = model.eval().encode(x)
        torch.testing.assert_close(again.encode(x), (mu, logvar))
        torch.testing.assert_close(again.log_likelihood(x, mu[None]), model.log_likelihood(x, mu[None]))


def test_a_model_of_ones_own_needs_itself_and_gets_its_weights(tmp_path):
    def own():
        return VariationalAutoencoder(2, encoder=nn.Sequential(nn.Flatten(), nn.Linear(784, 4)))

    model = own()
    save(model, tmp_path / "own")
    with pytest.raises(ValueError, match=r"load\(path, model=VariationalAutoencoder"):
        load(tmp_path / "own")
    again, _ = load(tmp_path / "own", model=own())
    assert torch.equal(again.encoder[1].weight, model.encoder[1].weight)
    with pytest.raises(ValueError, match="does not fit the model"):
        load(tmp_path / "own", model=VariationalAutoencoder(2))
    with pytest.raises(ValueError, match="notes cannot be called class"):
        save(model, tmp_path / "own", **{"class": "x"})
    weights = tmp_path / "own.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    with pytest.raises(ValueError, match="SHA-256 differs"):
        load(tmp_path / "own", model=own())


def test_the_commands_fit_and_sample(folder, tmp_path, capsys):
    out = str(tmp_path / "new" / "my-vae")
    main(["fit", str(folder), "--latent", "2", "--size", "16", "--epochs", "1", "--out", out, "--device", "cpu"])
    main(["sample", out, "--count", "3"])
    assert "nats per picture kept apart" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "my-vae-samples.png", "my-vae.json", "my-vae.png", "my-vae.safetensors"
    ]  # fmt: skip
    card = load(out)[1]
    assert card["data"]["training"] == "10 pictures"
    assert "-elbo" in card["figures"]["kept apart"]


# A key pressed at the tenth step: one pressed after so many seconds comes too late on a quick machine.
PRESSED = """
import os, signal, sys, torch
from vae_notes.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and so do its children
left, step = iter(range(9)), torch.optim.Adam.step
def pressed(*arguments, **options):
    if next(left, None) is None:
        os.kill(os.getpid(), signal.SIGINT)
    return step(*arguments, **options)
torch.optim.Adam.step = pressed
sys.exit(main(sys.argv[1:]))
"""


def test_ctrl_c_keeps_the_state_and_the_same_command_goes_on(folder, tmp_path, capsys):
    out = tmp_path / "my-vae"
    command = ["fit", str(folder), "--size", "16", "--epochs", "60", "--out", str(out), "--device", "cpu"]
    run = subprocess.run([sys.executable, "-c", PRESSED, *command], capture_output=True, text=True, timeout=120)
    message = run.stderr
    assert run.returncode == 1, message
    kept = tmp_path / "my-vae.unfinished.safetensors"
    found = re.search(rf"stopped in epoch (\d+) of 60; {kept} holds the state after epoch (\d+)", message)
    assert found, message
    assert "run the same again to go on from there" in message
    assert "Traceback" not in message
    assert not paths(out)[0].exists()

    with pytest.raises(SystemExit, match=rf"{kept} is of another run \(epochs: there 60, here 61"):
        main([*command[:5], "61", *command[6:]])
    capsys.readouterr()
    main(command)
    assert f"{found[2]}/60" in capsys.readouterr().err  # where its bar starts
    assert load(out)[1]["settings"]["epochs"] == 60
    assert not kept.exists()


@pytest.mark.parametrize("option", ["--latent", "--size", "--epochs"])
def test_counts_below_one_are_refused(folder, option, capsys):
    with pytest.raises(SystemExit):
        main(["fit", str(folder), "--out", "x", option, "0"])
    assert "whole number of at least 1, got '0'" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_noticed_first(folder, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("vae_notes.commands.fit", lambda *_, **__: pytest.fail("trained"))
    with pytest.raises(SystemExit, match="file"):
        main(["fit", str(folder), "--out", str(tmp_path / "file" / "my-vae")])
