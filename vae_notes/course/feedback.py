"""The steps of `nbgrader generate_feedback` that nbgrader has not; `nbgrader_config.py` names them."""

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor


class ShortErrors(NbGraderPreprocessor):
    """Of an error the message alone, for its traceback shows lines of hidden tests."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources


class WhatWaits(NbGraderPreprocessor):
    """Say which points are still to be given by hand: nbgrader's page shows them as 0. To be used after GetGrades."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
            waiting = {grade.name: grade.max_score for grade in notebook.grades if grade.needs_manual_grade}
        for cell in nb.cells:
            entry = cell.metadata.get("nbgrader", {})
            if entry.get("grade_id") in waiting:
                said = f"Not graded yet: {waiting[entry['grade_id']]:g} points are still to be given by hand."
                entry["comment"] = said
        if waiting:
            total = sum(waiting.values())
            said = f"**Not final:** {total:g} points are still to be given by hand. Above they count as 0."
            nb.cells.insert(0, new_markdown_cell(said))
        return nb, resources
