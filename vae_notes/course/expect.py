"""What the test cells of the exercises call: compare with the right value, and recognise a known mistake by its value.

Students may read this: it holds no answers. A test computes the right value by another route than the one it
asks for, and names the mistakes that people make together with what each of them would give.
"""

import numbers

import numpy as np
import torch


def expect(value, right, mistakes=None, *, what="the result", rtol=1e-4, atol=1e-6):
    """Raise AssertionError, with the sentence that helps, unless `value` equals `right`.

    value      what the student's code returned: a tensor, an array, a number, or a list or tuple of them
    right      tensor or number; shape counts
    mistakes   {sentence: the value that this mistake gives}; of any shape, so that a forgotten axis is recognised too;
               where several fit, the nearest speaks
    what       name of the value in the message
    rtol, atol slack is atol + rtol * |right|; for a sampled value give a multiple of the standard error as atol

    Values are compared in float64, on the CPU. Where no mistake fits, the message shows the worst element.
    """
    value, right = _plain(value, what), _plain(right, "right")
    if _excess(value, right, rtol, atol) <= 1:
        return
    wrongs = {sentence: _plain(wrong, sentence) for sentence, wrong in (mistakes or {}).items()}
    excess = {sentence: _excess(value, wrong, rtol, atol) for sentence, wrong in wrongs.items()}
    nearest = min(excess, key=excess.__getitem__, default=None)
    if nearest is not None and excess[nearest] <= 1:
        raise AssertionError(nearest)
    if value.shape != right.shape:
        raise AssertionError(f"{what} has shape {tuple(value.shape)}, expected {tuple(right.shape)}")
    raise AssertionError(_worst(value, right, rtol, atol, what))


def expect_that(holds, sentence):
    """Raise AssertionError(sentence) unless `holds`: for properties that are no comparison of two values."""
    if not bool(holds):
        raise AssertionError(sentence)


def expect_numbers(value, *names):
    """The numbers in `value` as floats, one for each name; AssertionError that lists the names unless all are there.

    value   tuple, list, tensor or array of numbers; a number may be a tensor or an array with one element
    """
    sentence = f"return {len(names)} numbers: {', '.join(names[:-1])} and {names[-1]}"
    parts = list(value) if isinstance(value, (tuple, list)) or getattr(value, "ndim", 0) > 0 else []
    if len(parts) != len(names):
        raise AssertionError(sentence)
    flat = [_plain(part, name).flatten() for part, name in zip(parts, names, strict=True)]
    if any(len(part) != 1 for part in flat):
        raise AssertionError(sentence)
    return [part.item() for part in flat]


def _plain(value, what):
    """The value in float64 on the CPU, without its history."""
    if value is None:
        raise AssertionError(f"{what} is None: is the `return` missing?")
    if isinstance(value, (tuple, list)) and len(value):
        parts = [_plain(part, what) for part in value]
        if len({part.shape for part in parts}) > 1:
            raise AssertionError(f"{what} is a {type(value).__name__} of things of different shapes")
        return torch.stack(parts)
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biuf":
        return torch.from_numpy(np.array(value, dtype=np.float64))
    if isinstance(value, numbers.Real):
        return torch.tensor(float(value), dtype=torch.float64)
    if not torch.is_tensor(value) or value.is_complex():
        kind = "a complex tensor" if torch.is_tensor(value) else type(value).__name__
        raise AssertionError(f"{what} must be a tensor or a number, not {kind}")
    return value.detach().to(device="cpu", dtype=torch.float64)


def _errors(value, right, rtol, atol):
    """Error over slack of each element: 1 is the most that is allowed, and NaN or a wrong infinity is infinite."""
    errors = (value - right).abs() / (atol + rtol * right.abs())
    return torch.where(value == right, 0.0, errors.nan_to_num(nan=torch.inf, posinf=torch.inf))


def _excess(value, right, rtol, atol):
    if value.shape != right.shape:
        return torch.inf
    return _errors(value, right, rtol, atol).max().item() if value.numel() else 0.0


def _worst(value, right, rtol, atol, what):
    errors = _errors(value, right, rtol, atol)
    place = np.unravel_index(errors.argmax().item(), errors.shape)
    is_, expected = value[place].item(), right[place].item()
    digits = next((n for n in range(5, 17) if f"{is_:.{n}g}" != f"{expected:.{n}g}"), 17)
    slack = atol + rtol * abs(expected)
    about = f", give or take {slack:.2g}" if slack > 0.005 * abs(expected) and slack > 1e-5 else ""
    where = f" at [{', '.join(map(str, place))}]" if place else ""
    count = f" (the worst of {int((errors > 1).sum())} wrong elements among {errors.numel()})" if place else ""
    return f"{what}{where} is {is_:.{digits}g}, expected {expected:.{digits}g}{about}{count}"
