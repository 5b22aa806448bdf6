"""Two people at the stage door, each in a browser of their own with a microphone of their own."""

import shutil
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, sync_playwright

from house.browser import DESKTOP, FLAGS, PHONE, complaints_of_axe, screen, state, until
from house.house import DEBATE, House
from house.sound import Samples, decoded, envelope

_PATIENCE_MS = 15_000


@dataclass
class Scene:
    """A host at a desk and a guest with a phone. A page that has crashed is replaced by another."""

    house: House
    host: Page
    guest: Page
    guest_token: str


@contextmanager
def two_browsers(directory: Path, *voices: str) -> Iterator[tuple[Page, Page]]:
    """Args: voices: of the debate, which these microphones hear."""
    with sync_playwright() as playwright:
        host, guest = [_browser(playwright, _microphone(directory, voice)) for voice in voices]
        try:
            yield _page(_context(host, DESKTOP)), _page(_context(guest, PHONE))
        finally:
            guest.close()
            host.close()


def a_new_page(beside: Page) -> Page:
    """Another window of the same browser: a tab would slow down those behind it."""
    browser = beside.context.browser
    assert browser is not None
    assert beside.viewport_size is not None
    return _page(_context(browser, beside.viewport_size))


# ── what a page says ──


def speaker(page: Page) -> dict[str, Any]:
    return state(page, "stentorSpeaker")


def until_on(page: Page, wanted: str) -> None:
    """Waits for a state of the speaker's page."""
    until(page, wanted, name="stentorSpeaker")


def person(scene: Scene, space_id: str, name: str) -> str:
    """Somebody's id in the crew."""
    members = scene.house.call("GET", f"/api/spaces/{space_id}/people")["members"]
    return next(str(m["id"]) for m in members if m["name"] == name)


def seat(scene: Scene, space_id: str, name: str) -> str:
    """Somebody's place in the console."""
    return f"[data-test=seat][data-person='{person(scene, space_id, name)}']"


def shot(page: Page, name: str) -> None:
    """A screenshot is left, nothing scrolls sideways, axe-core finds nothing."""
    page.screenshot(path=screen(f"{name}-live"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert complaints_of_axe(page) == [], name


# ── what the audience gets ──


def names(house: House, space_id: str) -> list[str]:
    return [person["name"] for person in house.space(space_id)["people"]]


def from_now_on(house: House, space_id: str, *, seconds: float) -> Samples:
    """What is said from the chunk after the next, as the audience hears it."""
    url = f"{house.edge_url}/s/{space_id}/live.mp4?codec=opus&from={house.head(space_id) + 2}"
    return decoded(url, seconds=seconds)


def loudest(house: House, space_id: str) -> float:
    """Root mean square of the loudest 10 ms in a second and a half from now on."""
    return float(envelope(from_now_on(house, space_id, seconds=1.5)).max())


# ── within ──


def _browser(playwright: Playwright, microphone: Path) -> Browser:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and not Path(playwright.chromium.executable_path).exists():
        pytest.skip("there is no Chromium on this machine: apt install chromium")
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={microphone}"]
    return playwright.chromium.launch(executable_path=path, args=flags)


def _context(browser: Browser, size: ViewportSize) -> BrowserContext:
    return browser.new_context(
        viewport=size, locale="en-US", permissions=["microphone"], reduced_motion="reduce"
    )


def _page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    return page


def _microphone(directory: Path, voice: str) -> Path:
    path = directory / f"{voice}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        samples = decoded(DEBATE / f"{voice}.opus")
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path
