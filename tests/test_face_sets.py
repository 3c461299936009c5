"""Faces kept as bytes: the same for the same seed, and the same pictures as the renderer's."""

import pytest
import torch

from vae_notes.faces.factors import render_faces, sample_face_factors
from vae_notes.faces.sets import draw_faces

N, SIZE = 20, 32


@pytest.fixture(scope="module")
def faces():
    return draw_faces(N, SIZE)


def test_same_seed_same_faces_other_seed_others(faces):
    torch.manual_seed(7)  # the global state is neither used nor moved
    again, expected = draw_faces(N, SIZE), torch.Generator().manual_seed(7)
    assert torch.equal(torch.rand(3), torch.rand(3, generator=expected))
    assert torch.equal(again.factors, faces.factors)
    assert torch.equal(again.images, faces.images)
    others = draw_faces(N, SIZE, seed=1)
    assert not (others.factors == faces.factors).any()
    assert not (others.images == faces.images).flatten(1).all(1).any()


def test_a_face_keeps_its_factors_at_every_size(faces):
    large = draw_faces(N, 2 * SIZE)
    assert torch.equal(large.factors, faces.factors)
    assert large.images.shape == (N, 1, 2 * SIZE, 2 * SIZE)


def test_factors_are_drawn_from_a_generator_with_the_seed(faces):
    assert torch.equal(faces.factors, sample_face_factors(N, torch.Generator().manual_seed(0)))


def test_bytes_are_the_nearest_grey_levels(faces):
    assert faces.images.dtype == torch.uint8
    assert faces.pixels.dtype == torch.float32
    error = (faces.pixels - render_faces(faces.factors, SIZE)).abs()
    assert error.max() <= 0.5 / 255 + 1e-6
    assert error.max() > 0.4 / 255  # rounding is seen; with the fraction cut off it would be nearly one level


@pytest.mark.parametrize("at_once", [1, 7, N])
def test_how_many_are_drawn_at_once_does_not_matter(faces, monkeypatch, at_once):
    monkeypatch.setattr("vae_notes.faces.sets.FACES_AT_ONCE", at_once)
    again = draw_faces(N, SIZE)
    assert torch.equal(again.factors, faces.factors)
    # The renderer promises a millionth in any batch, which may tip a byte whose value lies between two levels.
    levels = (again.images.int() - faces.images.int()).abs()
    assert levels.max() <= 1
    assert levels.float().mean() < 1e-3


def test_the_progress_bar_is_off_by_default(capfd):
    draw_faces(2, SIZE)
    assert capfd.readouterr() == ("", "")
    draw_faces(2, SIZE, progress=True)
    assert "2/2" in capfd.readouterr().err


def test_no_faces_are_no_faces():
    empty = draw_faces(0, SIZE)
    assert empty.factors.shape == (0, 12)
    assert empty.pixels.shape == (0, 1, SIZE, SIZE)
