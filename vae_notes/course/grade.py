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
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from traitlets.config.loader import Config, PyFileConfigLoader

from vae_notes.course.answers import beside, copies, put_back, texts_of, which_assignment, written
from vae_notes.course.by_hand import ask_again, confirm, given_by_hand, withdraw
from vae_notes.course.grading import LOOK
from vae_notes.course.preprocessors import NOTES, CannotRun
from vae_notes.course.records import Record, Records
from vae_notes.course.submissions import Refused, check_cells, digest, find_notebook, read_notebook
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
        try:
            self._admit(student)
            if UNUSABLE & set(student) or student != student.strip():
                raise Refused(
                    f"nbgrader cannot use this name of a folder: rename it, without {' '.join(sorted(UNUSABLE))}"
                )
            path = find_notebook(self.folder / "submitted" / student / assignment, assignment)
            file = digest(path.read_bytes(), self._source(assignment).read_bytes())
            if file == record.file and not force:
                return False
            accepted = record.accepted if file == record.file else []
            record = replace(self._run(assignment, student, path, record, file), accepted=accepted)
        except CannotRun as error:
            raise ValueError(f"{error}. Look at c.RunApart.command in nbgrader_config.py") from None
        except Refused as error:
            record = self._refuse(assignment, student, record, str(error))
        except Exception as error:  # whatever it is, the next student's file is another one
            record = self._refuse(assignment, student, record, f"{type(error).__name__}: {error}: look at it yourself")
        self.records.put(assignment, student, record)
        return True

    def _admit(self, student: str) -> None:
        """Enter this student where there is no roster; raise Refused where there is one that does not name him.

        A roster is there as soon as the gradebook has somebody whom this method did not enter.
        """
        with self.gradebook() as gradebook:
            known = {entry.id for entry in gradebook.students}
            if student in known:
                return
            if known.difference(self.records.students("")):
                raise Refused(
                    "this name is not in the roster: is the folder misspelt? Rename it, or add the student by "
                    f"nbgrader db student add {student}"
                )
            gradebook.add_student(student)
        self.records.put("", student, Record())

    def accept(self, assignment: str, student: str, looks: list[str]) -> None:
        """Note that these sentences of the table have been looked at; they hold for this file and source."""
        record = self.records.get(assignment, student)
        self.records.put(assignment, student, replace(record, accepted=looks))

    def _source(self, assignment: str) -> Path:
        return self.folder / "source" / assignment / f"{assignment}.ipynb"

    def _run(self, assignment: str, student: str, path: Path, record: Record, file: str) -> Record:
        notebook = read_notebook(path)
        source = nbformat.read(self._source(assignment), as_version=4)
        notes = [*copies(notebook), *put_back(notebook, source)]
        with self.gradebook() as gradebook:
            graded = [cell.name for cell in gradebook.find_notebook(assignment, assignment).grade_cells]
        try:
            check_cells(notebook, graded, path.name)
        except Refused:
            others = {name: nbformat.read(self._source(name), as_version=4) for name in self.assignments()}
            if (other := which_assignment(notebook, others)) in (None, assignment):
                raise
            raise Refused(f"{path.name} is the exercise {other}, not {assignment}: move it, or ask again") from None
        with self.gradebook() as gradebook:
            given = given_by_hand(gradebook, assignment, student)
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
        done = nbformat.read(self._result("autograded", assignment, student) / f"{assignment}.ipynb", as_version=4)
        texts = texts_of(done, source)
        with self.gradebook() as gradebook:
            unread = ask_again(gradebook, assignment, student, list(beside(done, source)))
            same = [name for name in given if texts.get(name) == record.texts.get(name)]
            confirm(gradebook, assignment, student, same)
        notes += [f"{name} was left empty, but a cell beside it has text: read it" for name in unread]
        notes += [*done.metadata.get(NOTES, []), *suspicions(written(done))]
        return Record(file=file, notes=notes, texts=texts)

    def _refuse(self, assignment: str, student: str, record: Record, sentence: str) -> Record:
        """No points of an earlier file are left, in the gradebook or in a folder; the record keeps its texts."""
        with self.gradebook() as gradebook:
            withdraw(gradebook, assignment, student)
        for kind in ("autograded", "feedback"):
            shutil.rmtree(self._result(kind, assignment, student), ignore_errors=True)
        return Record(refused=sentence, texts=record.texts)

    def feedback(self, assignment: str, student: str, state: str) -> bool:
        """Write feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html, without hidden tests; tells whether it was written.

        What is to be looked at may show what its code has read: no page of it is left.
        """
        if state == LOOK:
            shutil.rmtree(self._result("feedback", assignment, student), ignore_errors=True)
            return False
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


def _last_line(result: dict) -> str:
    """What the last exception in nbgrader's messages says."""
    said = re.findall(
        r"^\s*[\w.]*(?:Error|Exception|Refused|CannotRun|Entry)\b: (.+)$", result.get("log", ""), re.MULTILINE
    )
    return said[-1] if said else (result.get("error") or "no reason was given").strip().splitlines()[-1]
