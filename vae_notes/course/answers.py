"""What in a notebook is the student's own, beside and in the place of the cells that the source has."""

from collections import Counter
from collections.abc import Mapping

from nbformat import NotebookNode

from vae_notes.course.submissions import digest, grade_id, new_cell


def put_back(notebook: NotebookNode, source: NotebookNode) -> list[str]:
    """Put tests that `notebook` has lost below the answers that it still has; returns a sentence for each.

    Their text is the source's in the end, as that of every test.
    """
    notes, before = [], None
    for cell in source.cells:
        name, places = grade_id(cell), {grade_id(own): index for index, own in enumerate(notebook.cells)}
        if name is None:
            continue
        if name not in places and before in places and not cell.metadata["nbgrader"]["solution"]:
            lost = new_cell(cell.cell_type, "")
            lost.metadata["nbgrader"] = NotebookNode(grade_id=name)
            notebook.cells.insert(places[before] + 1, lost)
            notes.append(f"{name} was missing and was put back")
        before = name
    return notes


def copies(notebook: NotebookNode) -> list[str]:
    """A sentence for each cell that is there more than once."""
    counts = Counter(filter(None, map(grade_id, notebook.cells)))
    return [f"{name} is there {count} times, and one counts" for name, count in counts.items() if count > 1]


def which_assignment(notebook: NotebookNode, sources: Mapping[str, NotebookNode]) -> str | None:
    """The key of the source that has most of the notebook's ids, or None where no source has any."""
    names = {grade_id(cell) for cell in notebook.cells} - {None}
    shared = {key: len(names & {grade_id(cell) for cell in source.cells}) for key, source in sources.items()}
    best = max(shared, key=shared.__getitem__, default=None)
    return best if best is not None and shared[best] else None


def beside(graded: NotebookNode, source: NotebookNode) -> dict[str, list[str]]:
    """{question: the student's own texts around its cell}, for questions that have some.

    That is every cell below it, and text above it, up to the next cell of ours that has an id.
    """
    ours = {cell.source.strip() for cell in source.cells} | {""}
    found = {}
    for index, cell in enumerate(graded.cells):
        entry = cell.metadata.get("nbgrader", {})
        if entry.get("grade") and entry.get("solution"):
            above = [own for own in _until_id(graded.cells[:index][::-1]) if own.cell_type != "code"]
            near = [*above[::-1], *_until_id(graded.cells[index + 1 :])]
            if own := [cell.source for cell in near if cell.source.strip() not in ours]:
                found[entry["grade_id"]] = own
    return found


def texts_of(graded: NotebookNode, source: NotebookNode) -> dict[str, str]:
    """{cell with points: digest of what its points are for}: the answer to a question, all code for a test."""
    code = digest(*(cell.source for cell in graded.cells if cell.cell_type == "code"))
    near = beside(graded, source)
    texts = {}
    for cell in graded.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            name = grade_id(cell) or ""
            texts[name] = code if cell.cell_type == "code" else digest(cell.source, *near.get(name, []))
    return texts


def written(graded: NotebookNode) -> list[str]:
    """The code that may be the student's."""
    code = [cell for cell in graded.cells if cell.cell_type == "code"]
    return [cell.source for cell in code if not cell.metadata.get("nbgrader", {}).get("locked")]


def _until_id(cells: list[NotebookNode]) -> list[NotebookNode]:
    end = next((index for index, cell in enumerate(cells) if grade_id(cell)), len(cells))
    return cells[:end]
