"""A Firefox without a driver: it speaks WebDriver BiDi itself (W3C), over a socket of its own."""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import websocket

ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PATIENCE = 60  # seconds for an answer


class Firefox:
    """One tab of a running Firefox; as much of selenium's `WebDriver` as `acts.py` needs."""

    def __init__(self, address: str):
        self._socket = websocket.create_connection(
            f"{address}/session", timeout=PATIENCE, suppress_origin=True
        )
        self._numbers = count(1)
        self.ask("session.new", capabilities={})
        (tab,) = self.ask("browsingContext.getTree")["contexts"]
        self._tab = tab["context"]

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command.

        Raises:
            RuntimeError: Firefox's own words, where it could not be done.
        """
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") != number:
                continue  # an event
            if told["type"] == "error":
                raise RuntimeError(f"{method}: {told['message']}")
            return told["result"]

    def get(self, url: str) -> None:
        """Go to an address, until the page has loaded."""
        self.ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def set_window_size(self, width: int, height: int) -> None:
        """Let the page be as large, in pixels."""
        self.ask(
            "browsingContext.setViewport",
            context=self._tab,
            viewport={"width": width, "height": height},
        )

    @property
    def current_url(self) -> str:
        """The page's address."""
        return self.execute_script("return location.href")

    def execute_script(self, script: str, *arguments: str) -> Any:
        """What a function of that body returns as JSON, given these texts.

        Raises:
            RuntimeError: it threw.
        """
        found = self.ask(
            "script.callFunction",
            functionDeclaration=f"function () {{ return JSON.stringify((function () {{ {script} }})"
            ".apply(this, arguments) ?? null) }",
            awaitPromise=False,
            target={"context": self._tab},
            arguments=[{"type": "string", "value": each} for each in arguments],
        )
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def _act(self, device: str, actions: list[dict[str, Any]]) -> None:
        source = {"id": device, "type": device, "actions": actions}
        self.ask("input.performActions", context=self._tab, actions=[source])

    def click(self, x: int, y: int) -> None:
        """A click with the mouse, pixels from the window's corner."""
        button = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._act("pointer", [{"type": "pointerMove", "x": x, "y": y}, *button])

    def type(self, text: str) -> None:
        """The keys of a text, one after another."""
        keys = ({"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp"))
        self._act("key", [*keys])


@contextmanager
def running(path: str) -> Iterator[Firefox]:
    """A Firefox of its own profile, without a window, that asks no other host for anything."""
    with tempfile.TemporaryDirectory() as profile:
        with open(f"{profile}/user.js", "w") as file:
            file.writelines(
                f'user_pref("{name}", {json.dumps(value)});\n' for name, value in QUIET.items()
            )
        command = [path, "--headless", "--no-remote", "--profile", profile]
        process = subprocess.Popen(
            [*command, "--remote-debugging-port", "0"], stderr=subprocess.PIPE, text=True
        )
        try:
            found = next(filter(None, map(ADDRESS.search, process.stderr)), None)
            if found is None:
                raise RuntimeError(f"Firefox ended with {process.wait()} before it could be asked")
            yield Firefox(found[1])
        finally:
            process.terminate()
            process.wait(PATIENCE)


QUIET = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}
