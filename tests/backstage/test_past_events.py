"""The event log over the expiry of the log, and the count's lines on their way to the scribe."""

import asyncio
import json
from pathlib import Path

from stentor.backstage.control.count_logs import CountLogs
from stentor.backstage.control.count_sender import CountSender
from stentor.backstage.past_events import events_after
from stentor.log.bus import Bus
from stentor.process import end_tasks
from stentor.shelf import layout
from stentor.shelf.store import Shelf, SpaceShelf


async def shelved(tmp_path: Path, space_id: str, *sequences: int) -> SpaceShelf:
    files = Shelf.open(tmp_path).of(space_id)
    lines = [json.dumps({layout.NUMBER: at, "kind": f"old-{at}"}) for at in sequences]
    await files.put(layout.EVENTS, "\n".join(lines).encode())
    return files


async def test_events_go_on_over_what_the_log_has_lost(bus: Bus, space_id: str, tmp_path: Path) -> None:
    await bus.ensure_stream(space_id)
    for kind in ("a", "b", "c"):
        await bus.append_event(space_id, {"kind": kind})
    files, history = await shelved(tmp_path, space_id, 1, 2, 3), bus.history(space_id)
    await history.begin_again(3600)
    await bus.append_event(space_id, {"kind": "d"})
    found = await events_after(history, files, after=0, limit=10)
    assert [(event.sequence, event.facts["kind"]) for event in found] == [
        (1, "old-1"),
        (2, "old-2"),
        (3, "old-3"),
        (4, "d"),
    ]
    assert [e.sequence for e in await events_after(history, files, after=1, limit=2)] == [2, 3]
    assert [e.sequence for e in await events_after(history, files, after=3, limit=2)] == [4]


async def test_events_are_read_when_the_log_is_gone(bus: Bus, space_id: str, tmp_path: Path) -> None:
    files = await shelved(tmp_path, space_id, 7)
    found = await events_after(bus.history(space_id), files, after=0, limit=10)
    assert [event.sequence for event in found] == [7]


async def test_a_count_line_is_in_the_log_as_it_is_on_the_disk(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    sender = CountSender(bus)
    sending = asyncio.create_task(sender.run())
    logs = CountLogs(tmp_path, pass_on=sender.send)
    # One of a Space that is gone stands in nobody's way.
    logs.write("gone", {"hearing": 1}, at_ms=1)
    await bus.ensure_stream(space_id)
    logs.write(space_id, {"hearing": 1}, at_ms=1_000)
    async with asyncio.timeout(10):
        while (line := await bus.fetch(space_id, f"space.{space_id}.count.1000")) is None:
            await asyncio.sleep(0.02)
    await end_tasks(sending)
    assert line == (tmp_path / space_id / "counts.jsonl").read_bytes()
