"""Every state of the stage door's pages. Development only, see look.py."""

from look_at import Shot, do
from playwright.async_api import Page


async def speak(page: Page, url: str, shot: Shot) -> None:
    await page.goto(f"{url}/i/nobody")
    await page.wait_for_selector("html[data-state=bad_invitation]")
    await shot("speak-bad-invitation")
    await page.goto(f"{url}/i/host")
    await page.wait_for_selector("[data-test=allow]")
    await shot("speak-before")
    await page.goto(f"{url}/i/host")
    await page.click("[data-test=allow]")
    await page.wait_for_selector("[data-test=join]")
    await shot("speak-preparing")
    await page.click("[data-test=join]")
    await page.wait_for_selector("html[data-state=on_stage]")
    await page.wait_for_selector("[data-test=person]")
    await shot("speak-on-stage")
    await page.click("[data-test=mute]")
    await page.click("[data-test=leave]")
    await shot("speak-muted-leaving")
    await page.click("[data-test=mute]")
    do(url, "down")
    await page.wait_for_selector("html[data-state=rejoining]")
    await shot("speak-rejoining")
    do(url, "start")
    await page.click("[data-test=leave-yes]")
    await shot("speak-left")
