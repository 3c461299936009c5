"""How a test cell of an exercise runs: apart from the notebook's names, with the answer alone.

A notebook is the student's: `torch`, `sum` or the helper of another task may mean something else there when a test
runs. So a test is a function that gets its answers as arguments, imports what it needs inside, and sees nothing else.
"""

import builtins
import contextlib
import io
import types
import warnings
from collections.abc import Callable, Iterator

import torch


def examine(*answers: object) -> Callable[[Callable[..., None]], None]:
    """Run the function below at once with `answers` as its arguments and none of the notebook's names.

    The state that a notebook may have changed is the default one during the test: gradients are recorded, the default
    dtype is float32, torch's own generator starts from seed 0, and all of it is put back. Warnings and progress bars
    are silent: to nbgrader, text on standard error is a failed test.
    """

    def run(test: Callable[..., None]) -> None:
        alone = types.FunctionType(test.__code__, {"__builtins__": builtins, "__name__": "examination"})
        dtype = torch.get_default_dtype()
        with (
            torch.random.fork_rng(devices=[]),
            torch.enable_grad(),
            warnings.catch_warnings(),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            torch.set_default_dtype(torch.float32)
            torch.manual_seed(0)
            try:
                alone(*answers)
            finally:
                torch.set_default_dtype(dtype)

    return run


@contextlib.contextmanager
def without(*functions: types.FunctionType) -> Iterator[None]:
    """Inside the `with`, calling one of these Python functions, under whatever name, raises AssertionError.

    For tasks that ask to write what the package or torch has already. The code of the function is exchanged, so names
    imported before, and copies of them, are caught too; C functions, such as most of torch, cannot be given here.
    """
    codes = [function.__code__ for function in functions]
    try:
        for function, code in zip(functions, codes, strict=True):
            sentence = f"{function.__name__} does what this task asks you to write: write it yourself"
            scope: dict = {}
            exec(f"def stop(*_, **__): raise AssertionError({sentence!r})", scope)  # noqa: S102  # a sentence of ours
            function.__code__ = scope["stop"].__code__.replace(co_freevars=code.co_freevars)
        yield
    finally:
        for function, code in zip(functions, codes, strict=True):
            function.__code__ = code
