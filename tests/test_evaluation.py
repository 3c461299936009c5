"""Held-out figures against their definitions, on models whose figures are known."""

import dataclasses
import json
import math

import pytest
import torch
from torch import nn

from vae_notes import Estimate, VariationalAutoencoder, active_units, elbo, evaluate, importance_bound, load_mnist
from vae_notes.evaluation import Count, batches, card_figures, evaluate_autoencoder, evaluate_vae, told_apart
from vae_notes.maths.estimate import mean_and_error


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def images():
    return torch.rand(30, 1, 28, 28, generator=generator())


@pytest.fixture
def model():
    torch.manual_seed(0)
    vae = VariationalAutoencoder(4, 16)
    with torch.no_grad():
        vae.encoder[2].weight[1:].mul_(0.1)  # one mean that varies over the images
    return vae


def test_an_estimate_is_a_mean_and_the_standard_error_of_it():
    values = torch.tensor([1.0, 2.0, 3.0, 6.0])
    estimate = mean_and_error(values)
    assert estimate == Estimate(3.0, pytest.approx(math.sqrt(14 / 3) / 2))  # sample variance 14/3, four examples
    value, error = estimate
    assert (value, error) == (estimate.value, estimate.standard_error)
    assert math.isnan(mean_and_error(values[:1]).standard_error)
    assert mean_and_error(torch.tensor([2.0**24, 1.0])).value == 2**23 + 0.5  # float32 would lose the half


def test_the_figures_are_those_of_their_definitions(model, images):
    figures = evaluate(model, images, k=3, subset=7, generator=generator(5))
    rng = generator(5)
    with torch.no_grad():
        parts = elbo(model, images, generator=rng)
        chosen = images[torch.randperm(30, generator=rng)[:7]]
        bound = importance_bound(model, chosen, 3, generator=rng)
        few = elbo(model, chosen, samples=100, generator=rng).value
    assert figures["-elbo"] == mean_and_error(-parts.value)
    assert figures["reconstruction"] == mean_and_error(parts.reconstruction)
    assert figures["kl"] == mean_and_error(parts.kl)
    assert figures["-log p, k=3"] == mean_and_error(-bound, images=7)
    assert figures["-elbo, same images"] == mean_and_error(-few, images=7, samples=100)
    assert figures["gap, paired"] == mean_and_error(bound - few, images=7)
    assert figures["gap, paired"].value > 0  # the bound with importance weights is the tighter one
    assert figures["-elbo"].value == pytest.approx(figures["reconstruction"].value + figures["kl"].value)


def test_without_a_generator_the_figures_are_the_same_each_time(model, images):
    assert evaluate_vae(model, images) == evaluate_vae(model, images) == evaluate(model, images, generator=generator(0))
    assert evaluate_vae(model, images) != evaluate_vae(model, images, generator=generator(1))


def test_active_units_are_those_whose_mean_varies(model, images):
    with torch.no_grad():
        varies = model.encode(images)[0].var(0) > 0.01
    assert 0 < varies.sum() < 4
    assert active_units(model, images) == varies.sum()
    assert evaluate(model, images)["active units"] == Count(int(varies.sum()), 4)
    with pytest.raises(ValueError, match="of one, nothing varies"):
        active_units(model, images[:1])
    assert "active units" not in evaluate(model, images[:1])


def test_an_autoencoder_has_its_error_and_no_bound(images):
    half = nn.Hardtanh(0, 0.5)
    figures = evaluate(half, images)
    expected = ((images - 0.5).clamp_min(0)).square().flatten(1).mean(1)
    assert figures == {"mse per pixel": mean_and_error(expected)} == evaluate_autoencoder(half, images)
    with pytest.raises(ValueError, match="k = 5 importance samples need a variational autoencoder; Hardtanh is none"):
        evaluate(half, images, k=5)
    with pytest.raises(TypeError, match="returned a tensor"):
        evaluate_autoencoder(nn.Flatten(0), images)


@pytest.mark.parametrize("wrong", [{"k": -1}, {"k": 2.0}, {"k": 2, "subset": 0}])
def test_bad_counts_are_refused(model, images, wrong):
    with pytest.raises(ValueError, match="must be a whole number of at least 1"):
        evaluate(model, images, **wrong)


def test_a_card_states_figures_in_plain_json(model, images):
    figures = evaluate(model, images, k=2, subset=3)
    card = json.loads(json.dumps(card_figures(figures)))
    assert card["kl"] == {"value": figures["kl"].value, "standard error": figures["kl"].standard_error}
    assert card["active units"].keys() == {"value", "of"}
    assert card["-elbo, same images"].keys() == {"value", "standard error", "images", "samples"}
    assert card_figures({"variance": Estimate(0.1, math.nan)}) == {"variance": {"value": 0.1}}


def pictures(n, seed, shift=0.0):
    return torch.randn(n, 1, 2, 2, generator=torch.Generator().manual_seed(seed)) + shift


def test_sets_that_are_alike_are_not_told_apart():
    assert abs(told_apart(pictures(500, 0), pictures(500, 1)) - 0.5) < 4 * 0.5 / 1000**0.5


def test_disjoint_sets_are_told_apart_and_close_ones_in_part():
    assert told_apart(pictures(100, 0), pictures(100, 1, shift=20.0)) == 1.0
    assert 0.6 < told_apart(pictures(500, 0), pictures(500, 1, shift=1.0)) < 0.95


def coarse(n, share, seed):
    """Pictures of four pixels, black or white: most distances are ties."""
    g = torch.Generator().manual_seed(seed)
    return (torch.rand(n, 1, 2, 2, generator=g) < share).float()


@pytest.mark.parametrize("make", [pictures, lambda n, seed: coarse(n, 0.5 + 0.3 * seed, seed)])
def test_neither_the_order_of_pictures_nor_that_of_the_sets_is_told(make):
    """Sorted by their sum, as by a label or a file's name; with ties, the first of two equals used to win."""
    a, b = make(300, 0), make(300, 1)
    expected = told_apart(a, b)
    in_order = [x[x.flatten(1).sum(1).argsort(stable=True)] for x in (a, b)]
    for first, second in ((a, b), (in_order[0], b), in_order, (in_order[0].flip(0), in_order[1])):
        assert told_apart(first, second) == pytest.approx(expected, abs=1e-12)
        assert told_apart(second, first) == pytest.approx(expected, abs=1e-12)


def test_ties_are_shared_out():
    """One kind has two black pictures, the other one: a black one meets as many of its own as of the other."""
    black, white = torch.zeros(1, 1, 1, 1), torch.ones(1, 1, 1, 1)
    # Black of a: its nearest are the other of a and that of b, 1/2 each. Black of b: both of a, 0. White of b: all
    # three black, one of them its own, 1/3.
    assert told_apart(torch.cat([black, black]), torch.cat([black, white])) == pytest.approx(
        (0.5 + 0.5 + 0 + 1 / 3) / 4
    )


def test_halves_of_sorted_data_differ_and_shuffled_ones_do_not():
    digits = load_mnist().images[::5]  # a hundred of each class, in order of class
    assert told_apart(digits[:500], digits[500:]) > 0.9
    mixed = digits[torch.randperm(1000, generator=torch.Generator().manual_seed(0))]
    assert abs(told_apart(mixed[:500], mixed[500:]) - 0.5) < 4 * 0.5 / 1000**0.5


def test_no_picture_is_its_own_neighbour():
    a = torch.tensor([0.0, 10.0]).view(2, 1, 1, 1)
    assert told_apart(a, a + 1) == 0.0


@pytest.mark.parametrize("other", [pictures(3, 0), torch.zeros(4, 1, 2, 3)])
def test_sets_that_cannot_be_compared(other):
    with pytest.raises(ValueError, match="equally many pictures of one shape"):
        told_apart(pictures(4, 0), other)


def test_an_estimate_of_two_examples_has_an_error_and_cannot_be_changed():
    estimate = mean_and_error(torch.tensor([1.0, 3.0]))
    assert estimate == Estimate(2.0, 1.0, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        estimate.value = 0.0


def test_unless_asked_for_there_is_no_importance_bound_and_then_it_is_of_100_images(model, images):
    for function in (evaluate, evaluate_vae):
        assert function(model, images[:2]).keys() == {"-elbo", "reconstruction", "kl", "active units"}
        figures = function(model, images.repeat(4, 1, 1, 1), k=1)
        assert figures["-log p, k=1"].details == figures["gap, paired"].details == {"images": 100}
        assert figures["-elbo, same images"].details == {"images": 100, "samples": 100}
        assert function(model, images, k=1, subset=1)["gap, paired"].details == {"images": 1}


def test_of_two_images_a_unit_can_be_active(model, images):
    assert active_units(model, images[:2]) >= 0


def test_a_batch_has_as_many_pixels_as_a_thousand_digits():
    assert [len(x) for x in batches(torch.zeros(1001, 1, 28, 28))] == [1000, 1]
    assert [len(x) for x in batches(torch.zeros(1, 1, 2, 2))] == [1]
    assert [len(x) for x in batches(torch.zeros(1, 1, 1, 1).expand(3, 1, 1000, 1000))] == [1, 1, 1]


@pytest.mark.parametrize(("near", "shared"), [(-1.0009, True), (-1.0011, False)])
def test_a_tie_is_within_a_millionth_of_the_largest_picture(near, shared):
    """0 is 1 from its own kind and about as far from the other; 1, 500 and 600 have their own kind nearest."""
    a, b = (torch.tensor(x).view(3, 1, 1, 1) for x in ([0.0, 1.0, 1000.0], [near, 500.0, 600.0]))
    assert told_apart(a, b) == pytest.approx((3.5 if shared else 4) / 6)
