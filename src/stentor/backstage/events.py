"""The event log's writer: what was done through this door, one line each, behind the answers.

Comes in: facts, from the routes. Goes out: `space.<id>.event`, in order, at least once, and a copy for who is
told of all Spaces' events. Never: a wait in a route. While the log elects a leader (up to 8 s, measured)
people still join; the story follows later.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from stentor.clock import Clock
from stentor.errors import LogAway
from stentor.log.bus import Bus
from stentor.log.event_types import message_of, type_of
from stentor.log.house_events import HouseEvents, subject_of
from stentor.space.names import new_id

log = structlog.get_logger()

EVENTS_MAX = 1_000
_AGAIN_AFTER_S = 0.5


@dataclass(frozen=True, slots=True)
class _Noted:
    id: str
    space_id: str
    event: dict[str, Any]


class EventLog:
    """`note` from anywhere in the loop; `run` as a task beside it."""

    def __init__(self, bus: Bus, clock: Clock, house: HouseEvents | None = None) -> None:
        """Args: house: takes the copies; None: nobody is told."""
        self._bus = bus
        self._clock = clock
        self._house = house
        self._waiting: asyncio.Queue[_Noted] = asyncio.Queue(EVENTS_MAX)
        self.lost_count = 0

    def note(self, space_id: str, kind: str, **facts: object) -> None:
        """Takes an event. Bounds: 1,000 wait; while that is so, new ones are lost, counted and logged."""
        event = {"at_ms": self._clock.wall_ms(), "kind": kind, **facts}
        try:
            self._waiting.put_nowait(_Noted(new_id(16), space_id, event))
        except asyncio.QueueFull:
            self.lost_count += 1
            log.error("event lost", space=space_id, kind=kind, lost=self.lost_count)

    async def run(self) -> None:
        """Writes for ever; asks again while the log is away."""
        while True:
            noted = await self._waiting.get()
            await self._until_done(self._write, noted)
            await self._until_done(self._copy, noted)
            self._waiting.task_done()

    async def _until_done(self, work: Callable[[_Noted], Awaitable[None]], noted: _Noted) -> None:
        while True:
            try:
                await work(noted)
            except LogAway as error:
                if await self._is_gone(noted.space_id):
                    log.info("an event of a Space that is gone", kind=noted.event["kind"])
                    return
                log.warning("event waits", space=noted.space_id, detail=error.detail)
                await asyncio.sleep(_AGAIN_AFTER_S)
            else:
                return

    async def _is_gone(self, space_id: str) -> bool:
        """Its log was removed with it. Without a connection nothing is known, so the event waits."""
        try:
            return not await self._bus.history(space_id).exists()
        except LogAway:
            return False

    async def _write(self, noted: _Noted) -> None:
        await self._bus.append_event(noted.space_id, noted.event)

    async def _copy(self, noted: _Noted) -> None:
        if self._house is not None:
            subject = subject_of(noted.space_id, type_of(noted.event))
            message = message_of(noted.space_id, noted.event)
            await self._house.append(subject, message, message_id=noted.id)

    async def drained(self, *, timeout_s: float) -> None:
        """Waits until all is written, or for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._waiting.join()
