"""vae_notes.maths.kl: agreement with other libraries, accuracy where the usual forms fail, shapes, dtypes, errors."""

import math

import formula_properties as right
import pytest
import torch
from torch.distributions import Normal, kl_divergence
from torch.func import jacfwd, jacrev, jvp
from torch.utils._python_dispatch import TorchDispatchMode

from vae_notes.maths import numerics
from vae_notes.maths.kl import kl_diagonal_normals, kl_discrete, kl_monte_carlo, kl_normals, kl_standard_normal

SIZES = 10.0 ** torch.linspace(-12, math.log10(80), 500, dtype=torch.float64)
BOTH_SIGNS = torch.cat([SIZES, -SIZES])


def exact(mu, logvar):
    """The divergence in 60 decimal digits, from the numbers that float32 really holds."""
    from decimal import Decimal, getcontext

    getcontext().prec = 60
    mu, logvar = Decimal(mu), Decimal(logvar)
    return float((mu * mu + logvar.exp() - 1 - logvar) / 2)


@pytest.mark.parametrize(
    "prop",
    [value for name, value in vars(right).items() if name.startswith("kl_") and name != "kl_divergence"],
    ids=lambda prop: prop.__name__,
)
def test_property(prop):
    prop()


@pytest.mark.parametrize(("dtype", "rtol"), [(torch.float32, 1e-6), (torch.float64, 2e-15)])
def test_accuracy_from_1e_minus_12_to_80(dtype, rtol):
    values = BOTH_SIGNS.to(dtype)
    for mu, logvar in (
        (values, torch.zeros_like(values)),
        (torch.zeros_like(values), values),
        (values, values.flip(0)),
    ):
        value = kl_standard_normal(mu.unsqueeze(-1), logvar.unsqueeze(-1)).double()
        pairs = zip(mu.tolist(), logvar.tolist(), strict=True)
        expected = torch.tensor([exact(*pair) for pair in pairs], dtype=torch.float64)
        assert ((value - expected).abs() <= rtol * expected + 2e-45).all()
        assert (value >= 0).all()


def test_small_differences_of_large_parameters():
    """q and p alike to 1e-6: in float32, torch's closed form is off by more than its value."""
    mu, logvar = torch.tensor([[3.0]]), torch.tensor([[20.0]])
    other = torch.nextafter(logvar, torch.tensor(30.0))
    step = (other.double() - logvar.double()).item()
    value = kl_diagonal_normals(mu, other, mu, logvar)
    assert value.item() == pytest.approx(exact(0.0, step), rel=1e-6)
    assert value > 0


@pytest.mark.parametrize(
    ("logvar", "value", "slope"), [(-200.0, 99.5, -0.5), (-1e30, 5e29, -0.5), (89.0, math.inf, math.inf)]
)
def test_far_ends(logvar, value, slope):
    logvar = torch.tensor([logvar], requires_grad=True)
    kl = kl_standard_normal(torch.zeros(1), logvar)
    kl.backward()
    assert kl.item() == pytest.approx(value, rel=1e-6)
    assert logvar.grad.item() == pytest.approx(slope)
    assert kl_diagonal_normals(torch.ones(1), logvar.detach(), torch.ones(1), logvar.detach()) == 0


def test_torch_fails_where_the_package_does_not():
    """The witness's own limits: scale^2 underflows at logvar = -200, and at 1e-4 two thirds are cancelled away."""
    scale = torch.exp(0.5 * torch.tensor(-200.0))
    assert kl_divergence(Normal(0.0, scale), Normal(0.0, 1.0)).isinf()
    tiny = torch.tensor(1e-4)
    assert kl_divergence(Normal(tiny, torch.exp(0.5 * tiny)), Normal(0.0, 1.0)) < 0.5 * exact(1e-4, 1e-4)


def test_gradcheck():
    tensors = [
        torch.randn(2, 3, dtype=torch.float64, generator=right.generator(i), requires_grad=True) for i in range(4)
    ]
    assert torch.autograd.gradcheck(kl_standard_normal, tensors[:2])
    assert torch.autograd.gradgradcheck(kl_standard_normal, tensors[:2])
    assert torch.autograd.gradcheck(kl_diagonal_normals, tensors)
    factor = torch.randn(3, 3, dtype=torch.float64, generator=right.generator(9), requires_grad=True)

    def full(mu, factor):
        return kl_normals(mu, factor @ factor.mT + torch.eye(3), torch.zeros(3).double(), 2 * torch.eye(3).double())

    assert torch.autograd.gradcheck(full, (tensors[0], factor))


def test_vmap_of_grad():
    mu, logvar = torch.randn(2, 4, 3, generator=right.generator())
    per_example = torch.func.vmap(torch.func.grad(kl_standard_normal, argnums=1))(mu, logvar)
    torch.testing.assert_close(per_example, 0.5 * torch.expm1(logvar))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_shapes_and_dtypes(dtype):
    for mu, logvar, shape in (((5,), (5,), ()), ((2, 1, 5), (3, 5), (2, 3)), ((0, 5), (5,), (0,))):
        mu, logvar = torch.zeros(mu, dtype=dtype), torch.zeros(logvar, dtype=dtype)
        for value in (kl_standard_normal(mu, logvar), kl_diagonal_normals(mu, logvar, mu, logvar)):
            assert value.shape == shape
            assert value.dtype == dtype
    eye = torch.eye(2, dtype=dtype)
    assert kl_normals(torch.zeros(0, 2, dtype=dtype), eye.expand(0, 2, 2), eye[0], eye).shape == (0,)
    assert kl_normals(torch.zeros(4, 1, 2, dtype=dtype), eye.expand(3, 2, 2), eye[0], eye).shape == (4, 3)


@pytest.mark.parametrize(
    ("matrix", "what"),
    [
        ([[1.0, 0.5], [0.4, 1.0]], r"not symmetric: entries \(0, 1\) and \(1, 0\) differ by 0.1"),
        ([[1.0, 2.0], [2.0, 1.0]], "not positive definite: its smallest eigenvalue is -1"),
        ([[1.0, 1.0], [1.0, 1.0]], "its smallest eigenvalue is"),
        ([[0.0, 0.0], [0.0, 0.0]], "its smallest eigenvalue is 0"),
        ([[1.0, 1 - 1e-8], [1 - 1e-8, 1.0]], "its smallest eigenvalue is"),
        (
            [[1.0, 1 - 2**-24], [1 - 2**-24, 1.0]],
            "is singular to the precision of torch.float32: its smallest eigenvalue",
        ),
        ([[1.0, math.nan], [0.0, 1.0]], "holds NaN or infinity"),
    ],
)
def test_bad_covariance(matrix, what):
    good = torch.eye(2)
    batch = torch.stack([good, torch.tensor(matrix), good])
    with pytest.raises(ValueError, match=r"cov_q\[1\] .*" + what):
        kl_normals(torch.zeros(2), batch, torch.zeros(2), good)
    with pytest.raises(ValueError, match=r"cov_p\[1\] .*" + what):
        kl_normals(torch.zeros(2), good, torch.zeros(2), batch)


def test_bad_shapes_and_types():
    three, two = torch.zeros(3), torch.zeros(2)
    with pytest.raises(ValueError, match="do not broadcast together: mu .3,., logvar .2,."):
        kl_standard_normal(three, two)
    with pytest.raises(ValueError, match="logvar must be a floating-point tensor"):
        kl_standard_normal(three, torch.zeros(3, dtype=torch.long))
    with pytest.raises(ValueError, match="at least one axis"):
        kl_standard_normal(torch.tensor(0.0), torch.tensor(0.0))
    with pytest.raises(ValueError, match="mu_p must have 2 numbers"):
        kl_normals(two, torch.eye(2), three, torch.eye(2))
    with pytest.raises(ValueError, match="cov_q must have shape"):
        kl_normals(two, torch.zeros(2, 3), two, torch.eye(2))


def test_discrete_errors():
    good = torch.tensor([0.5, 0.5])
    for bad, what in (([0.5, 0.4], "sum to 1"), ([1.5, -0.5], "negative"), ([math.nan, 1.0], "NaN")):
        with pytest.raises(ValueError, match=rf"p\[1\].*{what}"):
            kl_discrete(torch.stack([good, torch.tensor(bad)]), good)
        with pytest.raises(ValueError, match=rf"q\[1\].*{what}"):
            kl_discrete(good, torch.stack([good, torch.tensor(bad)]))


def test_monte_carlo_honours_its_generator():
    q, p = Normal(torch.tensor(0.5), 0.7), Normal(torch.tensor(0.0), 1.0)
    before = torch.get_rng_state()
    first, again, other = (kl_monte_carlo(q, p, 100, right.generator(seed)).value for seed in (1, 1, 2))
    assert torch.equal(before, torch.get_rng_state())
    assert first == again
    assert first != other
    with pytest.raises(ValueError, match="samples must be a whole number of at least 2"):
        kl_monte_carlo(q, p, 1)


def textbook(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)


MODES = {
    "forward over reverse": lambda f, i: jacfwd(jacrev(f, i), i),
    "forward over forward": lambda f, i: jacfwd(jacfwd(f, i), i),
    "reverse over forward": lambda f, i: jacrev(jacfwd(f, i), i),
    "reverse over reverse": lambda f, i: jacrev(jacrev(f, i), i),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("dtype", "rtol"), [(torch.float32, 1e-5), (torch.float64, 1e-10)])
def test_derivatives_in_every_mode(mode, dtype, rtol):
    mu = torch.randn(9, generator=right.generator()).to(dtype)
    logvar = torch.tensor([-30.0, -2.0, -0.61, -0.59, -1e-3, 0.0, 0.3, 0.7, 20.0], dtype=dtype)
    tangents = torch.randn(9, generator=right.generator(1)).to(dtype), torch.ones(9, dtype=dtype)
    for mine, expected in zip(*(jvp(f, (mu, logvar), tangents) for f in (kl_standard_normal, textbook)), strict=True):
        torch.testing.assert_close(mine, expected, rtol=rtol, atol=0)
    for argument in (0, 1):
        second = MODES[mode](kl_standard_normal, argument)(mu, logvar)
        torch.testing.assert_close(second, MODES[mode](textbook, argument)(mu, logvar), rtol=rtol, atol=1e-12)
        assert second.diagonal().any()


def test_forward_mode_of_the_other_divergences():
    tensors = [torch.randn(3, dtype=torch.float64, generator=right.generator(i)) for i in range(4)]
    tangents = tuple(torch.ones_like(t) for t in tensors)
    forward = jvp(kl_diagonal_normals, tuple(tensors), tangents)[1]
    reverse = sum(torch.func.grad(kl_diagonal_normals, i)(*tensors).sum() for i in range(4))
    torch.testing.assert_close(forward, reverse)


@pytest.mark.parametrize("logvar", [math.inf, -math.inf, math.nan])
def test_what_is_not_finite_stays_so(logvar):
    value = kl_standard_normal(torch.zeros(1), torch.tensor([logvar]))
    assert value.isnan() if math.isnan(logvar) else value == math.inf


def test_a_first_call_in_inference_mode_does_no_harm():
    numerics._coefficients.cache_clear()
    with torch.inference_mode():
        kl_standard_normal(torch.zeros(1), torch.ones(1))
    logvar = torch.ones(1, requires_grad=True)
    kl_standard_normal(torch.zeros(1), logvar).backward()
    assert logvar.grad.item() == pytest.approx(0.5 * math.expm1(1))


class NoFloat64(TorchDispatchMode):
    """Stands for a device without float64: no operation may touch a tensor of that dtype, but on its way elsewhere."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        for tensor in (out, *args) if not isinstance(out, tuple | list) else (*out, *args):
            assert not (torch.is_tensor(tensor) and tensor.dtype == torch.float64), f"{function} in float64"
        return out


def test_no_float64_where_the_device_has_none(monkeypatch):
    mu, logvar = torch.tensor([[0.3, -1.0]]), torch.tensor([[0.1, -0.5]])
    cov = torch.diag_embed(logvar.exp())
    calls = [
        lambda: kl_standard_normal(mu, logvar),
        lambda: kl_diagonal_normals(mu, logvar, -mu, 2 * logvar),
        lambda: kl_normals(mu, cov, -mu, 2 * cov),
        lambda: kl_discrete(torch.tensor([0.25, 0.75]), torch.tensor([0.5, 0.5])),
    ]
    expected = [call() for call in calls]
    with NoFloat64(), pytest.raises(AssertionError, match="in float64"):
        calls[1]()
    monkeypatch.setattr(numerics, "NO_FLOAT64", {"cpu"})
    with NoFloat64():
        found = [call() for call in calls]
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=0)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_asymmetry_is_judged_by_the_root_of_the_precision_of_the_dtype(size):
    """2^-26 of the largest entry in float64: a little less is symmetrised, a little more refused."""
    zero = torch.zeros(2, dtype=torch.float64)
    identity = size * torch.eye(2, dtype=torch.float64)
    for part, fits in ((0.99, True), (1.01, False)):
        cov = identity.clone()
        cov[0, 1] = size * part * 2.0**-26
        if fits:
            assert kl_normals(zero, cov, zero, identity) < 1e-15
        else:
            with pytest.raises(ValueError, match=r"entries \(0, 1\) and \(1, 0\)"):
                kl_normals(zero, cov, zero, identity)


def test_of_several_bad_covariances_the_first_is_named_with_its_least_eigenvalue():
    good, bad = torch.eye(3), torch.diag(torch.tensor([2.0, -1.0, 3.0]))
    worse = torch.diag(torch.tensor([2.0, 3.0, -2.0]))
    batch = torch.stack([good, bad, worse, good]).view(2, 2, 3, 3)
    with pytest.raises(ValueError, match=r"^cov_q\[0, 1\] is not positive definite: its smallest eigenvalue is -1$"):
        kl_normals(torch.zeros(3), batch, torch.zeros(3), good)
    with pytest.raises(ValueError, match=r"^cov_p is not positive definite: its smallest eigenvalue is -2$"):
        kl_normals(torch.zeros(3), good, torch.zeros(3), worse)
    skew = torch.eye(3)
    skew[1, 2] = 0.5
    with pytest.raises(ValueError, match=r"^cov_q is not symmetric: entries \(1, 2\) and \(2, 1\) differ by 0.5$"):
        kl_normals(torch.zeros(3), skew, torch.zeros(3), good)


@pytest.mark.parametrize(("left", "fits"), [(1.9, False), (2.1, True)])
def test_a_covariance_is_singular_where_d_epsilons_of_a_variance_are_left(left, fits):
    """Of two variables with correlation rho, 1 - rho^2 of the second one's variance is left."""
    eps = torch.finfo(torch.float32).eps
    rho = math.sqrt(1 - left * eps)
    cov = torch.tensor([[1.0, rho * 3], [rho * 3, 9.0]], dtype=torch.float64)
    matrix = cov.float()
    left_in_float32 = 1 - matrix[0, 1].double() ** 2 / 9
    assert (left_in_float32 > 2 * eps) == fits
    if fits:
        assert kl_normals(torch.zeros(2), matrix, torch.zeros(2), torch.eye(2)).isfinite()
    else:
        with pytest.raises(ValueError, match="singular to the precision of torch.float32"):
            kl_normals(torch.zeros(2), matrix, torch.zeros(2), torch.eye(2))


@pytest.mark.parametrize("shape", [(3,), (2, 3), (4, 2, 3), (2, 2, 3), (3, 2, 3)])
def test_a_covariance_is_square(shape):
    with pytest.raises(ValueError, match=r"cov_q must have shape \(..., D, D\), got"):
        kl_normals(torch.zeros(3), torch.zeros(shape), torch.zeros(3), torch.eye(3))


def test_a_table_sums_to_one_within_the_root_of_the_precision_and_the_first_that_does_not_is_named():
    """3.5e-4 of a float32."""
    good = torch.tensor([0.25, 0.25, 0.5])
    for off, fits in ((3e-4, True), (4e-4, False)):
        table = torch.stack([good, good + torch.tensor([0.0, off, 0.0]), good * 2])
        if fits:
            assert kl_discrete(table[:2], good).abs().max() < 2e-4
        else:
            with pytest.raises(ValueError, match=r"^q\[1\] must sum to 1 along the last axis, it sums to 1.0004"):
                kl_discrete(good, table)
    for wrong, what in (
        ([0.0, 0.5, 0.6], "p must sum to 1 along the last axis, it sums to 1.1"),
        ([-0.5, 0.5, 1.0], "p must not be negative, its smallest entry is -0.5"),
        ([math.nan, 0.5, 0.5], "p holds NaN"),
    ):
        with pytest.raises(ValueError, match=what):
            kl_discrete(torch.tensor(wrong), good)
