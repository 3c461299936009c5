"""What the cards of the models of faces state, on cases where the answer is known."""

import pytest
import torch

from vae_notes.faces.evaluation import evaluate_faces, face_codes
from vae_notes.faces.factors import FACTORS
from vae_notes.faces.models import FaceAutoencoder, FaceVAE
from vae_notes.faces.sets import draw_faces
from vae_notes.maths.linear import linear_read_out, principal_components, r_squared


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_principal_components_are_those_of_an_exact_decomposition():
    images = normal(300, 64) * 0.8 ** torch.arange(64)
    mean, directions = principal_components(images.view(300, 1, 8, 8), 5)
    _, _, exact = torch.linalg.svd(images - images.mean(0), full_matrices=False)
    torch.testing.assert_close(mean, images.mean(0))
    cosines = torch.linalg.svdvals(directions.T @ exact[:5].T)  # of the angles between the two subspaces
    torch.testing.assert_close(cosines, torch.ones(5), rtol=0, atol=1e-4)


def test_principal_components_leave_the_random_state_alone():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    principal_components(normal(40, 1, 6, 6), 2)
    assert torch.equal(torch.rand(2), expected)


def test_the_read_out_recovers_a_linear_rule():
    codes, rule = normal(200, 4), normal(4, 2, seed=1)
    read = linear_read_out(codes, codes @ rule + 3)
    fresh = normal(50, 4, seed=2)
    torch.testing.assert_close(read(fresh), (fresh @ rule + 3).double(), rtol=0, atol=1e-5)


def test_r_squared_and_its_standard_error():
    # target = signal + noise of equal variance: R² of the signal as prediction is 1/2.
    estimates, stated = [], []
    for seed in range(200):
        signal, noise = normal(2, 400, seed=seed)
        entry = r_squared(signal, signal + noise)
        estimates.append(entry.value)
        stated.append(entry.standard_error)
    estimates, stated = torch.tensor(estimates), torch.tensor(stated)
    assert abs(estimates.mean() - 0.5) < 4 * estimates.std() / 200**0.5
    assert stated.mean() == pytest.approx(
        estimates.std().item(), rel=0.2
    )  # four standard errors of a deviation from 200
    assert r_squared(torch.zeros(4), torch.arange(4.0)).value < 0  # worse than the mean


def test_codes_of_an_autoencoder_are_what_it_encodes_and_of_a_vae_the_means():
    images = draw_faces(3, 64).pixels
    autoencoder, vae = FaceAutoencoder(6, 64), FaceVAE(6, 64)
    with torch.no_grad():
        torch.testing.assert_close(face_codes(autoencoder, images), autoencoder.encode(images))
        torch.testing.assert_close(face_codes(vae, images), vae.encode(images)[0])


def test_every_figure_of_a_card_is_there():
    train, held_out = draw_faces(60, 64, seed=0), draw_faces(40, 64, seed=1)
    figures = evaluate_faces(FaceVAE(6, 64), train, held_out)
    assert {f"R² of {name}" for name in FACTORS} <= figures.keys()
    assert {"-elbo", "kl", "active units", "variance of a pixel", "mse per pixel"} <= figures.keys()
    assert figures["variance of a pixel"].value == pytest.approx(0.01)
    components = figures["mse per pixel, PCA-6"].value
    assert 0 < components < held_out.pixels.var(0).mean()
    # An untrained code tells nothing beyond chance; six numbers fitted to sixty faces can only look worse.
    assert figures["R² of smile"].value < 0.3


def test_the_figures_of_faces_are_those_of_their_definitions():
    train, held_out = draw_faces(60, 64, seed=0), draw_faces(40, 64, seed=1)
    model, images = FaceVAE(6, 64).eval(), held_out.pixels
    figures = evaluate_faces(model, train, held_out)
    with torch.no_grad():
        codes, fitted = model.encode(images)[0], model.encode(train.pixels)[0]
        errors = (model.decode(codes) - images).square().mean((1, 2, 3))
    centred, mean = train.pixels.flatten(1) - train.pixels.flatten(1).mean(0), train.pixels.flatten(1).mean(0)
    _, _, axes = torch.linalg.svd(centred, full_matrices=False)
    rest = images.flatten(1) - mean
    components = (rest - rest @ axes[:6].T @ axes[:6]).square().mean(1)
    for name, each, close in (("mse per pixel", errors, 1e-4), ("mse per pixel, PCA-6", components, 0.02)):
        expected = (each.mean().item(), each.std().item() / 40**0.5)
        assert tuple(figures[name]) == pytest.approx(expected, rel=close)
    design = torch.cat([fitted, torch.ones(60, 1)], 1).double()
    rule = torch.linalg.lstsq(design, train.factors.double()).solution
    predicted = torch.cat([codes, torch.ones(40, 1)], 1).double() @ rule
    true = held_out.factors.double()
    share = 1 - (predicted - true).square().mean(0) / true.var(0, correction=0)
    for name, factor in FACTORS.items():
        assert figures[f"R² of {name}"].value == pytest.approx(share[factor.column].item(), rel=0.05, abs=0.02)
