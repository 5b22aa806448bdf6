"""One Space's live programme inside one process: a core subscription, gaps by direct get.

Comes in: messages of the log. Goes out: `on_chunk` for every number, in order, without a hole. Never: a
consumer in the live path (an election stops it for seconds, a core subscription not: docs/decisions/0002).
"""

import asyncio
from collections.abc import Callable

import structlog

from stentor.errors import LogAway
from stentor.log.assembler import Assembler, LogChunk
from stentor.log.bus import Bus
from stentor.log.subjects import ChunkName, chunk_subject, number_of, tick_subject
from stentor.space.rung import Rung
from stentor.space.timeline import first_of_segment, segment_of

log = structlog.get_logger()

_FETCHES_AT_ONCE = 64
_REPAIR_WAIT_S = 0.2
_PENDING_MAX = 1024
_LATE_AFTER_RETURN_S = 6.0
_LATE_CHUNKS_MAX = 100
"""What the stage has spooled in a minute without NATS still comes; what is older is not waited for."""


class SpaceReader:
    """Reads one Space for as long as `run` runs.

    Args:
        rungs: those to hand out.
        on_chunk: called in the loop's thread in strictly increasing order of numbers, a number's rungs one
            after the other; must not block.
        backlog_chunks: how far back to begin, rounded down to a segment so that the first tick is full.
    """

    def __init__(
        self,
        bus: Bus,
        space_id: str,
        *,
        rungs: frozenset[Rung] = frozenset(Rung),
        on_chunk: Callable[[LogChunk], None],
        backlog_chunks: int = 188,
    ) -> None:
        self._bus = bus
        self._space_id = space_id
        self._rungs = rungs
        self._on_chunk = on_chunk
        self._backlog_chunks = backlog_chunks
        self._assembler = Assembler(rungs)
        self._has_filled = asyncio.Event()
        self._has_handed_out = asyncio.Event()
        self._overdue = asyncio.Event()

    @property
    def hole_count(self) -> int:
        return self._assembler.hole_count

    async def run(self) -> None:
        """Fills the backlog, then follows live, until cancelled; waits while NATS is away."""
        chunks = await self._bus.subscribe(
            f"space.{self._space_id}.chunk.*.*", self._chunk_arrived, pending_max=_PENDING_MAX
        )
        ticks = await self._bus.subscribe(
            f"space.{self._space_id}.tick.*", self._tick_arrived, pending_max=_PENDING_MAX
        )
        try:
            await self._fill_backlog()
            self._has_filled.set()
            self._hand_out()
            while True:
                await self._overdue.wait()
                self._overdue.clear()
                await self._repair()
        finally:
            await chunks.close()
            await ticks.close()

    async def finish(self) -> None:
        """Hands out the rest of what the log has, while `run` runs; asked once the Space has ended.

        A lost chunk is noticed when a later one arrives. Behind the last one nothing arrives.

        Raises: LogAway.
        """
        await self._has_filled.wait()
        last = await self._last_number()
        if last is None:
            return
        self._assembler.expect(last)
        self._overdue.set()
        while (self._assembler.next_number or 0) <= last:
            self._has_handed_out.clear()
            await self._has_handed_out.wait()

    def _chunk_arrived(self, subject: str, payload: bytes) -> None:
        name = ChunkName.parse(subject)
        if name.rung in self._rungs:
            self._assembler.add_chunk(name.rung, name.number, payload)
            self._hand_out()

    def _tick_arrived(self, subject: str, payload: bytes) -> None:
        self._assembler.add_tick(number_of(subject), payload)
        self._hand_out()

    def _hand_out(self) -> None:
        if not self._has_filled.is_set():
            return
        for chunk in self._assembler.take():
            self._on_chunk(chunk)
            self._has_handed_out.set()
        if self._assembler.overdue():
            self._overdue.set()

    async def _fill_backlog(self) -> None:
        while True:
            try:
                last = await self._last_number()
                break
            except LogAway:
                await asyncio.sleep(_REPAIR_WAIT_S)
        if last is None:
            return  # nothing has been said yet; the first that arrives begins
        first = first_of_segment(segment_of(max(0, last + 1 - self._backlog_chunks)))
        # Nothing has been handed out yet, so beginning anew loses only what is fetched again below.
        self._assembler = Assembler(self._rungs, next_number=first)
        await self._fetch(list(range(first, last + 1)))

    async def _last_number(self) -> int | None:
        """Raises: LogAway."""
        subject = await self._bus.last_subject(self._space_id, tick_subject(self._space_id, 0)[:-1] + "*")
        return None if subject is None else number_of(subject)

    async def _repair(self) -> None:
        while numbers := self._assembler.overdue():
            await self._fetch(numbers)
            self._hand_out()
            if self._assembler.overdue():
                await asyncio.sleep(_REPAIR_WAIT_S)

    async def _fetch(self, numbers: list[int]) -> None:
        gate = asyncio.Semaphore(_FETCHES_AT_ONCE)

        async def one(number: int) -> None:
            async with gate:
                await self._fetch_number(number)

        await asyncio.gather(*(one(number) for number in numbers))

    async def _fetch_number(self, number: int) -> None:
        rungs, lacks_tick = self._assembler.lacks(number)
        is_there = True
        try:
            for rung in rungs:
                data = await self._bus.fetch(self._space_id, chunk_subject(self._space_id, rung, number))
                if data is None:
                    is_there = False
                else:
                    self._assembler.add_chunk(rung, number, data)
            if lacks_tick:
                tick = await self._bus.fetch(self._space_id, tick_subject(self._space_id, number))
                if tick is None:
                    is_there = False
                else:
                    self._assembler.add_tick(number, tick)
        except LogAway:
            return
        if not is_there and not self._may_be_late(number):
            self._assembler.add_not_there(number)

    def _may_be_late(self, number: int) -> bool:
        """After a restart of NATS the stage may come back later than we, and the stream later still."""
        newest = self._assembler.newest_number or number
        return self._bus.since_return_s < _LATE_AFTER_RETURN_S and newest - number < _LATE_CHUNKS_MAX


async def chunk_from_log(bus: Bus, space_id: str, rung: Rung, number: int) -> LogChunk | None:
    """One old chunk with its tick, by direct get. None: the log does not have it. Raises: LogAway."""
    data = await bus.fetch(space_id, chunk_subject(space_id, rung, number))
    if data is None:
        return None
    return LogChunk(number, rung, data, await bus.fetch(space_id, tick_subject(space_id, number)))
