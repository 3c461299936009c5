"""vae_notes.maths.quadrature: integrals that are known."""

import formula_properties as right
import pytest
import torch

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


@pytest.mark.parametrize(
    ("box", "options", "sizes", "dtype"),
    [
        ((0, 1), {}, [200], torch.float64),
        ((0, 1), {"points": 7, "chunk": 3, "dtype": torch.float32}, [3, 3, 1], torch.float32),
        (((0, 1), (0, 2)), {"points": 100}, [4096, 4096, 1808], torch.float64),
    ],
)
def test_the_integrand_meets_as_many_nodes_as_stated_in_the_dtype_stated(box, options, sizes, dtype):
    seen = []

    def log_f(z):
        seen.append(z)
        return z[:, 0]

    log_integral(log_f, box, **options)
    assert [(len(z), z.dtype) for z in seen] == [(size, dtype) for size in sizes]
