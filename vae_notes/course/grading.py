"""What the course adds to nbgrader: damaged submissions are refused, and the table of grades says who has none.

nbgrader alone gives 0 to a file whose cells have lost their ids, and its CSV does not tell that 0 from an earned one.
Needs the extra `vae-notes[instructors]`.
"""

import csv

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin
from nbgrader.preprocessors import NbGraderPreprocessor

COLUMNS = ["assignment", "student", "points", "of", "by hand", "state"]


class RefuseLostCells(NbGraderPreprocessor):
    """Stop the grading of a notebook in which cells that carry points have lost their nbgrader ids."""

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        present = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells}
        with Gradebook(names["db_url"]) as gradebook:
            graded = gradebook.find_notebook(names["notebook"], names["assignment"]).grade_cells
            lost = [cell.name for cell in graded if cell.name not in present]
        if lost:
            raise ValueError(
                f"{names['student']}: {names['notebook']}.ipynb has lost {len(lost)} of its {len(graded)} graded cells "
                f"({', '.join(lost)}). It was not graded. Were cells deleted, or the file saved by a program that "
                "drops their metadata? Ask for the answers to be pasted into a fresh release."
            )
        return nb, resources


class GradesPlugin(ExportPlugin):
    """One row for each student and assignment, with a state: graded, by hand, not submitted or REFUSED."""

    def export(self, gradebook):
        with open(self.to or "grades.csv", "w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            for assignment in gradebook.assignments:
                if self.assignment and assignment.name not in self.assignment:
                    continue
                for student in gradebook.students:
                    if not self.student or student.id in self.student:
                        rows.writerow(_row(gradebook, assignment, student))


def _row(gradebook, assignment, student):
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        return [assignment.name, student.id, "", assignment.max_score, "", "not submitted"]
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    if all(grade.auto_score is None for grade in grades if grade.cell.cell_type == "code"):
        return [assignment.name, student.id, "", assignment.max_score, "", "REFUSED: see the messages of autograde"]
    by_hand = sum(grade.max_score for grade in grades if grade.needs_manual_grade)
    state = "some points to be given by hand" if by_hand else "graded"
    return [assignment.name, student.id, submission.score, assignment.max_score, by_hand, state]
