"""A test cell runs apart from the notebook, and a function that a task asks to write can be forbidden in it."""

import inspect
import logging
import sys
import warnings

import pytest
import torch

import vae_notes
from vae_notes.course.examine import examine, without

torch_of_the_notebook = "not torch at all"


def test_the_names_of_the_notebook_are_not_seen():
    with pytest.raises(NameError, match="torch_of_the_notebook"):

        @examine()
        def _():
            torch_of_the_notebook  # noqa: B018


def test_a_notebook_may_replace_any_name(monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "torch", "not torch at all")

    @examine(1, 2)
    def result(one, two):
        import torch

        assert torch.tensor([one, two]).sum() == 3

    assert result is None  # it has run already


def test_errors_of_a_test_reach_the_notebook():
    with pytest.raises(AssertionError, match="is the half missing"):

        @examine()
        def _():
            raise AssertionError("is the half missing?")


def test_text_on_standard_error_is_no_fault(capsys):
    @examine()
    def _():
        import logging
        import sys
        import warnings

        warnings.warn("a tensor that requires grad was converted", stacklevel=1)
        logging.getLogger("of a student").warning("step 3")
        print("50 %", file=sys.stderr)
        print("an answer may print")

    assert capsys.readouterr() == ("an answer may print\n", "")
    assert logging.lastResort is not None
    with pytest.warns(UserWarning, match="still heard"):
        warnings.warn("still heard", stacklevel=1)


def test_the_state_of_torch_is_the_default_one_inside_and_put_back():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(5)
    try:
        with torch.no_grad():

            @examine()
            def _():
                import torch

                assert torch.get_default_dtype() == torch.float32
                assert torch.is_grad_enabled()
                assert torch.initial_seed() == 0
                torch.manual_seed(7)
                torch.set_default_dtype(torch.float16)

            assert not torch.is_grad_enabled()
        assert torch.get_default_dtype() == torch.float64
        assert torch.initial_seed() == 5
    finally:
        torch.set_default_dtype(torch.float32)


def test_the_state_is_put_back_after_an_error_too():
    torch.manual_seed(5)
    with pytest.raises(ZeroDivisionError):

        @examine()
        def _():
            import torch

            torch.manual_seed(7)
            torch.set_default_dtype(torch.float64)
            1 / 0  # noqa: B018

    assert torch.get_default_dtype() == torch.float32
    assert torch.initial_seed() == 5


MU = torch.tensor([[1.0, 2.0]])
alias = vae_notes.kl_standard_normal


@pytest.mark.parametrize("function", [alias, lambda *a: vae_notes.kl_standard_normal(*a)])
def test_a_forbidden_function_is_caught_under_any_name(function):
    with (
        without(vae_notes.kl_standard_normal),
        pytest.raises(AssertionError, match="kl_standard_normal does what this task asks you to write"),
    ):
        function(MU, MU)


def test_a_forbidden_function_works_again_afterwards_even_after_an_error():
    before, signature = vae_notes.kl_standard_normal(MU, MU), inspect.signature(vae_notes.kl_standard_normal)
    with pytest.raises(ZeroDivisionError), without(vae_notes.kl_standard_normal):
        1 / 0  # noqa: B018
    assert torch.equal(vae_notes.kl_standard_normal(MU, logvar=MU), before)
    assert inspect.signature(vae_notes.kl_standard_normal) == signature


def test_functions_with_closures_and_several_at_once():
    factor = 3

    def scaled(x, *, power=1):
        return factor * x**power

    with without(scaled, torch.distributions.kl_divergence):
        with pytest.raises(AssertionError, match="scaled does"):
            scaled(2, power=2)
        with pytest.raises(AssertionError, match="kl_divergence does"):
            torch.distributions.kl_divergence(None, None)
    assert scaled(2, power=2) == 12
