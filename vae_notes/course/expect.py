"""What the test cells of the exercises call: compare with the right value, and recognise a known mistake by its value.

Students may read this: it holds no answers. A test computes the right value by another route than the one it
asks for, and names the mistakes that people make together with what each of them would give.
"""

import torch


def expect(value, right, mistakes=None, *, what="the result", rtol=1e-4, atol=1e-6):
    """Raise AssertionError, with the sentence that helps, unless `value` equals `right`.

    value      what the student's code returned: a tensor, a number, a list or an array of numbers
    right      tensor or number; shape counts
    mistakes   {sentence: the value that this mistake gives}; of any shape, so that a forgotten axis is recognised too
    what       name of the value in the message
    rtol, atol slack is atol + rtol * |right|; for a sampled value give a multiple of the standard error as atol
    """
    if value is None:
        raise AssertionError(f"{what} is None: is the `return` missing?")
    try:  # lists, NumPy arrays and their scalars are numbers too
        value, right = _plain(value), _plain(right)
    except (TypeError, ValueError, RuntimeError):
        raise AssertionError(f"{what} must be a tensor or a number, not {type(value).__name__}") from None
    if _equal(value, right, rtol, atol):
        return
    for sentence, wrong in (mistakes or {}).items():
        if _equal(value, _plain(wrong), rtol, atol):
            raise AssertionError(sentence)
    if value.shape != right.shape:
        raise AssertionError(f"{what} has shape {tuple(value.shape)}, expected {tuple(right.shape)}")
    if not value.isfinite().all() and right.isfinite().all():
        raise AssertionError(f"{what} holds NaN or infinity")
    raise AssertionError(f"{what} is {_text(value)}, expected {_text(right)}")


def expect_that(holds, sentence):
    """Raise AssertionError(sentence) unless `holds`: for properties that are no comparison of two values."""
    if not bool(holds):
        raise AssertionError(sentence)


def _plain(value):
    return torch.as_tensor(value).detach().to(device="cpu", dtype=torch.float64)


def _equal(value, other, rtol, atol):
    return value.shape == other.shape and torch.allclose(value, other, rtol=rtol, atol=atol)


def _text(value):
    flat = [f"{number:.5g}" for number in value.flatten()[:4].tolist()]
    return flat[0] if value.ndim == 0 else f"[{', '.join(flat)}{', …' if value.numel() > 4 else ''}]"
