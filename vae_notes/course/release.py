"""The student's version of a source, by nbgrader's own preprocessors: what `nbgrader generate_assignment` writes.

Needs the extra `vae-notes[instructors]`.
"""

from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets.config import Config

STEPS = [LockCells, ClearSolutions, ClearOutput, ClearHiddenTests, ComputeChecksums, CheckCellMetadata]


def release_text(path: str | Path) -> str:
    """The student version of one source: no solutions, no hidden tests, test cells locked and with checksums."""
    exporter = NotebookExporter(config=Config({"Exporter": {"default_preprocessors": []}}))
    for step in STEPS:
        exporter.register_preprocessor(step, enabled=True)
    text, _ = exporter.from_filename(str(path))
    return str(text)  # nbconvert declares a notebook here, and returns its text
