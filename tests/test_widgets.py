"""The Python side of the interactive figures: what is sent to the page, and what a notebook stores of them."""

import base64
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from vae_notes import Autoencoder, VariationalAutoencoder, load_mnist, widgets
from vae_notes.faces.factors import face_factors
from vae_notes.faces.models import FaceVAE
from vae_notes.shipped.pretrained import load_pretrained
from vae_notes.widgets.base import pack_float16

JS = Path(widgets.__file__).parent


@pytest.fixture(scope="module")
def digits():
    return load_mnist("bundled").images[::500]


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return VariationalAutoencoder()


def grey_vae():
    """Decodes every code to the same grey: the noise of random weights would make the heaviest picture there is."""
    vae = FaceVAE(4)
    torch.nn.init.zeros_(vae.decoder.picture[1].weight)
    return vae


def all_figures(model, digits):
    return [
        widgets.KLPlayground(),
        widgets.LatentExplorer(model, digits),
        widgets.LatentExplorer(VariationalAutoencoder(2), digits),
        widgets.ElboGap(),
        widgets.Reparameterisation(),
        widgets.LatentWalk(Autoencoder(), model, digits[:4]),
        widgets.RateDistortion(digits, digits),
        widgets.FaceDirections(grey_vae(), face_factors(), dict.fromkeys(("smile", "yaw", "pitch"), torch.ones(4))),
    ]


def decode_as_sent(widget, z):
    """Codes (B, D) decoded by numpy from the bytes a page gets, read as the format says."""
    latent, hidden, pixels = widget.sizes
    low, high = np.frombuffer(widget.weights, dtype=np.uint8).reshape(2, -1)
    values = np.stack([low, high], axis=1).copy().view("<f2").ravel().astype(np.float64)
    inner, bias, outer, outer_bias = np.split(values, np.cumsum([hidden * latent, hidden, hidden * pixels]))
    units = np.maximum(z @ inner.reshape(hidden, latent).T + bias, 0)
    return 1 / (1 + np.exp(-(units @ outer.reshape(hidden, pixels) + outer_bias)))


def test_package_does_not_import_anywidget():
    code = "import sys, vae_notes; sys.exit(any(name in sys.modules for name in ('anywidget', 'ipywidgets')))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_repr_has_no_address_and_picture_is_the_same_each_time(model, digits):
    for figure in all_figures(model, digits):
        assert repr(figure) == f"<{type(figure).__name__}: interactive figure>"
        data, _ = figure._repr_mimebundle_()
        assert data["text/plain"] == repr(figure)
        png = base64.b64decode(data["image/png"])
        assert png.startswith(b"\x89PNG")
        assert len(png) < 80_000
        assert png == figure.picture()


def test_picture_follows_the_state():
    figure = widgets.KLPlayground()
    before = figure.picture()
    figure.mu_q = 2.0
    assert figure.picture() != before


def test_two_humps_are_a_density_and_are_drawn():
    figure = widgets.KLPlayground(two_humps=True, mu_p=-1.0, var_p=0.3)
    z = np.linspace(-20, 20, 40_001)
    density = np.exp(figure.log_p(z))
    mean = (z * density).sum() * (z[1] - z[0])
    assert density.sum() * (z[1] - z[0]) == pytest.approx(1, abs=1e-9)
    assert mean == pytest.approx(-1.0, abs=1e-9)
    assert ((z - mean) ** 2 * density).sum() * (z[1] - z[0]) == pytest.approx(0.3 + 2.5**2, abs=1e-9)
    assert figure.picture() != widgets.KLPlayground(mu_p=-1.0, var_p=0.3).picture()


def test_float16_has_low_bytes_first():
    together = struct.pack("<3e", 1.1, -2.0, 0.5)
    assert pack_float16(torch.tensor([1.1, -2.0]), torch.tensor([0.5])) == together[::2] + together[1::2]


@pytest.mark.parametrize("number", [7e4, float("nan"), float("inf")])
def test_float16_refuses_what_it_cannot_hold(number):
    with pytest.raises(ValueError, match="float16"):
        pack_float16(torch.tensor([number]))


def test_sent_decoder_agrees_with_pytorch(model, digits):
    z = torch.randn(64, 20, generator=torch.Generator().manual_seed(0))
    expected = model.decode(z).detach().flatten(1).numpy()
    sent = decode_as_sent(widgets.LatentExplorer(model, digits), z.numpy())
    assert 255 * np.abs(sent - expected).max() < 0.1


def test_explorer_starts_at_the_digits_mean_code(model, digits):
    explorer = widgets.LatentExplorer(model, digits, digit=3)
    mu, logvar = model.encode(digits)
    assert explorer.z == pytest.approx(mu[3].tolist())
    codes = np.frombuffer(explorer.codes, dtype="<f4").reshape(10, 2, 20)
    np.testing.assert_allclose(codes[:, 0], mu.detach(), rtol=1e-6)
    np.testing.assert_allclose(codes[:, 1], logvar.detach(), rtol=1e-6)
    assert explorer.images == (digits * 255).round().to(torch.uint8).numpy().tobytes()


@pytest.mark.parametrize("z", [[0.0] * 19, [float("nan")] * 20])
def test_explorer_refuses_a_wrong_code(model, digits, z):
    explorer = widgets.LatentExplorer(model, digits)
    with pytest.raises(ValueError, match="z must be 20 finite numbers"):
        explorer.z = z


def test_explorer_refuses_what_it_cannot_show(model, digits):
    with pytest.raises(ValueError, match="images must be 1 to 20"):
        widgets.LatentExplorer(model, digits.repeat(3, 1, 1, 1))
    deep = VariationalAutoencoder()
    deep.decoder.append(torch.nn.Tanh())
    with pytest.raises(ValueError, match="Linear, ReLU, Linear"):
        widgets.LatentExplorer(deep, digits)


def test_an_image_that_is_not_there_is_refused(model, digits):
    for figure, name in (
        (widgets.LatentExplorer(model, digits), "digit"),
        (widgets.RateDistortion(digits, digits), "digit"),
        (widgets.LatentWalk(Autoencoder(), model, digits[:3]), "end"),
    ):
        with pytest.raises(ValueError, match=f"{name} must be below"):
            setattr(figure, name, 10)


def test_front_ends_are_one_module_without_a_network(model, digits):
    for figure in all_figures(model, digits):
        assert "export default" in figure._esm
        assert not re.search(r"^\s*import\b|\bimport\(|\bfetch\(|XMLHttpRequest", figure._esm, re.M)
        urls = set(re.findall(r"https?://[^\"'`\s)]+", figure._esm + figure._css))
        assert urls <= {"http://www.w3.org/2000/svg"}


def test_host_script_stays_small_and_local():
    host = (JS / "static" / "widget_host.js").read_text("utf-8")
    assert len(host) < 4096
    assert "http" not in host


def read_matrix(data, rows, columns):
    """What `pack_fixed16` wrote at the front of `data`, and the rest of it."""
    steps = np.frombuffer(data[: 4 * rows], "<f4").astype(np.float64)
    data = data[4 * rows :]
    whole = np.frombuffer(data[: 2 * rows * columns], "<i2").reshape(rows, columns)
    return steps[:, None] * whole, data[2 * rows * columns :]


SQUARES = torch.rand(4, 1, 12, 12, generator=torch.Generator().manual_seed(0))


def test_other_sizes_of_grey_squares_are_shown():
    vae, autoencoder = VariationalAutoencoder(3, 9, image_shape=(1, 12, 12)), Autoencoder(3, 9, image_shape=(1, 12, 12))
    explorer = widgets.LatentExplorer(vae, SQUARES)
    assert explorer.sizes == [3, 9, 144]
    walk = widgets.LatentWalk(autoencoder, vae, SQUARES)
    torch.testing.assert_close(walk.decode()[2], torch.lerp(SQUARES[0, 0], SQUARES[1, 0], 0.5), rtol=0, atol=0.003)
    figure = widgets.RateDistortion(SQUARES, SQUARES, components=3)
    assert figure.reconstruct(1.0, 0).shape == (12, 12)
    for shown in (explorer, walk, figure, widgets.LatentExplorer(vae.double(), SQUARES)):
        assert shown.picture().startswith(b"\x89PNG")


def test_rate_distortion_has_the_bound_of_probabilistic_pca_at_any_size():
    """With a fixed variance and all components, beta = 1 is the exact log p(x) of the fitted linear Gaussian model."""
    images = torch.rand(400, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    figure = widgets.RateDistortion(images, images[:4], components=36, variance=0.02)
    pixels = images.flatten(1).double()
    values, vectors = torch.linalg.eigh(pixels.T.cov(correction=0))
    cov = vectors @ torch.diag(values.clamp_min(0.02)) @ vectors.T
    exact = torch.distributions.MultivariateNormal(pixels.mean(0), cov).log_prob(pixels).mean()
    assert figure.negative_elbo(1.0) == pytest.approx(-exact.item(), rel=1e-6)


class NoDecoder(torch.nn.Module):
    def encode(self, x):
        return x.flatten(1)[:, :2], x.flatten(1)[:, :2]


def test_what_a_page_cannot_compute_or_draw_is_said():
    linear = VariationalAutoencoder(3, 9, image_shape=(1, 12, 12))
    plain = Autoencoder(3, 9, image_shape=(1, 12, 12))
    for other in (NoDecoder(), FaceVAE(4), VariationalAutoencoder(3, decoder=torch.nn.Linear(3, 144))):
        with pytest.raises(ValueError, match=f"decoder must be Linear, ReLU, Linear.*{type(other).__name__} has"):
            widgets.LatentExplorer(other, SQUARES)
        with pytest.raises(ValueError, match="decoder must be Linear, ReLU, Linear"):
            widgets.LatentWalk(plain, other, SQUARES)
    without = VariationalAutoencoder(3, 9, image_shape=(1, 12, 12))
    without.decoder[2] = torch.nn.Linear(9, 144, bias=False)
    with pytest.raises(ValueError, match="with biases"):
        widgets.LatentExplorer(without, SQUARES)
    with pytest.raises(ValueError, match="must decode 12 x 12 pixels as images have, it gives 784"):
        widgets.LatentExplorer(VariationalAutoencoder(), SQUARES)
    with pytest.raises(ValueError, match="model must be a variational autoencoder, got Autoencoder"):
        widgets.LatentExplorer(plain, SQUARES)
    with pytest.raises(ValueError, match="an autoencoder that is not variational, got VariationalAutoencoder"):
        widgets.LatentWalk(linear, linear, SQUARES)
    for images in (SQUARES[..., 1:], SQUARES.repeat(1, 3, 1, 1)):
        for make in (lambda x: widgets.LatentExplorer(linear, x), lambda x: widgets.RateDistortion(x, x)):
            with pytest.raises(ValueError, match="must be grey and square"):
                make(images)
    with pytest.raises(ValueError, match="images must be like shown"):
        widgets.RateDistortion(SQUARES, SQUARES[..., 1:, 1:])
    for digit in (9, 4):
        with pytest.raises(ValueError, match="digit must be below 4"):
            widgets.LatentExplorer(linear, SQUARES, digit=digit)
    with pytest.raises(ValueError, match="labels must be one for each of the 4"):
        widgets.LatentExplorer(linear, SQUARES, labels=[1])
    with pytest.raises(ValueError, match="components must be 1 to 144, got 145"):
        widgets.RateDistortion(SQUARES, SQUARES, components=145)


@pytest.mark.parametrize("t", [0.0, 0.123, 0.5, 0.871])
def test_walk_decoders_are_shortened_within_half_a_grey_level(t):
    images = load_mnist("bundled").images[[1003, 1503, 4003]]
    models = [load_pretrained(name).model.requires_grad_(False) for name in ("mnist-autoencoder", "mnist-vae")]
    walk = widgets.LatentWalk(*models, images)
    assert sum(map(len, walk.weights)) < 480_000
    for (latent, hidden, rank, pixels), data, model in zip(walk.sizes, walk.weights, models, strict=True):
        inner, data = read_matrix(data, hidden, latent)
        bias, data = np.frombuffer(data[: 4 * hidden], "<f4"), data[4 * hidden :]
        down, data = read_matrix(data, rank, hidden)
        up, data = read_matrix(data, rank, pixels)
        codes = model.encode(images)
        codes = codes[0] if isinstance(codes, tuple) else codes
        for i, j in ((0, 1), (0, 2), (1, 2)):
            z = torch.lerp(codes[i], codes[j], t)
            logits = down @ np.maximum(inner @ z.numpy() + bias, 0) @ up + np.frombuffer(data, "<f4")
            difference = 1 / (1 + np.exp(-logits)) - model.decode(z).flatten().numpy()
            assert 255 * np.abs(difference).max() < 0.5


def test_walk_ends_at_the_digits(model, digits):
    walk = widgets.LatentWalk(Autoencoder(), model, digits[:3], start=1, end=2, t=1.0)
    expected = model.decode(model.encode(digits[2:3])[0]).detach()[0, 0]
    torch.testing.assert_close(walk.decode()[1], expected)
    torch.testing.assert_close(walk.decode()[2], digits[2, 0])
    with pytest.raises(ValueError, match="2 to 6"):
        widgets.LatentWalk(Autoencoder(), model, digits)


def test_rate_distortion_is_the_optimum_of_a_linear_beta_vae(digits):
    """Against gradient descent on the objective itself, over one direction's encoder and decoder."""
    figure = widgets.RateDistortion(load_mnist("bundled").images[::5], digits, components=8)
    variances = torch.from_numpy(np.frombuffer(figure.eigenvalues, dtype="<f4").copy()).double()
    for beta in (0.3, 2.0, 8.0):
        # mean code gain * y with variance exp(logvar), decoded by `weight`; the KL averaged over y
        gain, weight, logvar = (torch.full((8,), v, dtype=torch.float64, requires_grad=True) for v in (0.5, 0.5, 0.0))
        unknowns = [gain, weight, logvar]
        optimiser = torch.optim.LBFGS(unknowns, max_iter=2000, tolerance_grad=1e-12, tolerance_change=1e-15)

        def terms(gain=gain, weight=weight, logvar=logvar):
            distortion = (1 - weight * gain).square() * variances + weight.square() * logvar.exp()
            return distortion.sum(), 0.5 * (gain.square() * variances + torch.expm1(logvar) - logvar).sum()

        def loss(optimiser=optimiser, beta=beta, terms=terms):
            optimiser.zero_grad()
            distortion, rate = terms()
            value = distortion / (2 * figure.variance) + beta * rate
            value.backward()
            return value

        optimiser.step(loss)
        distortion, rate = terms()
        expected_rate, expected_distortion = figure.rate_distortion(beta)
        assert rate.item() == pytest.approx(expected_rate, abs=1e-3)
        assert distortion.item() + figure.lost == pytest.approx(expected_distortion, abs=1e-3)


@pytest.mark.parametrize("beta", [0.2, 1.0])
def test_samples_of_the_optimum_have_its_variances(beta):
    """The samples' covariance is that of the data less the noise of the decoder: of beta-weighted probabilistic PCA."""
    images = torch.rand(400, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    figure = widgets.RateDistortion(images, images[:4], components=36, variance=0.05)
    figure._codes = torch.eye(36)  # one unit along each direction, in place of draws
    steps = (figure.sample(beta) - images.mean(0)).flatten(1).double()
    values, vectors = torch.linalg.eigh(images.flatten(1).double().T.cov(correction=0))
    expected = vectors @ torch.diag((values - beta * 0.05).clamp_min(0)) @ vectors.T
    torch.testing.assert_close(steps.T @ steps, expected, atol=1e-6, rtol=0)


def test_beta_one_has_the_best_elbo(digits):
    figure = widgets.RateDistortion(load_mnist("bundled").images[::5], digits)
    assert figure.negative_elbo(1.0) < min(figure.negative_elbo(0.9), figure.negative_elbo(1.1))
    with pytest.raises(ValueError, match="variance"):
        widgets.RateDistortion(digits, digits, variance=0.0)
    with pytest.raises(ValueError, match="components"):
        widgets.RateDistortion(digits, digits, components=785)
