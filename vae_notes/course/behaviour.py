"""What the test cells of the exercises ask beyond a value: do gradients flow, is the noise Gaussian, whose is it?

Students may read this: it holds no answers.
"""

from collections.abc import Callable, Mapping, Sequence

import torch

from vae_notes.course.expect import expect


def expect_gradients(
    function: Callable[..., torch.Tensor],
    arguments: Mapping[str, torch.Tensor],
    right: Mapping[str, torch.Tensor],
    *,
    what: str = "the result",
    rtol: float = 1e-3,
    atol: float = 1e-5,
) -> None:
    """Raise AssertionError unless the sum of `function(*arguments)` has the `right` gradient in each argument.

    arguments   {name: tensor}, in the order of the call; the function gets copies, which it may change in place
    right       {name: gradient}; names that are missing are not compared
    """
    leaves = {name: value.detach().clone().requires_grad_(name in right) for name, value in arguments.items()}
    value = function(*(leaf.clone() for leaf in leaves.values()))
    if not torch.is_tensor(value) or not value.requires_grad:
        raise AssertionError(
            f"no gradient flows through {what}: was it computed under torch.no_grad, detached, or turned into numbers?"
        )
    found = torch.autograd.grad(value.sum(), [leaves[name] for name in right], allow_unused=True)
    for name, gradient in zip(right, found, strict=True):
        if gradient is None:
            raise AssertionError(f"no gradient of {what} reaches {name}: was it detached or turned into a number?")
        expect(gradient, right[name], what=f"the gradient of {what} with respect to {name}", rtol=rtol, atol=atol)


def expect_generator(draw: Callable[[torch.Generator], object], *, what: str = "the result") -> None:
    """Raise AssertionError unless what `draw(generator)` returns depends on that generator, and on no other.

    `draw` is called five times; its results may be tensors, numbers, or tuples of them.
    """
    generator = torch.Generator().manual_seed(0)
    torch.manual_seed(1)
    first = draw(generator)
    second = draw(generator)
    torch.manual_seed(2)
    same = draw(torch.Generator().manual_seed(0))
    other = draw(torch.Generator().manual_seed(1))
    if not _equal(first, same):
        raise AssertionError(f"the same generator gives another value of {what}: is noise drawn without `generator=`?")
    if _equal(first, other):
        raise AssertionError(f"every generator gives the same value of {what}: is noise drawn, and from `generator`?")
    if _equal(first, second):
        raise AssertionError(f"a second call gives the same value of {what}: is the generator copied or seeded anew?")


def expect_noise(noise: torch.Tensor, axes: Sequence[str], *, what: str = "the noise") -> None:
    """Raise AssertionError unless `noise` looks like independent draws from N(0, 1).

    noise   tensor of some thousand numbers or more
    axes    what each of its axes counts, for the message: "rows of the batch"

    Each moment may be off by five standard errors.
    """
    noise = noise.detach().to(torch.float64)
    for axis, name in enumerate(axes):
        if noise.shape[axis] > 1 and noise.std(axis).max() < 1e-3:
            raise AssertionError(f"{what} is the same for all {name}")
    root = noise.numel() ** 0.5
    for text, found, right, spread in (
        ("mean", noise.mean(), 0.0, 1.0),
        ("variance", noise.square().mean(), 1.0, 2**0.5),
        ("fourth moment", noise.pow(4).mean(), 3.0, 96**0.5),
    ):
        if not abs(found - right) < 5 * spread / root:
            raise AssertionError(f"{what} is not standard normal: its {text} is {found:.2f}, expected {right:g}")


def _equal(one: object, other: object) -> bool:
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(_equal(a, b) for a, b in zip(one, other, strict=True))
    return bool(torch.equal(torch.as_tensor(one).detach(), torch.as_tensor(other).detach()))
