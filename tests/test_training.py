"""The training loop: it learns, repeats itself, resumes, refuses bad input, and agrees with itself in two processes."""

import subprocess
import sys
import textwrap

import pytest
import torch

from vae_notes.data import load_mnist
from vae_notes.models import Autoencoder, VariationalAutoencoder
from vae_notes.training import fit, negative_elbo, pick_device, squared_error, to_bytes


@pytest.fixture(scope="module")
def digits():
    return load_mnist("bundled").images[::10].clone()  # 500 digits, 50 of each class


def new(kind, **options):
    torch.manual_seed(0)
    return kind(**options)


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


SMALL = {"epochs": 3, "batch_size": 64, "device": "cpu"}


def test_training_lowers_the_loss(digits):
    model = new(VariationalAutoencoder)
    before = negative_elbo(model, digits, torch.Generator().manual_seed(0)).mean().item()
    history = fit(model, digits, **SMALL | {"epochs": 10})
    after = negative_elbo(model, digits, torch.Generator().manual_seed(0)).mean().item()
    assert before == pytest.approx(546, abs=6)  # 784 ln 2 = 543.4, and a little KL
    assert after < 250
    assert history.loss[-1] == pytest.approx(after, rel=0.05)
    assert history.loss[0] > history.loss[-1]


def test_the_reported_loss_is_the_sum_over_the_data_divided_by_its_size(digits):
    # With a learning rate of nearly zero the model stands still, so the epoch's loss must be the exact mean over all
    # 500 images; a mean of batch means would weight the last 52 images like 64.
    model = new(Autoencoder)
    history = fit(model, digits, **SMALL | {"epochs": 1, "learning_rate": 1e-12})
    exact = squared_error(model, digits).double().mean().item()
    batch_means = [squared_error(model, part).mean().item() for part in digits.split(64)]
    assert history.loss[0] == pytest.approx(exact, rel=1e-6)
    assert abs(sum(batch_means) / len(batch_means) - exact) > 1e-5 * exact  # ten times what is allowed above


def test_same_seed_same_numbers_other_seed_others(digits):
    runs = []
    for seed in (0, 0, 1):
        model = new(VariationalAutoencoder)
        history = fit(model, digits, **SMALL, seed=seed)
        runs.append((history.loss, weights(model)))
    assert runs[0][0] == runs[1][0]
    assert torch.equal(runs[0][1], runs[1][1])
    assert runs[0][0] != runs[2][0]


def test_the_global_random_state_is_left_alone(digits):
    model = new(VariationalAutoencoder)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    fit(model, digits, **SMALL | {"epochs": 1})
    assert torch.equal(torch.rand(3), expected)


def test_a_custom_loss_is_minimised(digits):
    def shrink(model, x, generator):
        return model.encode(x).square().sum(1)

    model = new(Autoencoder)
    before = shrink(model, digits, None).mean()
    fit(model, digits, **SMALL, loss=shrink)
    assert shrink(model, digits, None).mean() < 0.1 * before


def test_an_interrupted_run_resumes_to_the_same_weights(digits, tmp_path, monkeypatch):
    monkeypatch.setattr("vae_notes.checkpoints.SECONDS_BETWEEN_SAVES", 0)
    straight = new(VariationalAutoencoder)
    expected = fit(straight, digits, **SMALL)

    path = tmp_path / "run.safetensors"
    calls = 0

    def interrupted(model, x, generator):
        nonlocal calls
        calls += 1
        if calls == 20:  # in the third epoch of 8 steps each
            raise KeyboardInterrupt
        return negative_elbo(model, x, generator)

    with pytest.raises(KeyboardInterrupt):
        fit(new(VariationalAutoencoder), digits, **SMALL, checkpoint=path, loss=interrupted)
    torch.manual_seed(99)  # the resumed process starts from another random state and other weights
    resumed = VariationalAutoencoder()
    history = fit(resumed, digits, **SMALL, checkpoint=path)
    assert history.loss == expected.loss
    assert torch.equal(weights(resumed), weights(straight))


def test_a_checkpoint_of_another_run_or_a_damaged_one_is_refused(digits, tmp_path):
    path = tmp_path / "run.safetensors"
    fit(new(Autoencoder), digits, **SMALL | {"epochs": 1}, checkpoint=path)
    with pytest.raises(ValueError, match="other|not|delete"):
        fit(new(Autoencoder), digits, **SMALL, checkpoint=path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="cannot be read.*delete"):
        fit(new(Autoencoder), digits, **SMALL | {"epochs": 1}, checkpoint=path)


def test_a_loss_that_is_not_finite_stops_the_run(digits):
    with pytest.raises(FloatingPointError, match="epoch 1.*learning_rate"):
        fit(new(Autoencoder), digits, **SMALL, loss=lambda model, x, generator: model(x).sum((1, 2, 3)) * torch.inf)


def test_bad_input_is_named(digits):
    model = new(Autoencoder)
    with pytest.raises(ValueError, match="images is empty"):
        fit(model, digits[:0], **SMALL)
    with pytest.raises(ValueError, match="0 to 255"):
        fit(model, digits * 255, **SMALL)
    with pytest.raises(ValueError, match="batch_size"):
        fit(model, digits, **SMALL | {"batch_size": 501})
    with pytest.raises(ValueError, match="epochs"):
        fit(model, digits, **SMALL | {"epochs": 0})
    with pytest.raises(ValueError, match="device 'cuda:7'|device 'nonsense'"):
        pick_device("cuda:7" if not torch.cuda.is_available() else "nonsense")


def test_images_are_kept_as_bytes_only_when_nothing_is_lost(digits):
    assert to_bytes(digits).dtype == torch.uint8
    assert torch.equal(to_bytes(digits).float() / 255, digits)
    noisy = (digits + 0.01).clamp(max=1)
    assert to_bytes(noisy) is noisy


def test_bytes_train_exactly_like_the_same_images_as_floats(digits, monkeypatch):
    stored = to_bytes(digits)
    assert to_bytes(stored) is stored
    from_bytes, from_floats = new(VariationalAutoencoder), new(VariationalAutoencoder)
    history = fit(from_bytes, stored, **SMALL | {"epochs": 1})
    monkeypatch.setattr("vae_notes.training.to_bytes", lambda images: images)  # else floats become bytes too
    assert fit(from_floats, digits, **SMALL | {"epochs": 1}).loss == history.loss
    assert torch.equal(weights(from_bytes), weights(from_floats))
    with pytest.raises(ValueError, match=r"images must have shape \(N, 1, height, width\)"):
        fit(from_bytes, stored[:, 0], **SMALL)
    with pytest.raises(ValueError, match="images is empty"):
        fit(from_bytes, stored[:0], **SMALL)


@pytest.mark.slow
def test_the_compiled_step_gives_the_same_training(digits):
    plain, compiled = new(Autoencoder), new(Autoencoder)
    expected = fit(plain, digits, **SMALL)
    try:
        history = fit(compiled, digits, **SMALL, compiled=True)
    except RuntimeError as error:  # torch.compile needs a C++ compiler on the CPU
        if "compiler" not in str(error):
            raise
        pytest.skip("no C++ compiler")
    assert history.loss == pytest.approx(expected.loss, rel=1e-4)


TWO_PROCESSES = """
    import sys, torch
    from vae_notes.data import load_mnist
    from vae_notes.models import Autoencoder, VariationalAutoencoder
    from vae_notes.training import fit
    import torch.distributed as dist

    digits = load_mnist("bundled").images[::10].clone()[:448]  # 7 batches of 64, each shared equally
    for kind in (Autoencoder, VariationalAutoencoder):
        torch.manual_seed(0)
        model = kind()
        history = fit(model, digits, epochs=3, batch_size=64, device="cpu")
        weights = torch.cat([p.detach().flatten() for p in model.parameters()])
        rank = int(__import__("os").environ.get("RANK", "0"))
        torch.save({"loss": history.loss, "weights": weights}, f"{sys.argv[1]}/{kind.__name__}-{rank}.pt")
"""


@pytest.mark.slow
def test_two_processes_train_like_one(digits, tmp_path):
    script = tmp_path / "two.py"
    script.write_text(textwrap.dedent(TWO_PROCESSES))
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", str(script), str(tmp_path)]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]

    def result(kind, rank):
        return torch.load(tmp_path / f"{kind}-{rank}.pt", weights_only=True)

    for kind in ("Autoencoder", "VariationalAutoencoder"):
        assert torch.equal(result(kind, 0)["weights"], result(kind, 1)["weights"])
        assert result(kind, 0)["loss"] == result(kind, 1)["loss"]
    # Without noise the two processes do what one does with the same batches, up to rounding.
    single = new(Autoencoder)
    history = fit(single, digits[:448], epochs=3, batch_size=64, device="cpu")
    assert result("Autoencoder", 0)["loss"] == pytest.approx(history.loss, rel=1e-4)
    torch.testing.assert_close(result("Autoencoder", 0)["weights"], weights(single), atol=2e-4, rtol=1e-2)
    # With noise they must not share it: the loss is near that of one process, not equal to it.
    vae = new(VariationalAutoencoder)
    history = fit(vae, digits[:448], epochs=3, batch_size=64, device="cpu")
    assert result("VariationalAutoencoder", 0)["loss"] == pytest.approx(history.loss, rel=0.02)
