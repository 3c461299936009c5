"""The steps of `nbgrader autograde` and `generate_feedback` that nbgrader has not; `nbgrader_config.py` names them."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Unicode

from vae_notes.course import apart
from vae_notes.course.by_hand import withdraw
from vae_notes.course.submissions import Refused, check_cells, grade_id, new_cell

MARKS = tuple(f"### {side} {what}" for what in ("HIDDEN TESTS", "SOLUTION") for side in ("BEGIN", "END"))
NOTES = "vae_notes"  # the key of the notebook's metadata under which the instructor finds remarks
LONGEST = 20  # times the limit of one cell: what a whole notebook may take, with all that is run again

# A test that must fail. If it passes, an answer has changed what tests are made of.
CONTROL = """\
from vae_notes.course.examine import examine

@examine(1.0)
def _(one):
    from vae_notes.course.expect import expect, expect_that

    try:
        expect(one, 2.0)
    except AssertionError:
        expect_that(one == 2.0, "the control fails")
"""
CONTROL_FAILS = "the control fails"


class CannotRun(RuntimeError):
    """It is not the submission: nothing can be run."""


class RestoreCells(NbGraderPreprocessor):
    """Keep of a submission what students write: the text of cells, their order, and the ids of ours.

    Tests, points and types of cells are the source's, and no other metadata counts (a tag can make nbclient skip a
    test). Of copies of a cell the last one is the cell, and copies of an answer that were left as they came are empty.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(names["notebook"], names["assignment"])
            points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
            solutions = {cell.name for cell in notebook.solution_cells}
            tasks = {cell.name for cell in notebook.task_cells}
            originals = {cell.name: cell for cell in notebook.source_cells}
            withdraw(gradebook, names["assignment"], names["student"])
            try:
                check_cells(nb, [cell.name for cell in notebook.grade_cells], f"{names['notebook']}.ipynb")
            except Refused as error:
                raise Refused(f"{names['student']}: {error}. It was not graded.") from None
            unanswered = {name: originals[name].source for name in solutions}
            chosen = _choose(nb.cells, unanswered)
            cells = []
            for index, cell in enumerate(nb.cells):
                name = grade_id(cell)
                if name not in originals:
                    cells.append(new_cell(cell.cell_type, cell.source))
                elif chosen[name] != index:
                    cells.append(new_cell(cell.cell_type, "" if cell.source == unanswered.get(name) else cell.source))
                else:
                    original = originals[name]
                    cells.append(new_cell(original.cell_type, original.source if original.locked else cell.source))
                    cells[-1].metadata["nbgrader"] = NotebookNode(
                        schema_version=3, grade_id=name, grade=name in points and name not in tasks,
                        solution=name in solutions, locked=original.locked, task=name in tasks,
                        cell_type=original.cell_type, checksum=original.checksum,
                        **({"points": points[name]} if name in points else {}),
                    )  # fmt: skip
        nb.cells, nb.nbformat, nb.nbformat_minor, nb.metadata = cells, 4, 5, NotebookNode()
        return nb, resources


def _choose(cells: list[NotebookNode], unanswered: dict[str, str]) -> dict[str | None, int]:
    """{id: index of the cell that counts}: the last one; of answers the last one in which something was written."""
    chosen: dict[str | None, int] = {}
    for index, cell in enumerate(cells):
        name = grade_id(cell)
        if name not in chosen or cell.source != unanswered.get(name or ""):
            chosen[name] = index
    return chosen


class RunApart(Execute):
    """Run the notebook by `vae_notes.course.apart`, in a process that has nothing of the course within reach.

    What is written to standard error is no fault: it becomes ordinary output. Errors come first among the outputs of a
    cell, so that nothing which is displayed before them counts as points.
    """

    command = Unicode(
        "", help="what runs a notebook that comes by standard input, in a container for example; '' is this Python"
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict, km: Any = None) -> tuple[NotebookNode, dict]:
        cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        *outputs, of_control = self._run([*(cell.source for cell in cells), CONTROL])
        notes = [
            f"{grade_id(cell) or f'a cell that begins with {cell.source.strip()[:40]!r}'}: {output.evalue}"
            for cell, of_cell in zip(cells, outputs, strict=True)
            for output in of_cell
            if output.output_type == "error" and output.ename in ("KernelDied", "CellTimeoutError")
        ]
        said = [output.evalue for output in of_control if output.output_type == "error"]
        if CONTROL_FAILS not in said:
            told = f"did not run ({said[0]})" if said else "has passed"
            notes.insert(0, f"LOOK: a test that must fail {told}, so the points say nothing")
        shown = json.dumps([output for of_cell in outputs for output in of_cell if output.output_type != "error"])
        if any(mark in shown for mark in MARKS):
            notes.append("LOOK: an output shows solutions or hidden tests")
        for cell, of_cell in zip(cells, outputs, strict=True):
            cell.outputs = of_cell
        nb.metadata[NOTES] = notes
        return nb, resources

    def _run(self, sources: list[str]) -> list[list[NotebookNode]]:
        outputs, said = self._try(sources)
        if len(outputs) == len(sources):
            return outputs
        if not self._try(["1"])[0]:
            raise CannotRun(f"no notebook can be run here, not even an empty one: {said}")
        raise Refused(f"the run was ended from within the notebook ({said}): run it yourself")

    def _try(self, sources: list[str]) -> tuple[list[list[NotebookNode]], str]:
        command = shlex.split(self.command) or [sys.executable, str(Path(apart.__file__))]
        limit = LONGEST * self.timeout
        task = json.dumps({"cells": sources, "timeout": self.timeout, "limit": limit})
        try:
            done = subprocess.run(
                command,
                input=task,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=limit + 30,  # it ends by itself before, and its processes with it
                start_new_session=True,
            )
            outputs = [_errors_first(of_cell) for of_cell in json.loads(done.stdout)]
        except subprocess.TimeoutExpired:
            return [], f"it did not end within {limit} seconds"
        except OSError as error:
            return [], str(error)
        except (ValueError, TypeError, KeyError, AttributeError):
            said = " / ".join(done.stderr.strip().splitlines()[-3:]) or "nothing on standard error"
            return [], f"the command ended with exit status {done.returncode} and said: {said}"
        return outputs, ""


def _errors_first(outputs: list[dict]) -> list[NotebookNode]:
    nodes = [nbformat.v4.new_output(**output) for output in outputs]
    for node in nodes:
        if node.output_type == "stream":
            node.name = "stdout"
    return sorted(nodes, key=lambda node: node.output_type != "error")
