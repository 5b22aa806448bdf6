"""One Space's programme inside this edge: the reader, the window it fills, the framing, who waits.

Comes in: the log. Goes out: framed chunks by number, from the window or, older, from the log. Never: a
subscription per listener; everybody shares this one.
"""

import asyncio
from collections.abc import Awaitable, Callable

from stentor.edge.arrivals import Arrivals
from stentor.edge.framing import Framer, Shape, framed
from stentor.edge.hls import KEPT_CHUNKS_MIN
from stentor.edge.playlists import Playlists
from stentor.edge.window import Window
from stentor.errors import NotOnAir, OutOfRange
from stentor.formats.cmaf import silence
from stentor.limits import CHUNK_MS, CHUNKS_PER_SEGMENT
from stentor.log.assembler import LogChunk
from stentor.space.rung import BEST_RUNG, Rung
from stentor.space.tick import as_full, decoded, encoded, merged
from stentor.space.timeline import first_of_segment, segment_of

RUNGS = frozenset(BEST_RUNG.values())
"""What a gate reads: HLS keeps its rung, and the head is the same for all of them."""

_ANY_RUNG = Rung.AAC64
"""Every rung brings the tick."""

FetchOld = Callable[[Rung, int], Awaitable[LogChunk | None]]


def window_chunks(window_s: int) -> int:
    """How many chunks an edge keeps, for those who come back and for HLS."""
    return max(-(-window_s * 1000 // CHUNK_MS), KEPT_CHUNKS_MIN)


class Programme:
    """What this edge knows of one Space's audio.

    Args:
        fetch_old: one chunk of the log by number; None: the log does not have it. May raise LogAway.

    Bounds: the window; at most 16 reads of the log at once, whatever the crowd asks for.
    """

    def __init__(self, space_id: str, *, chunks_max: int, first_chunk_s: float, fetch_old: FetchOld) -> None:
        self.space_id = space_id
        self.window = Window(chunks_max=chunks_max)
        self.framer = Framer(self.window)
        self.playlists = Playlists()
        self.arrivals = Arrivals(self.window.head)
        self.arrived_s = 0.0
        self._first_chunk_s = first_chunk_s
        self._fetch_old = fetch_old
        self._old_gate = asyncio.Semaphore(16)

    def take(self, chunk: LogChunk, *, now_s: float) -> None:
        """The reader's `on_chunk`; the time is kept as `arrived_s`."""
        if self.window.add(number=chunk.number, rung=chunk.rung, data=chunk.data, tick=chunk.tick):
            self.arrived_s = now_s
            self.arrivals.came(chunk.rung)

    async def head(self, rung: Rung) -> int:
        """The newest number. Raises: NotOnAir: nothing has come within `first_chunk_s`."""
        head = self.window.head(rung)
        if head is None:
            await self.arrivals.wait(rung, -1, timeout_s=self._first_chunk_s)
            head = self.window.head(rung)
        if head is None:
            raise NotOnAir(self.space_id)
        return head

    def oldest(self, rung: Rung) -> int:
        """The oldest number in the window; 0 before the first chunk."""
        return self.window.first(rung) or 0

    async def chunk(self, shape: Shape, number: int, *, is_joining: bool = False) -> bytes:
        """A chunk up to the head, framed: from the window, else the log, else (a hole) silence.

        Args:
            is_joining: its tick says everything that is known.
        Raises: LogAway.
        """
        find = self.framer.joining_chunk if is_joining else self.framer.chunk
        found = find(shape, number)
        if found is not None:
            return found
        old = await self.logged(shape.rung, number)
        tick = await self._full_tick(number) if is_joining else old.tick
        return framed(shape, number=number, data=old.data, tick=tick)

    async def check_is_logged(self, rung: Rung, number: int) -> None:
        """Whether somebody may start at a number that has left the window.

        A hole may be as old as it likes, so one missing chunk proves nothing; a segment's worth of them
        means that the log begins later.

        Raises: OutOfRange: older than the log. LogAway.
        """
        for n in range(number, number + CHUNKS_PER_SEGMENT):
            if self.window.chunk(rung, n) is not None or await self._asked(rung, n) is not None:
                return
        raise OutOfRange("from", number, lowest=self.oldest(rung), highest="the newest chunk + 1")

    async def logged(self, rung: Rung, number: int) -> LogChunk:
        """A chunk from the log, whether the window has it or not; a hole is silence. Raises: LogAway."""
        found = await self._asked(rung, number)
        return found or LogChunk(number, rung, silence(number, rung.codec), None, is_hole=True)

    async def _asked(self, rung: Rung, number: int) -> LogChunk | None:
        async with self._old_gate:
            return await self._fetch_old(rung, number)

    async def _full_tick(self, number: int) -> bytes | None:
        """Everything that was known at an old number: its segment's ticks, the first of which is full."""
        known: dict[str, object] = {}
        for n in range(first_of_segment(segment_of(number)), number + 1):
            tick = self.window.tick(n) or (await self.logged(_ANY_RUNG, n)).tick
            if tick is not None:
                known = merged(known, decoded(tick))
        return encoded(as_full({**known, "n": number})) if known else None
