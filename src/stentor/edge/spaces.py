"""Which Spaces there are and which of them this edge reads.

Comes in: the Spaces' records, watched; demand. Goes out: a record by its public name, a programme by id.
Never: I/O for a name that nobody knows (a miss is local and costs a dictionary look-up); a private Space
without its key; a reader for a Space that nobody has asked for in five minutes.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from stentor.clock import Clock
from stentor.edge.programme import RUNGS, Programme, window_chunks
from stentor.errors import Gone, LogAway, NoSuchSpace, NotOnAir
from stentor.log.bus import Bus
from stentor.log.reader import SpaceReader, chunk_from_log
from stentor.log.state import SpaceStore
from stentor.space.lifecycle import State
from stentor.space.names import new_token
from stentor.space.record import Space
from stentor.space.rung import Rung

log = structlog.get_logger()

IDLE_S = 300.0
"""A reader that nobody asks for is closed after so long."""
_LOOK_S = 1.0
_LAST_CHUNKS_S = 3.0
"""After a Space has ended, its stage may still be writing its last chunks."""
_FINISH_S = 10.0
"""Then so long for what this process has missed of them."""
_FORGOTTEN_AFTER_MS = 60_000
_NOBODYS = Space("nobody", "nothing", State.DELETED, created_ms=0, listen_key=new_token())
"""Stands in for a Space that is unknown, so that a wrong name costs what a wrong key does."""


@dataclass(slots=True)
class _Open:
    programme: Programme
    reader: SpaceReader
    task: asyncio.Task[None]
    asked_s: float
    ended_s: float | None = None
    finishing: asyncio.Task[None] | None = None


class Spaces:
    """The edge's view of the house.

    Args:
        is_in_use: whether streams of a Space are open; then its reader stays.
        rungs: a gate needs the best ones, for HLS and the head; a fan-out all that the ladder may choose.
    """

    def __init__(
        self,
        bus: Bus,
        store: SpaceStore,
        *,
        clock: Clock,
        window_s: int,
        first_chunk_s: float,
        is_in_use: Callable[[str], bool],
        rungs: frozenset[Rung] = RUNGS,
    ) -> None:
        self._bus = bus
        self._store = store
        self._clock = clock
        self._chunks_max = window_chunks(window_s)
        self._first_chunk_s = first_chunk_s
        self._is_in_use = is_in_use
        self._rungs = rungs
        self._records: dict[str, Space] = {}
        self._open: dict[str, _Open] = {}
        self.has_looked = asyncio.Event()

    @property
    def open_count(self) -> int:
        return len(self._open)

    def all(self) -> list[Space]:
        """Every Space that is not deleted, by id."""
        spaces = [self._records[space_id] for space_id in sorted(self._records)]
        return [space for space in spaces if space.state is not State.DELETED]

    def record(self, name: str) -> Space:
        """The Space of a public name: its id, of a private one `id.key`. The only way in for the crowd.

        Raises: NoSuchSpace: unknown, deleted, or without the right key; nobody can tell which.
        """
        space_id, dot, key = name.partition(".")
        space = self._records.get(space_id, _NOBODYS)
        # Compared in any case; «demo.» is not another name of a public «demo», or a cache would hold two.
        is_right = space.opens_to(key) and bool(dot) is space.is_private
        if not is_right or space.state is State.DELETED:
            raise NoSuchSpace(name)
        return space

    def known(self, space_id: str) -> Space:
        """The record as it is now, for whoever has been let in. Raises: NoSuchSpace."""
        try:
            return self._records[space_id]
        except KeyError:
            raise NoSuchSpace(space_id) from None

    def is_over(self, space_id: str) -> bool:
        """Ended, deleted or unknown: nobody will be heard there."""
        space = self._records.get(space_id)
        return space is None or space.state.is_over

    def heard(self, space_id: str) -> Programme | None:
        """The programme if it is being read already; no demand."""
        found = self._open.get(space_id)
        return found.programme if found else None

    def programme(self, space_id: str) -> Programme:
        """The programme, opened on first demand.

        Args:
            space_id: of a Space whose name was looked at by `record`, here or in a gate.
        Raises: NoSuchSpace. NotOnAir. Gone: it has ended and nothing of it is here.
        """
        space = self.known(space_id)
        found = self._open.get(space_id)
        if found is None:
            if space.state.is_over:
                raise Gone(f"The Space {space_id!r} has ended.")
            if not space.state.has_programme:
                raise NotOnAir(space_id)
            found = self._open[space_id] = self._opened(space_id)
        found.asked_s = self._clock.monotonic_s()
        return found.programme

    async def run(self) -> None:
        """Watches until cancelled; then closes every reader."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                group.create_task(self._look_round())
        finally:
            self.close()
            tasks = [t for o in self._open.values() for t in (o.task, o.finishing) if t is not None]
            await asyncio.gather(*tasks, return_exceptions=True)
            self._open.clear()

    def close(self) -> None:
        """Ends every open stream and wait, so that the process can stop; listeners go to another edge."""
        for opened in self._open.values():
            opened.programme.arrivals.end()
            opened.task.cancel()
            if opened.finishing is not None:
                opened.finishing.cancel()

    async def _watch(self) -> None:
        await self._look_first()
        async for space in self._store.watch():
            self._records[space.id] = space

    async def _look_first(self) -> None:
        """Until every Space is known once, «no such Space» would not be the truth."""
        while not self.has_looked.is_set():
            try:
                self._records = {space.id: space for space in await self._store.all()}
            except LogAway:
                await asyncio.sleep(_LOOK_S)
            else:
                self.has_looked.set()

    async def _look_round(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            now_s = self._clock.monotonic_s()
            for space_id, opened in list(self._open.items()):
                self._look_at(space_id, opened, now_s)
            self._forget_deleted()

    def _look_at(self, space_id: str, opened: _Open, now_s: float) -> None:
        if opened.task.done() and not opened.task.cancelled():
            # A reader never ends by itself; whoever listened comes back and a new one is opened.
            log.error("reader died", space=space_id, error=repr(opened.task.exception()))
            opened.programme.arrivals.end()
            del self._open[space_id]
            return
        if self.known(space_id).state.is_over and opened.ended_s is None:
            opened.ended_s = now_s
        is_last_written = opened.ended_s is not None and now_s - opened.ended_s >= _LAST_CHUNKS_S
        if is_last_written and opened.finishing is None:
            opened.finishing = asyncio.create_task(_finish(opened), name=f"end of {space_id}")
        if self._is_in_use(space_id):
            opened.asked_s = now_s
        if now_s - opened.asked_s >= IDLE_S:
            opened.programme.arrivals.end()
            opened.task.cancel()
            del self._open[space_id]
            log.info("reader closed", space=space_id)

    def _forget_deleted(self) -> None:
        """Once nobody can undo it any more; a watcher is not told when a record itself goes."""
        now_ms = self._clock.wall_ms()
        for space in list(self._records.values()):
            is_final = space.over_at_ms is not None and now_ms - space.over_at_ms > _FORGOTTEN_AFTER_MS
            if space.state is State.DELETED and is_final and space.id not in self._open:
                del self._records[space.id]

    def _opened(self, space_id: str) -> _Open:
        programme = Programme(
            space_id,
            chunks_max=self._chunks_max,
            first_chunk_s=self._first_chunk_s,
            fetch_old=partial(chunk_from_log, self._bus, space_id),
        )
        reader = SpaceReader(
            self._bus,
            space_id,
            rungs=self._rungs,
            on_chunk=lambda chunk: programme.take(chunk, now_s=self._clock.monotonic_s()),
            backlog_chunks=self._chunks_max - 9,
        )
        task = asyncio.create_task(reader.run(), name=f"reader of {space_id}")
        log.info("reader opened", space=space_id)
        return _Open(programme, reader, task, self._clock.monotonic_s())


async def _finish(opened: _Open) -> None:
    """The end of a Space that has ended: first whatever of it was missed, then nothing more will come."""
    with suppress(LogAway, TimeoutError):
        async with asyncio.timeout(_FINISH_S):
            await opened.reader.finish()
    opened.programme.arrivals.end()
    opened.task.cancel()
