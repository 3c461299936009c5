"""Both banks of answers, graded at once: a right answer in any style earns its points, a wrong one is told why not."""

import collections
import functools
import re

import grade_at_once
import pytest
import right_answers
import wrong_answers

NAMES = sorted(path.stem for path in grade_at_once.SOURCE.glob("*.ipynb"))
WRONG = [(name, number) for name in NAMES for number in range(len(wrong_answers.BANK[name]))]


def styles(name):
    """Students who answer every task in their own style: the first right answer to each, the second, and so on."""
    answers = {task: [] for task in grade_at_once.tasks(name)}
    for task, answer in right_answers.BANK[name]:
        answers[task].append(answer)
    most = max(len(of_task) for of_task in answers.values())
    return [{task: those[i % len(those)] for task, those in answers.items() if those} for i in range(most)]


@functools.cache
def failure(name, number):
    """What stops this wrong answer; two tests ask."""
    task, answer, _ = wrong_answers.BANK[name][number]
    return grade_at_once.failures(name, {task: answer}, [task])[task]


def hidden_tests(name):
    """{task: lines of its test cell on which a hidden comparison starts}."""
    found = {}
    for cell in grade_at_once.code_cells(name):
        hidden, lines = False, []
        for number, line in enumerate(cell.source.splitlines(), 1):
            hidden = (hidden or "BEGIN HIDDEN" in line) and "END HIDDEN" not in line
            if hidden and re.match(r"\s*expect\w*\(", line):
                lines.append(number)
        if lines:
            found[cell.grade_id.removeprefix("test-")] = lines
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_task_has_answers_in_both_banks(name):
    for bank, fewest in (right_answers.BANK[name], 5), (wrong_answers.BANK[name], 5):
        count = collections.Counter(task for task, *_ in bank)
        assert {task: count[task] for task in grade_at_once.tasks(name) if count[task] < fewest} == {}
        assert set(count) <= set(grade_at_once.tasks(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_hidden_test_is_the_first_to_stop_some_wrong_answer(name):
    needed = {(task, line) for task, lines in hidden_tests(name).items() for line in lines}
    for number, (task, *_) in enumerate(wrong_answers.BANK[name]):
        if any(of_task == task for of_task, _ in needed):
            found = failure(name, number)
            needed.discard((task, found and found.line))
    assert needed == set()


@pytest.mark.parametrize(("name", "number"), [(name, i) for name in NAMES for i in range(len(styles(name)))])
def test_right_answers_in_another_style_earn_everything(name, number):
    assert grade_at_once.grade(name, styles(name)[number]) == dict.fromkeys(grade_at_once.tasks(name))


@pytest.mark.parametrize(("name", "number"), WRONG)
def test_a_wrong_answer_earns_nothing_and_is_told_why(name, number):
    *_, hint = wrong_answers.BANK[name][number]
    found = failure(name, number)
    assert hint in (found.message if found else "full points")


# --- the grading itself ---------------------------------------------------------------------------------------------


def test_an_endless_answer_is_stopped():
    found = grade_at_once.grade(
        "kl", {"kl-diagonal": "while True:\n    pass"}, ["kl-standard", "kl-diagonal"], seconds=5
    )
    assert found == {"kl-standard": None, "kl-diagonal": "stopped after 5 s"}


def test_an_answer_that_ends_the_process_costs_what_comes_after_it():
    answer = "def kl_standard(mu, logvar):\n    import os\n    os._exit(0)"
    assert set(grade_at_once.grade("kl", {"kl-standard": answer}, ["kl-standard", "kl-diagonal"]).values()) == {
        "the process has ended before this test"
    }


def test_an_answer_does_not_spoil_the_next_grading():
    answer = "import torch.distributions as d\nd.kl.kl_divergence.__code__ = (lambda *_: 1 / 0).__code__"
    before = grade_at_once.grade("kl", {"kl-standard": answer}, ["kl-diagonal"])
    assert "ZeroDivisionError" in before["kl-diagonal"]
    assert grade_at_once.grade("kl", {}, ["kl-diagonal"]) == {"kl-diagonal": None}


def test_a_task_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError, match="kl has no task no-such"):
        grade_at_once.grade("kl", {"no-such": ""})
