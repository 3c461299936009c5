"""Build the book into _build/html; the exit status is 1 when anything deserves a warning.

This is `jupyter-book build . -W -n --keep-going`, which cannot be told to read chapters in parallel.
"""

import argparse
import os
import sys
from pathlib import Path

from jupyter_book.sphinx import build_sphinx
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]


def build(jobs=2):
    """Execute the chapters that changed, write the pages; returns 0 when there was nothing to complain about."""
    output = ROOT / "_build" / "html"
    # Else every kernel warns that it can be overheard; it talks to this process only.
    NotebookClient.extra_arguments.default_args = (["--IPKernelApp.log_level=ERROR"],)
    result = build_sphinx(
        ROOT,
        output,
        path_config=ROOT / "_config.yml",
        noconfig=True,
        confoverrides={
            "external_toc_path": str(ROOT / "_toc.yml"),
            "latex_individualpages": False,
            "nitpicky": True,
        },
        warningiserror=True,
        keep_going=True,
        quiet=True,
        jobs=jobs,
    )
    if result == 0:
        print(f"The book is built. Open {output / 'index.html'}")
    return 0 if result == 0 else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2, help="chapters executed at the same time")
    # One thread for each kernel: two kernels with two threads each fight for two cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(build(parser.parse_args().jobs))
