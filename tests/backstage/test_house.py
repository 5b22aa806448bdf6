"""The house through a real door: a real edge's steward, orders to its ladder, what the house wrote down."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from stage_door import OpenDoor, opened_door
from stentor.clock import SystemClock
from stentor.config import Settings
from stentor.edge import steward
from stentor.edge.parts import part_subject
from stentor.edge.report import Count, Report
from stentor.log.bus import Bus
from stentor.log.house_log import NOTES_MAX, SAME_WITHIN_MS, HouseLog, Notes, read_house_log


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def soon(look: Callable[[], Awaitable[Any]]) -> Any:
    """What `look` finds, once it finds something."""
    async with asyncio.timeout(8):
        while not (found := await look()):
            await asyncio.sleep(0.05)
    return found


async def test_operators_see_edges_force_their_ladders_and_read_what_happened(
    door: OpenDoor, bus: Bus
) -> None:
    settings = Settings(listeners_max=500, line_bits_per_s=1_000_000)

    async def edge_told(is_wanted: Callable[[dict[str, Any]], bool] = lambda _: True) -> Any:
        _, told = await door.ask("GET", "/api/house", headers=door.owner)
        return next((e for e in told["edges"] if e["id"] == "e1" and is_wanted(e)), None)

    async def log_kinds() -> list[str]:
        _, told = await door.ask("GET", "/api/house/log", headers=door.owner)
        return [note["kind"] for note in told["items"] if note["facts"].get("edge") == "e1"]

    async with steward.running(bus, settings, edge_id="e1", clock=SystemClock()):
        count = Count(arrived=12, admitted=10, hearing=9, gone=2)

        async def report() -> None:
            for sent in range(0, 10_000_000, 50_000):
                told = Report(part="fanout-0", boot="b", spaces={"demo": count}, sent_bytes=sent)
                await bus.publish(part_subject("e1", "fanout-0"), told.encoded())
                await asyncio.sleep(0.3)

        reporting = asyncio.create_task(report())
        edge = await soon(lambda: edge_told(lambda e: e["admitted"] == 10 and bool(e["line"])))
        assert (edge["hearing"], edge["seats"], edge["spaces"]) == (9, 500, 1)
        assert (edge["rung"], edge["cadence"], edge["forced"], edge["is_lost"]) == ("high", 1, [], False)
        assert edge["late_ms"] is not None
        assert 0 < edge["line"] < 10

        path = "/api/house/edges/e1/ladder"
        status, told = await door.ask("POST", path, json={"rung": "low", "cadence": 2}, headers=door.owner)
        assert (status, told["rung"], told["cadence"], told["is_rung_forced"]) == (200, "low", 2, True)
        edge = await soon(lambda: edge_told(lambda e: e["rung"] == "low"))
        assert edge["forced"] == ["rung", "cadence"]
        for wrong in ({"rung": "best"}, {"cadence": 3}, {"speed": 1}):
            assert (await door.ask("POST", path, json=wrong, headers=door.owner))[0] == 400
        _, house = await door.ask("GET", "/api/house", headers=door.owner)
        assert house["capacity"]["seats"] >= 500
        assert house["figures"]["hearing"] >= 9
        reporting.cancel()
        await asyncio.gather(reporting, return_exceptions=True)

    async def has_left() -> bool:
        return "edge_left" in await log_kinds()

    await soon(has_left)
    assert [kind for kind in await log_kinds() if kind != "ladder"] == ["edge_left", "ladder_order"]


@pytest.mark.parametrize("name", ["none", "*", ">", "e1.x", "%3E", "x" * 101])
async def test_an_order_goes_to_no_edge_but_one_that_speaks(door: OpenDoor, name: str) -> None:
    status, _ = await door.ask(
        "POST", f"/api/house/edges/{name}/ladder", json={"rung": "low"}, headers=door.owner
    )
    assert status in {400, 404}


async def test_the_house_is_for_operators(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    for method, path in (("GET", ""), ("GET", "/log"), ("POST", "/edges/e1/ladder")):
        body: dict[str, Any] = {"json": {}} if method == "POST" else {}
        assert (await door.ask(method, "/api/house" + path, **body))[0] == 401
        assert (await door.ask(method, "/api/house" + path, headers=host, **body))[0] == 401


async def test_the_log_keeps_the_last_and_numbers_them_without_gaps() -> None:
    notes = Notes()
    for n in range(NOTES_MAX + 5):
        notes = notes.with_new("ladder", at_ms=n, facts={"edge": "a"})
    assert [note.n for note in notes.notes] == list(range(6, NOTES_MAX + 6))
    assert Notes.from_json(notes.as_json()) == notes


async def test_what_several_doors_say_at_once_is_one_note() -> None:
    notes = Notes()
    for at_ms in (0, 500, SAME_WITHIN_MS - 1, SAME_WITHIN_MS):
        notes = notes.with_new("edge_lost", at_ms=at_ms, facts={"edge": "a"}, is_shared=True)
    notes = notes.with_new("edge_lost", at_ms=0, facts={"edge": "b"}, is_shared=True)
    assert [(note.at_ms, note.facts["edge"]) for note in notes.notes] == [
        (0, "a"),
        (SAME_WITHIN_MS, "a"),
        (0, "b"),
    ]
    same = {"space": "x"}
    for _ in range(2):
        notes = notes.with_new("stage_died", at_ms=0, facts=same)
    assert len(notes.notes) == 5


async def test_those_who_write_at_once_lose_nothing(bus: Bus) -> None:
    before = len((await read_house_log(bus)).notes)
    logs = [HouseLog(SystemClock()) for _ in range(4)]
    tasks = [asyncio.create_task(log.run(bus)) for log in logs]
    for n in range(5):
        for writer, log in enumerate(logs):
            log.note("stage_died", space=f"{writer}-{n}")

    async def all_there() -> bool:
        return len((await read_house_log(bus)).notes) == before + 20

    await soon(all_there)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    notes = (await read_house_log(bus)).notes[before:]
    for writer in range(4):
        told = [note.facts["space"] for note in notes if note.facts["space"].startswith(f"{writer}-")]
        assert told == [f"{writer}-{n}" for n in range(5)], "each writer's notes stay in order"
