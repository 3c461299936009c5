"""Grade a class: every submission on its own, so that nothing which one student hands in stops the others.

nbgrader does the grading, one student at a time, on a copy of what was handed in that has the right name. Needs the
extra `vae-notes[instructors]`.
"""

import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from traitlets.config.loader import Config, PyFileConfigLoader

from vae_notes.course.preprocessors import NOTES, CannotRun, withdraw
from vae_notes.course.records import Record, Records
from vae_notes.course.submissions import (
    Refused,
    check_cells,
    digest,
    find_notebook,
    grade_id,
    read_notebook,
)
from vae_notes.course.suspicions import suspicions

LOG = "grading.log"
UNUSABLE = frozenset("*?[]{},")  # nbgrader reads these in a student's name as patterns


class Course:
    """A course folder, as `python -m vae_notes course` makes it."""

    def __init__(self, folder: str | Path = ".") -> None:
        """Raises FileNotFoundError where `folder` is no course folder."""
        self.folder = Path(folder).resolve()
        if not (self.folder / "nbgrader_config.py").is_file():
            raise FileNotFoundError(
                f"{self.folder} is no course folder, it has no nbgrader_config.py: change to yours, or make one by "
                "`python -m vae_notes course FOLDER`"
            )
        # nbgrader calls `alembic` by name, which an environment that is not activated would not find
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        self.config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(self.folder)).load_config()
        self.config.CourseDirectory.root = str(self.folder)
        self.api = NbGraderAPI(config=self.config)
        self.records = Records(self.folder)

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        with Gradebook(self.api.coursedir.db_url, self.api.coursedir.course_id) as gradebook:
            yield gradebook

    def assignments(self) -> list[str]:
        """Those that can be graded: a folder of `source` with a notebook of the same name."""
        return sorted(path.stem for path in self.folder.glob("source/*/*.ipynb") if path.stem == path.parent.name)

    def handed_in(self, assignment: str) -> list[str]:
        """The students who have a folder for this assignment."""
        places = self.folder.glob(f"submitted/*/{assignment}")
        return sorted(place.parent.name for place in places if place.is_dir())

    def astray(self) -> list[str]:
        """Notebooks that lie where no assignment is."""
        submitted, known = self.folder / "submitted", set(self.assignments())
        found = (path.relative_to(submitted) for path in submitted.rglob("*.ipynb"))
        lost = (path for path in found if len(path.parts) < 3 or path.parts[1] not in known)
        return sorted(str(path) for path in lost if ".ipynb_checkpoints" not in path.parts)

    def enter(self, assignment: str) -> bool:
        """Put the assignment into the gradebook, and again when its source has changed; tells whether it did."""
        source, entry = digest(self._source(assignment).read_bytes()), self.records.get(assignment, "")
        try:
            with self.gradebook() as gradebook:
                gradebook.find_notebook(assignment, assignment)
        except MissingEntry:
            entry.file = ""
        if entry.file == source:
            return False
        result = self.api.generate_assignment(assignment, force=True)
        self._log(result)
        if not result["success"]:
            raise ValueError(f"nbgrader cannot make the assignment {assignment}: {_last_line(result)}; see {LOG}")
        self.records.put(assignment, "", Record(file=source))
        return True

    def grade(self, assignment: str, student: str, force: bool = False) -> bool:
        """Grade what `student` handed in, unless this very file was graded before; tells whether it was run.

        Whatever goes wrong is that student's alone and becomes a sentence in his record.
        """
        record = self.records.get(assignment, student)
        with self.gradebook() as gradebook:
            gradebook.update_or_create_student(student)
        try:
            if UNUSABLE & set(student) or student != student.strip():
                raise Refused(
                    f"nbgrader cannot use this name of a folder: rename it, without {' '.join(sorted(UNUSABLE))}"
                )
            path = find_notebook(self.folder / "submitted" / student / assignment, assignment)
            file = digest(path.read_bytes(), self._source(assignment).read_bytes())
            if file == record.file and not force:
                return False
            record = self._run(assignment, student, path, record, file)
        except CannotRun as error:
            raise ValueError(f"{error}. Look at c.RunApart.command in nbgrader_config.py") from None
        except Refused as error:
            record = self._refuse(assignment, student, record, str(error))
        except Exception as error:  # whatever it is, the next student's file is another one
            record = self._refuse(assignment, student, record, f"{type(error).__name__}: {error}: look at it yourself")
        self.records.put(assignment, student, record)
        return True

    def _source(self, assignment: str) -> Path:
        return self.folder / "source" / assignment / f"{assignment}.ipynb"

    def _run(self, assignment: str, student: str, path: Path, record: Record, file: str) -> Record:
        notebook = read_notebook(path)
        with self.gradebook() as gradebook:
            cells = gradebook.find_notebook(assignment, assignment).grade_cells
            check_cells(notebook, [cell.name for cell in cells], assignment)
        given = self._given(assignment, student)
        self.records.put(assignment, student, replace(record, file=""))  # an interrupted run is no graded file
        with tempfile.TemporaryDirectory(prefix=".handed-in-", dir=self.folder) as staged:
            place = Path(staged) / student / assignment
            place.mkdir(parents=True)
            nbformat.write(notebook, place / f"{assignment}.ipynb")
            if (time := path.with_name("timestamp.txt")).is_file():
                shutil.copyfile(time, place / time.name)
            self.api.coursedir.submitted_directory = Path(staged).name
            with warnings.catch_warnings(action="ignore"):  # of SQLAlchemy, about nbgrader's own queries
                result = self.api.autograde(assignment, student, force=True)
        self._log(result)
        if "KeyboardInterrupt" in result.get("error", ""):
            raise KeyboardInterrupt
        if not result["success"]:
            said = _last_line(result)
            raise CannotRun(said) if "CannotRun: " in result.get("log", "") else Refused(said)
        graded = nbformat.read(self._result("autograded", assignment, student) / f"{assignment}.ipynb", as_version=4)
        texts = _texts(graded)
        self._confirm(assignment, student, [name for name in given if texts.get(name) == record.texts.get(name)])
        notes = [*graded.metadata.get(NOTES, []), *suspicions(_written(graded))]
        return Record(file=file, notes=notes, texts=texts)

    def _refuse(self, assignment: str, student: str, record: Record, sentence: str) -> Record:
        """No points of an earlier file are left, in the gradebook or in a folder; the record keeps its texts."""
        with self.gradebook() as gradebook:
            withdraw(gradebook, assignment, student)
        for kind in ("autograded", "feedback"):
            shutil.rmtree(self._result(kind, assignment, student), ignore_errors=True)
        return Record(refused=sentence, texts=record.texts)

    def _given(self, assignment: str, student: str) -> list[str]:
        """The cells whose points were given by hand and need no second look."""
        with self.gradebook() as gradebook:
            try:
                submission = gradebook.find_submission(assignment, student)
            except MissingEntry:
                return []
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            return [grade.name for grade in grades if grade.manual_score is not None and not grade.needs_manual_grade]

    def _confirm(self, assignment: str, student: str, names: list[str]) -> None:
        """Points by hand hold for an answer that has not changed; nbgrader would ask for all of them again."""
        with self.gradebook() as gradebook:
            for name in names:
                gradebook.find_grade(name, assignment, assignment, student).needs_manual_grade = False
            gradebook.db.commit()

    def feedback(self, assignment: str, student: str) -> bool:
        """Write feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html, without hidden tests; tells whether there was a result."""
        if not self._result("autograded", assignment, student).is_dir():
            return False
        result = self.api.generate_feedback(assignment, student, force=True)
        self._log(result)
        if not result["success"]:
            raise ValueError(f"no feedback for {student}: {_last_line(result)}; see {LOG}")
        return True

    def _result(self, kind: str, assignment: str, student: str) -> Path:
        return self.folder / kind / student / assignment

    def _log(self, result: dict) -> None:
        with open(self.folder / LOG, "a", encoding="utf-8") as file:
            file.write(result.get("log", "") + (result.get("error", "") if not result["success"] else ""))


def _texts(graded: NotebookNode) -> dict[str, str]:
    """{cell with points: digest of what its points are for}: the answer to a question, all code for a test."""
    code = digest(*(cell.source for cell in graded.cells if cell.cell_type == "code"))
    with_points = [cell for cell in graded.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    return {grade_id(cell) or "": code if cell.cell_type == "code" else digest(cell.source) for cell in with_points}


def _written(graded: NotebookNode) -> list[str]:
    """The code that may be the student's."""
    code = [cell for cell in graded.cells if cell.cell_type == "code"]
    return [cell.source for cell in code if not cell.metadata.get("nbgrader", {}).get("locked")]


def _last_line(result: dict) -> str:
    """What the last exception in nbgrader's messages says."""
    said = re.findall(
        r"^\s*[\w.]*(?:Error|Exception|Refused|CannotRun|Entry)\b: (.+)$", result.get("log", ""), re.MULTILINE
    )
    return said[-1] if said else (result.get("error") or "no reason was given").strip().splitlines()[-1]
