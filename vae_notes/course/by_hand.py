"""Points in the gradebook that a person gives, and what a new file does to them."""

from collections.abc import Iterable

from nbgrader.api import Gradebook, MissingEntry


def withdraw(gradebook: Gradebook, assignment: str, student: str) -> None:
    """Forget the points that the tests gave to an earlier file; those given by hand stay."""
    for grade in _grades(gradebook, assignment, student):
        grade.auto_score = None
    gradebook.db.commit()


def given_by_hand(gradebook: Gradebook, assignment: str, student: str) -> list[str]:
    """The cells whose points were given by hand and need no second look."""
    grades = _grades(gradebook, assignment, student)
    return [grade.name for grade in grades if grade.manual_score is not None and not grade.needs_manual_grade]


def confirm(gradebook: Gradebook, assignment: str, student: str, names: Iterable[str]) -> None:
    """Points by hand hold for an answer that has not changed; nbgrader would ask for all of them again."""
    for name in names:
        gradebook.find_grade(name, assignment, assignment, student).needs_manual_grade = False
    gradebook.db.commit()


def ask_again(gradebook: Gradebook, assignment: str, student: str, names: Iterable[str]) -> list[str]:
    """Of these questions those that nbgrader has given a final 0, as untouched: now they wait for points by hand."""
    grades = [gradebook.find_grade(name, assignment, assignment, student) for name in names]
    untouched = [grade for grade in grades if grade.auto_score is not None]
    for grade in untouched:
        grade.auto_score, grade.needs_manual_grade = None, True
    waiting = [grade.name for grade in untouched]
    gradebook.db.commit()
    return waiting


def _grades(gradebook: Gradebook, assignment: str, student: str) -> list:
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return []
    return [grade for notebook in submission.notebooks for grade in notebook.grades]
