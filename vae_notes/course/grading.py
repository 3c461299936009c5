"""The table of grades: one row for each student and assignment, with a state and a sentence.

nbgrader's own table does not tell a 0 that was earned from one of a file that could not be graded. Needs the extra
`vae-notes[instructors]`.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student
from nbgrader.plugins import ExportPlugin

from vae_notes.course.records import Record, Records

COLUMNS = ["assignment", "student", "points", "of", "by hand", "state", "sentence"]
NOT_SUBMITTED, REFUSED, LOOK = "not submitted", "REFUSED", "LOOK"
BY_HAND, GRADED = "some points to be given by hand", "graded"


class Row(NamedTuple):
    """One student's result in one assignment; points and by_hand are None where there are none."""

    assignment: str
    student: Student
    points: float | None
    of: float
    by_hand: float | None
    state: str
    sentence: str
    look: Sequence[str] = ()  # what is to be looked at and was not accepted

    def cells(self) -> list:
        values = [self.assignment, self.student.id, self.points, self.of, self.by_hand, self.state, self.sentence]
        return ["" if value is None else value for value in values]


class GradesPlugin(ExportPlugin):
    """`nbgrader export --to grades.csv` in this form."""

    def export(self, gradebook: Gradebook) -> None:
        write_table(self.to or "grades.csv", rows(gradebook, self.assignment, self.student))


def write_table(path: str | Path, table: Iterable[Row]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        lines.writerows(row.cells() for row in table)


def rows(gradebook: Gradebook, assignments: Sequence[str] = (), students: Sequence[str] = ()) -> Iterator[Row]:
    """A row for everybody in the gradebook, and for those who handed in and are in no roster.

    For these assignments and students, where some are named.
    """
    folder = Path(gradebook.engine.url.database or "").parent
    records = Records(folder)
    for assignment in gradebook.assignments:
        for student in gradebook.students:
            wanted = not assignments or assignment.name in assignments, not students or student.id in students
            if all(wanted):
                yield _row(gradebook, assignment, student, records.get(assignment.name, student.id))
        known = {student.id for student in gradebook.students}
        for name in records.students(assignment.name):
            there = (folder / "submitted" / name / assignment.name).is_dir()  # or it was renamed since
            wanted = not assignments or assignment.name in assignments, not students or name in students
            if there and name not in known and all(wanted):
                yield _row(gradebook, assignment, Student(id=name), records.get(assignment.name, name))


def _row(gradebook: Gradebook, assignment: Assignment, student: Student, record: Record) -> Row:
    name, of = assignment.name, assignment.max_score
    if record.refused:
        return Row(name, student, None, of, None, REFUSED, record.refused)
    try:
        submission = gradebook.find_submission(name, student.id)
    except MissingEntry:
        return Row(name, student, None, of, None, NOT_SUBMITTED, "nothing was handed in")
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    if all(grade.auto_score is None for grade in grades if grade.cell.cell_type == "code"):
        return Row(name, student, None, of, None, REFUSED, "see the messages of autograde")
    above = [f"{LOOK}: {grade.name} has {grade.score:g} points of {grade.max_score:g}" for grade in grades
             if grade.score - (grade.extra_credit or 0) > grade.max_score]  # fmt: skip
    again = [f"{grade.name} has {grade.manual_score:g} points by hand, but the answer has changed since"
             for grade in grades if grade.needs_manual_grade and grade.manual_score is not None]  # fmt: skip
    by_hand = sum(grade.max_score for grade in grades if grade.needs_manual_grade)
    notes = [*above, *record.notes]
    look = [note for note in notes if note.startswith(LOOK) and note not in record.accepted]
    state = LOOK if look else BY_HAND if by_hand else GRADED
    hours = submission.total_seconds_late / 3600
    said = [_plain(note, record.accepted) for note in notes] + again
    said += [f"handed in {hours:.1f} hours late"] * bool(hours)
    said += [f"{by_hand:g} points are still to be given by hand"] * bool(by_hand)
    return Row(name, student, submission.score, of, by_hand, state, "; ".join(said) or "all points are given", look)


def _plain(note: str, accepted: Sequence[str]) -> str:
    return note.removeprefix(f"{LOOK}: ") + " (accepted)" * (note in accepted)
