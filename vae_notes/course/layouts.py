"""Tables of grades in the columns that learning platforms read: one row for each student, a column for each assignment.

Only points that are final go into them: who was refused, is to be looked at or waits for points by hand has an empty
cell, so that no platform shows a number which will change.
"""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from nbgrader.api import Student

from vae_notes.course.grading import GRADED, Row

# What stands before the assignments: the platform's own names of the columns, and the student's values.
WHO: dict[str, dict[str, Callable[[Student], Any]]] = {
    "canvas": {
        "Student": lambda student: ", ".join(filter(None, [student.last_name, student.first_name])) or student.id,
        "ID": lambda student: student.lms_user_id,
        "SIS User ID": lambda student: None,
        "SIS Login ID": lambda student: student.id,
        "Section": lambda student: None,
    },
    "moodle": {
        "Email address": lambda student: student.email,
        "ID number": lambda student: student.lms_user_id,
        "Username": lambda student: student.id,
    },
    "gradescope": {
        "First Name": lambda student: student.first_name,
        "Last Name": lambda student: student.last_name,
        "SID": lambda student: student.lms_user_id or student.id,
        "Email": lambda student: student.email,
    },
}


def write_layout(path: str | Path, platform: str, table: Iterable[Row]) -> int:
    """Write the rows for `platform`, a key of WHO; returns how many results are left out because they are not final."""
    who, left_out = WHO[platform], 0
    possible: dict[str, float] = {}
    students: dict[str, Student] = {}
    points: dict[tuple[str, str], float | None] = {}
    for row in table:
        possible[row.assignment], students[row.student.id] = row.of, row.student
        if row.state == GRADED:
            points[row.student.id, row.assignment] = row.points
        else:
            left_out += 1
    with open(path, "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow([*who, *possible])
        if platform == "canvas":
            lines.writerow(["Points Possible", *[""] * (len(who) - 1), *possible.values()])
        for name, student in students.items():
            values = [value(student) for value in who.values()] + [points.get((name, column)) for column in possible]
            lines.writerow(["" if value is None else value for value in values])
    return left_out
