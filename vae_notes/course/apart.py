"""Run the cells of one notebook apart: in a process of its own, in an empty folder, with nothing of the course in it.

    python apart.py < task.json > outputs.json    (or: python -m vae_notes.course.apart)

    task.json       {"cells": [source, ...], "timeout": seconds for one cell}
    outputs.json    [[output, ...], ...]: nbformat's outputs, one list for each cell

Nothing but text goes in and out, so the same command also works behind `docker run -i` or `sudo -u`. A cell that ends
Python (`os._exit`, a segmentation fault) or does not end in time gets an error as its output; the others are run again
without it. This file imports nothing of the package, so that torch is imported once, by the kernel.
"""

import json
import os
import site
import sys
import tempfile
from typing import Any

# A grammar that takes seconds to build, for jsonschema's check of a format that no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: E402

LIMIT = 1_000_000  # characters of output that are kept of one cell
MEMORY = 8 * 2**30  # bytes of data that the kernel may take, where the system knows such a limit
KEPT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "OMP_NUM_THREADS", "VAE_NOTES_DATA", "SYSTEMROOT")


class Client(NotebookClient):
    """nbclient's, which remembers the cell that is running, keeps every error, and no flood of text."""

    running = 0
    kept = 0

    async def async_execute_cell(self, cell: Any, cell_index: int, *rest: Any, **named: Any) -> Any:
        self.running, self.kept = cell_index, 0
        return await super().async_execute_cell(cell, cell_index, *rest, **named)

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            self.kept += len(json.dumps(msg["content"]))
            if self.kept > LIMIT:
                return None
        return super().process_message(msg, cell, cell_index)


def run(sources: list[str], timeout: int) -> list[list[dict[str, Any]]]:
    """The outputs of each cell, run from the top in a new kernel."""
    left_out: dict[int, dict[str, Any]] = {}
    while True:
        cells = [nbformat.v4.new_code_cell("" if i in left_out else text) for i, text in enumerate(sources)]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            client = Client(
                nbformat.v4.new_notebook(cells=cells),
                kernel_name="python3",
                timeout=timeout,
                iopub_timeout=timeout,
                allow_errors=True,
                interrupt_on_timeout=False,  # code may ignore an interrupt; a new kernel forgets it for certain
                shutdown_kernel="immediate",
                on_cell_executed=_keep_error,
                resources={"metadata": {"path": folder}},
            )
            try:
                client.execute(env=_environment(folder))
            except DeadKernelError:
                left_out[client.running] = _error("KernelDied", "this cell ended Python; it was left out")
            except CellTimeoutError:
                left_out[client.running] = _error("CellTimeoutError", f"stopped after {timeout} seconds")
            else:
                return [[left_out[i]] if i in left_out else cell.outputs for i, cell in enumerate(cells)]


def _keep_error(cell: Any, execute_reply: dict[str, Any], **_: Any) -> None:
    """An error counts although the cell suppressed the message about it."""
    reply = execute_reply["content"]
    if reply["status"] == "error" and not any(output.output_type == "error" for output in cell.outputs):
        cell.outputs.append(_error(reply.get("ename", "Error"), reply.get("evalue", "")))


def _error(name: str, message: str) -> Any:
    return nbformat.v4.new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])


def _environment(folder: str) -> dict[str, str]:
    """Variables for the kernel: no keys or addresses of the instructor, and `pip` changes nothing for the next."""
    variables = {name: os.environ[name] for name in KEPT if name in os.environ}
    return variables | {
        "HOME": folder,
        "TMPDIR": folder,
        "PYTHONUSERBASE": site.getuserbase(),
        "PIP_NO_INDEX": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def _limit_memory() -> None:
    """An answer that fills the memory gets a MemoryError of its own, where the system can say so (Linux, macOS)."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    task = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")  # the kernel inherits descriptor 1, not this one
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    _limit_memory()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        outputs = run(task["cells"], task["timeout"])
    json.dump(outputs, answer)
    answer.close()


if __name__ == "__main__":
    main()
