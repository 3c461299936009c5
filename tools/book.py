"""Build the book into _build/html; the exit status is 1 when anything deserves a warning.

    python tools/book.py            execute the chapters, write the pages
    python tools/book.py --links    execute nothing, ask every address of the pages for an answer (needs the network)

This is `jupyter-book build . -W -n --keep-going`, which cannot be told to read chapters in parallel.
"""

import argparse
import functools
import os
import sys
from pathlib import Path

from jupyter_book.sphinx import build_sphinx
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
# The pages that compute have no stored figures to refer to.
STORED_OUTPUTS = {"nb_execution_mode": "off", "suppress_warnings": ["config.cache", "ref.ref"]}


def build(jobs=2, builder="html"):
    """Execute the chapters that changed, write the pages; returns 0 when there was nothing to complain about.

    The builder "linkcheck" takes the outputs that are stored in the chapters.
    """
    output = ROOT / "_build" / builder
    NotebookClient.__init__ = functools.partialmethod(
        NotebookClient.__init__,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # else each warns that it can be overheard; only by us
        coalesce_streams=True,  # a line that came in two pieces is one; myst-nb would end each piece with a line break
    )
    result = build_sphinx(
        ROOT,
        output,
        path_config=ROOT / "_config.yml",
        noconfig=True,
        confoverrides={
            "external_toc_path": str(ROOT / "_toc.yml"),
            "latex_individualpages": False,
            "nitpicky": True,
            **(STORED_OUTPUTS if builder == "linkcheck" else {}),
        },
        builder=builder,
        warningiserror=True,
        keep_going=True,
        quiet=True,
        jobs=jobs,
    )
    if result == 0 and builder == "html":
        print(f"The book is built. Open {output / 'index.html'}")
    return 0 if result == 0 else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2, help="chapters executed at the same time")
    parser.add_argument("--links", action="store_true", help="check the addresses of others instead")
    # One thread for each kernel: two kernels with two threads each fight for two cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    options = parser.parse_args()
    sys.exit(build(options.jobs, "linkcheck" if options.links else "html"))
