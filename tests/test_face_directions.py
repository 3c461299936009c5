"""The figure of faces on the Python side: the pictures sent to the page are the model's and the renderer's."""

import zlib

import numpy as np
import pytest
import torch

from vae_notes import Autoencoder, widgets
from vae_notes.faces.factors import FACTORS, face_factors, render_faces, sample_face_factors
from vae_notes.faces.models import FaceVAE
from vae_notes.widgets.face_directions import shrink

GRID = 3, 5, 5  # pitch, yaw, smile


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return FaceVAE(4).requires_grad_(False)


@pytest.fixture(scope="module")
def factors():
    return sample_face_factors(2, torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def directions():
    steps = torch.randn(3, 4, generator=torch.Generator().manual_seed(2)) * torch.tensor([[1.0], [0.05], [0.05]])
    return dict(zip(("smile", "yaw", "pitch"), steps, strict=True))


@pytest.fixture(scope="module")
def figure(model, factors, directions):
    return widgets.FaceDirections(model, factors, directions)


def by_hand(model, base, directions, **wanted):
    """The decoded picture and the true one, (2, 64, 64), from the definition alone."""
    code, true = model.encode(render_faces(base[None]))[0][0], base.clone()
    for name, value in wanted.items():
        column = FACTORS[name].column
        code = code + (value - base[column]) * directions[name]
        true[column] = value
    return torch.cat([model.decode(code), render_faces(true[None])[0]])


def sent_pictures(figure):
    """Grey levels (face, decoded and true, pitch, yaw, smile, H, W), read by numpy as the format says."""
    small = np.frombuffer(zlib.decompress(figure.pictures), np.uint8).reshape(-1, 2, *GRID, 64, 64)
    return small.cumsum(-1, dtype=np.uint8).cumsum(-3, dtype=np.uint8)


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ((0, 1, 2), {"smile": 0.0, "yaw": -12.5, "pitch": -15.0}),
        ((2, 4, 0), {"smile": -1.0, "yaw": 25.0, "pitch": 15.0}),
        ((1, 2, 4), {"smile": 1.0, "yaw": 0.0, "pitch": 0.0}),
    ],
)
@pytest.mark.parametrize("face", [0, 1])
def test_sent_pictures_and_errors_are_those_of_the_definition(figure, model, factors, directions, face, place, wanted):
    expected = by_hand(model, factors[face], directions, **wanted)
    moved, true = sent_pictures(figure)[(face, slice(None), *place)]
    np.testing.assert_allclose(moved, 255 * expected[0], atol=0.51)
    np.testing.assert_allclose(true, 255 * expected[1], atol=0.51)
    code = model.encode(render_faces(factors[face : face + 1]))[0]
    best = model.decode(model.encode(expected[1][None, None])[0])
    errors = np.frombuffer(figure.errors, "<f4").reshape(2, 3, *GRID)[(face, slice(None), *place)]
    decoded = expected[0], model.decode(code), best
    assert errors == pytest.approx([(image - expected[1]).square().mean().item() for image in decoded], rel=1e-4)


def test_values_go_to_the_nearest_step(model, directions):
    figure = widgets.FaceDirections(model, face_factors(yaw=8.0), directions, smile=0.8)
    assert (figure.smile, figure.yaw, figure.pitch) == (1.0, 12.5, 0.0)
    figure.pitch = -8
    assert figure.pitch == -15
    expected = by_hand(model, face_factors(yaw=8.0)[0], directions, smile=1.0, yaw=12.5, pitch=-15.0)
    torch.testing.assert_close(figure.decode(0, figure.smile, figure.yaw, figure.pitch), expected)


def test_pictures_are_shrunk():
    smiles = render_faces(face_factors(5, smile=torch.linspace(-1, 1, 5)))
    shrunk = shrink(smiles)
    assert len(shrunk) < smiles.numel() / 3
    assert len(shrunk) < 0.9 * len(zlib.compress((255 * smiles).round().byte().numpy().tobytes(), 9))


@pytest.mark.parametrize("value", [1.1, -1.1, float("nan")])
def test_a_value_outside_the_range_is_refused(figure, value):
    with pytest.raises(ValueError, match=r"smile must lie within \[-1, 1\]"):
        figure.smile = value


def test_what_cannot_be_shown_is_refused(model, factors, directions):
    with pytest.raises(ValueError, match="must be a variational autoencoder of faces, got Autoencoder"):
        widgets.FaceDirections(Autoencoder(), factors, directions)
    with pytest.raises(ValueError, match="1 to 3 faces, got 4"):
        widgets.FaceDirections(model, factors.repeat(2, 1), directions)
    with pytest.raises(ValueError, match=r"factors must have shape \(N, 12\)"):
        widgets.FaceDirections(model, factors[:, :11], directions)
    with pytest.raises(ValueError, match="directions must be of smile, yaw, pitch, got smile, yaw"):
        widgets.FaceDirections(model, factors, {name: directions[name] for name in ("smile", "yaw")})
    for wrong in (torch.zeros(5), torch.full((4,), torch.nan)):
        with pytest.raises(ValueError, match="'yaw' must be 4 finite numbers"):
            widgets.FaceDirections(model, factors, directions | {"yaw": wrong})
    with pytest.raises(ValueError, match="face must be below 2"):
        widgets.FaceDirections(model, factors, directions, face=2)
