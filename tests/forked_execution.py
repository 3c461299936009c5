"""nbgrader's Execute without a new kernel: cells run in a fork of the test process, which has imported torch already.

A kernel takes seconds to start and to import; a bank of fifty answers would take minutes.
"""

import multiprocessing

import nbformat
import torch._dynamo  # noqa: F401  # the first step of an optimiser imports it: once here, not in every fork
from nbgrader.preprocessors import NbGraderPreprocessor

TIMEOUT = 120  # seconds for a whole notebook


class ForkedExecute(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        receiver, sender = multiprocessing.Pipe(duplex=False)
        cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        sources = [cell.source for cell in cells]
        child = multiprocessing.get_context("fork").Process(target=_run, args=(sources, sender))
        child.start()
        sender.close()
        if not receiver.poll(TIMEOUT):
            child.kill()
            raise TimeoutError(f"{resources['nbgrader']['student']} took more than {TIMEOUT} s")
        outputs = receiver.recv()
        child.join()
        for cell, of_cell in zip(cells, outputs, strict=True):
            cell.outputs = [nbformat.v4.new_output(**output) for output in of_cell]
        return nb, resources


def _run(sources, sender):
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell, outputs = InteractiveShell.instance(), []
    for source in sources:
        with capture_output() as captured:
            result = shell.run_cell(source)
        error = result.error_before_exec or result.error_in_exec
        outputs.append([{"output_type": "stream", "name": "stderr", "text": captured.stderr}] * bool(captured.stderr))
        if error:
            outputs[-1].append({"output_type": "error", "ename": type(error).__name__, "evalue": str(error),
                                "traceback": []})  # fmt: skip
    sender.send(outputs)
