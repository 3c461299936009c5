"""A figure in a real JupyterLab: it and Python hear each other."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import nbformat
import pytest
import torch
from browser_support import chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIVE = """
from vae_notes.widgets import KLPlayground

w = KLPlayground()

def answer(change):
    w.mu_p = -change["new"]

w.observe(answer, "mu_q")
w
"""


def test_a_live_kernel_hears_and_answers(tmp_path):
    """In a real JupyterLab: a key moves a slider, Python hears of it and moves another one, and the figure redraws."""
    cell = nbformat.v4.new_code_cell(LIVE)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=kernel), tmp_path / "live.ipynb")
    with jupyterlab(tmp_path) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}/lab/tree/live.ipynb")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=120_000)
        page.get_by_text("| Idle").wait_for(timeout=120_000)  # the kernel is there
        page.locator(".jp-Notebook .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        slider = page.get_by_label("mean of q")
        slider.wait_for(timeout=120_000)
        slider.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        answer = page.get_by_label("mean of p")
        page.wait_for_function(
            "id => document.getElementById(id).value === '-0.1'", arg=answer.get_attribute("id"), timeout=30_000
        )
        assert slider.input_value() == "0.1"  # the arrow keys moved the slider, not JupyterLab's cell selection
        assert answer.get_attribute("aria-valuetext").startswith("−0.10; ")
        expected = torch.distributions.kl_divergence(
            torch.distributions.Normal(0.1, 0.5), torch.distributions.Normal(-0.1, 1.0)
        ).item()
        shown = page.locator("[data-closed]").first.get_attribute("data-closed")
        assert float(shown) == pytest.approx(expected, abs=1e-4)
        page.close()


@contextmanager
def jupyterlab(folder):
    """The address of a JupyterLab that serves `folder`, with settings and runtime files of its own there."""
    private = folder / "jupyter"
    places = {name: str(private / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--IdentityProvider.token=",
        f"--notebook-dir={folder}",
    ]
    options += ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with open(folder / "lab.log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], env=os.environ | places, stdout=log, stderr=log
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5)
                break
            except OSError:
                assert server.poll() is None, (folder / "lab.log").read_text()
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(30)
