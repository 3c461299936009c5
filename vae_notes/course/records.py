"""What the gradebook has no field for: which file was graded, why one was refused, what is to be looked at.

Kept beside the gradebook, in `records.json`: {assignment: {student: Record as a dictionary}}.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = "records.json"


@dataclass
class Record:
    """One submission.

    file       digest of what was handed in and of the source
    refused    why it was not graded
    notes      what is to be said about it, or to be looked at
    texts      digest of each answer when it was graded
    accepted   what the instructor has looked at, as the table said it
    """

    file: str = ""
    refused: str = ""
    notes: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)


class Records:
    """The records of a course folder; missing ones are empty."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._all: dict[str, dict[str, dict]] = {}
        if self._path.exists():
            self._all = json.loads(self._path.read_text(encoding="utf-8"))

    def get(self, assignment: str, student: str) -> Record:
        return Record(**self._all.get(assignment, {}).get(student, {}))

    def students(self, assignment: str) -> list[str]:
        return sorted(name for name in self._all.get(assignment, {}) if name)

    def put(self, assignment: str, student: str, record: Record) -> None:
        """Keep this record, on disk at once: an interrupted run goes on where it stopped."""
        self._all.setdefault(assignment, {})[student] = asdict(record)
        text = json.dumps(self._all, indent=1, sort_keys=True, ensure_ascii=False)
        self._path.with_suffix(".new").write_text(text, encoding="utf-8")
        self._path.with_suffix(".new").replace(self._path)
