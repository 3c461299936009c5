"""The exercises, graded by nbgrader itself: what each answer earns, what its author is told, and what leaks."""

import copy
import csv
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from forked_execution import ForkedExecute
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import SaveAutoGrades
from traitlets.config.loader import PyFileConfigLoader
from wrong_answers import BANK

from vae_notes.__main__ import main
from vae_notes.course import folder as course
from vae_notes.course.grading import GradesPlugin

ROOT = Path(__file__).resolve().parents[1]
EXERCISES = ROOT / "chapters" / "exercises"
sys.path.insert(0, str(ROOT / "tools"))

import exercises  # noqa: E402

NAMES = [path.stem for path in exercises.sources()]
TASK = "kl"  # the notebook that is damaged in every way below


def read(kind, name):
    return nbformat.read(EXERCISES / kind / f"{name}.ipynb", as_version=4)


def nbgrader(cell):
    return cell.metadata.get("nbgrader", {})


def cells_of(nb):
    return {nbgrader(cell)["grade_id"]: cell for cell in nb.cells if nbgrader(cell)}


def points(name):
    """The autograded points of each test cell."""
    return {
        grade_id: nbgrader(cell)["points"]
        for grade_id, cell in cells_of(read("source", name)).items()
        if nbgrader(cell)["grade"] and cell.cell_type == "code"
    }


def answered(name, **answers):
    """The release with the source's answers in place, but for `answers` (task with "_" for "-")."""
    solutions = {**{k: c.source for k, c in cells_of(read("source", name)).items()},
                 **{task.replace("_", "-"): answer for task, answer in answers.items()}}  # fmt: skip
    nb = read("release", name)
    for cell in nb.cells:
        if nbgrader(cell).get("solution"):
            cell.source = solutions[nbgrader(cell)["grade_id"]]
    return nb


def handful(name):
    """The first wrong answer to every second task; test_answers grades all of them, faster than nbgrader can."""
    tasks = [task for task, _, _ in BANK[name]]
    return [BANK[name][tasks.index(task)] for task in list(dict.fromkeys(tasks))[::2]]


def wrong(name, number):
    task, answer, _ = handful(name)[number]
    return answered(name, **{task: answer})


# --- damaged files --------------------------------------------------------------------------------------------------


def tampered(nb):
    """Every answer untouched, every test emptied and worth a hundred points."""
    for cell in nb.cells:
        if nbgrader(cell).get("grade") and cell.cell_type == "code":
            cell.source, cell.metadata.nbgrader.points = "assert True", 100
    return nb


def saved_by_colab(nb):
    for number, cell in enumerate(nb.cells):
        cell.metadata.update(id=f"colab{number}", outputId="x", colab={"base_uri": "https://localhost:8080/"})
        cell.metadata.pop("deletable", None)
        cell.metadata.pop("editable", None)
    nb.metadata.update(colab={"provenance": []}, accelerator="GPU")
    nb.nbformat_minor = 0
    for cell in nb.cells:
        cell.pop("id", None)
    return nb


def another_kernel(nb):
    nb.metadata.kernelspec = {"name": "my-course-env", "display_name": "My env", "language": "python"}
    return nb


def without_metadata(nb):
    for cell in nb.cells:
        cell.metadata.clear()
    return nb


def one_test_deleted(nb):
    nb.cells = [cell for cell in nb.cells if nbgrader(cell).get("grade_id") != f"test-{first_task(TASK)}"]
    return nb


def first_task(name):
    return next(iter(points(name))).removeprefix("test-")


def submissions(name):
    """Every student of one assignment and the file that they hand in."""
    yield "untouched", read("release", name)
    yield "right", answered(name)
    yield from ((f"wrong-{number}", wrong(name, number)) for number in range(len(handful(name))))
    if name == TASK:
        task = first_task(name)
        yield "tampered", tampered(read("release", name))
        yield "colab", saved_by_colab(answered(name))
        yield "kernel", another_kernel(answered(name))
        yield "syntax", answered(name, **{task: "def broken(:\n    pass"})
        yield "lost", without_metadata(answered(name))
        yield "deleted", one_test_deleted(answered(name))
        yield "loop", answered(name, **{task: "while True:\n    pass"})


# What a kernel of its own is needed for; all others run in forks.
IN_A_KERNEL = {"right", "colab", "kernel", "loop"}


# --- one course for all tests ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """The course of the instructors' page, with every submission graded once: logs and gradebook."""
    folder = tmp_path_factory.mktemp("school") / "course"
    names = course.make_course(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # nbgrader calls `alembic`
        config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
        config.CourseDirectory.root = str(folder)
        logs = {}
        for name in names:
            for student, nb in submissions(name):
                path = folder / "submitted" / student / name / f"{name}.ipynb"
                path.parent.mkdir(parents=True)
                nbformat.write(nb, path)
            force = config.GenerateAssignment.get("force", False)  # the API would force by itself, the command does not
            assert NbGraderAPI(config=config).generate_assignment(name, force=force)["success"]
            for student, _ in submissions(name):
                mine = copy.deepcopy(config)
                if student == "loop":
                    mine.Execute.timeout = 20
                if student not in IN_A_KERNEL:
                    mine.Autograde.autograde_preprocessors = [ForkedExecute, SaveAutoGrades]
                result = NbGraderAPI(config=mine).autograde(name, student)
                logs[name, student] = result.get("log") or ""
        with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
            plugin = GradesPlugin(config=config)
            plugin.to = str(folder / "grades.csv")
            plugin.export(gradebook)
    return SimpleNamespace(folder=folder, logs=logs, config=config)


def earned(school, name, student):
    """The points of each test cell, as the gradebook has them."""
    with Gradebook(f"sqlite:///{school.folder}/gradebook.db") as gradebook:
        grades = gradebook.find_submission_notebook(name, name, student).grades
        return {grade.name: grade.auto_score for grade in grades if grade.cell.cell_type == "code"}


def seen(school, name, student):
    """All error messages that the student gets back."""
    nb = nbformat.read(school.folder / "autograded" / student / name / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in nb.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(f"{out.ename}: {out.evalue}" for out in outputs if out.output_type == "error")


@pytest.mark.parametrize("name", NAMES)
def test_the_untouched_release_earns_nothing(school, name):
    assert earned(school, name, "untouched") == dict.fromkeys(points(name), 0)


@pytest.mark.parametrize("name", NAMES)
def test_the_right_answers_earn_everything(school, name):
    assert earned(school, name, "right") == points(name), seen(school, name, "right")


@pytest.mark.parametrize(("name", "number"), [(name, number) for name in BANK for number in range(len(handful(name)))])
def test_a_wrong_answer_loses_its_own_points_and_is_told_why(school, name, number):
    task, _, hint = handful(name)[number]
    assert earned(school, name, f"wrong-{number}") == {**points(name), f"test-{task}": 0}
    assert hint in seen(school, name, f"wrong-{number}")


def test_tampered_tests_are_put_back(school):
    assert earned(school, TASK, "tampered") == dict.fromkeys(points(TASK), 0)


@pytest.mark.parametrize("student", ["colab", "kernel"])
def test_files_from_elsewhere_earn_everything(school, student):
    assert earned(school, TASK, student) == points(TASK), seen(school, TASK, student)


@pytest.mark.parametrize(("student", "message"), [("syntax", "SyntaxError"), ("loop", "CellTimeoutError")])
def test_a_broken_answer_costs_its_own_points_only(school, student, message):
    assert earned(school, TASK, student) == {**points(TASK), f"test-{first_task(TASK)}": 0}
    assert message in seen(school, TASK, student)


@pytest.mark.parametrize(("student", "lost"), [("lost", "all"), ("deleted", "one")])
def test_a_file_that_lost_its_cells_is_refused_and_not_given_zero(school, student, lost):
    assert set(earned(school, TASK, student).values()) == {None}
    assert f"{student}: {TASK}.ipynb has lost" in school.logs[TASK, student]
    assert f"test-{first_task(TASK)}" in school.logs[TASK, student]


def test_the_table_of_grades_tells_who_was_refused(school):
    with open(school.folder / "grades.csv", newline="", encoding="utf-8") as file:
        rows = {(row["assignment"], row["student"]): row for row in csv.DictReader(file)}
    by_hand = sum(nbgrader(cell)["points"] for cell in read("source", TASK).cells if cell.cell_type == "markdown"
                  and nbgrader(cell))  # fmt: skip
    of = str(float(sum(points(TASK).values()) + by_hand))
    full = {"points": str(float(sum(points(TASK).values()))), "of": of, "by hand": str(float(by_hand))}
    assert {key: rows[TASK, "right"][key] for key in full} == full
    assert rows[TASK, "right"]["state"] == "some points to be given by hand"
    assert rows[TASK, "untouched"]["points"] == "0.0"
    assert rows[TASK, "lost"]["points"] == ""
    assert rows[TASK, "lost"]["state"].startswith("REFUSED")
    others = [name for name in NAMES if name != TASK]
    assert [rows[name, "loop"]["state"] for name in others] == ["not submitted"] * len(others)


@pytest.mark.parametrize("name", NAMES)
def test_the_release_is_what_nbgrader_generates(school, name):
    assert (EXERCISES / "release" / f"{name}.ipynb").read_text() == exercises.release_text(
        EXERCISES / "source" / f"{name}.ipynb"
    ), "run: python tools/exercises.py"
    generated = school.folder / "release" / name / f"{name}.ipynb"
    assert generated.read_text() == (EXERCISES / "release" / f"{name}.ipynb").read_text()


# --- the notebooks themselves ---------------------------------------------------------------------------------------


def hidden(name):
    """What only the source may hold: solutions, hidden tests, and model answers to questions."""
    found = set()
    for cell in read("source", name).cells:
        found.update(re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL))
        found.update(re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", cell.source, re.DOTALL))
        if nbgrader(cell) and cell.cell_type == "markdown":
            found.add(cell.source)
    return found


def secrets(name):
    """The single lines of it that the release does not show anyway."""
    visible = "\n".join(cell.source for cell in read("release", name).cells).splitlines()
    lines = {line.strip() for text in hidden(name) for line in text.splitlines()}
    shared = {line.strip() for line in visible}
    return {line for line in lines - shared if len(line) > 24}


@pytest.mark.parametrize("name", NAMES)
def test_no_solution_and_no_hidden_test_is_in_a_release(name):
    text = (EXERCISES / "release" / f"{name}.ipynb").read_text()
    cells = [cell.source for cell in read("release", name).cells]
    assert len(secrets(name)) > 5
    assert not re.search("BEGIN (SOLUTION|HIDDEN)|END (SOLUTION|HIDDEN)", text)
    assert [cell for cell in cells if any(line in cell for line in secrets(name))] == []
    assert sum("raise NotImplementedError()" in cell for cell in cells) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_has_tasks_and_questions(name):
    nb = read("source", name)
    graded = [nbgrader(cell) for cell in nb.cells if nbgrader(cell)]
    assert len(points(name)) >= 5
    assert any(cell.cell_type == "markdown" and nbgrader(cell) for cell in nb.cells)
    fields = {"schema_version", "grade", "grade_id", "locked", "solution", "task", "points"}
    assert all(set(entry) == fields and entry["schema_version"] == 3 for entry in graded)
    assert len({entry["grade_id"] for entry in graded}) == len(graded)


@pytest.mark.parametrize("name", NAMES)
def test_sources_are_canonical_and_start_like_a_chapter(name):
    path, cells = EXERCISES / "source" / f"{name}.ipynb", read("source", name).cells
    assert path.read_text() == exercises.source_text(path), "run: python tools/exercises.py"
    first = next(cell.source for cell in cells if cell.cell_type == "code")
    assert first.startswith("try:\n    import vae_notes\nexcept ModuleNotFoundError:")
    assert f"chapters/exercises/release/{name}.ipynb" in "\n".join(cell.source for cell in cells[:2])


def test_solutions_can_be_folded_in(tmp_path):
    assert exercises.main(["--solutions", str(tmp_path / "learn")]) == 0
    for name in NAMES:
        folded = nbformat.read(tmp_path / "learn" / f"{name}.ipynb", as_version=4)
        text = "\n".join(cell.source for cell in folded.cells)
        answers = [cell for cell in read("source", name).cells if nbgrader(cell).get("solution")]
        assert text.count("<summary>Solution</summary>") == len(answers)
        assert not re.search("(BEGIN|END) (SOLUTION|HIDDEN)", text)
        assert all(cell.source.split("### END")[0].rstrip().splitlines()[-1] in text for cell in answers)


def test_the_page_lists_every_release():
    page = (ROOT / "book" / "exercises.md").read_text(encoding="utf-8")
    assert re.findall(r"/chapters/exercises/release/(\w+)\.ipynb", page) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_chapter_of_an_exercise_leads_to_it(name):
    text = "".join(cell.source for cell in read("source", name).cells)
    chapter = re.search(r"/chapters/((?!exercises)[\w/]+\.ipynb)", text)[1]
    assert f"/chapters/exercises/release/{name}.ipynb" in (ROOT / "chapters" / chapter).read_text(encoding="utf-8")


# --- the course command ---------------------------------------------------------------------------------------------


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "gradebook.db").write_text("a year of grades")
    with pytest.raises(ValueError, match="name a new one"):
        course.make_course(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["gradebook.db"]


def test_the_command_says_what_to_do_next(tmp_path, capsys):
    main(["course", str(tmp_path / "new")])
    out = capsys.readouterr().out
    assert all(name in out for name in NAMES)
    assert "nbgrader autograde" in out
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "nbgrader_config.py", "release", "source", "submitted",
    ]  # fmt: skip
