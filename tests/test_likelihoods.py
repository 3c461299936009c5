"""vae_notes.likelihoods: real log-densities, all constants included."""

import formula_properties as right
import pytest

from vae_notes.likelihoods import Gaussian


@pytest.mark.parametrize(
    "prop",
    [
        right.bernoulli_probabilities_sum_to_one,
        right.bernoulli_agrees_with_torch,
        right.gaussian_agrees_with_torch,
        right.gaussian_variance_is_fitted_at_the_mean_square_error,
    ],
    ids=lambda prop: prop.__name__,
)
def test_property(prop):
    prop()


@pytest.mark.parametrize("variance", [0.0, -1.0, float("nan"), float("inf")])
def test_bad_variance(variance):
    with pytest.raises(ValueError, match="variance must be positive and finite"):
        Gaussian(variance)
