"""A real Chromium for the pages' tests: what it may do, how a page's state is read, what axe-core says."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, ViewportSize, sync_playwright

SCREENS = Path(__file__).parents[2] / "build" / "screens"
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
EXPECTED = ("net::ERR", "503", "404", "410")
"""A connection that a drill has cut, a Space that is not there: the browser itself reports them as errors."""

Scheme = Literal["light", "dark"]


def chromium_path() -> str | None:
    """Of this machine; None: Playwright's own, where it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("there is no Chromium on this machine: apt install chromium")
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def a_page(
    browser: Browser,
    url: str,
    *,
    size: ViewportSize = PHONE,
    scheme: Scheme = "light",
    language: str = "en-US",
    is_moving: bool = False,
    script: str | None = None,
) -> Iterator[Page]:
    """A page that may not complain: an error on its console fails the test.

    Args:
        is_moving: with animations, which a machine without a graphics card draws sixty times a second.
        script: runs in the page before its own.
    """
    context = browser.new_context(
        viewport=size,
        color_scheme=scheme,
        locale=language,
        reduced_motion="no-preference" if is_moving else "reduce",
        permissions=["microphone", "notifications"],
    )
    page, complaints = context.new_page(), []

    def complain(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in EXPECTED):
            complaints.append(message.text)

    page.on("console", complain)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    if script:
        page.add_init_script(script)
    page.goto(url)
    try:
        yield page
        assert complaints == []
    finally:
        context.close()


def state(page: Page | Frame, name: str = "stentor") -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(f"JSON.parse(JSON.stringify(window.{name}))")
    return found


def until(page: Page, *wanted: str, name: str = "stentor", timeout_s: float = 15) -> None:
    """Waits for a state of the page."""
    script = f"window.{name} && window.{name}.state"
    became(page, script, lambda found: found in wanted, f"one of {wanted}", timeout_s=timeout_s)


def became(page: Page | Frame, script: str, holds: Any, what: str, *, timeout_s: float = 15) -> Any:
    """Waits until what a script tells is so; returns it.

    Not by `wait_for_function`: that evaluates a string inside the page, which the page's policy forbids.
    """
    began_s, found = time.monotonic(), None
    while time.monotonic() - began_s < timeout_s:
        found = page.evaluate(script)
        if holds(found):
            return found
        page.wait_for_timeout(50)
    raise AssertionError(f"{script} is {found!r}, not {what}, after {timeout_s} s")


def complaints_of_axe(page: Page) -> list[str]:
    """None where axe-core is not installed: it comes with `npm ci`, which a wheel's user never runs."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate("axe.run().then((found) => found.violations)")
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:120]}" for v in found]


def screen(name: str) -> str:
    """Where a screenshot is left to be looked at."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    return str(SCREENS / f"{name}.png")
