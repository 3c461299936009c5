"""Make the student releases of the exercises from their nbgrader sources, by nbgrader's own preprocessors.

    python tools/exercises.py            write chapters/exercises/release/*.ipynb
    python tools/exercises.py --check    exit 1 where a source is not canonical or a release is not fresh
    python tools/exercises.py --solutions FOLDER    releases with the solutions folded in, for learning alone

The result is what `nbgrader generate_assignment` writes, without its database.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat
from notebooks import as_text, canonical

from vae_notes.course.release import release_text

EXERCISES = Path(__file__).resolve().parents[1] / "chapters" / "exercises"


def sources():
    return sorted((EXERCISES / "source").glob("*.ipynb"))


def source_text(path):
    """A source in its one form: canonical, and never executed, so that no output of a solution is stored."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return as_text(canonical(notebook))


def with_solutions(path):
    """The student version with the solution folded in below each answer; hidden tests stay out."""
    solutions = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            lines = [line for line in cell.source.splitlines() if not re.search("(BEGIN|END) SOLUTION", line)]
            fence = "```python\n{}\n```" if cell.cell_type == "code" else "{}"
            solutions[cell.metadata.nbgrader.grade_id] = fence.format("\n".join(lines))
    notebook, cells = nbformat.reads(release_text(path), as_version=4), []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.metadata.get("nbgrader", {}).get("solution"):
            solution = solutions[cell.metadata.nbgrader.grade_id]
            folded = f"<details><summary>Solution</summary>\n\n{solution}\n\n</details>"
            cells.append(nbformat.v4.new_markdown_cell(folded))
    notebook.cells = cells
    return as_text(canonical(notebook))


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Make the student releases of the exercises.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is not up to date")
    parser.add_argument("--solutions", metavar="FOLDER", type=Path, help="write versions with folded solutions there")
    options = parser.parse_args(arguments)
    if options.solutions:
        options.solutions.mkdir(parents=True, exist_ok=True)
        for source in sources():
            (options.solutions / source.name).write_text(with_solutions(source), encoding="utf-8")
        print(f"{options.solutions}: {len(sources())} notebooks with folded solutions")
        return 0
    stale = []
    for source in sources():
        release = EXERCISES / "release" / source.name
        for path, make in ((source, source_text), (release, release_text)):
            text = make(source)
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(path)
            if not options.check:
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{path}: {'not up to date; run python tools/exercises.py' if options.check else 'written'}")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
