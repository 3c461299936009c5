"""vae_notes.likelihoods: real log-densities, all constants included."""

from decimal import Decimal, localcontext

import formula_properties as right
import pytest
import torch

from vae_notes.likelihoods import Bernoulli, Gaussian


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


LOGITS = torch.cat([10.0 ** torch.linspace(-8, 2.5, 100, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)])
EXTREME = torch.cat([LOGITS, -LOGITS])  # to 316 on both sides, where sigmoid is 0 or 1 in float32


@pytest.mark.parametrize("x", [0.0, 1e-6, 0.3, 0.5, 1 - 1e-6, 1.0])
@pytest.mark.parametrize(("dtype", "eps"), [(torch.float32, 1e-6), (torch.float64, 2e-15)])
def test_bernoulli_is_exact_to_rounding_wherever_the_logit_is(x, dtype, eps):
    logits = EXTREME.to(dtype).view(-1, 1, 1, 1).requires_grad_()  # one pixel each
    target = torch.full_like(logits, x)
    value = -Bernoulli().log_prob(target, logits)
    (gradient,) = torch.autograd.grad(value.sum(), logits)
    pairs = list(zip(target.flatten().tolist(), logits.flatten().tolist(), strict=True))
    for found, exact, size in ((value, exact_cross_entropy, EXTREME.abs()), (gradient.flatten(), exact_slope, 1.0)):
        expected = torch.tensor([exact(*pair) for pair in pairs], dtype=torch.float64)
        assert ((found.double() - expected).abs() <= eps * (expected.abs() + size)).all()  # a logit itself is rounded


def exact_cross_entropy(x, logit):
    with localcontext() as context:
        context.prec = 170
        x, logit = Decimal(x), Decimal(logit)
        return float(x * (1 + (-logit).exp()).ln() + (1 - x) * (1 + logit.exp()).ln())


def exact_slope(x, logit):
    with localcontext() as context:
        context.prec = 170
        return float(1 / (1 + (-Decimal(logit)).exp()) - Decimal(x))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("likelihood", [Bernoulli(), Gaussian(0.05)])
def test_half_precision_is_summed_in_float32(dtype, likelihood):
    logits, x = (torch.randn(2, 1, 64, 64, generator=right.generator(i)).to(dtype) for i in (0, 1))
    x = x.sigmoid()
    value = likelihood.to(dtype).log_prob(x, logits)
    assert value.dtype == torch.float32
    torch.testing.assert_close(value, likelihood.float().log_prob(x.float(), logits.float()), rtol=1e-2, atol=0)
    exact = likelihood.log_prob(x.double(), logits.double())
    torch.testing.assert_close(value.double(), exact, rtol=1e-2 if isinstance(likelihood, Gaussian) else 1e-6, atol=0)


def test_densities_given_the_mean_are_those_given_its_logits():
    logits = torch.linspace(-3, 3, 24, dtype=torch.float64).view(3, 2, 1, 2, 2)
    x = torch.rand(2, 1, 2, 2, generator=right.generator(), dtype=torch.float64)
    for likelihood in (Bernoulli(), Gaussian(0.2).double()):
        given_mean = likelihood.log_prob_given_mean(x, logits.sigmoid())
        torch.testing.assert_close(given_mean, likelihood.log_prob(x, logits))
    # A pixel of which the mean is sure, wrongly, costs 100 nats; rightly, none.
    assert Bernoulli().log_prob_given_mean(torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[0.0, 1.0, 0.0]])) == -200


def test_a_variance_is_open_only_where_it_is_learned_and_not_stated():
    for variance, learn, started, rates in (
        (None, True, 0.01, {"logvar": 20}),
        (None, False, 1.0, {}),
        (0.5, True, 0.5, {}),
        (0.5, False, 0.5, {}),
    ):
        likelihood = Gaussian(variance, learn=learn)
        assert likelihood.rates() == rates
        likelihood.start_from(0.01)
        assert likelihood.logvar.exp().item() == pytest.approx(started)
        likelihood.start_from(0.04)  # the first training alone
        assert likelihood.logvar.exp().item() == pytest.approx(started)
    likelihood = Gaussian(learn=True)
    likelihood.start_from(0.0)
    assert likelihood.logvar.exp().item() == pytest.approx(1 / 780_300)  # rounding to bytes: 1 / (12 255^2)
