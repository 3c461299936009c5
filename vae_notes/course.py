"""A ready nbgrader course folder: sources, releases and configuration, from an installed package or a checkout."""

import shutil
from pathlib import Path

INSTALLED = Path(__file__).parent / "exercises"
CHECKOUT = Path(__file__).parents[1] / "chapters" / "exercises"

CONFIG = '''\
"""Read by every `nbgrader` command that runs in this folder."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "vae-notes"
c.Execute.timeout = 60  # seconds for one cell: an infinite loop costs its own points, not the class
c.GenerateAssignment.force = True  # the release is there already; without this the gradebook would stay empty
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "vae_notes.grading.RefuseLostCells",  # before the cells are used: a file without its ids would silently get 0
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.ExportApp.plugin_class = "vae_notes.grading.GradesPlugin"
'''


def exercises_folder():
    """Where the notebooks are: inside an installed package, beside the package in a checkout."""
    return INSTALLED if INSTALLED.is_dir() else CHECKOUT


def make_course(folder):
    """Write a course into `folder`, one assignment for each exercise notebook; returns their names.

    Raises ValueError when the folder holds something already: a gradebook is never overwritten.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} exists and is not an empty folder: name a new one")
    notebooks = sorted((exercises_folder() / "source").glob("*.ipynb"))
    if not notebooks:
        raise FileNotFoundError(f"no exercises at {exercises_folder()}: install the package again")
    for source in notebooks:
        for kind in ("source", "release"):
            target = folder / kind / source.stem
            target.mkdir(parents=True)
            shutil.copyfile(exercises_folder() / kind / source.name, target / source.name)
    (folder / "submitted").mkdir()
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    return [source.stem for source in notebooks]
