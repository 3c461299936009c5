"""Every mistake of a caller gets a sentence that names the argument and says what to do."""

import numpy as np
import pytest
import torch

from vae_notes import (
    VariationalAutoencoder,
    draw_faces,
    elbo,
    evaluate,
    importance_bound,
    kl_monte_carlo,
    sample,
    sample_face_factors,
)
from vae_notes.arguments import (
    check_bytes,
    check_count,
    check_examples,
    check_generator,
    check_images,
    check_vectors,
    did_you_mean,
)


@pytest.mark.parametrize("count", [1, 7, np.int64(5), np.uint8(3)])
def test_whole_numbers_of_python_and_numpy_are_counts(count):
    assert type(check_count(count, "n")) is int
    with pytest.raises(ValueError, match="of at least 8, got"):
        check_count(count, "n", least=8)


@pytest.mark.parametrize("count", [0, -1, 1.0, True, "3", None, np.float32(2), np.int64(0), np.bool_(True)])
def test_anything_else_is_none(count):
    with pytest.raises(ValueError, match="n must be a whole number of at least 1, got "):
        check_count(count, "n")


def test_numpys_whole_numbers_go_through():
    x, model = torch.rand(3, 1, 28, 28), VariationalAutoencoder(2, 4)
    one = torch.Generator().manual_seed(0)
    again = torch.Generator().manual_seed(0)
    assert torch.equal(importance_bound(model, x, np.int64(5), one), importance_bound(model, x, 5, again))
    assert evaluate(model, x, k=np.int64(2), subset=np.int64(2))["gap, paired"].details == {"images": 2}
    assert len(draw_faces(np.int64(2), np.int64(32)).images) == 2


def test_an_integer_is_no_generator_and_is_told_how_to_become_one():
    x, model = torch.rand(3, 1, 28, 28), VariationalAutoencoder(2, 4)
    normal = torch.distributions.Normal(0.0, 1.0)
    for call in (
        lambda: elbo(model, x, generator=3),
        lambda: importance_bound(model, x, 2, 3),
        lambda: evaluate(model, x, generator=3),
        lambda: sample(model, 2, generator=3),
        lambda: sample_face_factors(2, 3),
        lambda: kl_monte_carlo(normal, normal, 10, 3),
    ):
        with pytest.raises(ValueError, match=r"got 3; try generator=torch.Generator\(\).manual_seed\(3\)"):
            call()
    with pytest.raises(ValueError, match="generator must be a torch.Generator or None, got 'seed'"):
        check_generator("seed")


def test_arrays_and_integers_are_told_what_to_become():
    model = VariationalAutoencoder(2, 4)
    x = torch.rand(3, 1, 28, 28)
    for wrong, told in (
        (x.numpy(), r"got ndarray: torch.from_numpy\(x\).float\(\)"),
        ((255 * x).byte(), r"got bytes; for pixels from 0 to 255: x.float\(\) / 255"),
        ((255 * x).int(), "got torch.int32"),
        ([x], "got list"),
        (x.flatten(), "x must have a batch axis"),
        (x[:0], "x is empty"),
        (x[:, :0], "x is empty"),
    ):
        for bound in (elbo, lambda m, x: importance_bound(m, x, 2)):
            with pytest.raises(ValueError, match=told):
                bound(model, wrong)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda x: 255 * x, r"image 0 has values from .* \(are the pixels still 0 to 255\? then images / 255\)"),
        (lambda x: 2 * x - 1, r".* \(if they go from -1 to 1: \(images \+ 1\) / 2\)"),
        (lambda x: 4 * x - 2, r".* \(\(images - low\) / \(high - low\), with the same low and high for all data"),
        (lambda x: x.where(x < 0.999, torch.nan), r"image \d has NaN"),
    ],
)
def test_other_ranges_are_told_the_way_to_0_and_1(change, told):
    images = torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    check_images(images)
    check_examples(images)
    with pytest.raises(ValueError, match="images must lie within .0, 1.; " + told):
        check_images(change(images))


def test_vectors_may_have_any_range():
    check_examples(torch.full((3, 5), -7.0))


def test_bytes_of_0_and_1_may_be_two_things_and_are_asked_about():
    black_and_white = torch.tensor([[0, 1], [1, 0]], dtype=torch.uint8)
    with pytest.raises(ValueError, match=r"images.float\(\) for black and white, images.float\(\) / 255 for"):
        check_bytes(black_and_white)
    for clear in (255 * black_and_white, 2 * black_and_white, 0 * black_and_white, black_and_white.float()):
        check_bytes(clear)


def test_the_first_image_out_of_range_is_named():
    images = torch.tensor([0.0, 1.0, 1.5, 2.0]).view(4, 1, 1, 1)  # 0 and 1 are in it
    with pytest.raises(ValueError, match="image 2 has values from 1.5 to 1.5"):
        check_images(images)
    images[3] = float("nan")
    images[2] = 0.5
    with pytest.raises(ValueError, match="image 3 has NaN"):
        check_images(images)
    check_images(images[:3])


@pytest.mark.parametrize(("shape", "refused"), [((2, 5, 6, 3), True), ((2, 4, 6, 3), False), ((2, 5, 4, 3), False)])
def test_small_pictures_three_pixels_wide_are_pictures(shape, refused):
    if not refused:
        check_images(torch.zeros(shape))
        return
    with pytest.raises(ValueError, match="for colours on the last axis"):
        check_images(torch.zeros(shape))


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.0, 2.5, r"0 to 255\? then x / 255"),
        (-0.5, 2.5, r"\(x - low\) / \(high - low\)"),
        (0.5, 2.0, r"\(x - low\) / \(high - low\)"),
        (-1.0, 1.0, r"\(x \+ 1\) / 2"),
        (-0.5, 0.5, r"\(x \+ 1\) / 2"),
        (-1.1, 1.0, r"\(x - low\) / \(high - low\)"),
        (-1.0, 1.1, r"\(x - low\) / \(high - low\)"),
    ],
)
def test_a_range_is_told_its_own_way_to_0_and_1(low, high, told):
    with pytest.raises(ValueError, match=told):
        check_images(torch.tensor([low, high]).view(1, 1, 1, 2), "x")


def test_a_count_is_one_at_least_unless_stated():
    assert (check_count(1, "n"), check_count(0, "n", least=0), check_count(2, "n", least=2)) == (1, 0, 2)
    for count, least in ((0, 1), (-1, 0), (1, 2)):
        with pytest.raises(ValueError, match=f"n must be a whole number of at least {least}, got {count}"):
            check_count(count, "n", least)
    with pytest.raises(ValueError, match="at least 1, got 0"):
        check_count(0, "n")


def test_the_nearest_word_is_named_and_of_none_nothing_is_said():
    assert did_you_mean("simle", ["smiles", "yaw", "smile"]) == " (did you mean 'smile'?)"
    assert did_you_mean("pose", ["smile", "yaw"]) == ""


def test_vectors_and_scalars():
    assert check_vectors(a=torch.zeros(2, 3), b=torch.zeros(3).double()) == torch.float64
    with pytest.raises(ValueError, match="a must have at least one axis .*got scalars"):
        check_vectors(a=torch.tensor(0.0))
    check_examples(torch.zeros(2, 3) + 7)
    with pytest.raises(ValueError, match="must have a batch axis"):
        check_examples(torch.zeros(3))
