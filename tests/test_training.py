"""The training loop: it learns, repeats itself, resumes, refuses bad input, and agrees with itself in two processes."""

import dataclasses
import itertools
import subprocess
import sys
import textwrap

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from vae_notes.gathering import to_bytes
from vae_notes.likelihoods import Gaussian
from vae_notes.mnist import ImageSet, load_mnist
from vae_notes.models import Autoencoder, VariationalAutoencoder
from vae_notes.training import loop
from vae_notes.training.checkpoints import remove_checkpoint
from vae_notes.training.distributed import Team, find_team
from vae_notes.training.loop import fit, negative_elbo, pick_device, squared_error


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
    monkeypatch.setattr("vae_notes.training.checkpoints.SECONDS_BETWEEN_SAVES", 0)
    straight = new(VariationalAutoencoder)
    expected = fit(straight, digits, **SMALL)

    path = tmp_path / "run.safetensors"
    epoch, calls = loop._epoch, iter(range(99))

    def interrupted(*arguments):
        if next(calls) == 2:
            raise KeyboardInterrupt
        return epoch(*arguments)

    monkeypatch.setattr(loop, "_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fit(new(VariationalAutoencoder), digits, **SMALL, checkpoint=path)
    monkeypatch.setattr(loop, "_epoch", epoch)
    torch.manual_seed(99)  # the resumed process starts from another random state and other weights
    resumed = VariationalAutoencoder()
    history = fit(resumed, digits, **SMALL, checkpoint=path)
    assert history.loss == expected.loss
    assert torch.equal(weights(resumed), weights(straight))


@pytest.mark.parametrize("at", [0, 2])
def test_ctrl_c_keeps_the_last_epoch_that_ended_and_says_where(digits, tmp_path, monkeypatch, at):
    """Long before the first of the regular saves, and in the middle of an epoch."""
    straight = new(VariationalAutoencoder)
    expected = fit(straight, digits, **SMALL)
    path = tmp_path / "run.safetensors"
    epoch, calls = loop._epoch, iter(range(99))

    def interrupted(step, optimizer, data, *rest):
        if next(calls) == at:
            epoch(step, optimizer, data[:100], *rest)  # weights, moments and random states have moved on
            raise KeyboardInterrupt
        return epoch(step, optimizer, data, *rest)

    monkeypatch.setattr(loop, "_epoch", interrupted)
    goes_on = f"{path} holds the state after epoch {at}: run the same again to go on from there"
    kept = goes_on if at else "no state was saved"
    with pytest.raises(KeyboardInterrupt, match=f"stopped in epoch {at + 1} of 3; {kept}"):
        fit(new(VariationalAutoencoder), digits, **SMALL, checkpoint=path)
    assert path.exists() == bool(at)
    monkeypatch.setattr(loop, "_epoch", epoch)
    resumed = new(VariationalAutoencoder)
    history = fit(resumed, digits, **SMALL, checkpoint=path)
    assert history.loss == expected.loss
    assert torch.equal(weights(resumed), weights(straight))


def test_a_checkpoint_of_another_run_or_a_damaged_one_is_refused(digits, tmp_path):
    path = tmp_path / "run.safetensors"
    fit(new(Autoencoder), digits, **SMALL | {"epochs": 1}, checkpoint=path)
    with pytest.raises(ValueError, match="epochs: there 1, here 3.*delete"):
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
    monkeypatch.setattr("vae_notes.training.loop.to_bytes", lambda images: images)  # else floats become bytes too
    assert fit(from_floats, digits, **SMALL | {"epochs": 1}).loss == history.loss
    assert torch.equal(weights(from_bytes), weights(from_floats))
    with pytest.raises(ValueError, match=r"images must have shape \(N, channels, height, width\)"):
        fit(from_bytes, stored[:, 0], **SMALL)
    with pytest.raises(ValueError, match="images is empty"):
        fit(from_bytes, stored[:0], **SMALL)


class Own(nn.Module):
    """The stated protocol and no more."""

    def __init__(self):
        super().__init__()
        self.coder, self.decoder = nn.Linear(784, 4), nn.Linear(2, 784)

    def encode(self, x):
        return self.coder(x.flatten(1)).chunk(2, 1)

    def log_likelihood(self, x, z):
        return -((torch.sigmoid(self.decoder(z)) - x.flatten(1)) ** 2).sum(-1)


class Forward(Own):
    """The article's way: (x_hat, mu, logvar)."""

    log_likelihood = None

    def forward(self, x):
        mu, logvar = self.encode(x)
        return torch.sigmoid(self.decoder(mu + (logvar / 2).exp() * torch.randn_like(mu))), mu, logvar


@pytest.mark.parametrize("kind", [Own, Forward])
def test_a_model_of_ones_own_is_trained_on_its_negative_elbo(digits, kind):
    model, again = new(kind), new(kind)
    history = fit(model, digits, **SMALL)
    assert fit(again, digits, **SMALL, loss=None if kind is Forward else negative_elbo).loss == history.loss
    error = fit(new(Autoencoder), digits, **SMALL).loss[-1]
    assert history.loss[-1] < history.loss[0]
    if kind is Forward:
        assert history.loss[-1] > 100 > error  # nats of a Bernoulli, no squared error


def test_what_is_no_model_is_refused(digits):
    with pytest.raises(TypeError, match="returned a tensor"):
        fit(nn.Sequential(nn.Flatten(), nn.Linear(784, 3)), digits, **SMALL)
    with pytest.raises(TypeError, match="torch.nn.Module"):
        fit(lambda x: x, digits, **SMALL)
    with pytest.raises(ValueError, match=r"one number per image, \(64,\)"):
        fit(new(Autoencoder), digits, **SMALL, loss=lambda model, x, generator: (model(x) - x).square())


def test_datasets_loaders_and_arrays_train_like_the_tensor(digits):
    losses = {
        name: fit(new(Autoencoder), images, **SMALL | {"epochs": 1}).loss
        for name, images in {
            "tensor": digits,
            "dataset": TensorDataset(digits, torch.zeros(len(digits))),
            "loader": DataLoader(TensorDataset(digits), batch_size=7),
            "array": digits.numpy(),
            "set": ImageSet(digits, torch.zeros(len(digits))),
        }.items()
    }
    assert len(set(map(tuple, losses.values()))) == 1
    with pytest.raises(ValueError, match="bytes that are only 0 and 1"):
        fit(new(Autoencoder), (digits > 0.5).byte(), **SMALL)


def test_the_model_says_in_which_precision_it_is_trained(digits):
    model = new(VariationalAutoencoder)
    assert (
        fit(model, digits.double(), **SMALL | {"epochs": 1}).loss
        == fit(new(VariationalAutoencoder), digits, **SMALL | {"epochs": 1}).loss
    )
    double = new(VariationalAutoencoder).double()
    fit(double, digits, **SMALL | {"epochs": 1})
    assert weights(double).dtype == torch.float64
    half = fit(new(VariationalAutoencoder), digits, **SMALL, precision="bfloat16").loss
    full = fit(new(VariationalAutoencoder), digits, **SMALL).loss
    assert half != full
    assert half == pytest.approx(full, rel=0.01)


def test_batch_norm_meets_no_batch_of_one_and_colour_of_any_size_is_at_home(digits):
    colour = torch.rand(65, 3, 8, 8)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(192, 8), nn.BatchNorm1d(8))
    model = VariationalAutoencoder(4, image_shape=(3, 8, 8), encoder=encoder)
    assert len(fit(model, colour, **SMALL).loss) == 3
    assert not model.training


def test_validation_is_measured_after_each_epoch_and_changes_nothing(digits):
    model, other = new(VariationalAutoencoder), new(VariationalAutoencoder)
    history = fit(model, digits[:400], **SMALL, validation=digits[400:])
    assert fit(other, digits[:400], **SMALL).loss == history.loss
    last = negative_elbo(model, digits[400:], torch.Generator().manual_seed(0)).mean().item()
    assert history.validation[-1] == pytest.approx(last, rel=0.01)
    assert len(history.validation) == 3


def test_dropout_is_reproducible_and_a_generator_draws_the_seed(digits):
    losses = []
    for _ in range(2):
        torch.manual_seed(0)
        model = VariationalAutoencoder(
            decoder=nn.Sequential(nn.Dropout(), nn.Linear(20, 784)),
            encoder=nn.Sequential(nn.Flatten(), nn.Linear(784, 40)),
        )
        torch.rand(len(losses))  # the caller's random state must not matter
        losses.append(fit(model, digits, **SMALL, generator=torch.Generator().manual_seed(3)).loss)
    assert losses[0] == losses[1]


def weighted(beta):
    return lambda model, x, generator: beta * negative_elbo(model, x, generator)


@pytest.mark.parametrize("change", ["loss", "data", "architecture", "likelihood"])
def test_a_checkpoint_knows_its_run(digits, tmp_path, change):
    model = new(VariationalAutoencoder, likelihood=Gaussian(0.1))
    options = SMALL | {"epochs": 1, "checkpoint": tmp_path / "run.safetensors", "loss": weighted(1.0)}
    first = fit(model, digits, **options)
    assert fit(new(VariationalAutoencoder, likelihood=Gaussian(0.1)), digits, **options).loss == first.loss
    if change == "loss":
        options["loss"] = weighted(10.0)
    images = digits.flip(0) if change == "data" else digits
    latent = 3 if change == "architecture" else 20
    variance = 0.2 if change == "likelihood" else 0.1
    with pytest.raises(ValueError, match=rf"another run \({change}: there .*, here .*delete"):
        fit(new(VariationalAutoencoder, latent_dim=latent, likelihood=Gaussian(variance)), images, **options)


def test_what_a_stopped_run_says_of_its_checkpoint_is_true(digits, tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"

    def broken(model, x, generator):
        return model(x).sum((1, 2, 3)) * torch.inf

    with pytest.raises(FloatingPointError, match="another checkpoint path; no state was saved"):
        fit(new(Autoencoder), digits, **SMALL, loss=broken, checkpoint=path)
    assert not path.exists()
    monkeypatch.setattr("vae_notes.training.checkpoints.SECONDS_BETWEEN_SAVES", -1)
    epoch, means = loop._epoch, iter([0, 0, torch.inf])
    monkeypatch.setattr(loop, "_epoch", lambda *arguments: epoch(*arguments) + next(means))
    with pytest.raises(FloatingPointError, match="run.safetensors holds the state after epoch 2"):
        fit(new(Autoencoder), digits, **SMALL, checkpoint=path)


def test_a_path_that_cannot_be_written_is_noticed_before_the_training(digits, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(loop, "_epoch", lambda *_: pytest.fail("trained"))
    with pytest.raises(OSError, match="file"):
        fit(new(Autoencoder), digits, **SMALL, checkpoint=tmp_path / "file" / "run.safetensors")


def test_another_run_on_the_same_path_is_noticed_and_files_of_teams_are_told_apart(digits, tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    epoch = loop._epoch

    def meanwhile(*arguments):
        monkeypatch.setattr(loop, "_epoch", epoch)
        fit(new(Autoencoder), digits, **SMALL | {"epochs": 1}, checkpoint=path)
        return epoch(*arguments)

    monkeypatch.setattr(loop, "_epoch", meanwhile)
    with pytest.raises(ValueError, match="another run writes to the same path"):
        fit(new(Autoencoder), digits, **SMALL, checkpoint=path)
    path.rename(tmp_path / "run.process-0.safetensors")
    with pytest.raises(ValueError, match=r"process-0.safetensors is of a run with another number of processes"):
        fit(new(Autoencoder), digits, **SMALL, checkpoint=path)
    (tmp_path / "run-1.safetensors").write_text("")
    remove_checkpoint(path)
    assert [p.name for p in tmp_path.iterdir()] == ["run-1.safetensors"]


def test_tied_weights_and_wrapped_models_are_saved_under_their_own_names(digits, tmp_path):
    class Tied(Autoencoder):
        def __init__(self):
            super().__init__()
            self.again = self.encoder

    path = tmp_path / "run.safetensors"
    fit(new(Tied), digits, **SMALL | {"epochs": 1}, checkpoint=path)
    path.unlink()
    first = fit(nn.DataParallel(new(Autoencoder)), digits, **SMALL | {"epochs": 1}, checkpoint=path)
    compiled = torch.compile(new(Autoencoder), backend="eager")
    assert fit(compiled, digits, **SMALL | {"epochs": 1}, checkpoint=path).loss == first.loss
    assert "model.encoder.0.weight" in load_file(path)


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
    from vae_notes.mnist import load_mnist
    from vae_notes.models import Autoencoder, VariationalAutoencoder
    from vae_notes.training.loop import fit
    import torch.distributed as dist

    digits = load_mnist("bundled").images[::10].clone()[:448]  # 7 batches of 64, each shared equally
    for kind in (Autoencoder, VariationalAutoencoder):
        torch.manual_seed(0)
        model = kind()
        if kind is VariationalAutoencoder:
            model.unused = torch.nn.Linear(3, 3)
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


def test_all_processes_shuffle_alike_and_each_has_its_own_noise(digits, monkeypatch):
    def seen(rank, seed):
        noise, batches, states = [], [], []

        def loss(model, x, generator):
            noise.append(generator.initial_seed())
            batches.append(x.clone())
            states.append(torch.initial_seed())
            return squared_error(model, x)

        monkeypatch.setattr(loop, "find_team", lambda: Team(rank, 1))
        fit(new(Autoencoder), digits[:40], epochs=2, batch_size=40, device="cpu", loss=loss, seed=seed)
        return noise, batches, states

    noise, batches, states = seen(0, 5)
    assert noise == [6, 6]
    assert not torch.equal(*batches)
    others = seen(1, 5)
    assert others[0] == [7, 7]
    assert all(torch.equal(mine, theirs[1:]) for mine, theirs in zip(others[1], batches, strict=True))  # from rank 1 on
    assert len({*states, *others[2]}) == 4
    assert max(states) > 2**32  # of many
    assert not torch.equal(seen(0, 6)[1][0], batches[0])


def test_a_batch_is_shared_equally_and_what_cannot_be_is_left_out():
    shares = [Team(rank, 2).share(torch.arange(10, 17)).tolist() for rank in (0, 1)]
    assert shares == [[10, 12, 14], [11, 13, 15]]
    assert Team().share(torch.arange(3)).tolist() == [0, 1, 2]
    assert Team().sum(torch.tensor(3.0)) == 3
    assert [Team(rank, 2).leads for rank in (0, 1)] == [True, False]


def test_each_process_takes_the_gpu_of_its_local_rank(monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "3")
    cuda, second, cpu = map(torch.device, ("cuda", "cuda:1", "cpu"))
    assert [Team(0, 2).device(d) for d in (cuda, second, cpu)] == [torch.device("cuda:3"), second, cpu]
    assert Team().device(cuda) == cuda
    monkeypatch.delenv("LOCAL_RANK")
    assert Team(0, 2).device(cuda) == torch.device("cuda:0")


def test_without_torchrun_there_is_a_team_of_one(monkeypatch):
    for size in (None, "1"):
        monkeypatch.delenv("WORLD_SIZE", raising=False)
        if size:
            monkeypatch.setenv("WORLD_SIZE", size)
        assert find_team() == Team(0, 1)
        assert Team().wrap(module := nn.Linear(1, 1)) is module
    with pytest.raises(dataclasses.FrozenInstanceError):
        Team().rank = 1


def test_what_is_not_stated_is_that_of_the_book(digits, monkeypatch, capsys):
    monkeypatch.setattr(torch, "compile", lambda *_, **__: pytest.fail("compiled"))
    plain, stated = new(Autoencoder, hidden_dim=8), new(Autoencoder, hidden_dim=8)
    first = fit(plain, digits[:200], epochs=2, device="cpu")
    second = fit(stated, digits[:200], epochs=2, batch_size=128, learning_rate=1e-3, seed=0, device="cpu")
    assert first.loss == second.loss
    assert torch.equal(weights(plain), weights(stated))
    assert loop.History() == loop.History([], 0.0, "cpu", [])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("rank", "shown"), [(0, True), (1, False)])
def test_a_bar_is_shown_by_the_first_process_when_asked_for(digits, monkeypatch, capsys, rank, shown):
    monkeypatch.setattr(loop, "find_team", lambda: Team(rank, 1))
    fit(new(Autoencoder, hidden_dim=8), digits[:64], **SMALL, progress=True)
    assert ("3/3" in capsys.readouterr().err) == shown


def test_a_generator_draws_the_seed_that_stands_for_it(digits):
    seed = int(torch.randint(2**31, (), generator=torch.Generator().manual_seed(3)))
    first = fit(new(Autoencoder), digits[:64], **SMALL, generator=torch.Generator().manual_seed(3))
    assert first.loss == fit(new(Autoencoder), digits[:64], **SMALL, seed=seed).loss


@pytest.mark.parametrize(
    ("images", "batch_size", "alone", "sizes"),
    [
        (9, 4, 0, [4, 4, 1]),
        (9, 4, 1, [4, 5]),
        (10, 4, 1, [4, 4, 2]),
        (12, 5, 1, [5, 5, 2]),
        (12, 4, 2, [4, 4, 4]),
        (11, 4, 2, [4, 7]),
        (5, 4, 1, [5]),
        (1, 4, 1, [1]),
    ],
)
def test_no_process_meets_a_batch_of_one_where_batches_have_statistics(images, batch_size, alone, sizes):
    parts = loop._batches(torch.arange(images), batch_size, alone)
    assert list(map(len, parts)) == sizes
    assert torch.equal(torch.cat(parts), torch.arange(images))


def test_a_last_batch_of_one_image_counts_as_one_where_nothing_is_against_it(digits):
    model = new(Autoencoder)
    history = fit(model, digits[:5], epochs=1, batch_size=4, learning_rate=1e-12, device="cpu")
    assert history.loss[0] == pytest.approx(squared_error(model, digits[:5]).double().mean().item(), rel=1e-6)


def test_validation_has_the_noise_of_seed_0_and_is_a_setting_of_the_run(digits, tmp_path):
    model, options = new(VariationalAutoencoder), SMALL | {"epochs": 1, "checkpoint": tmp_path / "run.safetensors"}
    history = fit(model, digits[:64], **options, validation=digits[64:128])
    expected = negative_elbo(model, digits[64:128], torch.Generator().manual_seed(0)).double().mean().item()
    assert history.validation == [pytest.approx(expected, rel=1e-6)]
    with pytest.raises(ValueError, match="validation: there [0-9a-f]{64}, here False"):
        fit(new(VariationalAutoencoder), digits[:64], **options)


def test_the_seconds_of_a_run_in_two_parts_are_those_of_both(digits, tmp_path, monkeypatch):
    ticks = itertools.count()
    monkeypatch.setattr(loop.time, "perf_counter", lambda: float(next(ticks)))
    epoch, calls = loop._epoch, iter(range(99))

    def interrupted(*arguments):
        if next(calls) == 2:
            raise KeyboardInterrupt
        return epoch(*arguments)

    monkeypatch.setattr(loop, "_epoch", interrupted)
    options = SMALL | {"checkpoint": tmp_path / "run.safetensors"}
    with pytest.raises(KeyboardInterrupt):
        fit(new(Autoencoder), digits[:64], **options)  # a tick for each of two epochs
    for _ in range(5):
        next(ticks)
    assert fit(new(Autoencoder), digits[:64], **options).seconds == 3.0


@pytest.mark.parametrize("rate", [0.0, -0.5, float("inf"), float("nan")])
def test_a_learning_rate_is_positive_and_finite(digits, rate):
    with pytest.raises(ValueError, match="learning_rate must be positive and finite"):
        fit(new(Autoencoder), digits[:64], **SMALL, learning_rate=rate)


def test_a_process_without_a_share_of_the_last_batch_waits_for_the_next_epoch():
    class Alone(Team):
        def sum(self, number):
            return 2 * number  # as if the other one had met the same

    model, order = nn.Linear(1, 1, bias=False), torch.Generator().manual_seed(0)
    model.weight.data.fill_(1.0)
    optimizer = torch.optim.SGD(model.parameters(), 0.0)
    seen = []
    model.register_forward_hook(lambda module, inputs, output: seen.append(len(inputs[0])))
    step = nn.Sequential(model, nn.Flatten(0))
    assert loop._epoch(step, optimizer, torch.full((5, 1), 3.0), 4, order, Alone(1, 2)) == 3.0
    assert seen == [2]
