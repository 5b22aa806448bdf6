"""The stage's way into the log: spool first, publish at once, send again what was not acknowledged.

Comes in: subject and bytes, whenever the mixer has them. Goes out: acknowledged messages. Never: a wait in
the caller. NATS may be away for minutes and the disk may be full; the speakers do not notice.

Live readers hear a message when it is published, not when it is kept. So a message is published as soon as
there is a connection, in order, whatever became of those before it; only what was not acknowledged in time
is sent again, apart and few at a time. While a leader is elected (8 s) or the disk is full (minutes), live
goes on.
"""

import asyncio
import heapq
import itertools
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from stentor.errors import LogAway
from stentor.log.bus import Bus
from stentor.log.spool import Place, Spool
from stentor.log.watchdog import STUCK_AFTER_S, SUBJECT

log = structlog.get_logger()

_UNANSWERED_MAX = 1_024
"""What a full stage (13 voices, 18 messages a chunk) publishes in 30 s, six times the wait for an answer."""
_AGAIN_AT_ONCE_MAX = 16
_AGAIN_AFTER_S = 0.1
_IN_MEMORY_MAX = 2_000
_COMPLAIN_EVERY_S = 10.0
_SAY_EVERY_S = 2.0


@dataclass(frozen=True, slots=True, order=True)
class _Item:
    serial: int
    subject: str
    place: Place | None = field(compare=False)
    payload: bytes | None = field(compare=False)  # only when the spool could not take it


class LogWriter:
    """One Space's writer. `append` from the loop's thread, `run` as a task beside it."""

    def __init__(self, bus: Bus, directory: Path, *, spool_bytes_max: int) -> None:
        self._bus = bus
        self._spool = Spool(directory, bytes_max=spool_bytes_max)
        self._serial = itertools.count()
        # A heap: what a lost connection gives back takes its old place.
        self._waiting = [
            _Item(next(self._serial), subject, place, None) for subject, place in self._spool.left_over()
        ]
        self._unanswered: deque[_Item] = deque()
        self._in_flight_count = 0
        self._in_memory_count = 0
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._complained_s = float("-inf")
        self._said_s = float("-inf")
        self._answered_s = time.monotonic()
        self.acknowledged_count = 0
        self.duplicate_count = 0
        self.lost_count = 0

    @property
    def pending_count(self) -> int:
        """Appended and not yet acknowledged."""
        return len(self._waiting) + len(self._unanswered) + self._in_flight_count

    def append(self, subject: str, payload: bytes) -> None:
        """Takes the message; never waits, never raises because NATS or the disk is away.

        Bounds: without a disk at most 2,000 messages wait in memory; then the oldest is lost and counted.
        """
        try:
            item = _Item(next(self._serial), subject, self._spool.append(subject, payload), None)
        except OSError as error:
            self._complain("the spool cannot be written", error=error.strerror or str(error))
            item = _Item(next(self._serial), subject, None, payload)
            self._in_memory_count += 1
            if self._in_memory_count > _IN_MEMORY_MAX:
                self._drop_oldest_in_memory()
        heapq.heappush(self._waiting, item)
        self._idle.clear()
        self._news.set()

    async def run(self) -> None:
        """Publishes in order and sends again until cancelled. What is left stays in the spool."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._send_again())
                gate = asyncio.Semaphore(_UNANSWERED_MAX)
                while True:
                    if not self._waiting:
                        self._news.clear()
                        await self._news.wait()
                    elif not self._bus.is_connected:
                        # They wait in order: a reader that comes back then misses nothing.
                        await asyncio.sleep(_AGAIN_AFTER_S)
                    else:
                        await gate.acquire()
                        self._in_flight_count += 1
                        task = group.create_task(self._send(heapq.heappop(self._waiting)))
                        task.add_done_callback(lambda _: gate.release())
                        # The task publishes in its first step; the next message must come after it.
                        await asyncio.sleep(0)
        finally:
            self._spool.close()

    async def drained(self, *, timeout_s: float) -> bool:
        """Waits until all is acknowledged. False: not within the time."""
        if self.pending_count:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._idle.wait()
        return self.pending_count == 0

    async def _send_again(self) -> None:
        """What was published and not acknowledged, a few at a time, for ever."""
        while True:
            await asyncio.sleep(_AGAIN_AFTER_S)
            batch = [
                self._unanswered.popleft() for _ in range(min(_AGAIN_AT_ONCE_MAX, len(self._unanswered)))
            ]
            self._in_flight_count += len(batch)
            await asyncio.gather(*(self._send(item) for item in batch))

    async def _send(self, item: _Item) -> None:
        """One try; the item is acknowledged afterwards, or among the unanswered, or given up by the spool."""
        try:
            payload = item.payload if item.place is None else self._spool.read(item.place)
            if payload is not None:
                sequence = await self._bus.append(item.subject, payload)
                self.acknowledged_count += 1
                self._answered_s = time.monotonic()
                self.duplicate_count += sequence is None
        except LogAway as error:
            self._complain("the log does not acknowledge", error=error.detail)
            if self._bus.is_connected:
                self._unanswered.append(item)
            else:
                heapq.heappush(self._waiting, item)
            await self._say_when_stuck()
            return
        finally:
            self._in_flight_count -= 1
        if item.place is None:
            self._in_memory_count -= 1
        else:
            self._spool.acknowledge(item.place)
        if self.pending_count == 0:
            self._idle.set()

    async def _say_when_stuck(self) -> None:
        """Tells the watchdog, at most every 2 s, when a live connection has kept nothing for 10 s."""
        now_s = time.monotonic()
        if not self._bus.is_connected:
            self._answered_s = now_s
        elif now_s - self._answered_s > STUCK_AFTER_S and now_s - self._said_s > _SAY_EVERY_S:
            self._said_s = now_s
            await self._bus.publish(SUBJECT, b"")

    def _drop_oldest_in_memory(self) -> None:
        oldest = min((i for i in (*self._unanswered, *self._waiting) if i.place is None), default=None)
        if oldest is None:
            return  # all of them are under way
        if oldest in self._unanswered:
            self._unanswered.remove(oldest)
        else:
            self._waiting.remove(oldest)
            heapq.heapify(self._waiting)
        self._in_memory_count -= 1
        self.lost_count += 1

    def _complain(self, what: str, *, error: str) -> None:
        now_s = time.monotonic()
        if now_s - self._complained_s >= _COMPLAIN_EVERY_S:
            self._complained_s = now_s
            log.warning(what, error=error, pending=self.pending_count, lost=self.lost_count)
