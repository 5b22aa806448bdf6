"""A hub is told which feeds have changed: once for a burst, again after a failure, of nothing private."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from stentor.backstage.control.hub_pings import DURABLE, EVENTS, HubPings, wait_s
from stentor.backstage.control.webhook_courier import Courier
from stentor.log.bus import Bus
from stentor.log.event_types import EVENT_TYPES
from stentor.log.house_events import subject_of
from stentor.log.state import SpaceStore
from stentor.process import end_tasks
from stentor.space.lifecycle import State
from stentor.space.names import new_id
from stentor.space.record import Space

HOUSE = "https://house.example"


@dataclass
class Hub:
    """Keeps what it is told and answers as the test says."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    told: asyncio.Queue[dict[str, str]] = field(default_factory=asyncio.Queue)

    async def take(self, request: web.Request) -> web.Response:
        assert request.content_type == "application/x-www-form-urlencoded"
        self.told.put_nowait(dict(parse_qsl(await request.text())))
        return web.Response(status=self.answers.pop(0) if self.answers else 202)

    async def feeds(self, count: int) -> list[str]:
        """The next so many that it is told of."""
        async with asyncio.timeout(10):
            told = [await self.told.get() for _ in range(count)]
        assert {each["hub.mode"] for each in told} == {"publish"}
        return sorted(each["hub.url"].removeprefix(HOUSE) for each in told)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    made = Hub()
    app = web.Application()
    app.router.add_post("/hub", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hub"
    yield made
    await runner.cleanup()


@asynccontextmanager
async def pinging(bus: Bus, hub: Hub, quiet: asyncio.Event) -> AsyncIterator[None]:
    async def wait() -> None:
        await quiet.wait()

    events, spaces = await bus.house_events(), await SpaceStore.open(bus)
    await events.ensure()
    courier = Courier(may_be_private=True)
    task = asyncio.create_task(HubPings(events, spaces, courier, hub.url, HOUSE, wait).run())
    try:
        yield
    finally:
        await end_tasks(task)


async def tell(bus: Bus, space_id: str, kind: str) -> None:
    events = await bus.house_events()
    await events.append(subject_of(space_id, kind), b"{}", message_id=new_id())


async def placed(bus: Bus, hub: Hub, space_id: str) -> None:
    """The pings read from here on: what was told before their place was made is nobody's."""
    async with asyncio.timeout(10):
        while hub.told.empty():
            await tell(bus, space_id, "recording.made")
            await asyncio.sleep(0.1)
    while not hub.told.empty() or await waiting(bus):
        while not hub.told.empty():
            hub.told.get_nowait()
        await asyncio.sleep(0.1)


async def waiting(bus: Bus) -> int:
    """Events that are not done yet."""
    info = await bus._js.consumer_info("EVENTS", DURABLE)
    return (info.num_pending or 0) + (info.num_ack_pending or 0)


async def test_a_burst_is_one_message_for_each_feed_and_a_failure_is_tried_again(
    nats_url: str, bus: Bus, hub: Hub, space_id: str
) -> None:
    store = await SpaceStore.open(bus)
    space = Space(space_id, "Tea", State.ENDED, 0, account_id="acc/1")
    await store.create(space)
    await store.create(replace(space, id=f"{space_id}-secret", listen_key="key"))
    quiet = asyncio.Event()
    quiet.set()
    async with pinging(bus, hub, quiet):
        await placed(bus, hub, space_id)
        quiet.clear()
        for kind in ("recording.made", "transcript.made", "brief.made", "person.muted"):
            await tell(bus, space_id, kind)
        async with asyncio.timeout(10):
            while await waiting(bus) < 3:
                await asyncio.sleep(0.02)
        quiet.set()
        assert await hub.feeds(2) == ["/feed.xml", "/hosts/acc%2F1/feed.xml"]
        while await waiting(bus):
            await asyncio.sleep(0.02)
        assert hub.told.empty()

        await tell(bus, f"{space_id}-secret", "recording.made")
        while await waiting(bus):
            await asyncio.sleep(0.02)
        assert hub.told.empty()

        hub.answers = [500]
        await tell(bus, space_id, "recording.changed")
        await hub.feeds(2)
        async with asyncio.timeout(5):
            while hub.answers:
                await asyncio.sleep(0.02)
        assert await waiting(bus) == 1  # it waits for another try


def test_every_event_is_one_that_is_told_and_the_tries_end_within_an_hour_and_a_half() -> None:
    assert set(EVENTS) <= EVENT_TYPES
    assert [wait_s(n) for n in (1, 2, 7)] == [30, 60, 1920]
