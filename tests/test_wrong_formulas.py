"""Every wrong formula in the bank turns each of the properties that it names red; the right formulas pass them all."""

import formula_properties as right
import pytest
import torch
from wrong_formulas import BANK

PROPERTIES = list(dict.fromkeys(prop for wrong in BANK for prop in wrong.properties))


@pytest.mark.parametrize("prop", PROPERTIES, ids=lambda prop: prop.__name__)
def test_right_formulas_pass(prop):
    prop()


@pytest.mark.parametrize("wrong", BANK, ids=lambda wrong: wrong.what)
def test_wrong_formula_is_rejected(wrong, monkeypatch):
    monkeypatch.setattr(wrong.owner, wrong.name, wrong.replacement)
    for prop in wrong.properties:
        with pytest.raises(AssertionError):
            prop()


def test_bank_is_large_and_its_names_differ():
    assert len({wrong.what for wrong in BANK}) == len(BANK) >= 25


def test_z_score_has_power():
    """A mean wrong by a tenth of a standard deviation stands out by far more than the 4 that are allowed."""
    draws = torch.randn(100_000, generator=right.generator())
    assert right.z_score(draws, 0.0) < right.SIGMAS
    assert right.z_score(draws, 0.1) > 10
