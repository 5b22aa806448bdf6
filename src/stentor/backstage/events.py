"""The event log's writer: what was done through this door, one line each, behind the answers.

Comes in: facts, from the routes. Goes out: `space.<id>.event`, in order, at least once. Never: a wait in a
route. While the log elects a leader (up to 8 s, measured) people still join; the story follows later.
"""

import asyncio
from contextlib import suppress
from typing import Any

import structlog

from stentor.clock import Clock
from stentor.errors import LogAway
from stentor.log.bus import Bus

log = structlog.get_logger()

EVENTS_MAX = 1_000
_AGAIN_AFTER_S = 0.5


class EventLog:
    """`note` from anywhere in the loop; `run` as a task beside it."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._waiting: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue(EVENTS_MAX)
        self.lost_count = 0

    def note(self, space_id: str, kind: str, **facts: object) -> None:
        """Takes an event. Bounds: 1,000 wait; while that is so, new ones are lost, counted and logged."""
        try:
            self._waiting.put_nowait((space_id, {"at_ms": self._clock.wall_ms(), "kind": kind, **facts}))
        except asyncio.QueueFull:
            self.lost_count += 1
            log.error("event lost", space=space_id, kind=kind, lost=self.lost_count)

    async def run(self) -> None:
        """Writes for ever; asks again while the log is away."""
        while True:
            space_id, event = await self._waiting.get()
            while True:
                try:
                    await self._bus.append_event(space_id, event)
                except LogAway as error:
                    log.warning("event waits", space=space_id, detail=error.detail)
                    await asyncio.sleep(_AGAIN_AFTER_S)
                else:
                    break
            self._waiting.task_done()

    async def drained(self, *, timeout_s: float) -> None:
        """Waits until all is written, or for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._waiting.join()
