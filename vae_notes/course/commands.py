"""`python -m vae_notes course FOLDER` and `python -m vae_notes grade`: what an instructor runs."""

import argparse
import sys
from typing import Any

from vae_notes.course.folder import make_course

TABLE = "grades.csv"


def add_commands(commands: Any) -> None:
    """Put `course` and `grade` among the subcommands."""
    course = commands.add_parser(
        "course",
        help="make an nbgrader course folder from the exercises",
        description="Write sources with solutions, student releases and nbgrader's configuration into a new folder. "
        "The solutions are in the book's repository and in GitHub's archive of each release, in no package. "
        "To grade, install the extra: pip install 'vae-notes[instructors]'.",
    )
    course.add_argument("folder", metavar="FOLDER", help="a new or empty folder")
    course.add_argument(
        "--book",
        metavar="FOLDER",
        help="a clone of the book or an unpacked release archive (default: where the package is used from a clone, "
        "else the current folder)",
    )
    course.add_argument(
        "--seed",
        type=int,
        metavar="NUMBER",
        help="change the numbers of the tasks, and their tests with them: a year, for example (default: the book's)",
    )
    course.set_defaults(run=_course)

    grade = commands.add_parser(
        "grade",
        help="grade a class, in the course folder",
        description="Grade what lies in submitted/STUDENT/ASSIGNMENT/ and is new or was changed, and write grades.csv. "
        "A file that cannot be graded stops nobody else: its row says why. Run it in the course folder.",
    )
    grade.add_argument("assignments", metavar="ASSIGNMENT", nargs="*", help="which ones (default: all)")
    grade.add_argument("--student", metavar="NAME", help="this one only")
    grade.add_argument("--force", action="store_true", help="grade unchanged files again too")
    grade.add_argument(
        "--accept",
        metavar="NAME",
        action="append",
        default=[],
        help="what is to be looked at (state LOOK) was looked at, and the points of this student hold until the file "
        "changes; for more students give it again",
    )
    grade.add_argument(
        "--feedback",
        action="store_true",
        help="write a page for each student into feedback/; for the state LOOK only once it is accepted",
    )
    grade.add_argument(
        "--for", dest="platform", choices=("canvas", "moodle", "gradescope"), help="write grades-PLATFORM.csv too"
    )
    grade.set_defaults(run=_grade)


def _course(options: argparse.Namespace) -> None:
    names = make_course(options.folder, options.book, options.seed)
    print(f"{options.folder}: a course with the assignments {', '.join(names)}\n"
          f"  1. give out {options.folder}/release/{names[0]}/{names[0]}.ipynb\n"
          f"  2. put what comes back into {options.folder}/submitted/STUDENT/{names[0]}/\n"
          f"  3. cd {options.folder} && python -m vae_notes grade {names[0]}\n"
          f"     grades, without stopping at damaged files, and writes {TABLE}; it runs student code:\n"
          f"     read 'Run student code safely' first, book/instructors.md in the clone\n"
          "nbgrader's own commands, such as nbgrader autograde, work in this folder too.")  # fmt: skip


def _grade(options: argparse.Namespace) -> None:
    try:
        from vae_notes.course.grade import Course
        from vae_notes.course.grading import rows, write_table
        from vae_notes.course.layouts import write_layout
    except ModuleNotFoundError as error:
        raise ValueError(f"grading needs {error.name}: pip install 'vae-notes[instructors]'") from None
    course = Course()
    known = course.assignments()
    if unknown := [name for name in options.assignments if name not in known]:
        raise ValueError(f"no source/{unknown[0]}/{unknown[0]}.ipynb here; there are {', '.join(known) or 'none'}")
    if options.accept and len(options.assignments) != 1:
        raise ValueError("name the one assignment in which you accept points: grade ASSIGNMENT --accept NAME")
    assignments = [name for name in options.assignments or known if options.assignments or course.handed_in(name)]
    if not assignments:
        raise ValueError("nothing is in submitted/STUDENT/ASSIGNMENT/ for any assignment")
    for assignment in assignments:
        _grade_one(course, assignment, options)
    with course.gradebook() as gradebook:
        table = list(rows(gradebook))
        entered = {student.id for student in gradebook.students}
        write_table(TABLE, table)
        print(f"wrote {TABLE}: {len(table)} rows")
        if options.platform:
            name = f"grades-{options.platform}.csv"
            left_out = write_layout(name, options.platform, [row for row in table if row.student.id in entered])
            print(f"wrote {name}, with empty cells for {left_out} results that are not final")
    for path in course.astray():
        print(f"submitted/{path} is not in a folder of an assignment: not graded", file=sys.stderr)


def _grade_one(course: Any, assignment: str, options: argparse.Namespace) -> None:
    if course.enter(assignment):
        print(f"{assignment}: entered into the gradebook, release/{assignment} written")
    students = course.handed_in(assignment)
    if options.student and options.student not in students:
        raise ValueError(f"there is no submitted/{options.student}/{assignment}")
    if absent := [name for name in options.accept if name not in students]:
        raise ValueError(f"there is no submitted/{absent[0]}/{assignment}")
    for student in [options.student] if options.student else students:
        try:
            ran = course.grade(assignment, student, options.force)
        except KeyboardInterrupt:
            sys.exit("\nvae_notes: interrupted; the same command goes on where it stopped")
        row = _row_of(course, assignment, student)
        if student in options.accept and not ran and row.look:
            course.accept(assignment, student, [*course.records.get(assignment, student).accepted, *row.look])
            row = _row_of(course, assignment, student)
        points = "" if row.points is None else f"{row.points:g} of {row.of:g}"
        state = row.state if ran else f"{row.state}, as before"
        print(f"{assignment}  {student:20} {points:10} {state}: {row.sentence}", flush=True)
        if options.feedback:
            course.feedback(assignment, student, row.state)
        if student in options.accept and row.look:
            print(f"{student} was graded just now: look, then accept", file=sys.stderr)


def _row_of(course: Any, assignment: str, student: str) -> Any:
    from vae_notes.course.grading import rows

    with course.gradebook() as gradebook:
        return next(rows(gradebook, [assignment], [student]))
