"""The edge's steward: adds up its parts, moves its ladder, speaks for it.

Comes in: the parts' reports, an operator's orders. Goes out: the beat, which tells the step that was decided
on; the step that is in force, to the edge's own processes. Never: a listener's path; while the steward is
away, those who sit are served as before.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import structlog

from stentor.clock import Clock
from stentor.config import Settings
from stentor.edge.egress import left_by_live
from stentor.edge.extras.signs import SignSum
from stentor.edge.ladder import Door, Ladder, Pressure, Quality
from stentor.edge.line_counts import LineSum
from stentor.edge.parts import (
    GATE,
    beat_subject,
    boot_id,
    encoded_step,
    order_subject,
    part_subject,
    step_subject,
    until_report_s,
)
from stentor.edge.report import Report, Sum, beat, goodbye
from stentor.edge.room import JOINS_PER_GATE, Held, JoinRate, Room, RoomGauge
from stentor.errors import BadInput
from stentor.limits import BEAT_INTERVAL_S
from stentor.log.bus import Bus

log = structlog.get_logger()

_AFTER_PARTS_MS = 100


class Steward:
    """One per edge, in its first process."""

    def __init__(self, bus: Bus, settings: Settings, *, edge_id: str, clock: Clock) -> None:
        self.ladder = Ladder()
        self._bus = bus
        self._settings = settings
        self._edge_id = edge_id
        self._clock = clock
        self._sum = Sum()
        self._signs = SignSum()
        self._line = LineSum()
        self._room = RoomGauge()
        self._rate = JoinRate(settings.joins_per_s or JOINS_PER_GATE)
        self._boot = boot_id()

    def part_died(self, part: str) -> None:
        """Its listeners' sockets are closed: they are gone, not unknown."""
        self._sum.died(part)
        self._signs.died(part)

    async def run(self) -> None:
        """Until cancelled; then says goodbye."""
        reports = await self._bus.subscribe(part_subject(self._edge_id, "*"), self._hear)
        orders = await self._bus.serve(order_subject(self._edge_id), self._order)
        try:
            while True:
                await asyncio.sleep(until_report_s(self._clock.wall_ms(), after_ms=_AFTER_PARTS_MS))
                await self._beat()
        finally:
            await orders.close()
            await reports.close()
            await self._bus.publish(
                beat_subject(self._edge_id), goodbye(edge_id=self._edge_id, at_ms=self._clock.wall_ms())
            )

    async def _beat(self) -> None:
        now_s = self._clock.monotonic_s()
        pressure = self._sum.pressure(
            line_bits_per_s=self._settings.line_bits_per_s, elapsed_s=BEAT_INTERVAL_S, now_s=now_s
        )
        before = self.ladder.step, self.ladder.extras, self.ladder.door
        step, extras, door = self.ladder.feel(pressure, now_s=now_s), self.ladder.extras, self.ladder.door
        if (step, extras, door) != before:
            log.warning(
                "the ladder has moved",
                rung=step.quality.value,
                cadence=step.cadence,
                extras=extras.value,
                door=door.value,
                level=round(pressure.extras_level, 2),
            )
        room = self._room_now(pressure, now_s)
        gates = self._sum.gates(now_s=now_s)
        # Told each second, so that a part that has just started knows it soon.
        share = None if room is None else -(-room.newcomers // max(1, gates))
        egress = left_by_live(
            self._settings.line_bits_per_s, live_bits_per_s=self._sum.live_bits_per_s, gates=gates
        )
        in_force = encoded_step(self.ladder.in_force, extras, share, egress)
        await self._bus.publish(step_subject(self._edge_id), in_force)
        told = beat(
            edge_id=self._edge_id,
            boot=self._boot,
            at_ms=self._clock.wall_ms(),
            counts=self._sum.counts(now_s=now_s),
            silent=self._sum.silent(now_s=now_s),
            step=step,
            signs=self._signs.taken(now_s=now_s),
            extras=extras,
            door=door,
            pressure=pressure,
            has_line=self._settings.line_bits_per_s > 0,
            seats=self._settings.listeners_max * self._sum.fanouts(now_s=now_s),
            forced=self.ladder.orders.names,
            line=self._line.taken(),
            room=room,
            joins_per_s=self._rate.feel(gates=gates, queue_ms=pressure.queue_ms),
            url=self._settings.edge_url,
        )
        await self._bus.publish(beat_subject(self._edge_id), told)

    def _room_now(self, pressure: Pressure, now_s: float) -> Room | None:
        """None: no fan-out speaks yet, so nobody knows."""
        orders = self.ladder.orders
        load = self._sum.load(
            line_share=pressure.line_share,
            line_bits_per_s=self._settings.line_bits_per_s,
            seats_per_fanout=self._settings.listeners_max,
            step=self.ladder.step,
            lowest=orders.quality or Quality.LOW,
            now_s=now_s,
        )
        if not load.fanouts:
            return None
        why = Held.LINE if self.ladder.is_held_by_line else Held.JOINS
        return self._room.feel(
            load, door=self.ladder.door, why=Held.OPERATOR if orders.door else why, now_s=now_s
        )

    def _hear(self, _subject: str, payload: bytes) -> None:
        try:
            report = Report.parse(payload)
        except BadInput as error:
            log.warning("a report that cannot be read", detail=error.detail)
            return
        now_s = self._clock.monotonic_s()
        self._sum.heard(report, now_s=now_s)
        if report.part.startswith(GATE):
            self._signs.heard(report.part, report.boot, report.signs, now_s=now_s)
            self._line.heard(report.part, report.boot, report.line)

    async def _order(self, question: dict[str, Any]) -> dict[str, Any]:
        self.ladder.order(question, now_s=self._clock.monotonic_s())
        step, orders, extras = self.ladder.step, self.ladder.orders, self.ladder.extras
        held = 0 if self.ladder.door is Door.HELD else None
        await self._bus.publish(step_subject(self._edge_id), encoded_step(self.ladder.in_force, extras, held))
        return {
            "rung": step.quality.value,
            "cadence": step.cadence,
            "extras": extras.value,
            "door": self.ladder.door.value,
            "is_rung_forced": orders.quality is not None,
            "is_cadence_forced": orders.cadence is not None,
            "is_extras_forced": orders.extras is not None,
            "is_door_forced": orders.door is not None,
        }


@contextlib.asynccontextmanager
async def running(
    bus: Bus, settings: Settings, *, edge_id: str, clock: Clock
) -> AsyncIterator[tuple[Steward, asyncio.Task[None]]]:
    """A steward for as long as the block runs."""
    steward = Steward(bus, settings, edge_id=edge_id, clock=clock)
    task = asyncio.create_task(steward.run(), name="steward")
    try:
        yield steward, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
