"""Grids of pictures: each image in its place, grey or in colour, floats or bytes, and nothing saturated in silence."""

import matplotlib as mpl
import numpy as np
import pytest
import torch

from vae_notes.plotting import show_images, tile

mpl.use("agg")


@pytest.mark.parametrize("channels", [1, 3])
def test_every_image_is_where_it_belongs_and_the_rest_is_white(channels):
    images = torch.rand(5, channels, 4, 6, generator=torch.Generator().manual_seed(0))
    picture = tile(images, 3)
    assert picture.shape == ((8, 18) if channels == 1 else (8, 18, 3))
    for index, image in enumerate(images):
        row, column = divmod(index, 3)
        part = picture[4 * row : 4 * row + 4, 6 * column : 6 * column + 6]
        assert torch.equal(part, image[0] if channels == 1 else image.permute(1, 2, 0))
    assert (picture[4:, 12:] == 1).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_bytes_and_arrays_are_drawn_like_the_floats_they_stand_for(channels):
    images = (torch.rand(4, channels, 5, 5, generator=torch.Generator().manual_seed(0)) * 255).round()
    expected = show_images(images / 255).images[0].get_array()
    for same in (images.byte(), images.byte().numpy(), (images / 255).double(), (images / 255).numpy()):
        drawn = show_images(same).images[0].get_array()
        np.testing.assert_allclose(drawn, expected, rtol=0, atol=1e-6)
    assert len(np.unique(expected)) > 50  # nothing is saturated


def test_what_would_be_drawn_wrong_is_refused():
    grey = torch.rand(4, 1, 5, 5)
    for wrong, told in (
        (grey * 255, "are the pixels still 0 to 255"),
        ((grey > 0.5).byte(), "bytes that are only 0 and 1"),
        ((grey * 255).int(), "floats in .0, 1. or bytes"),
        (grey[:, 0], r"must have shape \(N, 1 or 3, H, W\)"),
        (grey.repeat(1, 2, 1, 1), r"must have shape \(N, 1 or 3, H, W\)"),
    ):
        with pytest.raises(ValueError, match=told):
            show_images(wrong)
    with pytest.raises(ValueError, match="columns must be a whole number"):
        show_images(grey, columns=0)
    assert torch.equal(tile(grey - 0.5, 2), tile((grey - 0.5).clamp(0, 1), 2))
