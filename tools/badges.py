"""Put the "Open in Colab" link under the title of every notebook; the address and the branch come from pyproject.toml.

    python tools/badges.py            write it where it is missing or wrong
    python tools/badges.py --check    exit 1 where it is missing or wrong

An ordinary link and no picture: a picture would be fetched from another machine. The pages of the book hide it, for
they have their launch button. The releases of the exercises get theirs from the sources: python tools/exercises.py.
"""

import argparse
import sys

import nbformat
from address import ROOT, branch, current, forms
from notebooks import as_text, canonical, find

TAG = "remove-cell"


def badge(path, root=ROOT):
    """The text of the link for the notebook at `path`; what students open of an exercise is its release."""
    name = path.relative_to(root).as_posix().replace("/source/", "/release/")
    return f"[Open in Colab]({forms(current(root))[1]}/blob/{branch(root)}/{name})"


def is_badge(cell):
    return cell.cell_type == "markdown" and cell.source.startswith("[Open in Colab](")


def has_badge(path, root=ROOT):
    """Whether the cell under the title is the link, and no other cell is one."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if is_badge(cell)] == [cells[1].source] == [badge(path, root)]


def add_badge(path, root=ROOT):
    """Write the link under the title, in place of any other; the rest, outputs too, stays as it is."""
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if not is_badge(cell)]
    cells.insert(1, nbformat.v4.new_markdown_cell(badge(path, root), metadata={"tags": [TAG]}))
    notebook.cells = cells
    path.write_text(as_text(canonical(notebook)), encoding="utf-8")


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description='Put the "Open in Colab" link under the title of every notebook.')
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where one is missing or wrong")
    options = parser.parse_args(arguments)
    without = [path for path in find([root / "chapters"]) if not has_badge(path, root)]
    made = [path for path in without if not options.check and "release" not in path.parts]
    for path in made:
        add_badge(path, root)
    for path in without:
        print(f"{path.relative_to(root)}: {'written' if path in made else 'no link to Colab under the title'}")
    return 1 if len(made) < len(without) else 0


if __name__ == "__main__":
    sys.exit(main())
