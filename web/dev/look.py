"""Looks at every page in every state, as a phone and as a desk, by day and by night. Development only.

    .venv/bin/python web/dev/look.py OUT_DIR [--url http://127.0.0.1:8090]

Needs `web/dev/mock.py` running. Leaves screenshots and prints what axe-core finds; ends with 1 if that is
anything at all.
"""

import argparse
import asyncio
import sys
import urllib.request
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

AXE = (Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js").read_text()
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


async def look(browser: Browser, *, url: str, out: Path, size: str, scheme: str, language: str) -> int:
    """One device, all pages. Returns: how many things axe-core found."""
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale=language,
        device_scale_factor=2 if size == "phone" else 1,
    )
    page, found = await context.new_page(), 0
    page.on("console", lambda m: print("console:", m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: print("page error:", e))

    async def shot(name: str) -> None:
        nonlocal found
        await page.wait_for_timeout(500)
        await page.screenshot(path=out / f"{name}-{size}-{scheme}-{language}.png")
        found += await axe(page, f"{name} {size} {scheme}")

    await homes(page, url, shot)
    for space_id in ("later", "over", "nowhere", "crowded"):
        await page.goto(f"{url}/s/{space_id}")
        await page.wait_for_selector(".line, .notice, [data-test=listen]")
        await shot(f"listen-{space_id}")
    do(url, "down")
    await page.goto(f"{url}/s/debate")
    await page.wait_for_selector("html[data-state=unreachable]")
    await shot("listen-unreachable")
    do(url, "start")
    await page.goto(f"{url}/s/debate")
    await page.click("[data-test=listen]")
    await page.wait_for_selector("html[data-state=live]")
    await page.wait_for_selector("[data-speaking=true]")
    await shot("listen-live")
    do(url, "down")
    await page.wait_for_selector("html[data-state=rejoining]")
    await shot("listen-rejoining")
    do(url, "start")
    await speak(page, url, shot)
    await context.close()
    return found


def do(url: str, what: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{url}/dev/{what}", method="POST"))


async def homes(page: Page, url: str, shot) -> None:  # type: ignore[no-untyped-def]
    await page.goto(f"{url}/")
    await page.wait_for_selector("[data-test=space]")
    await shot("home")
    do(url, "empty")
    await page.goto(f"{url}/")
    await page.wait_for_selector(".empty")
    await shot("home-empty")
    do(url, "down")
    await page.goto(f"{url}/")
    await page.wait_for_selector("html[data-state=unreachable]")
    await shot("home-unreachable")
    do(url, "start")


async def speak(page: Page, url: str, shot) -> None:  # type: ignore[no-untyped-def]
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


async def axe(page: Page, where: str) -> int:
    await page.evaluate(AXE)
    result = await page.evaluate("axe.run()")
    for violation in result["violations"]:
        nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
        print(f"axe: {where}: {violation['id']}: {violation['help']}: {nodes}")
    return len(result["violations"])


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--url", default="http://127.0.0.1:8090")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    found = 0
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name in ("phone-light-en", "desk-light-en", "phone-dark-fr", "desk-dark-fr"):
            if options.only in name:
                size, scheme, language = name.split("-")
                do(options.url, "start")
                found += await look(
                    browser, url=options.url, out=options.out, size=size, scheme=scheme, language=language
                )
        await browser.close()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
