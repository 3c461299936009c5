"""Run notebooks as Colab does: each alone in an empty folder, on Colab's packages, where this package is not installed.

    python tools/colab.py                         every chapter and every exercise, as last committed
    python tools/colab.py chapters/elbo.ipynb     only this one
    python tools/colab.py --today                 every exercise, and a fifth of the chapters: what CI has time for

The first cell of each notebook installs the package by its own pip command; git answers from this checkout instead
of the network. What differs from Colab: Python, torch and torchvision (those of this environment, to save 6 GB), no
GPU, and only the packages of tests/data/colab-packages.txt.
"""

import argparse
import datetime
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from address import branch, current
from colab_environment import base_environment, fresh_environment, python
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "_build" / "colab"
REPOSITORY = WORK / "repository.git"
BASE = WORK / "base"
RUNS = WORK / "runs"
CELL_TIMEOUT = 600  # seconds; a training cell of 25 s takes minutes on a busy machine
OURS = "vae-notes"
# What an exercise says that nobody has answered yet.
UNANSWERED = {"AssertionError", "NotImplementedError"}
# What would let this environment's packages or this user's settings into Colab's.
FOREIGN = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "MPLBACKEND", "VAE_NOTES_DATA"}


def repository_of_last_commit():
    """A bare repository that holds this checkout's last commit as the branch that notebooks install from."""
    shutil.rmtree(REPOSITORY, ignore_errors=True)
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", branch(), REPOSITORY], check=True)
    committed("fetch", "--quiet", "--depth", "1", ROOT.as_uri(), "HEAD")
    # A commit without parents: pip clones in parts, which git does not do from a checkout without its history.
    author = ("-c", "user.name=VAE Notes", "-c", "user.email=nobody@localhost")
    commit = committed(*author, "commit-tree", "FETCH_HEAD^{tree}", "-m", "the last commit").strip()
    committed("update-ref", f"refs/heads/{branch()}", commit)
    (REPOSITORY / "shallow").unlink()
    for setting in ("allowFilter", "allowAnySHA1InWant"):  # as GitHub has them
        committed("config", f"uploadpack.{setting}", "true")


def committed(*arguments):
    return subprocess.run(["git", "-C", REPOSITORY, *arguments], check=True, capture_output=True, text=True).stdout


def committed_notebooks():
    """Path, from the root, of every notebook that a reader or a student may open."""
    names = committed("ls-tree", "-r", "--name-only", branch(), "chapters").splitlines()
    return [name for name in names if name.endswith(".ipynb") and "/source/" not in name]


def of_today(names, day):
    """Every exercise, and the chapters whose turn it is: each runs on one day in five."""
    chapters = sorted(name for name in names if "exercises" not in Path(name).parts)
    waiting = {name for place, name in enumerate(chapters) if (place + day) % 5}
    return [name for name in names if name not in waiting]


def kernel_environment(home):
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return kept | {
        "IPYTHONDIR": str(home),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{REPOSITORY.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": current(),
    }


def pip_list(environment, variables):
    command = [python(environment), "-m", "pip", "list", "--format=freeze"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True, env=variables).stdout.splitlines())


def execute(text, environment, folder, variables):
    """Run every cell, going on after errors; returns the notebook with its outputs."""
    specs = KernelSpecManager(
        kernel_dirs=[str(environment / "share" / "jupyter" / "kernels")], ensure_native_kernel=False
    )
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs)
    notebook = nbformat.reads(text, as_version=4)
    client = NotebookClient(
        notebook, km=manager, timeout=CELL_TIMEOUT, allow_errors=True, resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )  # fmt: skip
    return client.execute(env=variables, cleanup_kc=True)  # or the kernel stays, with its memory


def complaints(notebook):
    """What went wrong, in words. An exercise may say that nobody has answered it, where answers are missing."""
    for number, cell in enumerate(notebook.cells):
        graded = cell.metadata.get("nbgrader", {})
        for output in cell.get("outputs", []):
            waits = (graded.get("grade") or graded.get("solution")) and output.get("ename") in UNANSWERED
            if output.output_type == "error" and not waits:
                yield f"cell {number}: {output.ename}: {output.evalue}"


def only_ours_is_new(before, after):
    """What is wrong, in words, with how the lists of packages differ."""
    changes = sorted(before ^ after)
    if [line.split("==")[0] for line in changes] == [OURS] and before < after:
        return []
    return [f"pip list before and after must differ by {OURS} alone, not by {changes}"]


def run(name):
    """Run one committed notebook; returns its name, what went wrong, and the seconds it took."""
    started = time.perf_counter()
    place = RUNS / name.removesuffix(".ipynb").replace("/", "-")
    folder = place / "content"
    folder.mkdir(parents=True)
    environment = fresh_environment(place / "environment", BASE)
    variables = kernel_environment(place / "ipython")
    text = committed("show", f"{branch()}:{name}")
    (folder / Path(name).name).write_text(text, encoding="utf-8")
    before = pip_list(environment, variables)
    try:
        wrong = list(complaints(execute(text, environment, folder, variables)))
    except (CellTimeoutError, DeadKernelError) as error:
        wrong = [str(error)]
    wrong += only_ours_is_new(before, pip_list(environment, variables))
    return name, wrong, time.perf_counter() - started


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Run notebooks as Colab does.")
    parser.add_argument("notebooks", nargs="*", help="paths from the root (default: all that are committed)")
    parser.add_argument("--jobs", type=int, default=2, help="notebooks executed at the same time")
    parser.add_argument("--today", action="store_true", help="a fifth of the chapters, tomorrow another")
    options = parser.parse_args(arguments)

    WORK.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    base_environment(BASE)
    repository_of_last_commit()
    shutil.rmtree(RUNS, ignore_errors=True)
    print(f"environment: {time.perf_counter() - started:.0f} s", flush=True)
    names = committed_notebooks()
    if unknown := set(options.notebooks) - set(names):
        parser.error(f"not committed: {', '.join(sorted(unknown))}")
    if options.today:
        names = of_today(names, datetime.date.today().toordinal())
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    failed = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        for name, wrong, seconds in pool.map(run, options.notebooks or names):
            failed += bool(wrong)
            print(f"{name}: {'FAILED' if wrong else 'runs'}, {seconds:.0f} s", *wrong, sep="\n    ", flush=True)
    print(f"{failed} failed, {time.perf_counter() - started:.0f} s in all")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
