"""A ready nbgrader course folder: sources, releases and configuration, from a checkout or a release archive.

The sources hold the solutions, so no installed package carries them.
"""

import shutil
import tempfile
from pathlib import Path

BESIDE = Path(__file__).parents[2]  # the checkout, where the package is used from one
EXERCISES = Path("chapters") / "exercises"

CONFIG = '''\
"""Read by `python -m vae_notes grade` and by every `nbgrader` command that runs in this folder."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "vae-notes"
c.Execute.timeout = 60  # seconds for one cell: an infinite loop costs its own points, not the class
c.GenerateAssignment.force = True  # the release is there already; without this the gradebook would stay empty
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "vae_notes.course.preprocessors.RestoreCells",  # refuses lost cells, mends copied ones
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "vae_notes.course.preprocessors.RunApart",  # in a process of its own, in an empty folder
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",  # a page for students; autograded/ is for the instructor alone
    "vae_notes.course.feedback.ShortErrors",
    "vae_notes.course.feedback.WhatWaits",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.ExportApp.plugin_class = "vae_notes.course.grading.GradesPlugin"

# What runs student code: by default this Python, as this user. For another user, or in a container (see the book):
# c.RunApart.command = "docker run --rm -i --network none --memory 8g --pids-limit 256 grading"
'''


def exercises_folder(place=None):
    """The exercises below `place`, a checkout or an unpacked release archive of the book.

    Without a place: the checkout that this package is used from, else the current folder. Raises FileNotFoundError,
    with the sentence that helps, when neither has them.
    """
    places = [Path(place)] if place else [BESIDE, Path.cwd()]
    for root in places:
        folder = root / EXERCISES
        if any((folder / "source").glob("*.ipynb")) and any((folder / "release").glob("*.ipynb")):
            return folder
    raise FileNotFoundError(
        f"no exercises with solutions at {places[-1] / EXERCISES}: neither the installed package nor the archive of a "
        "package index (vae_notes-X.Y.Z.tar.gz) has them. Clone the book's repository, or unpack 'Source code' of a "
        "release on GitHub, and name that folder with --book"
    )


def make_course(folder, place=None, seed=None):
    """Write a course into `folder`, one assignment for each exercise notebook; returns their names.

    folder   a new or empty folder
    place    a checkout or an unpacked release archive; by default where the package is used from, or the current folder
    seed     a number, such as a year, that changes the numbers of the tasks; by default they are the book's

    Raises ValueError when the folder holds something already (a gradebook is never overwritten), FileNotFoundError
    when `place` has no exercises.
    """
    folder, exercises = Path(folder), exercises_folder(place)
    variants = {} if seed is None else _variants(exercises, seed)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} exists and is not an empty folder: name a new one")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # grades are nobody else's business, nor that of another user who runs student code
    names = sorted(source.stem for source in (exercises / "source").glob("*.ipynb"))
    for name in names:
        for kind in ("source", "release"):
            target = folder / kind / name
            target.mkdir(parents=True)
            if name in variants:
                (target / f"{name}.ipynb").write_text(variants[name][kind], encoding="utf-8")
            else:
                shutil.copyfile(exercises / kind / f"{name}.ipynb", target / f"{name}.ipynb")
    (folder / "submitted").mkdir()
    seeded = "" if seed is None else f"\n# The numbers of the tasks: python -m vae_notes course FOLDER --seed {seed}\n"
    (folder / "nbgrader_config.py").write_text(CONFIG + seeded, encoding="utf-8")
    return names


def _variants(exercises, seed):
    """{name: {"source": text, "release": text}}, with the numbers of this seed."""
    try:
        import nbformat

        from vae_notes.course.release import release_text
        from vae_notes.course.seeds import read_rules, vary
    except ModuleNotFoundError as error:
        raise ValueError(f"a seed needs {error.name}: pip install 'vae-notes[instructors]'") from None
    texts = {}
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted((exercises / "source").glob("*.ipynb")):
            notebook = vary(nbformat.read(path, as_version=4), read_rules(exercises, path.stem), seed)
            source = Path(scratch) / path.name
            source.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
            texts[path.stem] = {"source": source.read_text(encoding="utf-8"), "release": release_text(source)}
    return texts
