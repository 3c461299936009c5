"""Grade an exercise notebook without a kernel and without nbgrader: what each test says to answers of our choice.

Cells run as a kernel runs them, one after the other in one namespace, an error stopping its own cell only; text on
standard error is a failed test, as it is to nbgrader. Each grading has a process of its own, a fork of this one.
"""

import contextlib
import functools
import io
import multiprocessing
import re
import traceback
from pathlib import Path
from typing import NamedTuple

import nbformat
import torch
import torch._dynamo  # noqa: F401  # the first step of an optimiser imports it: once here, not in every fork
from IPython.core.inputtransformer2 import TransformerManager

import vae_notes  # noqa: F401  # imported once here, not in every fork
from vae_notes.course.seeds import read_rules, vary

SOURCE = Path(__file__).resolve().parents[1] / "chapters" / "exercises" / "source"
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS\n?", re.DOTALL)


class Cell(NamedTuple):
    grade_id: str  # "" for a cell that is neither an answer nor a test
    source: str
    is_answer: bool


class Failure(NamedTuple):
    message: str
    line: int  # of the test cell, the first is 1; 0 where the test was not reached


@functools.cache
def code_cells(name, seed=None):
    notebook, cells = nbformat.read(SOURCE / f"{name}.ipynb", as_version=4), []
    for cell in (notebook if seed is None else vary(notebook, read_rules(SOURCE.parent, name), seed)).cells:
        if cell.cell_type == "code":
            ids = cell.metadata.get("nbgrader", {})
            cells.append(Cell(ids.get("grade_id", ""), cell.source, ids.get("solution", False)))
    return cells


def tasks(name):
    """The tasks that a cell tests, in the order of the notebook."""
    return [cell.grade_id.removeprefix("test-") for cell in code_cells(name) if cell.grade_id.startswith("test-")]


def grade(name, answers, only=None, *, hidden=True, seconds=60, seed=None):
    """What the test of each task says: {task: None where all is well, else the message}.

    name      of the notebook
    answers   {task: source that stands in the place of our own answer}
    only      the tasks whose tests run; by default all
    hidden    whether the hidden tests run too
    seconds   that one test may take, with the cells before it: then the process is killed, and what has not run failed
    seed      of the course; by default the numbers are the book's
    """
    found = failures(name, answers, only, hidden=hidden, seconds=seconds, seed=seed)
    return {task: failure and failure.message for task, failure in found.items()}


def failures(name, answers, only=None, *, hidden=True, seconds=60, seed=None):
    """As `grade`, but a Failure (message, line of the test cell) in the place of a message."""
    unknown = set(answers).union(only or ()) - set(tasks(name))
    if unknown:
        raise KeyError(f"{name} has no task {', '.join(sorted(unknown))}")
    chosen = [task for task in tasks(name) if only is None or task in only]
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_run, args=(name, answers, chosen, hidden, seed, sender))
    child.start()
    sender.close()
    found = {}
    try:
        while receiver.poll(seconds):
            task, failure = receiver.recv()
            found[task] = failure
        missing = Failure(f"stopped after {seconds} s", 0)
    except EOFError:
        missing = Failure("the process has ended before this test", 0)
    child.kill()
    child.join()
    return {task: found.get(task, missing) for task in chosen}


def _run(name, answers, chosen, hidden, seed, sender):
    torch.set_num_threads(1)  # the threads of the parent do not exist here
    names = {"__name__": "__main__"}
    waiting = set(chosen)
    for grade_id, source, is_answer in code_cells(name, seed):
        task = grade_id.removeprefix("test-")
        if is_answer:
            _cell(answers.get(task, source), grade_id, names)
        elif not grade_id:
            _cell(source, "setup", names)
        elif task in chosen:
            sender.send((task, _cell(source if hidden else HIDDEN.sub("", source), grade_id, names)))
            waiting.remove(task)
        if not waiting:  # what comes after the last test cannot change what it said
            break
    sender.close()


def _cell(source, title, names):
    """Run one cell: None, or its Failure."""
    out, err, file = io.StringIO(), io.StringIO(), f"<{title}>"
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            exec(compile(TransformerManager().transform_cell(source), file, "exec"), names)  # noqa: S102
    except BaseException as error:  # SystemExit too: a kernel survives it
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        return Failure(f"{type(error).__name__}: {error}", max(lines, default=0))
    return Failure(f"text on standard error: {err.getvalue()}", 0) if err.getvalue() else None
