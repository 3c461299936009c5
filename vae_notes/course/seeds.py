"""Another course, other numbers: what `course --seed` changes in an exercise, by `chapters/exercises/seeds/NAME.toml`.

    [numbers]
    sd = ["0.3", "0.35", ...]                            COURSES texts
    [changes]
    denoiser = [["deviation 0.5", "deviation «sd»"]]     in all cells of the task, each old text at least once

A seed takes the same place in every list. So there are COURSES courses and no more, and the book's tests grade all of
them: an instructor's seed is never the first to be tried. What a test expects is computed from the new numbers.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

COURSES = 7
INTRODUCTION = "introduction"  # what stands before the first task


def read_rules(folder: Path, name: str) -> dict:
    """The rules of the notebook `name`, from the folder `seeds` beside `source`."""
    rules = tomllib.loads((folder / "seeds" / f"{name}.toml").read_text(encoding="utf-8"))
    if wrong := [key for key, texts in rules["numbers"].items() if len(texts) != COURSES]:
        raise ValueError(f"{name}.toml: {wrong[0]} must have {COURSES} texts")
    return rules


def vary(notebook: NotebookNode, rules: Mapping, seed: int) -> NotebookNode:
    """Change `notebook`, a source, in place: the numbers of this seed, and no link to the book's own release."""
    if seed < 0:
        raise ValueError("a seed is 0 or larger, a year for example")
    numbers = {key: texts[seed % COURSES] for key, texts in rules["numbers"].items()}
    cells = sections(notebook)
    for task, changes in rules["changes"].items():
        for old, new in changes:
            touched = [cell for cell in cells[task] if old in cell.source]
            if not touched:
                raise ValueError(f"the task {task} no longer holds {old!r}: mend its rules in seeds/")
            for cell in touched:
                cell.source = cell.source.replace(old, new)
    for cell in notebook.cells:  # at the end, so that no change sees a number of this seed
        cell.source = re.sub("«(.+?)»", lambda found: numbers[found[1]], cell.source)
    notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith("[Open in Colab]")]
    return notebook


def sections(notebook: NotebookNode) -> dict[str, list[NotebookNode]]:
    """{task: its cells}, from its statement, the cell before the answer, to the next statement."""
    cells = notebook.cells
    answers = [index for index, cell in enumerate(cells) if cell.metadata.get("nbgrader", {}).get("solution")]
    starts = [0, *(index - 1 for index in answers)]
    names = [INTRODUCTION, *(cells[index].metadata.nbgrader.grade_id for index in answers)]
    return {name: cells[a:b] for name, a, b in zip(names, starts, [*starts[1:], len(cells)], strict=True)}
