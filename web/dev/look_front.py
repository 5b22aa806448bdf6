"""Every state of the front door's pages. Development only, see look.py."""

from look_at import Shot, do
from playwright.async_api import Page


async def front(page: Page, url: str, shot: Shot) -> None:
    await homes(page, url, shot)
    await quiet(page, url, shot)
    await live(page, url, shot)
    await forms(page, url, shot)
    await embedded(page, url, shot)


async def homes(page: Page, url: str, shot: Shot) -> None:
    await page.goto(f"{url}/")
    await page.wait_for_selector("[data-test=space]")
    await shot("home")
    await page.fill("[data-test=search]", "pilots")
    await page.wait_for_selector("[data-space=debate]", state="detached")
    await shot("home-search")
    await page.fill("[data-test=search]", "buses")
    await page.wait_for_selector("[data-test=said]")
    await shot("home-said")
    await page.fill("[data-test=search]", "submarines")
    await page.wait_for_selector(".empty")
    await shot("home-not-found")
    do(url, "empty")
    await page.goto(f"{url}/")
    await page.wait_for_selector(".empty")
    await shot("home-empty")
    do(url, "down")
    await page.goto(f"{url}/")
    await page.wait_for_selector("html[data-state=unreachable]")
    await shot("home-unreachable")
    do(url, "start")


async def quiet(page: Page, url: str, shot: Shot) -> None:
    """Before, after, and nothing there."""
    for name in ("later", "someday", "over", "nowhere", "crowded", "board.k7Qm2xWv"):
        await page.goto(f"{url}/s/{name}")
        await page.wait_for_selector(".line, .notice, [data-test=listen]")
        await shot(f"listen-{name.partition('.')[0]}")
    await page.goto(f"{url}/s/later")
    await page.click("[data-test=remind]")
    await page.click("[data-test=listen]")
    await page.wait_for_selector("[data-test=state-line]")
    await shot("listen-later-armed")
    do(url, "down")
    await page.goto(f"{url}/s/debate")
    await page.wait_for_selector("html[data-state=unreachable]")
    await shot("listen-unreachable")
    do(url, "start")


async def live(page: Page, url: str, shot: Shot) -> None:
    do(url, "captions")
    await page.goto(f"{url}/s/debate")
    await page.wait_for_selector("[data-test=listen]")
    await shot("listen-ready")
    await page.click("[data-test=listen]")
    await page.wait_for_selector("html[data-state=live]")
    await page.wait_for_selector("[data-speaking=true]")
    await page.wait_for_selector(".figure")
    await shot("listen-live")
    do(url, "start")
    do(url, "screen")
    await page.click("[data-test=hand]")
    await page.wait_for_selector("[data-test=on-screen]")
    await page.wait_for_selector("[data-test=captions]")
    await shot("listen-question-captions-hand")
    do(url, "extras")
    await page.wait_for_selector("[data-test=extras-off]")
    await shot("listen-extras-off")
    do(url, "start")
    do(url, "away")
    await page.wait_for_selector("[data-test=away]:not(:empty)")
    await shot("listen-host-away")
    for what, state in (("pause", "intermission"), ("ending", "ending")):
        do(url, what)
        await page.wait_for_selector(f"html[data-state={state}]")
        await shot(f"listen-{what}")
    do(url, "start")
    await page.wait_for_selector("html[data-state=live]")
    do(url, "down")
    await page.wait_for_selector("html[data-state=rejoining]")
    await shot("listen-rejoining")
    do(url, "start")
    await page.wait_for_selector("html[data-state=live]", timeout=60_000)


async def forms(page: Page, url: str, shot: Shot) -> None:
    await page.click("[data-test=question]")
    await page.fill("[data-test=text]", "Who owns the land under the old bridge? " * 6)
    await shot("listen-ask-question")
    await page.click("[data-test=close]")
    await page.click("[data-test=speak]")
    await page.fill("[data-test=name]", "Ruth Meyer")
    await shot("listen-ask-to-speak")
    await page.click("[data-test=send]")
    await page.wait_for_selector("[data-test=speak-go]")
    await shot("listen-have-a-place")
    await page.click("[data-test=speak-stay]")
    do(url, "end")
    await page.wait_for_selector("html[data-state=ended]", timeout=60_000)
    await shot("listen-just-ended")
    do(url, "start")


async def embedded(page: Page, url: str, shot: Shot) -> None:
    for name in ("later", "over", "nowhere", "crowded", "debate"):
        await page.goto(f"{url}/s/{name}/embed")
        await page.wait_for_selector("stentor-player[data-state]:not([data-state=loading])")
        await shot(f"embed-{name}")
    await page.click("[data-test=press]")
    await page.wait_for_selector("stentor-player[data-state=live]")
    await shot("embed-live")
