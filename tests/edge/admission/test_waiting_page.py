"""The waiting page in a real browser, at a real gate whose line the test moves."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, async_playwright

from edge_door import front_door
from house.browser import EXPECTED, FLAGS, PHONE, chromium_path
from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.admission.line.place import Place, commitment_of
from stentor.edge.pages import BUILT
from stentor.log.bus import Bus
from stentor.space.lifecycle import State
from synthetic_stage import SyntheticStage

pytestmark = pytest.mark.browser
SEED = bytes(range(32))
TOLD_EVERY_S = 0.25
STORED = "[...Array(localStorage.length).keys()].map(i => localStorage.getItem(localStorage.key(i)))"
TITLE_OF_TURN = "It is your turn"


class Line:
    """What a controller tells, until the test says something else."""

    def __init__(self, bus: Bus, space_id: str) -> None:
        self._bus = bus
        self.clock = LineClock(
            space_id,
            0,
            0,
            Doors.HELD,
            Why.SEATS,
            called=Place(0, 0),
            arrivals=((0, 500), (1, 300)),
            admits_per_s=2.0,
            leaves_per_s=2.0,
            waiting=9_480,
            admitted=48_210,
            poll_s=1.0,
            commitment=commitment_of(SEED),
            seed=SEED.hex(),
        )

    def call(self) -> None:
        """Everybody who waits may come in; the doors stay held."""
        self.clock = replace(self.clock, called=Place(1 << 31, 0), arrivals=())

    async def run(self) -> None:
        while True:
            self.clock = replace(self.clock, number=self.clock.number + 1)
            await self._bus.publish(f"line.{self.clock.space_id}", self.clock.encoded(lambda _: bytes(64)))
            await asyncio.sleep(TOLD_EVERY_S)


@asynccontextmanager
async def line_of(bus: Bus, space_id: str) -> AsyncIterator[Line]:
    line = Line(bus, space_id)
    telling = asyncio.create_task(line.run())
    try:
        yield line
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


@pytest.fixture
async def phone() -> AsyncIterator[BrowserContext]:
    """A browser whose pages may not complain."""
    path = chromium_path()
    if path is None or not (BUILT / "listen.html").exists():
        pytest.skip("needs Chromium, and the pages that `make web` builds")
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        context = await browser.new_context(viewport=PHONE, locale="en-US", reduced_motion="reduce")
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda message: complaints.extend(complaint(message)))
        yield context
        await browser.close()
    assert complaints == []


def complaint(message: ConsoleMessage) -> list[str]:
    is_meant = message.type == "error" and not any(word in message.text for word in EXPECTED)
    return [message.text] if is_meant else []


async def until_state(page: Page, state: str) -> None:
    await page.wait_for_selector(f"html[data-state={state}]", timeout=15_000)


async def says_without_scripts(phone: BrowserContext, url: str, text: str) -> None:
    """And asks again by itself. The gate may not have heard of the line yet."""
    assert phone.browser
    bare = await phone.browser.new_context(java_script_enabled=False)
    page = await bare.new_page()
    async with asyncio.timeout(10):
        while text not in await page.inner_text("body"):
            await page.goto(url)
    assert await page.locator("meta[http-equiv=refresh]").count() == 1
    await bare.close()


def effort_of(ticket: str) -> int:
    """As it stands in the token (`admission/token.py`)."""
    return base64.urlsafe_b64decode(ticket + "=")[18]


async def test_who_comes_to_held_doors_has_a_place_that_nothing_takes_away_and_is_called_in(
    nats_url: str, bus: Bus, space_id: str, phone: BrowserContext
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with (
        front_door(nats_url, pages_dir=BUILT) as url,
        stage.live(),
        line_of(bus, space_id) as line,
    ):
        await says_without_scripts(phone, f"{url}/s/{space_id}", "About 9500 people wait")
        page = await phone.new_page()
        knocks: list[str] = []

        def knocked(request: Request) -> None:
            if "/live.mp4" in request.url:
                knocks.append(request.url)

        page.on("request", knocked)
        await page.goto(f"{url}/s/{space_id}")
        await page.click("[data-test=listen]")
        await page.wait_for_selector("[data-test=ahead]")
        assert "min" in await page.inner_text("[data-test=range]")
        assert "9,480 waiting" in await page.inner_text("[data-test=line-figures]")
        tickets = await page.evaluate(STORED)
        # Hammering gains nothing and loses nothing: the same ticket, and no knock at the stream.
        for _ in range(3):
            await page.reload()
        await page.wait_for_selector("[data-test=ahead]")
        assert await page.evaluate(STORED) == tickets
        assert len(knocks) == 1
        line.call()
        await page.wait_for_selector("[data-test=turn]")
        assert TITLE_OF_TURN in await page.title()
        await page.click("[data-test=listen]")
        await until_state(page, "live")
        assert [f"ticket={tickets[0]}" in url for url in knocks] == [False, True]
        # One ticket is one session: a second tab takes it over, and the first does not take it back.
        other = await phone.new_page()
        await other.goto(f"{url}/s/{space_id}")
        await other.click("[data-test=listen]")
        await until_state(other, "live")
        await until_state(page, "ready")
        await other.close()
        # Whoever is in stays in, also by another way to the ear, and while nobody else is let in.
        line.clock = replace(line.clock, called=Place(0, 0))
        await page.goto(f"{url}/s/{space_id}?mode=hls")
        await page.click("[data-test=listen]")
        await until_state(page, "live")
        assert len(knocks) == 2


async def test_in_the_lobby_an_open_page_is_drawn_bids_and_checks_the_draw_and_hears_along_until_it_is_called(
    nats_url: str, bus: Bus, space_id: str, phone: BrowserContext
) -> None:
    stage = await SyntheticStage.open(bus, space_id, state=State.GREEN_ROOM)
    await stage.store.change(space_id, lambda space: replace(space, on_air_ms=None))
    async with (
        front_door(nats_url, pages_dir=BUILT) as url,
        stage.live(),
        line_of(bus, space_id) as line,
    ):
        held = line.clock
        line.clock = replace(held, doors=Doors.LOBBY, seed=None, waiting=3_904, heat=1)
        page = await phone.new_page()
        await page.goto(f"{url}/s/{space_id}")
        assert await page.inner_text("[data-test=drawn]", timeout=15_000) == "3,904"
        await page.wait_for_selector("[data-test=bid] >> text=forward", timeout=15_000)
        (ticket,) = await page.evaluate(STORED)
        assert effort_of(ticket) == 1
        await stage.move(State.ON_AIR)
        line.clock = replace(held, number=line.clock.number, doors_ms=1, hears=True)
        await until_state(page, "in_line")
        assert "as promised" in await page.inner_text("[data-test=draw-checked]")
        await page.click("[data-test=listen]")
        async with page.expect_response(lambda r: "/hls/low/seg/" in r.url and r.status == 200):
            await page.click("[data-test=along]")
        assert await page.evaluate(STORED) == [ticket]
        line.call()
        await until_state(page, "live")
