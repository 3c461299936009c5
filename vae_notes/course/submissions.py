"""What a student handed in: which file it is, what is in it, and why it cannot be graded, as a sentence."""

import hashlib
import warnings
from collections.abc import Collection
from pathlib import Path

import nbformat
from nbformat import NotebookNode


class Refused(ValueError):
    """A submission that cannot be graded; the message is a sentence that says why and what to do."""


def find_notebook(folder: Path, name: str) -> Path:
    """The one notebook in `folder`, whatever its name; raises Refused when there is none, or more than one.

    `Copy_of_kl.ipynb` and `KL (2).ipynb` are the names that Colab and browsers give. Of two, nobody but the student
    knows which one counts. A link may lead to the solutions, and would be read with the instructor's rights.
    """
    for path in [folder.parent, folder, *sorted(folder.rglob("*"))]:
        if path.is_symlink() or (path.is_file() and path.stat().st_nlink > 1):
            raise Refused(f"{path.name} is a link to another file or folder: ask for the file itself")
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))  # macOS adds hidden twins
    found = [path for path in files if path.suffix.lower() == ".ipynb" and path.is_file()]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(path.name for path in found)
        raise Refused(f"there are {len(found)} notebooks ({names}): leave the one that counts")
    others = ", ".join(path.name for path in files) or "the folder is empty"
    raise Refused(f"there is no notebook ({others}): ask for {name}.ipynb")


def read_notebook(path: Path) -> NotebookNode:
    """The text of the cells of the notebook in `path`, and the ids that nbgrader gave: always a valid notebook.

    Raises Refused when the file is damaged.
    """
    again = "ask for the file as Jupyter or Colab saves it"
    try:
        text = path.read_bytes().decode("utf-8-sig")  # editors on Windows begin a file with a mark
        if not text.strip():
            raise Refused(f"{path.name} is empty: {again}")
        with warnings.catch_warnings(action="ignore"):  # copied cells have one id in nbformat's sense too
            cells = [_bare(cell) for cell in nbformat.reads(text, as_version=4).cells]
    except Refused:
        raise
    except UnicodeDecodeError:
        raise Refused(f"{path.name} is no text, so it is no notebook: {again}") from None
    except Exception as error:  # nbformat meets broken files with errors of many kinds
        raise Refused(f"{path.name} cannot be read as a notebook ({_short(error)}): {again}") from None
    return nbformat.v4.new_notebook(cells=cells)


def grade_id(cell: NotebookNode) -> str | None:
    """The id that nbgrader gave to this cell, or None."""
    entry = cell.metadata.get("nbgrader")
    name = entry.get("grade_id") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None


def check_cells(notebook: NotebookNode, graded: Collection[str], file: str) -> None:
    """Raise Refused when cells that carry points are missing from `file`: they would silently be worth 0."""
    present = {grade_id(cell) for cell in notebook.cells}
    lost = [cell for cell in graded if cell not in present]
    if lost:
        raise Refused(
            f"{file} has lost {len(lost)} of its {len(graded)} graded cells ({', '.join(lost)}): were cells "
            "deleted, or the file saved by a program that drops their metadata? Ask for the answers to be pasted into "
            "a fresh release"
        )


def new_cell(kind: str, source: str) -> NotebookNode:
    """A cell of this type, with no metadata and no outputs."""
    make = {"code": nbformat.v4.new_code_cell, "raw": nbformat.v4.new_raw_cell}
    return make.get(kind, nbformat.v4.new_markdown_cell)(str(source))


def _bare(cell: NotebookNode) -> NotebookNode:
    bare = new_cell(cell.cell_type, cell.source)
    if (name := grade_id(cell)) is not None:
        bare.metadata["nbgrader"] = NotebookNode(grade_id=name)
    return bare


def digest(*parts: bytes | str) -> str:
    """A fingerprint of texts or contents of files."""
    total = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        total.update(len(content).to_bytes(8) + content)
    return total.hexdigest()


def _short(error: Exception) -> str:
    return " ".join(str(error).split(": ")[0].split())[:80].rstrip(".") or type(error).__name__
