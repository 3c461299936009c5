"""The renderer as a ruler: exact on true drawings, hardly moved by blur, and in the units it promises."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from vae_notes.faces import readout
from vae_notes.faces.factors import FACTORS, face_factors, render_faces, sample_face_factors
from vae_notes.faces.readout import draw_beyond, draw_ruler, draw_tangent, soften

SMILE, YAW = FACTORS["smile"].column, FACTORS["yaw"].column
MARKS = torch.linspace(-2, 2, 17)


@pytest.fixture(scope="module")
def factors():
    return sample_face_factors(6, torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def ruler(factors):
    return draw_ruler(factors, "smile", MARKS)


def replaced(factors, column, values):
    out = factors.clone()
    out[:, column] = values
    return out


@pytest.mark.parametrize("size", [32, 64, 100, 256])
def test_inside_the_ranges_it_draws_like_render_faces(factors, size):
    assert torch.equal(draw_beyond(factors[:2], size), render_faces(factors[:2], size))


def test_beyond_the_range_the_drawing_goes_on(factors):
    at, beyond = (draw_beyond(replaced(factors, SMILE, smile)) for smile in (1.0, 1.5))
    with pytest.raises(ValueError, match="smile must lie within"):
        render_faces(replaced(factors, SMILE, 1.5))
    assert ((at - beyond).abs().flatten(1).amax(1) > 0.1).all()
    assert 0 <= beyond.min() <= beyond.max() <= 1


def test_fewer_pixels_to_average_is_rougher_but_the_same_face(factors):
    rough, fine = draw_beyond(factors, 32, oversample=1), draw_beyond(factors, 32)
    others = (fine.roll(1, 0) - fine).square().mean()
    assert 0 < (rough - fine).square().mean() < 0.05 * others


def test_softening_keeps_the_mean_grey_and_takes_contrast():
    noise = torch.rand(2, 3, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    soft = soften(noise)
    assert soft.shape == noise.shape
    torch.testing.assert_close(soften(torch.full((1, 1, 64, 64), 0.3)), torch.full((1, 1, 64, 64), 0.3))
    torch.testing.assert_close(soft.mean(), noise.mean(), rtol=0, atol=2e-3)
    assert soft.std() < 0.5 * noise.std()


def test_true_drawings_on_the_marks_are_read_exactly(ruler):
    for mark in (3, 8, 13):
        torch.testing.assert_close(ruler.read(ruler.pictures[:, mark]), MARKS[mark].expand(6), rtol=0, atol=0.08)


def test_true_drawings_between_the_marks_are_read(factors, ruler):
    truth = 2 * torch.rand(6, generator=torch.Generator().manual_seed(2)) - 1
    error = ruler.read(render_faces(replaced(factors, SMILE, truth))) - truth
    assert error.abs().mean() < 0.05
    assert error.abs().max() < 0.15


def test_the_parabola_is_better_than_the_nearest_mark(factors, ruler):
    truth = torch.full((6,), 0.375)  # halfway between two marks: without the parabola every reading is off by 0.125
    assert (ruler.read(render_faces(replaced(factors, SMILE, truth))) - truth).abs().mean() < 0.05


def test_beyond_the_marks_the_last_one_is_read(factors):
    short = draw_ruler(factors[:2], "smile", torch.linspace(-0.5, 0.5, 5))
    assert short.read(draw_beyond(replaced(factors[:2], SMILE, 1.5))).tolist() == [0.5, 0.5]
    assert short.read(draw_beyond(replaced(factors[:2], SMILE, -1.5))).tolist() == [-0.5, -0.5]


def blurred(pictures):
    return F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, stride=1)


def test_blur_hardly_moves_a_reading(factors, ruler):
    assert (ruler.read(blurred(render_faces(factors))) - factors[:, SMILE]).abs().mean() < 0.06


def test_without_softening_blur_moves_it(factors, monkeypatch):
    monkeypatch.setattr(readout, "soften", lambda images: images)
    raw = draw_ruler(factors, "smile", MARKS)
    assert (raw.read(blurred(render_faces(factors))) - factors[:, SMILE]).abs().mean() > 0.15


def test_a_ruler_of_another_factor_reads_that_factor(factors):
    ruler = draw_ruler(factors[:3], "yaw", torch.linspace(-50, 50, 17))
    torch.testing.assert_close(ruler.read(render_faces(factors[:3])), factors[:3, YAW], rtol=0, atol=0.5)


def test_the_first_faces_alone(factors, ruler):
    pictures = render_faces(factors)
    assert torch.equal(ruler.first(2).read(pictures[:2]), ruler.read(pictures)[:2])


def test_what_a_ruler_refuses(factors, ruler):
    with pytest.raises(ValueError, match="did you mean 'smile'"):
        draw_ruler(factors, "smiel", MARKS)
    with pytest.raises(ValueError, match="marks must be at least three"):
        draw_ruler(factors, "smile", MARKS[:2])
    with pytest.raises(ValueError, match="images must have shape"):
        ruler.read(ruler.pictures[:2, 0])


def test_a_tangent_reads_small_shifts_of_each_factor_in_parts_of_its_range():
    visible = {"eye_opening": 0.8, "hair_length": 0.7}  # closed eyes hide the gaze, cropped hair its length
    face = face_factors(smile=0.3, yaw=5, pitch=3, gaze=0.2, mouth_opening=0.4, lighting=0.3, **visible)
    tangent = draw_tangent(face)
    spans = torch.tensor([factor.high - factor.low for factor in FACTORS.values()])
    read = torch.cat([tangent.read(draw_beyond(face + 0.005 * spans * one)) for one in torch.eye(12)])
    torch.testing.assert_close(read, 0.005 * torch.eye(12), rtol=0, atol=0.003)
    torch.testing.assert_close(read.diagonal(), torch.full((12,), 0.005), rtol=0.15, atol=0)
    assert (tangent.read(render_faces(face)).abs() < 1e-6).all()


@pytest.mark.parametrize(("size", "sigma", "reach"), [(64, 1.0, 3), (128, 2.0, 6), (32, 0.5, 2)])
def test_a_dot_is_softened_to_the_gaussian_that_is_stated(size, sigma, reach):
    dot = torch.zeros(1, size, size, dtype=torch.float64)
    dot[0, 16, 15] = 1.0
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    expected = torch.zeros_like(dot)
    expected[0, 16 - reach : 17 + reach, 15 - reach : 16 + reach] = torch.from_numpy(
        np.outer(bell, bell) / bell.sum() ** 2
    )
    torch.testing.assert_close(soften(dot), expected)


def test_where_the_squared_error_is_a_parabola_the_reading_is_exact():
    """Pictures of one grey each: the error of grey g at mark m is (g - m) squared."""
    marks = torch.linspace(0.1, 0.9, 5)
    pictures = marks.view(1, 5, 1, 1, 1).expand(3, 5, 1, 64, 64)
    ruler = readout.Ruler(marks, pictures, soften(pictures))
    for greys, read in (
        ([0.33, 0.31, 0.75], [0.33, 0.31, 0.75]),
        ([0.11, 0.0, 0.3], [0.1, 0.1, 0.3]),
        ([0.89, 1.0, 0.7], [0.9, 0.9, 0.7]),
    ):
        images = torch.tensor(greys).view(3, 1, 1, 1).expand(3, 1, 64, 64)
        torch.testing.assert_close(ruler.read(images), torch.tensor(read), rtol=0, atol=1e-3)


def test_three_marks_are_enough_and_a_tangent_is_a_central_difference_of_a_fiftieth(factors):
    assert draw_ruler(factors[:1], "smile", torch.tensor([-1.0, 0.0, 1.0])).pictures.shape == (1, 3, 1, 64, 64)
    tangent = draw_tangent(factors[:2])
    for name, factor in FACTORS.items():
        step = 0.02 * (factor.high - factor.low)
        there, back = (
            draw_beyond(replaced(factors[:2], factor.column, factors[:2, factor.column] + move))
            for move in (step, -step)
        )
        expected = soften(there - back).flatten(1) / 0.04
        torch.testing.assert_close(tangent.slopes[:, factor.column], expected, rtol=0, atol=1e-3, msg=name)
    assert torch.equal(tangent.pictures, soften(draw_beyond(factors[:2])).flatten(1))
