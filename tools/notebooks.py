"""Execute notebooks and write them in one canonical form, so that a second run changes no byte.

    python tools/notebooks.py chapters/elbo.ipynb    execute, then write
    python tools/notebooks.py --check chapters       exit 1 where a file is not canonical; executes nothing

A folder stands for every notebook below it. The canonical form: execution count 1 in every code cell, cell
ids made from the cell's content, no metadata but what the book reads, neighbouring stream outputs merged, no
widget state, no time stamps.
"""

import argparse
import hashlib
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

CELL_METADATA = {"tags", "nbgrader", "name", "mystnb", "cellView"}
TITLE = re.compile(r"# @title (.+)")  # Colab's own mark of a folded cell; the book folds the same cells, see `_fold`
IMAGE_OPTIONS = {"alt", "width"}  # the rest of a figure's look is the style sheet's business
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# The ids of live widgets are new in every run; the picture beside them in the same output stays.
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CELL_TIMEOUT = 600  # seconds: a hang, not slowness (a cell of 25 s takes minutes on a busy machine)


def canonical(notebook):
    """A copy of `notebook` (nbformat 4) in canonical form; sources and printed text are untouched."""
    notebook = nbformat.from_dict(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    seen = {}
    for cell in notebook.cells:
        kept = {key: value for key, value in cell.metadata.items() if key in CELL_METADATA and value}
        if "image" in kept.get("mystnb", {}):
            kept["mystnb"]["image"] = {k: v for k, v in kept["mystnb"]["image"].items() if k in IMAGE_OPTIONS}
        if cell.cell_type == "code":
            _fold(kept, cell.source)
        cell.metadata = nbformat.from_dict(kept)
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        if cell.cell_type == "code":
            cell.execution_count = 1
            cell.outputs = _canonical_outputs(cell.outputs)
    return notebook


def _fold(metadata, source):
    """Fold a cell whose first line is "# @title what is inside": in Colab as a form, in the book under that label."""
    title, tags = TITLE.match(source), metadata.pop("tags", [])
    if "setup" not in tags:
        tags = [tag for tag in tags if tag != "hide-input"]
    figure = {k: v for k, v in metadata.pop("mystnb", {}).items() if k != "code_prompt_show"}
    metadata.pop("cellView", None)
    if title:
        tags.append("hide-input")
        figure["code_prompt_show"] = title[1]
        metadata["cellView"] = "form"
    if tags:
        metadata["tags"] = tags
    if figure:
        metadata["mystnb"] = figure


def _canonical_outputs(outputs):
    merged = []
    for output in outputs:
        if "execution_count" in output:
            output.execution_count = 1
        if output.output_type == "stream":
            if merged and merged[-1].output_type == "stream" and merged[-1].name == output.name:
                merged[-1].text += output.text
                continue
        elif "data" in output:
            output.data.pop(WIDGET_VIEW, None)
        merged.append(output)
    return merged


def as_text(notebook):
    """The bytes on disk, as text."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def execute(notebook, folder):
    """Run every cell in `folder` with a fresh kernel; raises on the first cell that fails."""
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # else a warning about TCP for every kernel
    )
    client.execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":  # a figure that fails while being drawn does not stop the kernel
                raise CellExecutionError("\n".join(output.traceback), output.ename, output.evalue)
    return notebook


def run(path):
    """Execute and normalise one file in place; returns what to print and whether it went well."""
    old = path.read_text(encoding="utf-8")
    try:
        notebook = execute(nbformat.reads(old, as_version=4), path.parent)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return f"{path}: FAILED, left as it was\n{error}", False
    new = as_text(canonical(notebook))
    if new != old:
        path.write_text(new, encoding="utf-8")
    return f"{path}: {'unchanged' if new == old else 'written'}", True


def is_canonical(path):
    """True when the file holds exactly its canonical form and every code cell has been executed."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    return text == as_text(canonical(notebook))


def find(paths):
    """Every notebook at or below `paths`, in order; raises FileNotFoundError for a path that holds none."""
    found = []
    for path in map(Path, paths):
        below = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        below = [p for p in below if ".ipynb_checkpoints" not in p.parts]
        if not below or not below[0].is_file():
            raise FileNotFoundError(f"no notebook at {path}")
        found += below
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Execute notebooks and write them in canonical form.")
    parser.add_argument("paths", nargs="+", help="notebooks, or folders that hold some")
    parser.add_argument("--check", action="store_true", help="execute nothing; exit 1 when not canonical")
    parser.add_argument("--jobs", type=int, default=2, help="notebooks executed at the same time")
    options = parser.parse_args(arguments)
    try:
        paths = find(options.paths)
    except FileNotFoundError as error:
        parser.error(str(error))

    if options.check:
        bad = [path for path in paths if not is_canonical(path)]
        for path in bad:
            print(f"{path}: not canonical; run python tools/notebooks.py {path}")
        return 1 if bad else 0

    # One thread for each kernel: two kernels with two threads each fight for two cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    ok = True
    with ProcessPoolExecutor(min(options.jobs, len(paths))) as pool:
        for line, went_well in pool.map(run, paths):
            print(line, flush=True)
            ok &= went_well
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
