"""vae_notes.bounds: bounds against a model whose log p(x) is known; the same value however the work is cut."""

import formula_properties as right
import pytest
import torch

from vae_notes import VariationalAutoencoder
from vae_notes.bounds import effective_sample_size, elbo, importance_bound, importance_log_weights


@pytest.mark.parametrize(
    "prop",
    [
        right.sampled_elbo_agrees_with_exact,
        right.elbo_averages_its_samples,
        right.conjugate_bounds,
        right.weights_average_to_the_likelihood,
        right.exact_posterior_gives_the_exact_answer,
        right.effective_sample_size_is_known,
        right.bound_gradient_agrees_with_exact,
    ],
    ids=lambda prop: prop.__name__,
)
def test_property(prop):
    prop()


def images_and_model():
    torch.manual_seed(0)
    return torch.rand(5, 1, 28, 28), VariationalAutoencoder(4, 16)


@pytest.mark.parametrize("chunk", [1, 3, 5, 12])
def test_chunks_change_neither_value_nor_gradient(chunk):
    x, model = images_and_model()
    for bound in (
        lambda c: elbo(model, x, 7, right.generator(), c).value,
        lambda c: importance_bound(model, x, 7, right.generator(), c),
    ):
        whole, cut = bound(4096), bound(chunk)
        torch.testing.assert_close(cut, whole)
        parameters = list(model.parameters())
        expected = torch.autograd.grad(whole.sum(), parameters)
        torch.testing.assert_close(torch.autograd.grad(cut.sum(), parameters), expected, rtol=1e-4, atol=1e-4)


def test_first_draws_of_a_long_run_are_those_of_a_short_one():
    x, model = images_and_model()
    long, short = (importance_log_weights(model, x, k, right.generator()) for k in (50, 20))
    torch.testing.assert_close(long[:20], short)
    assert (effective_sample_size(long) <= 50).all()


@pytest.mark.parametrize("bad", [0, -1, 2.0, True])
def test_bad_counts(bad):
    x, model = images_and_model()
    with pytest.raises(ValueError, match="samples must be a whole number"):
        elbo(model, x, bad)
    with pytest.raises(ValueError, match="k must be a whole number"):
        importance_bound(model, x, bad)


def test_bad_images():
    x, model = images_and_model()
    with pytest.raises(ValueError, match="x must lie within"):
        elbo(model, 255 * x)


def test_no_examples_have_no_bounds_and_a_chunk_is_the_most_codes_at_once(monkeypatch):
    model, x = right.model_and_data()
    assert elbo(model, x[:0]).value.shape == importance_bound(model, x[:0], 3).shape == (0,)
    seen, log_likelihood = [], model.log_likelihood
    monkeypatch.setattr(model, "log_likelihood", lambda x, z: seen.append(z.shape[:2]) or log_likelihood(x, z))
    elbo(model, x, 5, chunk=13)  # 6 examples: two draws of each at once
    assert seen == [(2, 6), (2, 6), (1, 6)]
    seen.clear()
    elbo(model, x, 2, chunk=4)  # not even one draw of each at once
    assert seen == [(1, 4), (1, 2)] * 2
