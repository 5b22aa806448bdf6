"""What has left the window and is still in the log: the past of a Space on the air.

Comes in: a Space, a segment's number. Goes out: the same bytes that the segment had when it was live. Never:
a read of the log for each listener: whoever asks for what is being read waits for it; a read while the edge
has no room for it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final

from stentor.edge.framing import framed
from stentor.edge.hls_desk import SHAPE
from stentor.edge.ladder import Extras
from stentor.edge.programme import Programme
from stentor.edge.replay.lists import FIRST_SEGMENT
from stentor.edge.replay.recordings import Recordings
from stentor.edge.replay.shared import Shared
from stentor.errors import NotFound, SwitchedOff
from stentor.formats.cmaf import moved
from stentor.limits import CHUNKS_PER_SEGMENT
from stentor.log.assembler import LogChunk
from stentor.log.bus import Bus
from stentor.log.subjects import tick_subject
from stentor.space.record import Space
from stentor.space.timeline import first_of_segment

KEPT_BYTES_MAX: Final = 32 << 20
"""An hour of one Space, or the same minute of sixty."""
OFF_AGAIN_S: Final = 10.0


def check_extras(extras: Extras) -> None:
    """Replays are given up before anybody's live sound is touched. Raises: SwitchedOff."""
    if extras is Extras.OFF:
        raise SwitchedOff("Replays and downloads", retry_after_s=OFF_AGAIN_S)


def _segments() -> Shared[tuple[str, int], tuple[LogChunk, ...]]:
    def size(chunks: tuple[LogChunk, ...]) -> int:
        return sum(len(chunk.data) + len(chunk.tick or b"") for chunk in chunks)

    return Shared("The reading of the log", cost_max=KEPT_BYTES_MAX, cost=size)


@dataclass(frozen=True, slots=True)
class Past:
    """One per gate.

    Args:
        extras: while they are off nothing of the past is given out.

    Bounds: KEPT_BYTES_MAX in memory; each programme's own bound on reads of the log at once.
    """

    bus: Bus
    recordings: Recordings
    extras: Callable[[], Extras]
    kept: Shared[tuple[str, int], tuple[LogChunk, ...]] = field(default_factory=_segments)

    async def segment(self, space: Space, programme: Programme, segment: int) -> bytes:
        """A segment as it was when it was live. Raises: as `ticks`."""
        chunks = await self._chunks(space, programme, segment)
        return b"".join(framed(SHAPE, number=c.number, data=c.data, tick=c.tick) for c in chunks)

    async def ticks(self, space: Space, programme: Programme, segment: int) -> list[bytes | None]:
        """A segment's ticks, as they were written.

        Raises:
            NotFound: nobody may go back here, or the log has nothing of it.
            SwitchedOff: the edge is under pressure. LogAway.
        """
        return [chunk.tick for chunk in await self._chunks(space, programme, segment)]

    async def file(self, space: Space, programme: Programme, *, first: int, end: int) -> AsyncIterator[bytes]:
        """What was said in the chunks [first, end), as a file that plays from 0.

        Raises: as `ticks`, half way too: the connection is cut, so that nobody takes a part for the whole.
        """
        yield SHAPE.preamble
        for number in range(first, end):
            yield moved(await self._sound(space, programme, number), number - first)

    async def close(self) -> None:
        await self.kept.close()

    async def _sound(self, space: Space, programme: Programme, number: int) -> bytes:
        """A chunk without its tick, from the window or the log."""
        found = programme.window.chunk(SHAPE.rung, number)
        if found is not None:
            return found
        segment, part = divmod(number, CHUNKS_PER_SEGMENT)
        return (await self._chunks(space, programme, segment))[part].data

    async def _chunks(self, space: Space, programme: Programme, segment: int) -> tuple[LogChunk, ...]:
        if segment < FIRST_SEGMENT or not self.recordings.has_past(space):
            raise NotFound(f"Segment {segment} is not in this edge's window.")
        check_extras(self.extras())
        return await self.kept.get((space.id, segment), lambda: self._read(programme, segment))

    async def _read(self, programme: Programme, segment: int) -> tuple[LogChunk, ...]:
        first = first_of_segment(segment)
        numbers = range(first, first + CHUNKS_PER_SEGMENT)
        chunks = tuple(await asyncio.gather(*(programme.logged(SHAPE.rung, n) for n in numbers)))
        if all(chunk.is_hole for chunk in chunks) and not await self._is_kept(programme.space_id):
            # Six seconds without a stage are silence. A log without a single tick is no log any more, and its
            # silence must not pass for what was said.
            raise NotFound(f"Segment {segment} is no longer in the log.")
        return chunks

    async def _is_kept(self, space_id: str) -> bool:
        pattern = tick_subject(space_id, 0)[:-1] + "*"
        return await self.bus.last_subject(space_id, pattern) is not None
