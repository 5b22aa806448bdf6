"""The stage's way into the log: spool first, publish, send again what was not acknowledged.

Comes in: subject and bytes, whenever the mixer has them. Goes out: acknowledged messages. Never: a wait in
the caller. NATS may be away for minutes and the disk may be full; the speakers do not notice.
"""

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from stentor.errors import LogAway
from stentor.log.bus import Bus
from stentor.log.spool import Place, Spool

log = structlog.get_logger()

_IN_FLIGHT_MAX = 32
_AGAIN_AFTER_S = 0.1
_IN_MEMORY_MAX = 2_000
_COMPLAIN_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class _Item:
    subject: str
    place: Place | None
    payload: bytes | None  # only when the spool could not take it


class LogWriter:
    """One Space's writer. `append` from the loop's thread, `run` as a task beside it."""

    def __init__(self, bus: Bus, directory: Path, *, spool_bytes_max: int) -> None:
        self._bus = bus
        self._spool = Spool(directory, bytes_max=spool_bytes_max)
        self._waiting: deque[_Item] = deque(
            _Item(subject, place, None) for subject, place in self._spool.left_over()
        )
        self._in_flight_count = 0
        self._in_memory_count = 0
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._complained_s = float("-inf")
        self.acknowledged_count = 0
        self.duplicate_count = 0
        self.lost_count = 0

    @property
    def pending_count(self) -> int:
        """Appended and not yet acknowledged."""
        return len(self._waiting) + self._in_flight_count

    def append(self, subject: str, payload: bytes) -> None:
        """Takes the message; never waits, never raises because NATS or the disk is away.

        Bounds: without a disk at most 2,000 messages wait in memory; then the oldest is lost and counted.
        """
        try:
            item = _Item(subject, self._spool.append(subject, payload), None)
        except OSError as error:
            self._complain("the spool cannot be written", error=error.strerror or str(error))
            item = _Item(subject, None, payload)
            self._in_memory_count += 1
            if self._in_memory_count > _IN_MEMORY_MAX:
                self._drop_oldest_in_memory()
        self._waiting.append(item)
        self._idle.clear()
        self._news.set()

    async def run(self) -> None:
        """Sends in order, up to 32 at a time, until cancelled. What is left stays in the spool."""
        gate = asyncio.Semaphore(_IN_FLIGHT_MAX)
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    if not self._waiting:
                        self._news.clear()
                        await self._news.wait()
                    await gate.acquire()
                    if not self._waiting:
                        gate.release()
                        continue
                    self._in_flight_count += 1
                    task = group.create_task(self._send(self._waiting.popleft()))
                    task.add_done_callback(lambda _: gate.release())
        finally:
            self._spool.close()

    async def drained(self, *, timeout_s: float) -> bool:
        """Waits until all is acknowledged. False: not within the time."""
        if self.pending_count:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._idle.wait()
        return self.pending_count == 0

    async def _send(self, item: _Item) -> None:
        payload = item.payload if item.place is None else self._spool.read(item.place)
        try:
            while payload is not None:
                try:
                    sequence = await self._bus.append(item.subject, payload)
                except LogAway as error:
                    self._complain("the log does not acknowledge", error=error.detail)
                    await asyncio.sleep(_AGAIN_AFTER_S)
                    continue
                self.acknowledged_count += 1
                self.duplicate_count += sequence is None
                break
        finally:
            self._in_flight_count -= 1
        if item.place is None:
            self._in_memory_count -= 1
        else:
            self._spool.acknowledge(item.place)
        if self.pending_count == 0:
            self._idle.set()

    def _drop_oldest_in_memory(self) -> None:
        for index, item in enumerate(self._waiting):
            if item.place is None:
                del self._waiting[index]
                self._in_memory_count -= 1
                self.lost_count += 1
                return

    def _complain(self, what: str, *, error: str) -> None:
        now_s = time.monotonic()
        if now_s - self._complained_s >= _COMPLAIN_EVERY_S:
            self._complained_s = now_s
            log.warning(what, error=error, pending=self.pending_count, lost=self.lost_count)
