"""A class is graded: whatever one student hands in, the others get their points, and every row says what happened."""

import contextlib
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.plugins.zipcollect import FileNameCollectorPlugin

from vae_notes.__main__ import main
from vae_notes.course import apart
from vae_notes.course.answers import beside
from vae_notes.course.folder import CONFIG, make_course
from vae_notes.course.grading import BY_HAND, GRADED, REFUSED, Row
from vae_notes.course.layouts import write_layout
from vae_notes.course.preprocessors import RunApart
from vae_notes.course.records import Records
from vae_notes.course.submissions import Refused, find_notebook
from vae_notes.course.suspicions import suspicions

pytestmark = pytest.mark.slow
NAME = "tiny"
TIMEOUT = 45  # seconds; the machine may be busy, and one answer waits so long
QUESTION = "Because of the symmetry."


def entry(grade_id, points=0, *, solution=False, grade=False):
    return {"nbgrader": {"schema_version": 3, "grade_id": grade_id, "grade": grade, "solution": solution,
                         "locked": grade and not solution, "task": False, "points": points}}  # fmt: skip


def task(name, right, call, value, hidden):
    """An answer and its test, in the form of the book's exercises."""
    return [
        new_code_cell(f"def {name}(x):\n    ### BEGIN SOLUTION\n    {right}\n    ### END SOLUTION",
                      metadata=entry(name, solution=True)),
        new_code_cell(
            f"from vae_notes.course.expect import expect\n\nexpect({call}, {value}, {{'the hint of {name}': 0.0}})\n"
            f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS", metadata=entry(f"test-{name}", 2, grade=True),
        ),
    ]  # fmt: skip


SOURCE = [
    new_code_cell("import torch"),
    *task("double", "return 2.0 * x", "double(3.0)", "6.0", "expect(double(7.0), 14.0, what='the secret of seven')"),
    *task("half", "return 0.5 * x", "half(3.0)", "1.5", "expect(half(8.0), 4.0)"),
    *task("square", "return x * x", "square(3.0)", "9.0", "expect(square(4.0), 16.0)"),
    new_markdown_cell("the model answer", metadata=entry("question", 3, solution=True, grade=True)),
]
ENDLESS = "import time\nwhile True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass"
ODD = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "metadata": []}, 7]}'
RIGHT = {"double": "def double(x): return 2.0 * x", "half": "def half(x): return 0.5 * x",
         "square": "def square(x): return x * x", "question": QUESTION}  # fmt: skip


def cell_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def place(course, nb, student, name=f"{NAME}.ipynb"):
    path = course / "submitted" / student / NAME / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(nb, str):
        path.write_text(nb, encoding="utf-8")
    else:
        path.write_text(json.dumps(nb), encoding="utf-8")  # as it is, valid or not
    return path


def answered(course, **answers):
    nb = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in nb.cells:
        if cell_id(cell) in RIGHT:
            cell.source = {**RIGHT, **answers}[cell_id(cell)]
    return nb


def of(nb, name):
    return next(cell for cell in nb.cells if cell_id(cell) == name)


def copied(course):
    """An answer tried twice, its test copied, an untouched copy at the end; and text on standard error."""
    nb = answered(course, half="def half(x):\n    import sys, warnings\n    print('hm', file=sys.stderr)\n"
                               "    warnings.warn('oh')\n    return 0.5 * x")  # fmt: skip
    stub = next(
        c for c in nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", 4).cells if cell_id(c) == "double"
    )
    first = nb.cells.index(of(nb, "double"))
    nb.cells[first + 2 : first + 2] = nb.cells[first : first + 2]
    nb.cells.append(stub)
    nb.cells.append(new_markdown_cell("YOUR ANSWER HERE", metadata=entry("question", 3, solution=True, grade=True)))
    return nb


def crashing(course):
    nb = answered(course, double="def double(x):\n    import os\n    os._exit(0)", half="import os\nos.abort()")
    nb.cells.insert(1, new_code_cell("import os; print(sorted(os.listdir('.')), os.path.exists('../gradebook.db'))"))
    return nb


def tricks(course):
    """A test skipped by its tag, points displayed before a test fails; a process left behind, a source that is read."""
    nb = answered(course, double="def double(x): return 0.0",
                  half="def half(x):\n    get_ipython().displayhook(2.0)\n    return 0.0")  # fmt: skip
    of(nb, "test-double").metadata["tags"] = ["skip-execution"]
    nb.cells.insert(1, new_code_cell(
        "import subprocess\nprint('child', subprocess.Popen(['sleep', '987'], start_new_session=True).pid)\n"
        f"print(open({str(course / 'source' / NAME / NAME)!r} + '.ipynb').read())"))  # fmt: skip
    return nb


def answered_below(course):
    """A wrong answer; the question is answered in a cell of the student's own."""
    nb = answered(course, double="def double(x): return 0.0", question="YOUR ANSWER HERE")
    nb.cells.append(new_markdown_cell(QUESTION))
    return nb


def exits(course):
    """Python is left in the usual ways, and a cell prints without end."""
    nb = answered(course, double="def double(x): exit()", half="def half(x): return 0.5 * x\nquit()")
    nb.cells.insert(1, new_code_cell("print('y' * 1_100_000)"))
    return nb


def patched(course):
    return answered(course, double="import vae_notes.course.expect as e\ne.expect = lambda *a, **k: None")


def without_metadata(course):
    nb = answered(course)
    for cell in nb.cells:
        cell.metadata.clear()
    return nb


def one_test_deleted(course):
    nb = answered(course)
    nb.cells = [cell for cell in nb.cells if cell_id(cell) != "test-half"]
    return nb


def answer_and_test_deleted(course):
    nb = one_test_deleted(course)
    nb.cells = [cell for cell in nb.cells if cell_id(cell) != "half"]
    return nb


def grade(course, *options):
    """The command, run in the course folder; the rows of the table."""
    with contextlib.chdir(course):
        main(["grade", NAME, *options])
    return table(course)


def table(course):
    with open(course / "grades.csv", newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def earned(course, student):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grades = gradebook.find_submission_notebook(NAME, NAME, student).grades
        return {grade.name: grade.auto_score for grade in grades if grade.cell.cell_type == "code"}


def give(course, student, points, extra_credit=None):
    """Points by hand for the question, as nbgrader's page for it does it."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        given = gradebook.find_grade("question", NAME, NAME, student)
        given.manual_score, given.needs_manual_grade, given.extra_credit = points, False, extra_credit
        gradebook.db.commit()


def outputs(course, student):
    nb = nbformat.read(course / "autograded" / student / NAME / f"{NAME}.ipynb", as_version=4)
    return json.dumps([cell.get("outputs") for cell in nb.cells])


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of one small assignment, released and not yet graded."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "nbgrader_config.py").write_text(CONFIG.replace("timeout = 60", f"timeout = {TIMEOUT}"))
    path = folder / "source" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=SOURCE), path)
    (folder / "source" / "other").mkdir()
    nbformat.write(new_notebook(cells=task("triple", "", "", "", "")), folder / "source" / "other" / "other.ipynb")
    (folder / "submitted" / "early" / NAME).mkdir(parents=True)
    assert grade(folder)["early"]["state"] == "REFUSED"
    return folder


@pytest.fixture(scope="module")
def first(course):
    """The rows after a first grading, with feedback, of a class in which everything goes wrong."""
    release = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    for name, nb in {
        "right": answered(course), "untouched": release, "copied": copied(course), "crashing": crashing(course),
        "tricks": tricks(course), "patched": patched(course), "lost": without_metadata(course),
        "deleted": one_test_deleted(course), "gone": answer_and_test_deleted(course),
        "beside": answered_below(course), "exits": exits(course),
        "other": new_notebook(cells=task("triple", "", "", "", "")),
        "damaged": json.dumps(answered(course))[:-40], "empty": "", "endless": answered(course, half=ENDLESS),
        "a, b": answered(course), "zebra": answered(course), "odd": ODD,
    }.items():  # fmt: skip
        place(course, nb, name)
    place(course, answered(course), "two")
    place(course, answered(course), "two", f"{NAME} (2).ipynb")
    shutil.move(course / "submitted/zebra/tiny/tiny.ipynb", course / "submitted/zebra/tiny/Copy_of_TINY (1).ipynb")
    zebra = course / "submitted/zebra/tiny/Copy_of_TINY (1).ipynb"
    zebra.write_bytes(b"\xef\xbb\xbf" + zebra.read_bytes())  # as Notepad saves it
    zebra.with_name("timestamp.txt").write_text("2026-01-02 01:30:00 UTC")
    source = course / "source" / NAME / f"{NAME}.ipynb"
    for student in ("link", "hard link"):
        (course / "submitted" / student / NAME).mkdir(parents=True)
    (course / "submitted/link/tiny/tiny.ipynb").symlink_to(source)
    os.link(source, course / "submitted/hard link/tiny/tiny.ipynb")
    (course / "submitted/folder").mkdir()
    (course / "submitted/folder/tiny").symlink_to(source.parent, target_is_directory=True)
    place(course, answered(course), "astray")
    (course / "submitted" / "astray" / NAME).rename(course / "submitted" / "astray" / "Tiny exercise")
    return grade(course, "--feedback")


ALL = {"test-double": 2, "test-half": 2, "test-square": 2}


COPIES = "double is there 3 times, and one counts; test-double is there 2 times, and one counts; " \
         "question is there 2 times, and one counts; "  # fmt: skip


@pytest.mark.parametrize(("student", "also"), [("right", ""), ("copied", COPIES), ("zebra", "")])
def test_answers_earn_their_points_with_copied_cells_another_name_and_text_on_standard_error(
    course, first, student, also
):
    assert earned(course, student) == ALL, outputs(course, student)
    assert first[student] == {
        "assignment": NAME, "student": student, "points": "6.0", "of": "9.0", "by hand": "3.0",
        "state": "some points to be given by hand", "sentence": f"{also}3 points are still to be given by hand",
    }  # fmt: skip


def test_the_answer_of_a_copied_question_is_the_one_that_was_written(course, first):
    graded = nbformat.read(course / "autograded" / "copied" / NAME / f"{NAME}.ipynb", as_version=4)
    assert of(graded, "question").source == QUESTION


def test_untouched_is_graded_with_nothing(first):
    assert (first["untouched"]["points"], first["untouched"]["state"]) == ("0.0", "graded")


@pytest.mark.parametrize(
    ("student", "lost", "sentence"),
    [
        ("crashing", {"test-double": 0, "test-half": 0}, "half: this cell ended Python and was left out"),
        ("endless", {"test-half": 0}, f"half: stopped after {TIMEOUT} seconds"),
        ("exits", {"test-double": 0}, "3 points are still to be given by hand"),
        ("deleted", {}, "test-half was missing and was put back"),
    ],
)
def test_an_answer_that_ends_python_or_never_ends_costs_its_own_task(course, first, student, lost, sentence):
    assert earned(course, student) == {**ALL, **lost}
    assert sentence in first[student]["sentence"]


def test_student_code_runs_in_an_empty_folder(course, first):
    assert "['.ipython'] False" in outputs(course, "crashing")


@pytest.mark.parametrize(
    ("student", "sentence"),
    [
        ("lost", "has lost 4 of its 4 graded cells"),
        ("gone", "has lost 1 of its 4 graded cells (test-half)"),
        ("other", "tiny.ipynb is the exercise other, not tiny"),
        ("link", "tiny.ipynb is a link to another file or folder"),
        ("hard link", "tiny.ipynb is a link to another file or folder"),
        ("folder", "tiny is a link to another file or folder"),
        ("damaged", "tiny.ipynb cannot be read as a notebook"),
        ("empty", "tiny.ipynb is empty"),
        ("odd", "tiny.ipynb cannot be read as a notebook"),
        ("two", "there are 2 notebooks (tiny (2).ipynb, tiny.ipynb): leave the one that counts"),
        ("early", "there is no notebook (the folder is empty): ask for tiny.ipynb"),
        ("a, b", "nbgrader cannot use this name of a folder"),
    ],
)
def test_what_cannot_be_graded_is_refused_with_a_sentence(first, student, sentence):
    assert sentence in first[student]["sentence"]
    assert (first[student]["points"], first[student]["state"]) == ("", "REFUSED")


def test_of_a_flood_of_text_a_word_is_left(course, first):
    said = outputs(course, "exits")
    assert "more than 1,000,000 characters" in said
    assert said.count("y") < 1_000_000


def test_an_answer_in_a_cell_of_the_students_own_waits_to_be_read(first):
    row = first["beside"]
    assert (row["by hand"], row["state"]) == ("3.0", BY_HAND)
    assert "question was left empty, but a cell beside it has text: read it" in row["sentence"]


def test_what_a_notebook_has_started_ends_with_it(course, first):
    nb = nbformat.read(course / "autograded" / "tricks" / NAME / f"{NAME}.ipynb", as_version=4)
    child = next(cell.outputs[0].text.split()[1] for cell in nb.cells if "Popen" in cell.source)
    assert int(child) > 1
    with pytest.raises(ProcessLookupError):
        os.kill(int(child), 0)


def test_tricks_earn_nothing_and_are_reported(course, first):
    assert earned(course, "tricks") == {**ALL, "test-double": 0, "test-half": 0}
    assert first["tricks"]["state"] == "LOOK"
    assert "uses Popen, displayhook, get_ipython, subprocess" in first["tricks"]["sentence"]
    assert "an output shows solutions or hidden tests" in first["tricks"]["sentence"]


def test_a_test_that_must_fail_tells_that_the_tests_were_changed(first):
    assert first["patched"]["state"] == "LOOK"
    assert "a test that must fail has passed" in first["patched"]["sentence"]


def test_nobody_is_warned_about_honest_files(course, first):
    log = (course / "grading.log").read_text(encoding="utf-8")
    assert "Autograding" in log
    assert "checksum" not in log


def test_feedback_has_the_hint_and_no_hidden_test(course, first):
    page = (course / "feedback" / "beside" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "the hint of double" in page
    assert "the secret of seven" not in page
    assert "HIDDEN" not in page
    assert "Not graded yet: 3 points are still to be given by hand" in page
    assert not (course / "feedback" / "damaged").exists()
    assert not (course / "feedback" / "tricks" / NAME).exists(), "it is to be looked at, and shows what it has read"


@pytest.fixture(scope="module")
def second(course, first):
    """Points by hand, then new files of some: corrected, damaged, with another answer to the question."""
    give(course, "right", 2.5)
    give(course, "copied", 1.0)
    give(course, "zebra", 40.0)
    give(course, "untouched", 3.0)
    give(course, "endless", 3.0, extra_credit=2.0)
    give(course, "beside", 2.0)
    place(course, answered(course, double="def double(x): return x + x"), "right")
    place(course, answered(course, question="Another answer."), "copied")
    place(course, answered(course), "crashing")
    place(course, "{}", "untouched")
    return grade(course)


def test_a_corrected_file_is_graded_again_and_points_by_hand_stay(second):
    assert (second["crashing"]["points"], second["crashing"]["state"]) == ("6.0", "some points to be given by hand")
    assert (second["right"]["points"], second["right"]["by hand"]) == ("8.5", "0")
    assert (second["right"]["state"], second["right"]["sentence"]) == ("graded", "all points are given")


def test_points_by_hand_for_an_answer_that_has_changed_are_asked_for_again(second):
    assert (second["copied"]["points"], second["copied"]["state"]) == ("7.0", "some points to be given by hand")
    assert "question has 1 points by hand, but the answer has changed since" in second["copied"]["sentence"]


def test_a_refused_file_leaves_no_grade_of_an_earlier_one(course, second):
    assert (second["untouched"]["points"], second["untouched"]["state"]) == ("", "REFUSED")
    assert set(earned(course, "untouched").values()) == {None}
    assert not (course / "autograded" / "untouched" / NAME).exists()


def test_points_above_the_maximum_are_flagged(second):
    assert second["zebra"]["state"] == "LOOK"
    assert "question has 40 points of 3" in second["zebra"]["sentence"]
    assert (second["endless"]["points"], second["endless"]["state"]) == ("9.0", GRADED), "extra credit is meant"


def test_unchanged_files_are_not_run_again(course, second, capsys):
    before = (course / "grading.log").read_text(encoding="utf-8")
    assert grade(course) == second
    assert (course / "grading.log").read_text(encoding="utf-8") == before
    out, err = capsys.readouterr()
    assert "graded, as before: all points are given" in out
    assert "submitted/astray/Tiny exercise/tiny.ipynb is not in a folder of an assignment" in err


def test_points_for_an_answer_beside_its_cell_are_final(second):
    assert (second["beside"]["points"], second["beside"]["state"]) == ("6.0", GRADED)


@pytest.fixture(scope="module")
def third(course, second):
    """A roster comes, with a day when files are due; what is odd is accepted, and somebody unknown hands in."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.add_student("smith")
        gradebook.update_or_create_assignment(NAME, duedate="2026-01-02 00:00:00 UTC")
    place(course, answered(course), "smiht")
    return grade(course, "--accept", "zebra", "--feedback", "--for", "canvas")


def canvas(course):
    with open(course / "grades-canvas.csv", newline="", encoding="utf-8") as file:
        return {row["Student"]: row[NAME] for row in csv.DictReader(file)}


def test_what_was_looked_at_can_be_accepted_and_is_final(course, third):
    assert third["zebra"]["state"] == GRADED
    assert "question has 40 points of 3 (accepted)" in third["zebra"]["sentence"]
    assert (canvas(course)["zebra"], canvas(course)["tricks"]) == ("46.0", "")
    assert (course / "feedback" / "zebra" / NAME / f"{NAME}.html").is_file()
    assert not (course / "feedback" / "patched" / NAME).exists()


def test_late_is_said(third):
    assert "handed in 1.5 hours late" in third["zebra"]["sentence"]


def test_a_name_that_is_not_in_the_roster_is_asked_about(course, third):
    assert (third["smiht"]["state"], third["smiht"]["points"]) == (REFUSED, "")
    assert "not in the roster" in third["smiht"]["sentence"]
    assert (third["smith"]["state"], third["right"]["state"]) == ("not submitted", GRADED)
    assert "smith" in canvas(course)
    assert "smiht" not in canvas(course)


def test_an_acceptance_holds_for_what_was_looked_at(course, third):
    give(course, "zebra", 50.0)
    assert grade(course)["zebra"]["state"] == "LOOK"


def test_accepting_asks_for_the_assignment(course, third):
    with contextlib.chdir(course), pytest.raises(SystemExit, match="name the one assignment"):
        main(["grade", "--accept", "zebra"])


def test_where_nothing_can_be_run_nobody_is_refused(course, second, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(course, copy)
    config = (copy / "nbgrader_config.py").read_text() + "\nc.RunApart.command = 'no-such-program'\n"
    (copy / "nbgrader_config.py").write_text(config)
    with pytest.raises(SystemExit, match="no notebook can be run here, not even an empty one"):
        grade(copy, "--student", "right", "--force")
    assert Records(copy).get(NAME, "right").refused == ""


# --- without a kernel -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["kl.ipynb", "Copy_of_kl.ipynb", "KL (2).ipynb", "KL.ipynb", "kl.IPYNB"])
def test_a_single_notebook_counts_whatever_its_name(tmp_path, name):
    (tmp_path / name).write_text("")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / "notes.txt").write_text("")
    assert find_notebook(tmp_path, "kl") == tmp_path / name


def test_another_kind_of_file_is_named(tmp_path):
    (tmp_path / "kl.py").write_text("")
    with pytest.raises(Refused, match=r"no notebook \(kl.py\)"):
        find_notebook(tmp_path, "kl")


def test_a_run_that_fails_shows_its_exit_status_and_what_it_said():
    program = "import sys; print('first'); sys.exit('no torch here')"
    outputs, said = RunApart(command=f"{sys.executable} -c {program!r}", timeout=10)._try(["1"])
    assert outputs == []
    assert said == "the command ended with exit status 1 and said: no torch here"


def test_a_whole_notebook_has_a_limit_too():
    task = json.dumps({"cells": ["import time\ntime.sleep(60)"], "timeout": 60, "limit": 2})
    done = subprocess.run([sys.executable, apart.__file__], input=task, capture_output=True, text=True, timeout=40)
    assert (done.returncode, done.stdout) == (1, "")
    assert "it did not end within 2 seconds" in done.stderr


def test_the_statement_of_a_question_is_not_the_students_and_what_stands_there_in_its_place_is():
    source = new_notebook(cells=[SOURCE[-2], new_markdown_cell("Why?"), SOURCE[-1], new_markdown_cell("The end.")])
    graded = new_notebook(cells=[SOURCE[-2], new_markdown_cell("Why? "), SOURCE[-1], new_markdown_cell("The end.")])
    assert beside(graded, source) == {}
    graded.cells.insert(1, new_code_cell("a trial"))
    graded.cells[2] = new_markdown_cell("Why? Because.")
    graded.cells.append(new_code_cell("# therefore"))
    assert beside(graded, source) == {"question": ["Why? Because.", "# therefore"]}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import sys\nright = sys._getframe(1).f_locals['right']", "_getframe, f_locals"),
        ("from vae_notes.course import expect as e\ne.expect_that = print", "expect_that = …"),
        ("import torch\ntorch.allclose = lambda *a, **k: True", "torch.allclose = …"),
        ("%matplotlib inline\nimport ctypes", "ctypes"),
        ("open('../../gradebook.db')", "gradebook"),
    ],
)
def test_what_no_task_needs_is_reported(source, found):
    assert suspicions([source]) == [f"LOOK: the code uses {found}"]


def test_nothing_in_the_solutions_is_reported(tmp_path):
    for name in make_course(tmp_path / "course"):
        nb = nbformat.read(tmp_path / "course" / "source" / name / f"{name}.ipynb", as_version=4)
        own = [cell.source for cell in nb.cells if cell.cell_type == "code" and not cell_id(cell) or ""]
        own += [cell.source for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("solution")]
        assert len(own) > 5
        assert suspicions(own) == []


@pytest.mark.parametrize(
    ("platform", "lines"),
    [
        ("canvas", ["Student,ID,SIS User ID,SIS Login ID,Section,kl,elbo", "Points Possible,,,,,14.0,12.0",
                    '"Lovelace, Ada",7,,ada,,13.5,', "bo,,,bo,,,12.0"]),
        ("moodle", ["Email address,ID number,Username,kl,elbo", "a@example.org,7,ada,13.5,", ",,bo,,12.0"]),
        ("gradescope", ["First Name,Last Name,SID,Email,kl,elbo", "Ada,Lovelace,7,a@example.org,13.5,", ",,bo,,,12.0"]),
    ],
)  # fmt: skip
def test_a_platform_gets_its_columns_and_final_points_alone(tmp_path, platform, lines):
    ada = SimpleNamespace(id="ada", first_name="Ada", last_name="Lovelace", email="a@example.org", lms_user_id="7")
    bo = SimpleNamespace(id="bo", first_name=None, last_name=None, email=None, lms_user_id=None)
    table = [Row("kl", ada, 13.5, 14.0, 0, GRADED, ""), Row("kl", bo, None, 14.0, None, REFUSED, "no"),
             Row("elbo", ada, 8.0, 12.0, 4.0, BY_HAND, ""), Row("elbo", bo, 12.0, 12.0, 0, GRADED, "")]  # fmt: skip
    assert write_layout(tmp_path / "grades.csv", platform, table) == 2
    assert (tmp_path / "grades.csv").read_text().splitlines() == lines


@pytest.mark.parametrize(
    ("name", "student", "file"),
    [
        ("lovelaceada_1002_55_kl.ipynb", "1002", "kl.ipynb"),
        ("noetheremmy_LATE_1003_56_Copy_of_kl-1.ipynb", "1003", "Copy_of_kl-1.ipynb"),
        ("María García_124_assignsubmission_file_/KL (2).ipynb", "María García_124", "KL (2).ipynb"),
    ],
)
def test_the_lines_of_the_page_sort_the_files_of_a_platform(name, student, file):
    page = (Path(__file__).parents[1] / "book" / "instructors.md").read_text(encoding="utf-8")
    canvas, moodle = re.findall(r'named_regexp = r"(.+)"', page)
    plugin = FileNameCollectorPlugin(named_regexp=moodle if "assignsubmission" in name else canvas)
    found = plugin.collect(f"/course_1/downloaded/kl/extracted/all_1_2_/{name}")
    assert (found["student_id"], found["file_id"]) == (student, file)


def test_elsewhere_the_command_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="no course folder"):
        main(["grade"])
