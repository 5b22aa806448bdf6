"""The edge's steward over the real bus: it beats in real time, and the test moves what it measures with."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from stentor.admission.line.counts import LineCounts
from stentor.clock import HandClock
from stentor.config import Settings
from stentor.edge import steward
from stentor.edge.extras.signs import Signs
from stentor.edge.ladder import UP_AFTER_S, Quality, Step
from stentor.edge.notice import NOTICE_S
from stentor.edge.parts import (
    beat_subject,
    decoded_newcomers,
    decoded_step,
    order_subject,
    part_subject,
    step_subject,
)
from stentor.edge.report import Count, Report
from stentor.errors import NoAnswer, RemoteProblem
from stentor.limits import BEAT_UNKNOWN_AFTER_S
from stentor.log.bus import Bus
from stentor.space.names import new_id

SOON_MS = 1_700_000_000_840
"""A wall clock that stands still here is always 0.26 s before a beat."""
TEN = Count(arrived=12, admitted=10, hearing=9, gone=2)
LINE_BITS_PER_S = 1_000_000


@dataclass(slots=True)
class Edge:
    """A steward at work, as the house hears it."""

    bus: Bus
    edge_id: str
    clock: HandClock
    steward: steward.Steward
    beats: "asyncio.Queue[dict[str, Any]]"
    steps: "asyncio.Queue[Step | None]"
    sent_bytes: int = 0

    async def report(self, part: str = "fanout-0", *, boot: str = "b1", count: Count = TEN) -> None:
        told = Report(part=part, boot=boot, spaces={"demo": count}, sent_bytes=self.sent_bytes)
        await self.bus.publish(part_subject(self.edge_id, part), told.encoded())

    async def next_beat(self) -> dict[str, Any]:
        """One that began after this was asked."""
        async with asyncio.timeout(5):
            while not self.beats.empty():
                self.beats.get_nowait()
            return await self.beats.get()

    async def order(self, **wish: object) -> dict[str, Any]:
        return await self.bus.request(order_subject(self.edge_id), wish, timeout_s=2)


@asynccontextmanager
async def edge(bus: Bus) -> AsyncIterator[Edge]:
    edge_id, clock = new_id(), HandClock(wall_ms=SOON_MS)
    beats: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    steps: asyncio.Queue[Step | None] = asyncio.Queue()
    told = [
        await bus.subscribe(beat_subject(edge_id), lambda _, data: beats.put_nowait(json.loads(data))),
        await bus.subscribe(step_subject(edge_id), lambda _, data: steps.put_nowait(decoded_step(data))),
    ]
    settings = Settings(line_bits_per_s=LINE_BITS_PER_S)
    async with steward.running(bus, settings, edge_id=edge_id, clock=clock) as (speaker, _):
        house = Edge(bus, edge_id, clock, speaker, beats, steps)
        assert (await house.next_beat())["spaces"] == {}  # from now on it hears
        yield house
    for subscription in told:
        await subscription.close()


async def test_its_beat_is_the_sum_of_its_parts(bus: Bus) -> None:
    async with edge(bus) as house:
        await house.report()
        await house.report("fanout-1")
        await bus.publish(part_subject(house.edge_id, "fanout-2"), b"noise")
        beat = await house.next_beat()
        assert beat["spaces"] == {"demo": {"arrived": 24, "admitted": 20, "hearing": 18, "gone": 4}}
        assert (beat["edge"], beat["silent"], beat["rung"], beat["cadence"]) == (house.edge_id, 0, "high", 1)
        assert beat["boot"] == (await house.next_beat())["boot"]


async def test_a_part_that_is_silent_is_said_to_be_and_one_that_died_is_gone(bus: Bus) -> None:
    async with edge(bus) as house:
        await house.report()
        await house.next_beat()
        house.clock.advance(BEAT_UNKNOWN_AFTER_S + 1)  # whole seconds, so that the wall stays where it is
        beat = await house.next_beat()
        assert (beat["silent"], beat["spaces"]) == (1, {"demo": {"arrived": 12, "gone": 2}})
        await house.report()
        beat = await house.next_beat()
        assert (beat["silent"], beat["spaces"]["demo"]["admitted"]) == (0, 10)
        house.steward.part_died("fanout-0")
        beat = await house.next_beat()
        assert (beat["silent"], beat["spaces"]) == (0, {"demo": {"arrived": 12, "gone": 12}})


async def test_pressure_moves_the_ladder_and_every_second_the_parts_are_told_where_it_stands(
    bus: Bus,
) -> None:
    async with edge(bus) as house:
        seen = [Step()]
        while seen[-1] != Step(Quality.LOW):
            house.clock.advance(1.0)
            house.sent_bytes += LINE_BITS_PER_S * 9 // 80
            await house.report()
            beat = await house.next_beat()
            seen.append(Step(Quality(beat["rung"]), beat["cadence"]))
            assert len(seen) < 6
        assert beat["extras"] == "off"
        # A part that has just started hears it within a second, nobody having moved anything.
        while not house.steps.empty():
            house.steps.get_nowait()
        assert await asyncio.wait_for(house.steps.get(), 2) == Step(Quality.LOW)
        await house.next_beat()
        house.clock.advance(UP_AFTER_S)
        beat = await house.next_beat()
        assert (beat["rung"], beat["extras"]) == ("high", "paced")


async def test_an_order_is_told_at_once_a_slower_cadence_taken_later(bus: Bus) -> None:
    async with edge(bus) as house:
        while not house.steps.empty():
            house.steps.get_nowait()
        told = await house.order(rung="low", cadence=4)
        assert told == {
            "rung": "low",
            "cadence": 4,
            "extras": "on",
            "door": "open",
            "is_rung_forced": True,
            "is_cadence_forced": True,
            "is_extras_forced": False,
            "is_door_forced": False,
        }
        async with asyncio.timeout(5):
            while await house.steps.get() != Step(Quality.LOW):
                pass
            beat = await house.next_beat()
            assert (beat["rung"], beat["cadence"]) == ("low", 4)
            house.clock.advance(3 * NOTICE_S)
            while await house.steps.get() != Step(Quality.LOW, 4):
                pass
        assert await house.order(cadence="auto") == {**told, "cadence": 1, "is_cadence_forced": False}
        assert (await house.order(extras="off"))["is_extras_forced"] is True
        with pytest.raises(RemoteProblem, match="must be high, low or auto"):
            await house.order(rung="best")
        with pytest.raises(RemoteProblem, match="must be held or auto"):
            await house.order(door="open")
        assert (await house.order(door="held"))["is_door_forced"] is True
        await house.report()
        beat = await house.next_beat()
        assert (beat["rung"], beat["extras"], beat["door"]) == ("low", "off", "held")
        assert (beat["room"], beat["held"]) == (0, "operator")


async def test_its_beat_says_who_came_and_how_many_more_may_and_its_gates_are_told_their_part(
    bus: Bus,
) -> None:
    async with edge(bus) as house:
        told: asyncio.Queue[int | None] = asyncio.Queue()
        steps = await bus.subscribe(
            step_subject(house.edge_id), lambda _, data: told.put_nowait(decoded_newcomers(data))
        )
        assert "room" not in await house.next_beat(), "no fan-out speaks yet"
        await house.report(count=Count(arrived=17_000, admitted=17_000))
        line = {"demo": LineCounts({4: 2}, joined=1, came=3, asked=2)}
        for gate in ("gate-0", "gate-1"):
            await bus.publish(part_subject(house.edge_id, gate), Report(gate, "b1", line=line).encoded())
        beat = await house.next_beat()
        assert beat["spaces"]["demo"]["line"] == {"tickets": [[4, 4]], "joined": 2, "came": 6, "asked": 4}
        # Nobody has sent a byte, so the line is reckoned to carry fewer than the seats are.
        assert (beat["room"], beat["held"], beat["joins_per_s"]) == (0, "line", 2000)
        assert "tickets" not in (await house.next_beat())["spaces"]["demo"]["line"]
        while await told.get() != 0:
            pass
        await steps.close()


async def test_its_beat_has_what_its_gates_were_shown_since_the_last_one(bus: Bus) -> None:
    async with edge(bus) as house:
        signs = {"demo": Signs({"clap": 3}, hands=2)}
        await bus.publish(
            part_subject(house.edge_id, "gate-0"), Report("gate-0", "b1", signs=signs).encoded()
        )
        assert (await house.next_beat())["spaces"] == {"demo": {"reactions": {"clap": 3}, "hands": 2}}
        assert (await house.next_beat())["spaces"] == {"demo": {"hands": 2}}
        house.steward.part_died("gate-0")
        assert (await house.next_beat())["spaces"] == {}


async def test_it_says_goodbye_and_hears_no_more_orders(bus: Bus) -> None:
    byes: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def hear(_subject: str, data: bytes) -> None:
        if (beat := json.loads(data)).get("bye"):
            byes.put_nowait(beat)

    async with edge(bus) as house:
        listening = await bus.subscribe(beat_subject(house.edge_id), hear)
        await house.report()
        await house.next_beat()
        assert byes.empty()
    bye = await asyncio.wait_for(byes.get(), 5)
    assert (bye["edge"], bye["spaces"]) == (house.edge_id, {})
    with pytest.raises(NoAnswer):
        await bus.request(order_subject(house.edge_id), {}, timeout_s=0.5)
    await listening.close()
