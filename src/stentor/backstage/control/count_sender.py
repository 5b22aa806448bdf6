"""Puts the count logs' lines into the Spaces' logs, from where the scribe seals them with the recording.

Comes in: lines, once a second. Goes out: `space.<id>.count.<at_ms>`, in order. Never: a wait of the count for
the log: figures are live, the log may elect a leader meanwhile.
"""

import asyncio

import structlog

from stentor.errors import LogAway
from stentor.log.bus import Bus
from stentor.log.subjects import count_subject

log = structlog.get_logger()

WAITING_MAX = 2_000
"""Half an hour of one Space, or a minute of thirty, while the log is away."""
_AGAIN_AFTER_S = 0.5


class CountSender:
    """`send` from anywhere in the loop; `run` as a task beside it."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: asyncio.Queue[tuple[str, str, bytes]] = asyncio.Queue(WAITING_MAX)
        self.lost_count = 0

    def send(self, space_id: str, line: bytes, at_ms: int) -> None:
        """Takes a line. Bounds: 2,000 wait; while that is so, new ones are lost, counted and logged."""
        try:
            self._waiting.put_nowait((space_id, count_subject(space_id, at_ms), line))
        except asyncio.QueueFull:
            self.lost_count += 1
            log.error("a line of a count log is only on this machine", space=space_id, lost=self.lost_count)

    async def run(self) -> None:
        """Writes for ever; asks again while the log is away."""
        while True:
            space_id, subject, line = await self._waiting.get()
            while True:
                try:
                    await self._bus.append(subject, line)
                except LogAway:
                    if await self._is_gone(space_id):
                        break
                    await asyncio.sleep(_AGAIN_AFTER_S)
                else:
                    break

    async def _is_gone(self, space_id: str) -> bool:
        try:
            return not await self._bus.history(space_id).exists()
        except LogAway:
            return False
