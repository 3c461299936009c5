"""The system's Firefox, driven by WebDriver BiDi: just enough to open a page, press keys and read what it says.

Playwright drives a Firefox of its own, which no package registry has; Selenium wants geckodriver, which Debian has not.
Firefox itself speaks the protocol (https://w3c.github.io/webdriver-bidi/), so a socket is all that is needed.
"""

import json
import os
import re
import shutil
import subprocess
from contextlib import contextmanager

import pytest
import websocket
from browser_support import REQUIRE


def firefox_path():
    """The system's Firefox; skips the test where there is none, fails it where the environment requires one."""
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if path is None:
        reason = "no Firefox on this machine: install it to run its tests"
        if os.environ.get(REQUIRE) == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return path


class Page:
    """One tab: its commands wait for their answers; what it complains about meanwhile is kept in `complaints`."""

    def __init__(self, socket):
        self.socket, self.number, self.complaints = socket, 0, []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        # The window that Firefox starts with never gets the focus, and without it Enter does not press a button.
        self.tab = self.send("browsingContext.create", type="window")["context"]
        self.send("browsingContext.activate", context=self.tab)

    def send(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            said = json.loads(self.socket.recv())
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                self.complaints.append(said["params"]["text"])
            if said.get("id") == self.number:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']}: {said['message']}")
                return said["result"]

    def open(self, address):
        self.complaints.clear()
        self.send("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def evaluate(self, expression):
        """The JSON value of an expression of JavaScript; promises are waited for."""
        said = self.send("script.evaluate", expression=f"Promise.resolve({expression}).then(JSON.stringify)",
                         target={"context": self.tab}, awaitPromise=True)  # fmt: skip
        if said["type"] == "exception":
            raise RuntimeError(said["exceptionDetails"]["text"])
        return json.loads(said["result"].get("value", "null"))

    def press(self, *keys):
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.send("input.performActions", context=self.tab, actions=[{"type": "key", "id": "keys", "actions": actions}])

    def resize(self, width, height):
        self.send("browsingContext.setViewport", context=self.tab, viewport={"width": width, "height": height})


@contextmanager
def firefox(profile):
    """A `Page` of a browser with the new, empty profile in the folder `profile`."""
    command = [firefox_path(), "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        for line in running.stderr:
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                break
        else:
            raise RuntimeError("Firefox ended before it listened")
        socket = websocket.create_connection(f"{found[1]}/session", timeout=60, suppress_origin=True)
        yield Page(socket)
        socket.close()
    finally:
        running.kill()
        running.wait()
