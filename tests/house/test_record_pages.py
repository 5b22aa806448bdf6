"""The hosts' page of a record and a speaker's own page after the end, in a real browser at a real stage door.

The record is on the shelf as the scribe leaves it: who hears and who mixes has tests of their own.
"""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, async_playwright

from house.browser import AXE, DESKTOP, FLAGS, PHONE, chromium_path, screen
from house.house import DEBATE
from kept_record import put_record
from stage_door import OpenDoor, opened_door
from stentor.record.recording import Recording

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
PAGES = Path(__file__).parents[2] / "src" / "stentor" / "pages"
PATIENCE_MS = 10_000
SOUND_S = 10


@dataclass(frozen=True, slots=True)
class Talk:
    """A Space that is over, its record, and who looks at it."""

    door: OpenDoor
    space_id: str
    host: dict[str, str]
    browser: BrowserContext

    @property
    def token(self) -> str:
        return self.host["Authorization"].removeprefix("Bearer ")

    async def told(self, what: str) -> Any:
        status, told = await self.door.ask("GET", f"/api/spaces/{self.space_id}/{what}", headers=self.host)
        assert status == 200, told
        return told

    async def recording(self) -> Recording:
        return await self.door.door.recordings.get(self.space_id)

    async def page(self, path: str) -> Page:
        page = await self.browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(self.door.url + path)
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(nats_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenDoor]:
    assert (PAGES / "record.html").is_file(), "make web"
    async with opened_door(nats_url, tmp_path_factory.mktemp("door"), built_pages=PAGES) as door:
        yield door


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS])
        yield await chromium.new_context(viewport=DESKTOP, locale="en-US", reduced_motion="reduce")
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="module")
async def talk(door: OpenDoor, browser: BrowserContext, space_id: str) -> Talk:
    return Talk(door, space_id, await door.space(space_id, state="on_air"), browser)


async def over(talk: Talk) -> None:
    """It ends, and the scribe has done its work."""
    path = f"/api/spaces/{talk.space_id}/state"
    assert (await talk.door.ask("POST", path, json={"state": "ended"}, headers=talk.host))[0] == 200
    await put_record(
        talk.door.door.kept.of(talk.space_id), talk.door.door.recordings, talk.space_id, sound=sound()
    )


def sound() -> bytes:
    """The first seconds of the debate as an m4a."""
    made = io.BytesIO()
    with av.open(str(DEBATE / "maya.opus")) as source, av.open(made, "w", format="ipod") as target:
        stream = target.add_stream("aac", rate=48_000, layout="mono")
        for frame in source.decode(audio=0):
            if frame.time is not None and frame.time > SOUND_S:
                break
            frame.pts = None
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return made.getvalue()


async def shot(page: Page, name: str) -> None:
    """A screenshot is left, nothing scrolls sideways, axe-core finds nothing."""
    await page.screenshot(path=screen(f"{name}-live"))
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    if AXE.exists():
        await page.evaluate(AXE.read_text())
        found = await page.evaluate("axe.run().then((found) => found.violations)")
        assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == [], name


def turn(number: int) -> str:
    return f"[data-turn=t{number}]"


async def test_a_host_corrects_a_record_beside_its_sound(talk: Talk) -> None:
    """Nothing that was written is lost: not by a reload, not by somebody who was faster, not by a refusal."""
    await over(talk)
    page = await talk.page(f"/record/{talk.space_id}#i={talk.token}")
    await page.wait_for_selector(f"{turn(3)}")
    await it_is_heard_from_the_word_that_is_clicked(page)
    await a_draft_outlives_a_reload(page)
    await who_is_second_keeps_both(talk, page)
    await a_quote_that_nobody_said_is_named_and_another_is_taken(talk, page)
    await chapters_are_set(talk, page)
    await it_is_hidden_and_shown_again(talk, page)
    await a_person_is_to_be_removed_and_stays(talk, page)


async def it_is_heard_from_the_word_that_is_clicked(page: Page) -> None:
    await page.wait_for_selector("[data-test=sound-bar][data-there=true]")
    await shot(page, "record")
    await page.locator(f"{turn(2)} .spoken").click(position={"x": 5, "y": 12})
    await page.wait_for_selector("[data-test=sound-bar][data-playing=true]")
    await page.wait_for_selector(f"{turn(2)}[data-now=true]")
    assert (await page.evaluate("window.stentorRecord.atMs")) >= 4_000
    await page.click("[data-test=play]")


async def a_draft_outlives_a_reload(page: Page) -> None:
    await page.click(f"{turn(1)} [data-test=turn-edit]")
    await page.fill("[data-test=turn-text]", "Buses cost the city 28 million a year.")
    await page.keyboard.press("Tab")
    await page.wait_for_selector("[data-test=sound-bar][data-playing=true]")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await page.wait_for_selector("[data-test=unsaved]")
    await page.reload()
    await page.wait_for_selector("[data-test=news]")
    assert "28 million" in await page.inner_text(f"{turn(1)} .spoken")


async def who_is_second_keeps_both(talk: Talk, page: Page) -> None:
    other = [{"id": "t3", "text": "Everybody pays, already."}]
    path = f"/api/spaces/{talk.space_id}/transcript"
    body = {"version": 1, "turns": other}
    assert (await talk.door.ask("PUT", path, json=body, headers=talk.host))[0] == 200
    await page.click("[data-test=save]")
    await page.wait_for_selector("[data-test=news] >> text=meanwhile")
    assert "Everybody pays" in await page.inner_text(f"{turn(3)} .spoken")
    await page.click("[data-test=save]")
    await page.wait_for_selector("[data-test=unsaved]", state="detached")
    saved = await talk.told("transcript")
    texts = [" ".join(word["text"] for word in said["words"]) for said in saved["turns"]]
    assert (saved["version"], texts[0], texts[2]) == (
        3,
        "Buses cost the city 28 million a year.",
        other[0]["text"],
    )


async def a_quote_that_nobody_said_is_named_and_another_is_taken(talk: Talk, page: Page) -> None:
    """The correction has made the brief's only quote untrue."""
    await page.click("[data-test=tab-brief]")
    await page.fill("[data-test=heading]", "What buses cost")
    await page.click("[data-test=brief-save]")
    await page.wait_for_selector("[data-test=brief-refusal] >> text=cost the city 82 million")
    await shot(page, "record-unproved")
    await page.locator(f"{turn(2)} .spoken").select_text()
    await page.click("[data-test=quote-these]")
    await page.click("[data-test=claim] [data-test=quote-remove]")
    for _ in range(2):
        await page.locator("[data-test=line-remove]").first.click()
    await page.click("[data-test=brief-save]")
    await page.wait_for_selector("[data-test=brief-saved]")
    brief = await talk.told("brief")
    (section,) = brief["sections"]
    assert (section["heading"], section["lines"][0]["quotes"][0]["text"]) == (
        "What buses cost",
        "And who pays for that?",
    )
    assert (brief["version"], brief["is_machine"]) == (2, False)


async def chapters_are_set(talk: Talk, page: Page) -> None:
    await page.click("[data-test=tab-chapters]")
    await page.fill("[data-test=chapter-title] >> nth=1", "Who pays, and for what")
    await page.fill("[data-test=chapter-start] >> nth=1", "0:03.5")
    await page.keyboard.press("Enter")
    await page.click("[data-test=chapters-save]")
    await page.wait_for_selector("[data-test=chapters-unsaved]", state="detached")
    told = [(chapter["start_ms"], chapter["title"]) for chapter in (await talk.told("chapters"))["items"]]
    assert told == [(0, "Opening"), (3_500, "Who pays, and for what")]


async def it_is_hidden_and_shown_again(talk: Talk, page: Page) -> None:
    await page.click("[data-test=tab-keep]")
    await page.uncheck("[data-test=published]")
    await page.wait_for_selector("[data-test=done] >> text=Only hosts")
    assert not (await talk.recording()).has_replay
    await page.click("[data-test=done] [data-test=undo]")
    await page.wait_for_selector("[data-test=done]", state="detached")
    await page.wait_for_selector("[data-test=published]:checked")
    assert (await talk.recording()).has_replay


async def a_person_is_to_be_removed_and_stays(talk: Talk, page: Page) -> None:
    daniel = "[data-test=voice][data-person=daniel]"
    await page.click(f"{daniel} [data-test=remove-person]")
    await page.wait_for_selector(f"{daniel}[data-removed=waits]")
    assert (await talk.recording()).waits_for_removal
    await shot(page, "record-removing")
    await page.click(f"{daniel} [data-test=keep-person]")
    await page.wait_for_selector(f"{daniel}[data-removed=no]")
    assert not (await talk.recording()).waits_for_removal


async def test_a_speaker_is_told_before_and_can_go_out_afterwards(talk: Talk) -> None:
    guest = await talk.door.invite(talk.space_id, talk.host)
    page = await talk.page(f"/i/{guest['link'].rpartition('/')[2]}")
    await page.set_viewport_size(PHONE)
    await page.wait_for_selector("[data-test=recorded]")
    await page.wait_for_selector("[data-test=allow]")
    await shot(page, "speak-recorded")
    await over(talk)
    await page.reload()
    await page.wait_for_selector("[data-test=replay-link]")
    await page.click("[data-test=out]")
    await page.wait_for_selector("[data-test=out-waiting]")
    assert (await talk.recording()).wishes.removed == (guest["person"],)
    await shot(page, "speak-own-record")
    await page.click("[data-test=out-undo]")
    await page.wait_for_selector("[data-test=out]")
    assert (await talk.recording()).wishes.removed == ()


async def test_a_space_that_is_not_recorded_says_so(talk: Talk) -> None:
    wanted = {"id": f"{talk.space_id}-off", "title": "Off the record", "is_recorded": False}
    _, made = await talk.door.ask("POST", "/api/spaces", json=wanted, headers=talk.door.owner)
    token = made["links"]["host"].rpartition("/")[2]
    page = await talk.page(f"/record/{wanted['id']}#i={token}")
    await page.wait_for_selector("[data-test=state-programme] >> text=not recorded")
    page = await talk.page(f"/i/{token}")
    await page.wait_for_selector("[data-test=not-recorded]")
