"""vae_notes.maths.linear_gaussian: log p = ELBO + KL, the best diagonal q, samples, errors."""

import formula_properties as right
import pytest
import torch

from vae_notes.maths.linear_gaussian import LinearGaussian


@pytest.mark.parametrize(
    "prop", [right.log_p_is_elbo_plus_kl, right.best_diagonal_is_best], ids=lambda prop: prop.__name__
)
def test_property(prop):
    prop()


def test_samples_have_the_marginal_covariance():
    model = LinearGaussian(right.WEIGHT, right.BIAS, 0.3)
    x = model.sample(100_000, right.generator()) - right.BIAS
    cov = right.WEIGHT @ right.WEIGHT.mT + 0.3 * torch.eye(3)
    for i in range(3):
        assert right.z_score(x[:, i], 0.0) < right.SIGMAS
        for j in range(3):
            assert right.z_score(x[:, i] * x[:, j], cov[i, j]) < right.SIGMAS


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ((torch.ones(3), torch.ones(3), 1.0), "weight must have shape"),
        ((torch.ones(3, 2), torch.ones(2), 1.0), "bias must have shape"),
        ((torch.ones(3, 2), torch.ones(3), 0.0), "variance must be positive"),
        ((torch.ones(3, 2), torch.ones(3), float("nan")), "variance must be positive"),
        ((torch.full((3, 2), float("nan")), torch.ones(3), 1.0), "weight holds NaN"),
    ],
)
def test_errors(arguments, what):
    with pytest.raises(ValueError, match=what):
        LinearGaussian(*arguments)


def test_bad_x():
    with pytest.raises(ValueError, match="x must have shape"):
        LinearGaussian(right.WEIGHT, right.BIAS, 0.3).log_prob(torch.zeros(4, 2))


def test_codes_have_the_columns_of_the_weight_and_pictures_its_rows():
    model = LinearGaussian(right.WEIGHT, right.BIAS, 0.3)
    assert model.latent_dim == 2
    assert model.sample(5, right.generator()).shape == (5, 3)
    code = torch.tensor([[2.0, -1.0]], dtype=right.D)
    right.close(model.decode(code), [[1.0 * 2 - 0.5 + 0.3, -0.4 * 2 - 1.2 - 0.2, 0.8 * 2 - 0.8 + 0.1]])
