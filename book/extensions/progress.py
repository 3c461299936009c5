"""Sphinx extension: says which chapter was executed, how long it took, and how many are left."""

import multiprocessing
import time
from pathlib import Path

waiting = multiprocessing.Value("i", 0)  # shared by the processes that read chapters at the same time
started = {}


def _executes(app, name):
    return Path(app.env.doc2path(name)).suffix == ".ipynb"


def count(app, env, names):
    waiting.value = sum(_executes(app, name) for name in names)
    print(f"{len(names)} pages to read, {waiting.value} of them chapters to execute", flush=True)


def start(app, name, source):
    started[name] = time.monotonic()


def finish(app, doctree):
    name = app.env.docname
    if _executes(app, name):
        with waiting.get_lock():
            waiting.value -= 1
            left = waiting.value
        print(f"  {name}: {time.monotonic() - started[name]:.0f} s, {left} left", flush=True)


def setup(app):
    app.connect("env-before-read-docs", count)
    app.connect("source-read", start)
    app.connect("doctree-read", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
