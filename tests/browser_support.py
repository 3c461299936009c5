"""A real Chromium, and small pages that hold figures the way the rendered book holds them."""

import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

HOST = Path(__file__).parents[1] / "vae_notes" / "widgets" / "static" / "widget_host.js"
REQUIRE = "VAE_NOTES_REQUIRE_BROWSER"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path():
    """The system's Chromium; skips the test where there is none, fails it where the environment requires one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "no Chromium on this machine: install it to run the browser tests"
        if os.environ.get(REQUIRE) == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return path


@contextmanager
def chromium():
    """A browser with a new, empty profile."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def write_page(folder, *widgets, theme="light", host=True, change_state=None, extra_body=""):
    """Write a page with these figures as myst-nb writes it: state in the head, a view script where each figure stands.

    change_state   a function that damages the state before it is written; host=False leaves the host script out
    """
    from ipywidgets.embed import dependency_state

    state = dependency_state(widgets, drop_defaults=False)
    if change_state:
        change_state(state)
    document = {"version_major": 2, "version_minor": 0, "state": state}
    views = [{"version_major": 2, "version_minor": 0, "model_id": widget.model_id} for widget in widgets]
    page = f"""<!DOCTYPE html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Figures</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ margin: 1rem; font-family: sans-serif }}
html[data-theme=dark] body {{ background: #14181e; color: #ced6dd; --pst-color-text-base: #ced6dd;
--pst-color-text-muted: #9ca4af; --pst-color-border: #48566b; --pst-color-background: #14181e }}</style>
<script type="application/vnd.jupyter.widget-state+json">{_script_text(document)}</script>
{'<script src="../widget_host.js"></script>' if host else ""}
</head><body><main><h1>Figures</h1>
{"".join(f'<script type="application/vnd.jupyter.widget-view+json">{_script_text(v)}</script>' for v in views)}
{extra_body}</main></body></html>"""
    folder = Path(folder)
    (folder / "chapters").mkdir(parents=True, exist_ok=True)
    shutil.copy(HOST, folder / HOST.name)
    path = folder / "chapters" / "page.html"
    path.write_text(page, "utf-8")
    return path


def _script_text(value):
    return json.dumps(value).replace("</script>", r"<\/script>")


@contextmanager
def opened(browser, folder, *widgets, width=800, height=700, **context_options):
    """A page with these figures, all drawn; on leaving, nothing may have been written to its console as wrong."""
    complaints = []
    context = browser.new_context(viewport={"width": width, "height": height}, **context_options)
    page = context.new_page()
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(write_page(folder, *widgets).as_uri())
    page.wait_for_function(f"document.querySelectorAll('[data-ready]').length === {len(widgets)}")
    yield page
    context.close()
    assert complaints == []
