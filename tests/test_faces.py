"""The renderer draws what the factors say, and nothing else; the samplers draw the factors they promise."""

import pytest
import torch
import torch.nn.functional as F

from vae_notes.faces.factors import (
    FACTORS,
    draw_rows,
    face_factors,
    render_faces,
    sample_correlated_face_factors,
    sample_face_factors,
)
from vae_notes.faces.renderer import VIEW_MIDDLE, VIEW_WIDTH

# Where each factor may change a frontal face: y from and to, and largest |x|; the rest must stay bit for bit.
REGIONS = {
    "smile": (0.11, 0.44, 0.21),
    "mouth_opening": (0.16, 0.44, 0.19),
    "eye_opening": (-0.25, -0.05, 0.33),
    "gaze": (-0.15, -0.05, 0.28),
    "brow": (-0.37, -0.12, 0.33),
}


def sample(n, seed=0):
    return sample_face_factors(n, torch.Generator().manual_seed(seed))


def scene(size):
    """x (size,) and y (size, 1) of the middles of the pixels, in the coordinates in which the head is drawn."""
    centres = ((torch.arange(size) + 0.5) / size - 0.5) * VIEW_WIDTH
    return centres, centres[:, None] + VIEW_MIDDLE


def replaced(factors, **values):
    out = factors.clone()
    for name, value in values.items():
        out[:, FACTORS[name].column] = value
    return out


def test_same_factors_give_the_same_picture_in_any_batch():
    factors = sample(9)
    together = render_faces(factors, 128)
    assert torch.equal(together, render_faces(factors, 128))
    alone = torch.cat([render_faces(row, 128) for row in factors.split(1)])
    torch.testing.assert_close(alone, together, rtol=0, atol=1e-6)


def test_pictures_are_grey_levels_with_contrast():
    images = render_faces(sample(50))
    assert images.shape == (50, 1, 64, 64)
    assert images.min() >= 0
    assert images.max() <= 1
    assert images.flatten(1).std(1).min() > 0.1


@pytest.mark.parametrize("size", [32, 64, 128])
def test_a_small_picture_is_the_large_one_averaged(size):
    large = render_faces(sample(12), 256)
    averaged, shifted = (F.avg_pool2d(images, 256 // size) for images in (large, large.roll(1, dims=-1)))
    error = (render_faces(sample(12), size) - averaged).square().mean()
    # Far less than if the drawing had moved by a single one of the large pixels.
    assert error < 0.05 * (shifted - averaged).square().mean()


def test_edges_are_anti_aliased():
    """A head that grows by much less than a pixel changes its outline by a little, not by whole pixels or never."""
    widths = torch.linspace(0, 0.02, 21)  # 21 steps move the outline by a tenth of a pixel in all
    images = render_faces(face_factors(21, face_width=widths), 128)
    steps = (images[1:] - images[:-1]).abs().flatten(1)
    assert (steps.max(1).values > 0).all()
    assert steps.max() < 0.02


@pytest.mark.parametrize("name", FACTORS)
def test_each_factor_changes_the_picture(name):
    low, high = FACTORS[name].low, FACTORS[name].high
    images = render_faces(face_factors(3, **{name: torch.tensor([low, (low + high) / 2, high])}))
    for first, second in ((0, 1), (1, 2)):
        assert (images[first] - images[second]).abs().max() > 0.05


@pytest.mark.parametrize("name", REGIONS)
def test_a_feature_changes_only_where_it_is(name):
    low, high = FACTORS[name].low, FACTORS[name].high
    first, second = render_faces(face_factors(2, **{name: torch.tensor([low, high])}))
    change, (x, y) = (first - second).abs()[0], scene(64)
    top, bottom, aside = REGIONS[name]
    inside = (y > top) & (y < bottom) & (x.abs() < aside)
    assert change[inside].sum() > 2
    assert change[~inside].max() == 0


def test_the_corners_of_the_mouth_rise_with_a_smile_and_the_middle_falls():
    images = render_faces(face_factors(2, smile=torch.tensor([-1.0, 1.0]), mouth_opening=0), 256)[:, 0]
    x, y = scene(256)
    around = ((y > 0.18) & (y < 0.45)).squeeze()
    line = y[around].squeeze()[images[:, around].argmin(1)]  # the dark line between the lips: its y in every column
    left, middle, right = ((x - place).abs().argmin() for place in (-0.13, 0, 0.13))
    for frown, smile in (line[:, left], line[:, right]):
        assert smile < frown - 0.02
    assert line[1, middle] > line[0, middle] + 0.05


def test_turning_the_head_moves_the_nose_more_than_the_ears_and_the_shoulders_not_at_all():
    turned = face_factors(2, yaw=torch.tensor([-20.0, 20.0]), hair_length=0, skin=1)
    images, (x, y) = render_faces(turned, 128)[:, 0], scene(128)
    shoulders = (y > 0.6) & (x.abs() > 0.2)
    assert images[:, shoulders].std(1).min() > 0.1  # cloth and backdrop are there to see
    assert (images[0] - images[1])[shoulders].abs().max() == 0
    nostrils = images[:, ((y > 0.08) & (y < 0.13)).squeeze()].amin(1).where(x.abs() < 0.3, 1)
    nose = x[nostrils.argmin(1)]
    ears = [x[picture < 0.8] for picture in images[:, ((y > 0.05) & (y < 0.1)).squeeze()].amin(1)]
    left, right = (torch.stack([inside[end] for inside in ears]).diff().abs() for end in (0, -1))
    assert nose.diff() > 12 * max(left, right) > 0  # it stands out from the head


def test_a_mirrored_face_is_the_mirrored_picture():
    factors = sample(20).double()
    mirrored = factors.clone()
    for name in ("yaw", "gaze", "lighting"):
        mirrored[:, FACTORS[name].column].neg_()
    images = render_faces(factors)
    torch.testing.assert_close(render_faces(mirrored), images.flip(-1), rtol=0, atol=1e-9)
    forgotten = replaced(mirrored, gaze=factors[:, FACTORS["gaze"].column])
    assert (render_faces(forgotten) - images.flip(-1)).abs().max() > 0.1


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_dtype_follows(dtype):
    factors = sample(3)
    images = render_faces(factors.to(dtype))
    assert images.dtype == dtype
    rounded = factors.to(dtype).float()
    torch.testing.assert_close(images.float(), render_faces(rounded), rtol=0, atol=1e-2)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_device_follows():
    factors = sample(4)
    images = render_faces(factors.cuda())
    assert images.device.type == "cuda"
    torch.testing.assert_close(images.cpu(), render_faces(factors), rtol=0, atol=1e-3)


def test_no_faces_give_no_pictures():
    assert render_faces(torch.zeros(0, len(FACTORS)), 48).shape == (0, 1, 48, 48)


def test_factors_are_uniform_and_independent():
    factors = sample(20_000)
    assert torch.equal(factors, sample(20_000))
    for factor in FACTORS.values():
        unit = (factors[:, factor.column] - factor.low) / (factor.high - factor.low)
        assert unit.min() >= 0
        assert unit.max() <= 1
        quantiles = unit.sort().values
        # Kolmogorov-Smirnov: 1.95 / sqrt(n) is exceeded with probability 0.001 by a uniform sample.
        assert (quantiles - torch.linspace(0, 1, 20_000)).abs().max() < 1.95 / 20_000**0.5
    correlation = torch.corrcoef(factors.T) - torch.eye(len(FACTORS))
    assert correlation.abs().max() < 4 / 20_000**0.5


@pytest.mark.parametrize("correlation", [-1.0, -0.3, 0.7, 1.0])
def test_correlated_factors_have_the_promised_correlation_and_stay_uniform(correlation):
    factors = sample_correlated_face_factors(400_000, correlation, torch.Generator().manual_seed(1))
    matrix = torch.corrcoef(factors.T)
    smile, yaw = FACTORS["smile"].column, FACTORS["yaw"].column
    assert abs(matrix[smile, yaw] - correlation) < 4 / 400_000**0.5
    matrix[smile, yaw] = matrix[yaw, smile] = 0
    assert (matrix - torch.eye(len(FACTORS))).abs().max() < 4 / 400_000**0.5
    unit = (factors[:, yaw].sort().values + 25) / 50
    assert (unit - torch.linspace(0, 1, 400_000)).abs().max() < 1.95 / 400_000**0.5


def test_a_part_of_a_range_can_be_sampled():
    factors = sample_face_factors(500, torch.Generator().manual_seed(0), smile=(-1, 0.25), yaw=(10, 10))
    assert -1 <= factors[:, 0].min() < -0.9
    assert 0.2 < factors[:, 0].max() <= 0.25
    assert (factors[:, FACTORS["yaw"].column] == 10).all()


@pytest.mark.parametrize(
    ("factors", "size", "message"),
    [
        (replaced(face_factors(3), smile=torch.tensor([0, 0, 1.5])), 64, r"smile .*\[-1, 1\], got 1.5 in row 2"),
        (replaced(face_factors(2), yaw=float("nan")), 64, r"yaw .*\[-25, 25\], got nan in row 0"),
        (face_factors(2)[:, :5], 64, r"shape \(N, 12\).*\(2, 5\)"),
        (face_factors(2)[0], 64, r"shape \(N, 12\).*\(12,\)"),
        (torch.zeros(2, 12, dtype=torch.int64), 64, "floating-point tensor, got torch.int64"),
        ([[0.0] * 12], 64, "floating-point tensor, got list"),
        (face_factors(1), 31, "size .* 32 to 256, got 31"),
        (face_factors(1), 257, "size .* 32 to 256, got 257"),
        (face_factors(1), 64.0, "size .* whole number .* got 64.0"),
    ],
)
def test_bad_input_is_named(factors, size, message):
    with pytest.raises(ValueError, match=message):
        render_faces(factors, size)


def test_bad_sampling_is_named():
    with pytest.raises(ValueError, match="did you mean 'smile'"):
        sample_face_factors(3, simle=(0, 1))
    with pytest.raises(ValueError, match=r"smile .*\[-1, 1\], got \(0, 2\)"):
        sample_face_factors(3, smile=(0, 2))
    with pytest.raises(ValueError, match=r"correlation .*\[-1, 1\]"):
        sample_correlated_face_factors(3, 1.2)
    with pytest.raises(ValueError, match="no factor 'pose'"):
        face_factors(1, pose=0)


def test_the_ranges_are_those_of_the_table_and_a_face_without_wishes_is_in_their_middle():
    ranges = {name: (factor.low, factor.high) for name, factor in FACTORS.items()}
    unit = dict.fromkeys(("eye_opening", "mouth_opening", "skin", "hair", "hair_length"), (0, 1))
    both = dict.fromkeys(("smile", "gaze", "brow", "face_width", "lighting"), (-1, 1))
    assert ranges == unit | both | {"yaw": (-25, 25), "pitch": (-15, 15)}
    assert [factor.column for factor in FACTORS.values()] == list(range(12))
    assert torch.equal(face_factors(), torch.tensor([[0, 0, 0, 0.5, 0, 0, 0.5, 0, 0.5, 0.5, 0.5, 0]]))


def test_unless_stated_smile_and_yaw_are_correlated_by_seven_tenths():
    factors = sample_correlated_face_factors(40_000, generator=torch.Generator().manual_seed(0))
    assert abs(torch.corrcoef(factors[:, :2].T)[0, 1] - 0.7) < 4 * 0.5 / 40_000**0.5


@pytest.mark.parametrize(("size", "fine"), [(32, 4), (43, 3), (64, 2), (127, 2), (128, 1), (256, 1)])
def test_a_picture_is_drawn_with_128_pixels_at_least_and_averaged(size, fine):
    factors = sample(2)
    drawn = draw_rows(factors, size * fine, 1)
    torch.testing.assert_close(render_faces(factors, size), torch.nn.functional.avg_pool2d(drawn, fine))


def test_no_faces_have_factors_too_and_a_large_picture_is_drawn_by_itself():
    assert face_factors(0).shape == sample_face_factors(0).shape == (0, 12)
    assert draw_rows(sample(2), 400, 1).shape == (2, 1, 400, 400)


def test_a_factor_may_be_drawn_up_to_both_ends_and_a_number_of_faces_is_none_below_0():
    factors = sample_face_factors(500, torch.Generator().manual_seed(0), yaw=(0, 25), pitch=(-15, 0))
    yaw, pitch = factors[:, FACTORS["yaw"].column], factors[:, FACTORS["pitch"].column]
    assert 0 <= yaw.min() < 1
    assert 24 < yaw.max() <= 25
    assert -15 <= pitch.min() < -14
    for draw in (face_factors, sample_face_factors):
        with pytest.raises(ValueError, match="n must be a whole number of at least 0, got -1"):
            draw(-1)
    assert render_faces(factors[:1]).shape == draw_rows(factors[:1], 64).shape
