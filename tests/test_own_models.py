"""A reader's own models and data: other sizes, channels, layers and dtypes through every function."""

import contextlib

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from vae_notes import (
    Autoencoder,
    Gaussian,
    LinearGaussian,
    VariationalAutoencoder,
    active_units,
    as_vae,
    diagnose,
    elbo,
    evaluate,
    fit,
    importance_bound,
    interpolate,
    load,
    load_mnist,
    load_pretrained,
    negative_elbo,
    reconstruct,
    sample,
    save,
)
from vae_notes.faces.models import FaceVAE
from vae_notes.faces.sets import draw_faces


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def seeded(build, *args, **kwargs):
    torch.manual_seed(0)
    return build(*args, **kwargs)


def conv_encoder(outputs):
    return nn.Sequential(
        nn.Conv2d(3, 8, 4, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
        nn.Conv2d(8, 8, 4, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout(0.2),
        nn.Flatten(), nn.Linear(8 * 8 * 8, outputs),
    )  # fmt: skip


def conv_decoder(latent_dim):
    return nn.Sequential(
        nn.Linear(latent_dim, 8 * 8 * 8), nn.ReLU(), nn.Unflatten(1, (8, 8, 8)),
        nn.ConvTranspose2d(8, 8, 4, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
        nn.ConvTranspose2d(8, 3, 4, stride=2, padding=1),
    )  # fmt: skip


def conv_vae():
    """The book's class around convolutions, BatchNorm and dropout, for colour pictures of 32 x 32."""
    return VariationalAutoencoder(
        4, likelihood=Gaussian(0.1, learn=True), image_shape=(3, 32, 32),
        encoder=conv_encoder(8), decoder=conv_decoder(4),
    )  # fmt: skip


def conv_autoencoder():
    return Autoencoder(4, image_shape=(3, 32, 32), encoder=conv_encoder(4), decoder=conv_decoder(4))


class OwnProtocol(nn.Module):
    """Nothing of the book's but the two functions of the protocol."""

    def __init__(self):
        super().__init__()
        self.down, self.up = conv_encoder(8), conv_decoder(4)

    def encode(self, x):
        return self.down(x).chunk(2, 1)

    def log_likelihood(self, x, z):
        mean = self.up(z.reshape(-1, 4)).reshape(*z.shape[:-1], 3, 32, 32).sigmoid()
        return -(x - mean).square().sum((-3, -2, -1))


class OwnForward(nn.Module):
    """Only a forward, with parts under the usual names."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = conv_encoder(8), nn.Sequential(conv_decoder(4), nn.Sigmoid())

    def forward(self, x):
        mu, logvar = self.encoder(x).chunk(2, 1)
        return self.decoder(mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)), mu, logvar


@pytest.fixture
def colour():
    return torch.rand(6, 3, 32, 32, generator=generator())


VAES = [conv_vae, OwnProtocol, OwnForward]


@pytest.mark.parametrize("build", VAES)
def test_a_convolutional_network_for_colour_goes_through_everything(build, colour):
    model = seeded(build)
    with torch.no_grad():
        value = elbo(model, colour, 2, generator()).value
        assert value.shape == (6,)
        assert importance_bound(model, colour, 3, generator()).shape == (6,)
    assert model.training
    figures = evaluate(model, colour, k=2, subset=3)
    assert {"-elbo", "reconstruction", "kl", "active units", "-log p, k=2", "gap, paired"} <= figures.keys()
    assert figures["active units"].of == 4
    assert figures["gap, paired"].details == {"images": 3}
    assert 0 <= active_units(model, colour) <= 4
    loss = negative_elbo(model, colour, generator())
    loss.mean().backward()
    assert all(p.grad is not None for p in model.parameters())


def pictures(model, like):
    return sample(model, 5, generator(), like), reconstruct(model, like), interpolate(model, like[:2], like[2:4], 7)


@pytest.mark.parametrize("build", [conv_vae, OwnForward])
def test_pictures_of_a_variational_autoencoder(build, colour):
    model = seeded(build)
    drawn, rebuilt, walk = pictures(model, colour)
    assert drawn.shape == (5, 3, 32, 32)
    assert rebuilt.shape == colour.shape
    assert walk.shape == (7, 2, 3, 32, 32)
    assert 0 <= min(t.min() for t in (drawn, rebuilt, walk)) <= max(t.max() for t in (drawn, rebuilt, walk)) <= 1
    torch.testing.assert_close(walk[0], rebuilt[:2], rtol=0, atol=1e-5)
    torch.testing.assert_close(walk[-1], rebuilt[2:4], rtol=0, atol=1e-5)
    assert not torch.allclose(walk[3], walk[0], atol=1e-4)
    assert torch.equal(drawn, sample(model, 5, generator(), colour))
    assert not torch.equal(drawn, sample(model, 5, generator(1), colour))
    assert model.training
    assert not rebuilt.requires_grad
    with torch.no_grad():
        view = as_vae(model.eval(), colour)
        torch.testing.assert_close(rebuilt, view.decode(view.encode(colour)[0]))
        z = torch.randn(5, 4, generator=generator())
        torch.testing.assert_close(drawn, view.decode(z))


@pytest.mark.parametrize("model", [conv_autoencoder(), Autoencoder(4, 16, nn.ReLU(), image_shape=(3, 32, 32))])
def test_pictures_of_an_autoencoder(model, colour):
    rebuilt, walk = reconstruct(model, colour), interpolate(model, colour[:2], colour[2:4], 3)
    with torch.no_grad():
        torch.testing.assert_close(rebuilt, model.eval()(colour))
        middle = model.decode(torch.lerp(model.encode(colour[:2]), model.encode(colour[2:4]), 0.5))
    torch.testing.assert_close(walk[1], middle)
    torch.testing.assert_close(walk[0], rebuilt[:2], rtol=0, atol=1e-5)
    assert evaluate(model, colour)["mse per pixel"].value == pytest.approx((rebuilt - colour).square().mean().item())


def test_pictures_of_the_articles_autoencoder(colour):
    model = nn.Module()
    model.encoder, model.decoder = nn.Linear(3072, 4), nn.Linear(4, 3072)
    model.forward = lambda x: model.decoder(model.encoder(x)).sigmoid()
    rebuilt, walk = reconstruct(model, colour), interpolate(model, colour[:2], colour[2:4], 2)
    assert rebuilt.shape == colour.shape
    torch.testing.assert_close(walk[1], rebuilt[2:4])


class ShortNames(nn.Module):
    """The usual forward, with parts called as in many public scripts."""

    def __init__(self):
        super().__init__()
        self.enc, self.dec = conv_encoder(8), nn.Sequential(conv_decoder(4), nn.Sigmoid())

    def forward(self, x):
        mu, logvar = self.enc(x).chunk(2, 1)
        return self.dec(mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)), mu, logvar


def test_parts_with_short_names_are_found(colour):
    model = seeded(ShortNames)
    assert sample(model, 2, like=colour).shape == (2, 3, 32, 32)
    assert importance_bound(model, colour, k=3, generator=generator()).shape == (len(colour),)
    assert interpolate(model, colour[:1], colour[1:2], 3).shape[1:] == (1, 3, 32, 32)
    with pytest.raises(TypeError, match="ShortNames must be seen at work: give a few images"):
        sample(model, 2)


def test_a_set_of_images_is_told_from_its_images():
    for function in (elbo, evaluate, reconstruct):
        with pytest.raises(ValueError, match=r"got ImageSet: give its \.images"):
            function(conv_vae(), load_mnist())


@pytest.mark.parametrize("function", [evaluate, diagnose])
def test_what_fit_takes_can_be_measured(function, colour):
    model = seeded(conv_vae)
    dataset = TensorDataset(colour, torch.zeros(len(colour)))
    expected = str(function(model, colour))
    assert str(function(model, dataset)) == expected
    assert str(function(model, DataLoader(dataset, 4))) == expected


@pytest.mark.parametrize("function", [elbo, evaluate, diagnose, reconstruct, lambda m, x: fit(m, x, epochs=1)])
def test_colours_on_the_last_axis_are_noticed(function):
    pictures = torch.rand(6, 32, 32, 3, generator=generator())
    with pytest.raises(ValueError, match=r"got \(6, 32, 32, 3\); for colours on the last axis: \w+.permute"):
        function(OwnForward(), pictures)


def test_a_view_that_was_saved_says_how_it_is_loaded(tmp_path):
    def build():
        return as_vae(OwnForward(), likelihood=Gaussian(learn=True))

    save(build(), tmp_path / "own")
    with pytest.raises(ValueError, match=r"load\(path, model=as_vae\(YourModel"):
        load(tmp_path / "own")
    load(tmp_path / "own", model=build())


OTHERWISE = "sample, reconstruct and interpolate show any model's pictures"


@pytest.mark.parametrize("build", [*VAES, conv_autoencoder, lambda: as_vae(OwnForward())])
def test_a_figure_of_a_page_refuses_other_networks_in_a_sentence(build, colour):
    """A page computes small fully connected networks alone; what to do instead is said, and no layer is printed."""
    from vae_notes import widgets

    model, grey, labels = build(), torch.rand(10, 1, 28, 28, generator=generator()), torch.arange(10)
    dense = VariationalAutoencoder(2), Autoencoder(32)
    for figure in (
        lambda images: widgets.Bottleneck(model, images, images, choices=(2,)),
        lambda images: widgets.DigitDrawing(model, images, labels),
        lambda images: widgets.LatentExplorer(model, images[:2]),
        lambda images: widgets.LatentWalk(dense[1], model, images[:2]),
    ):
        with pytest.raises(ValueError, match=OTHERWISE) as refused:
            figure(grey)
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 350
        with pytest.raises(ValueError, match=r"grey and square|must be Linear"):
            figure(colour)


def test_a_figure_of_a_page_refuses_colour_and_halves_of_its_networks(colour):
    from vae_notes import widgets

    short = Autoencoder(4, encoder=nn.Sequential(nn.Flatten(), nn.Linear(784, 4)))
    grey, labels = torch.rand(10, 1, 28, 28, generator=generator()), torch.arange(10)
    colour = colour[:2]
    with pytest.raises(ValueError, match="model.encoder must be Linear, ReLU, Linear.*has Flatten, Linear"):
        widgets.Bottleneck(short, grey, grey, choices=(2,))
    with pytest.raises(ValueError, match="must be an autoencoder that is not variational"):
        widgets.Bottleneck(VariationalAutoencoder(2), grey, grey, choices=(2,))
    with pytest.raises(ValueError, match="two numbers, as VariationalAutoencoder.2.: 784-400"):
        widgets.DigitDrawing(VariationalAutoencoder(3), grey, labels)
    for figure in (
        lambda: widgets.Bottleneck(Autoencoder(4), colour, colour, choices=(2,)),
        lambda: widgets.DigitDrawing(VariationalAutoencoder(2), colour, labels),
        lambda: widgets.LatentExplorer(VariationalAutoencoder(2), colour),
        lambda: widgets.LatentWalk(Autoencoder(4), VariationalAutoencoder(2), colour),
        lambda: widgets.RateDistortion(colour, colour),
    ):
        with pytest.raises(ValueError, match=rf"grey and square for this figure.*got \(2, 3, 32, 32\).*{OTHERWISE}"):
            figure()


def test_pictures_that_a_model_cannot_make_are_refused(colour):
    with pytest.raises(TypeError, match="OwnProtocol has no latent_dim: give a few images"):
        sample(OwnProtocol(), 2)
    for make in (lambda m: sample(m, 2, like=colour), lambda m: reconstruct(m, colour)):
        with pytest.raises(TypeError, match=r"OwnProtocol has no decode\(z\)"):
            make(OwnProtocol())
    with pytest.raises(TypeError, match="Sequential has no encode"):
        interpolate(nn.Sequential(nn.Identity()), colour, colour)
    with pytest.raises(TypeError, match="returned a tensor"):
        sample(conv_autoencoder(), 2, like=colour)
    with pytest.raises(ValueError, match="steps be at least 2"):
        interpolate(conv_vae(), colour, colour, 1)
    linear = LinearGaussian(torch.ones(3, 2), torch.zeros(3), 1.0)
    assert sample(linear, 4, generator()).shape == (4, 3)
    assert reconstruct(linear, torch.ones(5, 3)).shape == (5, 3)


@pytest.mark.parametrize("build", [Autoencoder, VariationalAutoencoder])
def test_other_sizes_and_bad_parts(build):
    model = build(2, 5, image_shape=(3, 8, 6))
    assert model.decode(torch.zeros(2, 3, 2)).shape == (2, 3, 3, 8, 6)
    with pytest.raises(ValueError, match=r"x must have shape \(B, 3, 8, 6\), got \(1, 1, 28, 28\)"):
        model.encode(torch.zeros(1, 1, 28, 28))
    for shape in ((28, 28), (1, 0, 28), (1.0, 28, 28)):
        with pytest.raises(ValueError, match="image_shape"):
            build(image_shape=shape)
    for sizes in ((0,), (2, 0), (2.0,)):
        with pytest.raises(ValueError, match=r"(latent|hidden)_dim must be a whole number"):
            build(*sizes)
    wrong = build(2, encoder=nn.Flatten(), decoder=nn.Linear(2, 5))
    with pytest.raises(ValueError, match=r"encoder must give \d numbers per image"):
        wrong.encode(torch.zeros(2, 1, 28, 28))
    with pytest.raises(ValueError, match="decoder must give 784 numbers, 1 x 28 x 28, per code"):
        wrong.decode(torch.zeros(2, 2))


@pytest.mark.parametrize("build", [conv_vae, OwnForward])
def test_measuring_is_done_in_eval_mode_and_leaves_no_trace(build, colour):
    model = seeded(build)
    model.train()
    (model.encoder[1] if build is conv_vae else model.decoder[0][4]).eval()  # a part that was frozen stays frozen
    modes = [part.training for part in model.modules()]
    before = {key: value.clone() for key, value in model.state_dict().items()}
    in_training = evaluate(model, colour)
    assert [part.training for part in model.modules()] == modes
    after = model.state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())  # running statistics included
    assert evaluate(model.eval(), colour) == in_training
    with torch.no_grad():
        expected = elbo(model, colour, generator=generator()).value
        torch.testing.assert_close(elbo(model.train(), colour, generator=generator()).value, expected)


def test_with_gradients_the_mode_is_the_callers(colour):
    model = seeded(conv_vae)
    before = model.encoder[1].running_mean.clone()
    trained = elbo(model, colour, generator=generator()).value
    assert not torch.equal(model.encoder[1].running_mean, before)
    assert not torch.allclose(trained, elbo(model.eval(), colour, generator=generator()).value, rtol=1e-3)


@contextlib.contextmanager
def default_dtype(dtype):
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def test_the_readme_under_double_precision():
    images = load_mnist("bundled").images[::100]
    expected = elbo(load_pretrained("mnist-vae").model, images, generator=generator())
    with default_dtype(torch.float64):
        model = load_pretrained("mnist-vae").model
        with torch.no_grad():
            bound = elbo(model, load_mnist("bundled").images[::100], generator=generator())
            assert importance_bound(model, images[:10], k=50).shape == (10,)
        assert bound.value.dtype == torch.float64
        figures = evaluate(model, images, k=5)
    torch.testing.assert_close(bound.kl.float(), expected.kl, rtol=1e-5, atol=1e-4)
    assert abs(bound.value.mean() - expected.value.mean()) < 3  # other noise, drawn in another precision
    assert figures["-elbo"].value == pytest.approx(-expected.value.mean().item(), abs=3)


@pytest.mark.parametrize(("dtype", "error"), [(torch.bfloat16, 2e-3), (torch.float16, 5e-4)])
def test_the_bound_of_a_half_precision_model_is_that_of_its_rounded_weights(dtype, error):
    """The same noise under a model and its copy: sums, noise and the bend of a face stay in float32."""
    model = load_pretrained("faces-vae").model
    images = draw_faces(40, 64, seed=1).pixels
    copy = FaceVAE()
    copy.load_state_dict(model.state_dict())
    copy.to(dtype).eval()
    with torch.no_grad():
        expected, found = (elbo(m, images, 2, generator()) for m in (model, copy))
        weights = importance_bound(copy, images, 2, generator())
    assert found.value.dtype == found.kl.dtype == weights.dtype == torch.float32
    assert found.value.mean().item() == pytest.approx(expected.value.mean().item(), rel=error)
    assert found.kl.mean().item() == pytest.approx(expected.kl.mean().item(), rel=error)
    assert not torch.equal(found.kl, expected.kl)


def test_a_model_of_faces_in_double_precision_from_its_birth():
    images = draw_faces(4, 64, seed=1).pixels
    with default_dtype(torch.float64), torch.no_grad():
        double = elbo(load_pretrained("faces-vae").model, images, 20, generator()).value
    with torch.no_grad():
        single = elbo(load_pretrained("faces-vae").model, images, 20, generator()).value
    assert double.dtype == torch.float64
    assert single.tolist() == pytest.approx(double.tolist(), rel=0.01)  # other noise


@pytest.mark.parametrize("build", [Autoencoder, VariationalAutoencoder])
def test_images_of_another_dtype_are_turned_into_the_models(build):
    x = torch.rand(3, 1, 28, 28, generator=generator())
    model = build(4, 16).double()
    assert evaluate(model, x).keys() == evaluate(model.float(), x.double()).keys()
    out = model.half()(x)
    assert model.decode(torch.zeros(2, 4)).dtype == torch.float16
    assert (out if torch.is_tensor(out) else out[0]).dtype == torch.float16


def test_models_and_data_on_two_devices_are_told_apart():
    model = VariationalAutoencoder(2, 4).to("meta")
    with pytest.raises(ValueError, match="the model is on meta, x on cpu: move one of them"):
        negative_elbo(model, torch.zeros(2, 1, 28, 28))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_a_model_that_casts_nothing_itself_gets_its_own_dtype(colour, dtype):
    model = seeded(OwnProtocol).to(dtype)
    for value in (elbo(model, colour).value, importance_bound(model, colour, 2), negative_elbo(model, colour)):
        assert value.dtype == torch.promote_types(dtype, torch.float32)
        assert value.isfinite().all()


def test_a_walk_has_ten_steps_and_both_ends(colour):
    model = conv_autoencoder()
    walk = interpolate(model, colour[:2], colour[2:4])
    assert len(walk) == 10
    torch.testing.assert_close(walk[[0, 9]], reconstruct(model, colour[:4]).unflatten(0, (2, 2)))
