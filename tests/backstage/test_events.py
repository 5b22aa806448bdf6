"""The event log's writer: in order, behind the answers, bounded."""

import asyncio
import json
from pathlib import Path

from stentor.backstage.events import EVENTS_MAX, EventLog
from stentor.clock import HandClock
from stentor.log.bus import Bus, connected
from stentor.log.server import EmbeddedServer


async def test_events_are_written_in_order(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    subscription = await bus.subscribe(f"space.{space_id}.event", lambda _s, data: heard.put_nowait(data))
    events = EventLog(bus, HandClock(wall_ms=5))
    for number in range(20):
        events.note(space_id, "test", number=number)
    running = asyncio.create_task(events.run())
    await events.drained(timeout_s=10)
    async with asyncio.timeout(5):
        told = [json.loads(await heard.get()) for _ in range(20)]
    assert told == [{"at_ms": 5, "kind": "test", "number": number} for number in range(20)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await subscription.close()


async def test_events_wait_for_a_log_that_is_away(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "nats")
    await server.start()
    try:
        async with connected(server.url, name="test") as bus:
            await bus.ensure_stream("demo", age_s=3600)
            events = EventLog(bus, HandClock())
            running = asyncio.create_task(events.run())
            await server.stop()
            events.note("demo", "test")
            await events.drained(timeout_s=0.2)
            await server.start()
            await events.drained(timeout_s=20)
            assert await bus.last_subject("demo", "space.demo.event") == "space.demo.event"
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    finally:
        await server.stop()


def test_what_comes_above_the_limit_is_lost_and_counted(bus: Bus) -> None:
    events = EventLog(bus, HandClock())
    for _ in range(EVENTS_MAX):
        events.note("demo", "test")
    assert events.lost_count == 0
    events.note("demo", "test")
    assert events.lost_count == 1
