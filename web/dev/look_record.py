"""Every state of the hosts' page of a record. Development only, see look.py."""

from look_at import Shot, do
from playwright.async_api import Page


async def record(page: Page, url: str, shot: Shot) -> None:
    do(url, "house/fresh")
    do(url, "record/fresh")
    await own(page, url, shot)
    await absent(page, url, shot)
    await words(page, url, shot)
    await beside(page, url, shot)
    do(url, "record/fresh")


async def own(page: Page, url: str, shot: Shot) -> None:
    """What a speaker is told before, and can do afterwards; what a host marks meanwhile."""
    do(url, "desk/fresh")
    await page.goto(f"{url}/i/guest")
    await page.wait_for_selector("[data-test=recorded]")
    await shot("record-told-before")
    await page.goto(f"{url}/host/debate")
    await page.click("[data-test=chapter]")
    await page.wait_for_selector("[data-test=chapter-naming]")
    await shot("record-chapter-live")
    do(url, "end")
    await page.goto(f"{url}/i/guest")
    await page.click("[data-test=out]")
    await page.wait_for_selector("[data-test=out-undo]")
    await shot("record-own")
    do(url, "start")
    await page.goto(f"{url}/door")
    await page.wait_for_selector("[data-test=record]")
    await page.click("[data-space=pilots] [data-test=edit]")
    await page.locator("[data-test=new-language]").scroll_into_view_if_needed()
    await shot("record-space-form")


async def absent(page: Page, url: str, shot: Shot) -> None:
    do(url, "house/out")
    await page.goto(f"{url}/record/tram")
    await page.wait_for_selector(".notice")
    await shot("record-outside")
    do(url, "house/fresh")
    for name in ("board", "debate"):
        await page.goto(f"{url}/record/{name}")
        await page.wait_for_selector("[data-test=state-programme]")
        await shot(f"record-{name}")


async def words(page: Page, url: str, shot: Shot) -> None:
    """The transcript: doubtful words, a turn under correction, find, a clash, a selection."""
    await page.goto(f"{url}/record/tram#t=19")
    await page.wait_for_selector("[data-test=sound-bar][data-there=true]")
    await shot("record")
    await page.click("[data-test=doubt-next]")
    await page.click("[data-test=turn] >> nth=2 >> [data-test=turn-edit]")
    await page.fill("[data-test=turn-text]", "But Tallinn did it in 2013, and it works.")
    await shot("record-turn")
    await page.keyboard.press("Escape")
    await page.click("[data-test=turn] >> nth=4 >> [data-test=turn-edit]")
    await page.click("[data-test=turn-remove]")
    await page.click("[data-test=find-open]")
    await page.fill("[data-test=find]", "bus")
    await shot("record-find")
    do(url, "record/faster")
    await page.click("[data-test=save]")
    await page.wait_for_selector("[data-test=clash]")
    await shot("record-clash")
    await page.click("[data-test=clash-mine]")
    await page.click("[data-test=save]")
    await page.wait_for_selector("[data-test=unsaved]", state="detached")
    await page.click("[data-test=versions] summary")
    await page.click("[data-test=look] >> nth=1")
    await page.wait_for_selector("[data-test=older]")
    await shot("record-older")
    await page.click("[data-test=older-end]")
    await page.locator("[data-test=turn] >> nth=6 >> .spoken").select_text()
    await page.wait_for_selector("[data-test=quoting]")
    await shot("record-quoting")
    await page.click("[data-test=quote-these]")
    await page.wait_for_selector("[data-test=done]")


async def beside(page: Page, url: str, shot: Shot) -> None:
    """What is made of the words, and what becomes of it."""
    await page.click("[data-test=tab-brief]")
    await page.evaluate("scrollTo(0, 0)")
    await shot("record-brief")
    await page.locator("[data-test=claim]").first.scroll_into_view_if_needed()
    await shot("record-claims")
    await page.click("[data-test=tab-chapters]")
    await page.evaluate("scrollTo(0, 0)")
    await page.click("[data-test=chapter-here]")
    await shot("record-chapters")
    await page.click("[data-test=chapters-save]")
    await page.click("[data-test=tab-keep]")
    await page.click("[data-test=make-mp3]")
    await page.click("[data-person=maya] [data-test=remove-person]")
    await page.evaluate("scrollTo(0, 0)")
    await page.wait_for_selector("[data-test=keep-person]")
    await shot("record-keep")
    await page.click("[data-test=delete-record]")
    await shot("record-delete")
    await page.click("[data-test=delete-record-no]")
    do(url, "record/fail")
    await page.goto(f"{url}/record/tram")
    await page.wait_for_selector("[data-test=problem]")
    await shot("record-failed")
    await page.keyboard.press("?")
    await page.wait_for_selector("[data-test=help]")
    await shot("record-help")
