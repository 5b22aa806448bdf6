"""Looks at every page in every state, as a phone and as a desk, by day and by night. Development only.

    .venv/bin/python web/dev/look.py OUT_DIR [--url http://127.0.0.1:8090]

Needs `web/dev/mock.py` running. Leaves screenshots and prints what axe-core finds; ends with 1 if that is
anything at all.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from look_at import do
from look_door import speak
from look_front import front
from look_line import line
from look_record import record
from look_replay import replay
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


async def look(
    browser: Browser, *, url: str, out: Path, size: str, scheme: str, language: str, part: str
) -> int:
    """One device, all pages, or those of one door. Returns: how many things axe-core found."""
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale=language,
        permissions=["notifications"],
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

    if part in {"", "front"}:
        await front(page, url, shot)
    if part in {"", "line"}:
        await line(page, url, shot)
    if part in {"", "replay"}:
        await replay(page, url, shot)
    if part in {"", "record"}:
        await record(page, url, shot)
    if part in {"", "door"}:
        await speak(page, url, shot)
    await context.close()
    return found


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
    parser.add_argument("--only", default="", help="part of a device's name")
    parser.add_argument("--part", default="", choices=["", "front", "line", "replay", "record", "door"])
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
                    browser,
                    url=options.url,
                    out=options.out,
                    size=size,
                    scheme=scheme,
                    language=language,
                    part=options.part,
                )
        await browser.close()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
