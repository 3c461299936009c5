"""Directions: recovered where codes are linear in the factors, and biased exactly as the formula says."""

import numpy as np
import pytest
import torch

from vae_notes.maths import numerics
from vae_notes.maths.linear import (
    bootstrap_interval,
    difference_of_means,
    linear_read_out,
    principal_components,
    r_squared,
    regression,
    slopes,
)
from vae_notes.maths.quadrature import log_integral


def linear_codes(n=400, correlation=0.0, noise=0.0, seed=0):
    """Two factors with the given correlation, codes a + f C + noise: factors (n, 2), codes (n, 3), C (2, 3)."""
    rng = torch.Generator().manual_seed(seed)
    first, other = torch.randn(2, n, generator=rng, dtype=torch.float64)
    factors = torch.stack([first, correlation * first + (1 - correlation**2) ** 0.5 * other], 1)
    coefficients = torch.tensor([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]], dtype=torch.float64)
    codes = 5 + factors @ coefficients + noise * torch.randn(n, 3, generator=rng, dtype=torch.float64)
    return factors, codes, coefficients


def test_regression_recovers_linear_codes_whatever_the_correlation():
    factors, codes, truth = linear_codes(correlation=0.8)
    found, residuals = regression(codes, factors)
    torch.testing.assert_close(found, truth)
    torch.testing.assert_close(residuals, torch.zeros_like(codes), rtol=0, atol=1e-10)


def test_residuals_are_orthogonal_to_the_factors():
    factors, codes, _ = linear_codes(noise=1.0)
    _, residuals = regression(codes.float(), factors.float())
    assert residuals.dtype == torch.float32
    torch.testing.assert_close((factors.T.float() @ residuals), torch.zeros(2, 3), rtol=0, atol=1e-3)
    assert residuals.std() > 0.9


def test_difference_of_means_is_per_unit_of_the_factor():
    factors, codes, truth = linear_codes(4000)
    direction = difference_of_means(codes, factors[:, 0])
    torch.testing.assert_close(direction, truth[0], rtol=0, atol=0.15)
    torch.testing.assert_close(difference_of_means(codes, 10 * factors[:, 0]), direction / 10)


def test_difference_of_means_takes_the_correlated_factor_along():
    factors, codes, truth = linear_codes(correlation=0.8)
    turns = difference_of_means(factors, factors[:, 0])
    torch.testing.assert_close(difference_of_means(codes, factors[:, 0]), turns @ truth)
    assert turns[1] > 0.7


def test_slopes_of_lines():
    commands = torch.linspace(-1, 1, 5)
    lines = commands[:, None] * torch.tensor([0.0, 1.0, -2.0]) + torch.tensor([3.0, 0.0, 1.0])
    torch.testing.assert_close(slopes(lines, commands), torch.tensor([0.0, 1.0, -2.0]))


def test_bootstrap_interval_of_a_mean_covers_it_as_often_as_it_says():
    values = torch.randn(200, 60, generator=torch.Generator().manual_seed(0))
    covered = [low <= 0 <= high for low, high in (bootstrap_interval(v, draws=400) for v in values)]
    assert 0.89 <= sum(map(bool, covered)) / 200 <= 0.99  # 95 % less three standard errors and the bootstrap's optimism


def test_bootstrap_interval_of_a_median_by_column():
    values = torch.randn(101, 2, generator=torch.Generator().manual_seed(0)) + torch.tensor([0.0, 9.0])
    low, high = bootstrap_interval(values, torch.median)
    assert low.shape == high.shape == (2,)
    assert (low < values.median(0).values).all()
    assert (values.median(0).values < high).all()
    assert (high - low < 1).all()


def test_what_is_refused():
    factors, codes, _ = linear_codes(3)
    with pytest.raises(ValueError, match="more than 3 examples"):
        regression(codes, factors)
    with pytest.raises(ValueError, match="factor must vary"):
        difference_of_means(codes, torch.ones(3))


@pytest.mark.parametrize("attribute", [[0.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
def test_difference_of_means_of_a_binary_attribute_is_that_of_its_two_groups(attribute):
    attribute = torch.tensor(attribute)
    codes = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    expected = codes[attribute == 1].mean(0) - codes[attribute == 0].mean(0)
    torch.testing.assert_close(difference_of_means(codes, attribute), expected)
    torch.testing.assert_close(difference_of_means(codes, 2 * attribute - 5), expected / 2)


def test_bootstrap_intervals_are_the_same_each_time_unless_another_generator_is_given():
    values = torch.randn(50, generator=torch.Generator().manual_seed(0))
    first, again = bootstrap_interval(values), bootstrap_interval(values, generator=torch.Generator().manual_seed(0))
    other = bootstrap_interval(values, generator=torch.Generator().manual_seed(1))
    assert first == again
    assert first != other
    with pytest.raises(ValueError, match="draws must be a whole number"):
        bootstrap_interval(values, draws=0)


def test_r_squared_of_a_column_is_that_of_its_numbers():
    predicted, true = torch.tensor([1.0, 2.0, 2.5, 5.0]), torch.tensor([1.0, 2.0, 3.0, 4.0])
    assert r_squared(predicted[:, None], true[:, None]) == r_squared(predicted, true)


def test_r_squared_refuses_what_has_no_share():
    with pytest.raises(ValueError, match="true must vary, got 3 times the value .1.0."):
        r_squared(torch.zeros(3), torch.ones(3))
    with pytest.raises(ValueError, match="predicted and true must have one shape"):
        r_squared(torch.zeros(3, 1), torch.arange(3.0))  # would broadcast to (3, 3)


def test_no_float64_where_the_device_has_none(monkeypatch):
    factors, codes, _ = linear_codes(noise=1.0)
    factors, codes = factors.float(), codes.float()

    def results():
        return [
            *regression(codes, factors),
            linear_read_out(codes, factors)(codes),
            torch.tensor(tuple(r_squared(codes[:, 0], factors[:, 0]))),
            log_integral(lambda z: -z.square()[:, 0], (-5.0, 5.0), dtype=torch.float32),
        ]

    expected = results()
    assert expected[2].dtype == torch.float64
    monkeypatch.setattr(numerics, "NO_FLOAT64", {"cpu"})
    found = results()
    assert [t.dtype for t in found[:3]] == [torch.float32] * 3
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one.double(), other.double(), rtol=1e-4, atol=1e-4)


def test_a_bootstrap_interval_is_from_quantile_to_quantile_of_2000_draws():
    values = torch.tensor([0.0, 1.0, 5.0])
    chosen = torch.randint(3, (2000, 3), generator=torch.Generator().manual_seed(0))
    expected = np.quantile(values[chosen].numpy().mean(1), [0.025, 0.975])
    torch.testing.assert_close(torch.stack(bootstrap_interval(values)).double(), torch.from_numpy(expected))


def test_r_squared_of_four_examples_by_hand():
    """Errors 1, 0, 0, 1 squared; spreads 2.25, 0.25, 0.25, 2.25: unexplained 0.4."""
    found = r_squared(torch.tensor([1.0, 1.0, 2.0, 4.0]), torch.arange(4.0))
    scatter = np.std([1 - 0.9, -0.1, -0.1, 1 - 0.9], ddof=1) / 1.25 / 2
    assert tuple(found) == pytest.approx((0.6, scatter))


def test_a_regression_needs_one_example_more_than_coefficients():
    factors, codes, truth = linear_codes(4)
    torch.testing.assert_close(regression(codes, factors)[0], truth)
    torch.testing.assert_close(regression(codes[:, :1], factors)[0], truth[:, :1])


def test_as_many_principal_components_as_asked_for():
    images = torch.randn(40, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    mean, directions = principal_components(images, 1)
    assert (mean.shape, directions.shape) == ((36,), (36, 1))
    assert torch.equal(directions, principal_components(images, 1)[1])


def test_slopes_against_commands_that_are_not_centred():
    """Readings 1, 2, 6 at 1, 2, 3: slope 5/2; 4, 4, 4: none."""
    readings = torch.tensor([[1.0, 4.0], [2.0, 4.0], [6.0, 4.0]])
    torch.testing.assert_close(slopes(readings, torch.tensor([1.0, 2.0, 3.0])), torch.tensor([2.5, 0.0]))
