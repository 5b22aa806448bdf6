"""A Space's line through a real door: its controller's clock, a host's word, and what becomes of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from stage_door import OpenDoor, opened_door
from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.admission.line.place import Place
from stentor.admission.line.signing import ClockSigner, is_signed_by
from stentor.backstage.line_words import words_of
from stentor.log.bus import Bus
from stentor.log.house_key import house_key

AT_MS = 1_800_000_000_000


@pytest.fixture
async def door(nats_url: str, tmp_path: Path, bus: Bus) -> AsyncIterator[OpenDoor]:
    """With an edge's beat: without one nobody knows what room there is."""

    async def beat() -> None:
        while True:
            told = {"edge": "e1", "at_ms": 0, "spaces": {}, "room": 5_000, "joins_per_s": 1_000}
            await bus.publish("edge.e1.beat", json.dumps(told).encode())
            await asyncio.sleep(0.3)

    beating = asyncio.create_task(beat())
    async with opened_door(nats_url, tmp_path) as door:
        yield door
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)


async def line_of(
    door: OpenDoor, space_id: str, host: dict[str, str], holds: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """The line, once it is such."""
    async with asyncio.timeout(10):
        while True:
            status, told = await door.ask("GET", f"/api/spaces/{space_id}/line", headers=host)
            assert status == 200
            line: dict[str, Any] = told
            if line["now"] is not None and holds(line["now"]):
                return line
            await asyncio.sleep(0.05)


async def test_a_hosts_word_is_felt_in_the_clock_that_everybody_reads_until_it_is_over(
    door: OpenDoor, bus: Bus, space_id: str
) -> None:
    told: asyncio.Queue[bytes] = asyncio.Queue()
    listening = await bus.subscribe(f"line.{space_id}", lambda _s, data: told.put_nowait(data))
    host = await door.space(space_id, state="on_air")
    path = f"/api/spaces/{space_id}/line"
    line = await line_of(door, space_id, host, lambda now: now["doors_ms"] is not None)
    assert (line["doors"], line["listeners_max"]) == ("auto", None)

    status, line = await door.ask("PATCH", path, json={"doors": "held", "listeners_max": 300}, headers=host)
    assert (status, line["doors"], line["listeners_max"]) == (200, "held", 300)
    line = await line_of(door, space_id, host, lambda now: now["why"] == "host")
    assert line["now"]["doors"] == "held"
    async with asyncio.timeout(5):
        while LineClock.parse(data := await told.get()).why is not Why.HOST:
            pass
    assert is_signed_by(ClockSigner(await house_key(bus, "clock")).public_key, data)

    status, line = await door.ask("PATCH", path, json={"listeners_max": None}, headers=host)
    assert (status, line["doors"], line["listeners_max"]) == (200, "held", None)
    await door.ask("PATCH", path, json={"doors": "open"}, headers=host)
    await line_of(door, space_id, host, lambda now: now["doors"] == "open")

    async with asyncio.timeout(5):
        events: list[dict[str, Any]] = []
        while len(events) < 3:
            _, found = await door.ask("GET", f"/api/spaces/{space_id}/events", headers=host)
            events = [event for event in found["items"] if event["kind"] == "doors"]
    assert [event["facts"]["doors"] for event in events] == ["held", "held", "open"]

    await door.ask("POST", f"/api/spaces/{space_id}/state", json={"state": "ended"}, headers=host)
    assert (await door.ask("PATCH", path, json={"doors": "open"}, headers=host))[0] == 410
    async with asyncio.timeout(10):
        while (await door.ask("GET", path, headers=host))[1]["now"] is not None:
            await asyncio.sleep(0.05)
    await listening.close()


@pytest.mark.parametrize(
    "wanted", [{"doors": "shut"}, {"listeners_max": -1}, {"listeners_max": "many"}, {"seats": 3}]
)
async def test_what_means_nothing_is_refused(door: OpenDoor, space_id: str, wanted: dict[str, Any]) -> None:
    host = await door.space(space_id)
    assert (await door.ask("PATCH", f"/api/spaces/{space_id}/line", json=wanted, headers=host))[0] == 400


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (None, "There is no line"),
        (LineClock("x", 1, AT_MS, Doors.LOBBY, waiting=1_200), "1,200 people are in the draw"),
        (LineClock("x", 1, AT_MS, Doors.OPEN, admitted=7, room=90), "7 are in, 90 seats are free"),
        (LineClock("x", 1, AT_MS, Doors.OVER), "Over."),
        (
            LineClock("x", 1, AT_MS, Doors.HELD, Why.SEATS, arrivals=((1, 3), (2, 0))),
            "Nobody can say yet how long.",
        ),
        (
            LineClock(
                *("x", 1, AT_MS, Doors.HELD, Why.JOINS, AT_MS - 9_000, Place(1, 0), ((1, 6_000), (11, 0))),
                admits_per_s=20.0,
                room=10_000,
                waiting=6_000,
            ),
            "More come than can be let in at once: 6,000 people wait, 0 are in. "
            "Who comes now waits 4 min to 6 min.",
        ),
    ],
)
def test_a_host_reads_the_line_in_a_sentence(clock: LineClock | None, words: str) -> None:
    assert words in words_of(clock)
