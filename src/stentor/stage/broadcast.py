"""The broadcast: frames of the mix become numbered messages of the log.

Comes in: the programme's frames, tick by tick, and what is going on. Goes out: for each chunk four CMAF
messages, the voices, the tick. Never: a number twice, a wait for the log.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stentor.formats import cmaf
from stentor.limits import RUNWAY_CHUNKS
from stentor.log.subjects import chunk_subject, tick_subject, voice_subject
from stentor.sound.programme import Programme
from stentor.space.rung import Rung
from stentor.space.tick import TickWriter
from stentor.space.timeline import Timeline
from stentor.stage.clockwork import TICK_MS
from stentor.stage.desk import ChunkOut
from stentor.stage.mixer import SILENCE

Samples = NDArray[np.float32]
Append = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class Start:
    """Where a stage takes up a Space's programme.

    Args:
        runway: numbers to fill with silence first; empty but for the first time on the air.
        first: the chunk to begin in.
        silent_ticks: how much of it has passed already.
    """

    runway: range
    first: int
    silent_ticks: int


def where_to_start(timeline: Timeline, *, now_ms: int, last_used: int | None) -> Start:
    """The chunk that is being spoken, if its number is free, else the next free one.

    It is begun in its middle, with silence for what has passed: whoever says «good evening» in the moment of
    going on the air is heard. The first time, the runway comes before it.
    """
    written = 0 if last_used is None else last_used + 1
    first = max(timeline.number_at(now_ms), written, RUNWAY_CHUNKS)
    passed_ms = max(0, now_ms - timeline.wall_ms_of(first))
    return Start(range(written, first) if written < RUNWAY_CHUNKS else range(0), first, passed_ms // TICK_MS)


class Broadcast:
    """One stage's writing of one Space's programme.

    Args:
        append: takes (subject, payload) and never waits.
    """

    def __init__(self, *, space_id: str, timeline: Timeline, append: Append, first_number: int) -> None:
        self._space_id = space_id
        self._timeline = timeline
        self._append = append
        self._number = first_number
        self._ticks = TickWriter()
        self._programme = Programme()

    @property
    def number(self) -> int:
        """The chunk under way."""
        return self._number

    @property
    def is_at_border(self) -> bool:
        return self._programme.frame_count == 0

    @property
    def tick_in_chunk(self) -> int:
        return self._programme.frame_count

    def lay_runway(self, numbers: range, facts: Mapping[str, Any]) -> None:
        """Writes silence in front of the first sound. Bounds: about 0.2 ms a chunk."""
        for number in numbers:
            for rung in Rung:
                self._append(chunk_subject(self._space_id, rung, number), cmaf.silence(number, rung.codec))
            self._append_tick(number, facts)

    def push(self, frame: Samples) -> bool:
        """Encodes one tick. Returns: whether the chunk is full now, and `finish` is due."""
        self._programme.push(frame)
        return self._programme.is_full

    def pad(self) -> bool:
        """One tick of silence, with the same answer."""
        return self.push(SILENCE)

    def finish(self, out: ChunkOut, facts: Mapping[str, Any]) -> None:
        """Appends the full chunk and goes on to the next number.

        Args:
            facts: the tick's fields but `n`, `t`, `full` and `speaking`.
        """
        for rung, data in self._programme.take(self._number).items():
            self._append(chunk_subject(self._space_id, rung, self._number), data)
        for person, data in out.voices.items():
            self._append(voice_subject(self._space_id, person, self._number), data)
        self._append_tick(self._number, {**facts, "speaking": dict(out.speaking)})
        self._number += 1

    def skip_chunks(self, count: int) -> None:
        """Leaves a hole: these numbers are nobody's."""
        assert self.is_at_border
        self._number += count

    def _append_tick(self, number: int, facts: Mapping[str, Any]) -> None:
        tick = self._ticks.write(number=number, wall_ms=self._timeline.wall_ms_of(number), facts=facts)
        self._append(tick_subject(self._space_id, number), tick)
