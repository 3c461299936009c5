"""vae_notes.maths.quadrature: integrals that are known."""

import formula_properties as right
import pytest

from vae_notes.maths.quadrature import log_integral


@pytest.mark.parametrize(
    "prop",
    [
        right.quadrature_agrees_with_known_integrals,
        right.quadrature_agrees_with_the_bimodal_posterior,
        right.quadrature_agrees_with_the_linear_model,
    ],
    ids=lambda prop: prop.__name__,
)
def test_property(prop):
    prop()


@pytest.mark.parametrize("bounds", [(1, 0), (0, float("inf")), (0, 1, 2), ((0, 1),) * 3])
def test_bad_bounds(bounds):
    with pytest.raises(ValueError, match="bounds must be"):
        log_integral(lambda z: z[:, 0], bounds)
