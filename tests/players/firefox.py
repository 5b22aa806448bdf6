"""Firefox, driven by WebDriver BiDi: the browser's own WebSocket, so no driver and no library is needed.

Source: W3C WebDriver BiDi, https://w3c.github.io/webdriver-bidi/
"""

import asyncio
import base64
import json
import os
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from caches.debian import need
from players.sound_card import silent_sound_card

START_WAIT_S = 40.0
PREFERENCES = {
    # Somebody pressed the button; headless there is nobody.
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    # First-run pages, updates and reports would only cost time.
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "browser.tabs.remote.autostart": True,
}
_LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")


class Firefox:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._last_id = 0
        self._tab = ""
        self.complaints: list[str] = []

    async def open(self) -> None:
        await self.command("session.new", {"capabilities": {}})
        await self.command("session.subscribe", {"events": ["log.entryAdded"]})
        tree = await self.command("browsingContext.getTree", {})
        self._tab = tree["contexts"][0]["context"]

    async def go(self, url: str) -> None:
        await self.command("browsingContext.navigate", {"context": self._tab, "url": url, "wait": "complete"})

    async def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression, by way of JSON."""
        told = await self.command(
            "script.evaluate",
            {
                "expression": f"JSON.stringify({expression})",
                "target": {"context": self._tab},
                "awaitPromise": True,
                "userActivation": True,
            },
        )
        assert told["type"] == "success", told
        value = told["result"].get("value")
        return None if value is None else json.loads(value)

    async def screenshot(self) -> bytes:
        """What is seen of the page, as PNG."""
        told = await self.command("browsingContext.captureScreenshot", {"context": self._tab})
        return base64.b64decode(told["data"])

    async def command(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Sends a command; what is on the console meanwhile is noted."""
        self._last_id += 1
        await self._socket.send_json({"id": self._last_id, "method": method, "params": params})
        async with asyncio.timeout(30):
            while True:
                message = await self._socket.receive_json()
                if message.get("id") == self._last_id:
                    assert message["type"] == "success", message
                    result: dict[str, Any] = message["result"]
                    return result
                if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                    self.complaints.append(message["params"]["text"])


@asynccontextmanager
async def firefox(directory: Path, *, has_sound: bool = True) -> AsyncIterator[Firefox]:
    """Args: has_sound: with a sound card that nobody hears; else as on a machine that has none."""
    program = need("firefox-esr", "firefox-esr")
    if not has_sound:
        nowhere = {"PULSE_SERVER": f"unix:{directory / 'nobody'}"}
        async with _running(program, directory, nowhere) as browser:
            yield browser
        return
    async with silent_sound_card(directory) as sound, _running(program, directory, sound) as browser:
        yield browser


@asynccontextmanager
async def _running(program: str, directory: Path, sound: dict[str, str]) -> AsyncIterator[Firefox]:
    profile = directory / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    process = await asyncio.create_subprocess_exec(
        program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0",
        "about:blank",
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, "HOME": str(directory), **sound},
    )  # fmt: skip
    assert process.stderr is not None
    try:
        async with asyncio.timeout(START_WAIT_S):
            while (found := _LISTENING.search(line := await process.stderr.readline())) is None:
                assert line, "Firefox ended before it listened"
        draining = asyncio.create_task(process.stderr.read())
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(f"{found.group(1).decode()}/session", max_msg_size=0) as socket,
        ):
            browser = Firefox(socket)
            await browser.open()
            yield browser
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()
                await process.wait()
    await draining
