"""Gradients, generators and noise of a student's function: each way to get one wrong is noticed, with its sentence."""

import pytest
import torch

from vae_notes.course.behaviour import expect_generator, expect_gradients, expect_noise

X, Y = torch.tensor([1.0, -2.0, 3.0]), torch.tensor([0.5, 0.5, 2.0])


def check(function):
    expect_gradients(function, {"x": X, "y": Y}, {"x": 2 * X * Y, "y": X.square()}, what="f")


def in_place(x, y):
    return x.square_().mul_(y)


def in_float64(x, y):
    return (x.double().square() * y).sum()


@pytest.mark.parametrize("function", [lambda x, y: x.square() * y, in_place, in_float64])
def test_right_gradients_in_any_style(function):
    check(function)
    assert X.tolist() == [1.0, -2.0, 3.0]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x, y: x.detach().square() * y, "no gradient of f reaches x"),
        (lambda x, y: (x.square() * y).detach(), "no gradient flows through f"),
        (lambda x, y: [1.0, 2.0], "no gradient flows through f"),
        (lambda x, y: x.square() * y + (y - y.detach()), r"the gradient of f with respect to y at \[\d\] is"),
    ],
)
def test_wrong_gradients(function, message):
    with pytest.raises(AssertionError, match=message):
        check(function)


def test_an_argument_without_a_right_gradient_is_not_asked():
    expect_gradients(lambda x, y: x * y.detach(), {"x": X, "y": Y}, {"x": Y})


def seeded(generator):
    return torch.randn(3, generator=torch.Generator().manual_seed(0))


def copied(generator):
    return torch.randn(3, generator=torch.Generator().manual_seed(generator.initial_seed()))


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda g: torch.randn(3), "is noise drawn without `generator=`"),
        (lambda g: (torch.randn(3, generator=g), torch.randn(3)), "is noise drawn without `generator=`"),
        (lambda g: torch.zeros(3), "every generator gives the same value"),
        (seeded, "every generator gives the same value"),
        (copied, "a second call gives the same value"),
    ],
)
def test_randomness_that_is_not_the_generators(draw, message):
    with torch.random.fork_rng(devices=[]), pytest.raises(AssertionError, match=message):
        expect_generator(draw)


@pytest.mark.parametrize(
    "draw", [lambda g: torch.randn(3, generator=g), lambda g: (torch.randn((), generator=g).item(), 1.0)]
)
def test_randomness_of_the_generator(draw):
    with torch.random.fork_rng(devices=[]):
        expect_generator(draw)


def noise(seed=0):
    return torch.randn(5000, 4, generator=torch.Generator().manual_seed(seed))


def test_gaussian_noise_passes():
    assert [expect_noise(noise(seed), ("rows", "columns")) for seed in range(20)] == [None] * 20


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (noise()[:1].expand(5000, 4), "the same for all rows"),
        (noise()[:, :1].expand(5000, 4), "the same for all columns"),
        (noise() + 0.05, "its mean is 0.04, expected 0"),
        (noise() * 1.1, "its variance is 1.22, expected 1"),
        ((torch.rand(5000, 4, generator=torch.Generator().manual_seed(0)) - 0.5) * 12**0.5, "fourth moment is 1.8"),
        (noise().sign(), "fourth moment is 1.00, expected 3"),
        (noise() * torch.nan, "its mean is nan"),
    ],
)
def test_other_noise_does_not(wrong, message):
    with pytest.raises(AssertionError, match=message):
        expect_noise(wrong, ("rows", "columns"))
