"""vae_notes.training.identity: what is told apart between runs, and what is not."""

import functools
import hashlib
import json

import pytest
import torch
from torch import nn

from vae_notes.likelihoods import Bernoulli, Gaussian
from vae_notes.models import VariationalAutoencoder
from vae_notes.training.identity import architecture, describe, digest, likelihood

SCALE = 2.0


def sha256(shape, dtype, data):
    return hashlib.sha256(json.dumps([shape, dtype]).encode() + data).hexdigest()


def test_a_digest_is_of_shape_dtype_and_bytes():
    assert digest(torch.tensor([[1, 2]], dtype=torch.uint8)) == sha256([1, 2], "torch.uint8", b"\x01\x02")
    assert describe(torch.tensor([7], dtype=torch.uint8)) == "tensor " + sha256([1], "torch.uint8", b"\x07")[:8]


def scaled(factor, power=2, *, shift=0.5):
    def loss(model, x, generator):
        return SCALE * factor * x**power + shift

    return loss


def test_a_description_holds_closures_defaults_and_globals(monkeypatch):
    first = describe(scaled(3.0))
    assert first == describe(scaled(3.0))
    assert first != describe(scaled(4.0))
    assert "test_identity.scaled.<locals>.loss" in first
    assert first.endswith(" 3.0 2 0.5 None None SCALE=2.0")
    assert "(2,) {'shift': '0.5'}".replace("(2,)", "[2]") in describe(scaled)
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert describe(scaled(3.0)) != first
    assert describe(lambda x: x + 1) != describe(lambda x: x + 2)
    assert describe(lambda x: [y for y in x if y > 1]) != describe(lambda x: [y for y in x if y > 2])


class Weighted:
    def __init__(self, beta):
        self.beta = beta

    def loss(self, model, x, generator):
        return self.beta * x


def test_a_description_of_what_is_no_function():
    assert describe(functools.partial(max, 1, key=2)) == "max(['1'], {'key': '2'})"
    assert describe(Weighted(0.5)) == "Weighted {'beta': '0.5'}"
    assert describe(Weighted(0.5).loss).startswith("Weighted {'beta': '0.5'}.test_identity.Weighted.loss ")
    assert describe(Weighted) == "Weighted"
    assert describe([None, True, 1, 0.5, "a", b"b", (2,)]) == "[None, True, 1, 0.5, 'a', b'b', [2]]"
    assert describe({1: [2]}) == "{'1': '[2]'}"
    assert describe(nn.Linear(2, 3)) == architecture(nn.Linear(2, 3))


@pytest.mark.parametrize(("depth", "inside"), [(6, "1"), (7, "..."), (8, "...")])
def test_a_description_ends_below_the_sixth_level(depth, inside):
    value = 1
    for _ in range(depth):
        value = [value]
    depth = min(depth, 7)
    assert describe(value) == "[" * depth + inside + "]" * depth


def test_an_architecture_is_layers_shapes_and_settings_but_neither_weights_nor_mode():
    def build(p=0.5, width=3):
        return nn.Sequential(nn.Linear(2, width), nn.Dropout(p))

    first = architecture(build())
    name, count, code = first.split(", ")
    assert (name, count, len(code)) == ("Sequential", "9 parameters", 8)
    assert set(code) <= set("0123456789abcdef")
    assert architecture(build().eval()) == first == architecture(build())
    assert first not in (architecture(build(0.4)), architecture(build(width=4)))
    assert architecture(build().double()) != first
    for value in (True, 1, 0.5, "a", (1, 2)):
        one, other = nn.ReLU(), nn.ReLU()
        one.setting, other.setting = value, value * 2 if isinstance(value, str | tuple) else value + 1
        assert architecture(one) != architecture(other)
        one._private, other._private, other.setting = 1, 2, value
        one.things, other.things = {1}, {2}
        assert architecture(one) == architecture(other)
    # 784 x 3 + 3, 3 x 4 + 4, 2 x 3 + 3, 3 x 784 + 784
    assert architecture(VariationalAutoencoder(2, 3)).startswith("VariationalAutoencoder, 5,516 parameters, ")


def test_a_likelihood_is_known_by_what_is_fixed_in_it():
    def of(part):
        model = nn.Module()
        model.likelihood = part
        return likelihood(model)

    assert likelihood(nn.Linear(1, 1)) == "none"
    assert of(Bernoulli()) == "Bernoulli"
    assert of(Gaussian(1.0)) == "Gaussian {'logvar': 0.0}"
    assert of(Gaussian(learn=True)) == "Gaussian {'logvar': 20}"  # its hurry; where it starts, the images say
    assert of(Weighted(1)) == "Weighted"
