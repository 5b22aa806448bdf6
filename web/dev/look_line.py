"""Every state of the line: in the draw, far, near, held, hot, called. Development only, see look.py."""

from look_at import Shot, do
from playwright.async_api import Page


async def line(page: Page, url: str, shot: Shot) -> None:
    await page.goto(f"{url}/s/draw")
    await page.wait_for_selector("[data-test=draw]")
    await shot("line-draw")
    await page.evaluate("localStorage.clear()")
    do(url, "line/far")
    await page.goto(f"{url}/s/full")
    await page.click("[data-test=listen]")
    await page.wait_for_selector("[data-test=ahead]")
    await page.wait_for_timeout(3_000)
    await shot("line-far")
    for mood in ("near", "host", "hot"):
        do(url, f"line/{mood}")
        await page.reload()
        await page.wait_for_selector("[data-test=ahead]")
        await shot(f"line-{mood}")
    do(url, "line/called")
    await page.wait_for_selector("[data-test=turn]")
    await shot("line-your-turn")
    await page.click("[data-test=listen]")
    await page.wait_for_selector("html[data-state=live]")
    await shot("line-in")
    await page.evaluate("sessionStorage.clear()")
    do(url, "line/far")
    await page.goto(f"{url}/s/full/embed")
    await page.click("[data-test=press]")
    await page.wait_for_selector("stentor-player[data-state=in_line]")
    await page.wait_for_timeout(1_500)
    await shot("embed-in-line")
    await page.evaluate("localStorage.clear()")
