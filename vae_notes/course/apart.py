"""Run the cells of one notebook apart: in a process of its own, in an empty folder, with nothing of the course in it.

    python apart.py < task.json > outputs.json    (or: python -m vae_notes.course.apart)

    task.json       {"cells": [source, ...], "timeout": seconds for one cell, "limit": seconds for all, if it matters}
    outputs.json    [[output, ...], ...]: nbformat's outputs, one list for each cell

Nothing but text goes in and out, so the same command also works behind `docker run -i` or `sudo -u`. A cell that ends
Python (`os._exit`, a segmentation fault) or does not end in time gets an error as its output; the others are run again
without it. Processes that the notebook has started are ended with it, on Linux also those that left their parent. This
file imports nothing of the package, so that torch is imported once, by the kernel.
"""

import contextlib
import ctypes
import json
import os
import site
import sys
import tempfile
import threading
from typing import Any

# A grammar that takes seconds to build, for jsonschema's check of a format that no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402
import psutil  # noqa: E402  # ipykernel needs it too
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: E402

LIMIT = 1_000_000  # characters of output that are kept of one cell
MEMORY = 8 * 2**30  # bytes of data that the kernel may take, where the system knows such a limit
KEPT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "OMP_NUM_THREADS", "VAE_NOTES_DATA", "SYSTEMROOT")
ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER of Linux
# IPython's exit() and quit() end the kernel after the cell, so the next cell would be blamed; this is Python's own way.
EXIT = "get_ipython().ask_exit = __import__('functools').partial(__import__('sys').exit, 'exit() or quit() was called')"


class Client(NotebookClient):
    """nbclient's, which remembers the cell that is running, keeps every error, and no flood of text."""

    running = 0
    kept = 0
    flooded = False

    async def async_execute_cell(self, cell: Any, cell_index: int, *rest: Any, **named: Any) -> Any:
        self.running, self.kept, self.flooded = cell_index, 0, False
        return await super().async_execute_cell(cell, cell_index, *rest, **named)

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            self.kept += len(json.dumps(msg["content"]))
            if self.kept > LIMIT:
                if not self.flooded:
                    cell.outputs.append(nbformat.v4.new_output("stream", text=f"\n… more than {LIMIT:,} characters\n"))
                self.flooded = True
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
                extra_arguments=[f"--IPKernelApp.exec_lines={EXIT}"],
                on_cell_executed=_keep_error,
                resources={"metadata": {"path": folder}},
            )
            try:
                client.execute(env=_environment(folder))
            except DeadKernelError:
                left_out[client.running] = _error("KernelDied", "this cell ended Python and was left out")
            except CellTimeoutError:
                left_out[client.running] = _error("CellTimeoutError", f"stopped after {timeout} seconds")
            else:
                return [[left_out[i]] if i in left_out else cell.outputs for i, cell in enumerate(cells)]
            finally:
                _end_processes()


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


def _adopt_orphans() -> None:
    """A process whose parent has ended becomes a child of this one, where the system can do it (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)


def _end_processes() -> None:
    """End what the notebook has started and left running; again and again, for it may start more meanwhile."""
    for _ in range(10):
        if not (children := psutil.Process().children(recursive=True)):
            return
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()
        psutil.wait_procs(children, timeout=1)


def _give_up(limit: float) -> None:
    print(f"it did not end within {limit:g} seconds", file=sys.stderr, flush=True)
    _end_processes()
    os._exit(1)


def main() -> None:
    task = json.load(sys.stdin)
    # The kernel inherits descriptors 1 and 2; these two it does not.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    _limit_memory()
    _adopt_orphans()
    if "limit" in task:
        watch = threading.Timer(task["limit"], _give_up, [task["limit"]])
        watch.daemon = True
        watch.start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        outputs = run(task["cells"], task["timeout"])
    json.dump(outputs, answer)
    answer.close()


if __name__ == "__main__":
    main()
