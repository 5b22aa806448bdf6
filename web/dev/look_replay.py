"""Every state of the replay. Development only, see look.py."""

from look_at import Shot, do
from playwright.async_api import Page


async def replay(page: Page, url: str, shot: Shot) -> None:
    await sealed(page, url, shot)
    await taking(page, url, shot)
    await absent(page, url, shot)
    await rewound(page, url, shot)


async def sealed(page: Page, url: str, shot: Shot) -> None:
    await page.goto(f"{url}/s/older#t=24")
    await page.wait_for_selector("[data-test=brief]")
    await shot("replay-brief")
    await page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    await shot("replay-brief-below")
    await page.evaluate("scrollTo(0, 0)")
    await page.click("[data-test=play]")
    await page.wait_for_selector("[data-speaking=true]")
    await shot("replay-playing")
    await page.click("[data-test=tab-transcript]")
    await page.click("[data-test=transcript] .at >> nth=4")
    await page.wait_for_timeout(4_000)
    await shot("replay-transcript")
    await page.fill("[data-test=find]", "bus")
    await page.click("[data-test=next-hit]")
    await shot("replay-search")
    await page.select_option("[data-test=shown-in]", "fr")
    await page.wait_for_selector("[data-test=translation]")
    await page.evaluate("scrollTo(0, 300)")
    await shot("replay-translated")
    await page.select_option("[data-test=shown-in]", "")
    await page.click("[data-test=tab-chapters]")
    await page.click("[data-test=caption-menu] summary")
    await page.check("[data-test=captions-on]")
    await shot("replay-chapters-captions-menu")


async def taking(page: Page, url: str, shot: Shot) -> None:
    await page.goto(f"{url}/s/older")
    await page.click("[data-test=downloads]")
    await shot("replay-downloads")
    await page.click("[data-test=downloads]")
    await page.click("[data-test=share]")
    await page.click("[data-test=clip]")
    await shot("replay-clip")


async def absent(page: Page, url: str, shot: Shot) -> None:
    do(url, "preparing")
    await page.goto(f"{url}/s/over")
    await page.wait_for_selector("[data-test=no-replay]")
    await shot("replay-preparing")
    await page.goto(f"{url}/s/older")
    await page.wait_for_selector("[data-test=brief]")
    do(url, "taken")
    await page.click("[data-test=play]")
    await page.wait_for_selector("[data-test=replay-gone]", timeout=60_000)
    await shot("replay-taken-back")
    do(url, "start")


async def rewound(page: Page, url: str, shot: Shot) -> None:
    await page.goto(f"{url}/s/debate")
    await page.wait_for_selector("[data-test=rewind]")
    await shot("rewind-offered")
    await page.click("[data-test=listen]")
    await page.wait_for_selector("html[data-state=live]")
    await page.click("[data-test=caption-menu] summary")
    await page.check("[data-test=captions-boxed]")
    await page.check("[data-test=captions-size-2]")
    await shot("live-captions-menu")
    await page.click("[data-test=caption-menu] summary")
    await shot("live-captions-large-boxed")
    await page.click("[data-test=rewind]")
    await page.wait_for_selector("[data-test=to-live]")
    await page.wait_for_timeout(2_000)
    await shot("rewound")
    await page.click("[data-test=to-live]")
    await page.wait_for_selector("html[data-state=live]")
