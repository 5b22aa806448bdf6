"""The window: the last minutes of one Space's programme, as this edge heard them.

Comes in: chunks from the log's reader, per rung in order and without gaps. Goes out: a chunk by its
number, what is going on at a number, the head. Never: a wait (that is `arrivals.py`), a byte framed for a
format (that is `framing.py`), more than `chunks_max` chunks of a rung.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from stentor.errors import BadInput
from stentor.limits import CHUNK_MS
from stentor.space.rung import Rung
from stentor.space.tick import as_full, decoded, encoded, merged


class Window:
    """Chunks by number, and the ticks that belong to them.

    Args:
        chunks_max: how many numbers of each rung are kept; the oldest goes when one more comes.

    Bounds: rungs × chunks_max × 5 kB at 64 kbit/s; every verb is O(1).
    """

    def __init__(self, *, chunks_max: int) -> None:
        self._chunks_max = chunks_max
        self._chunks: dict[Rung, dict[int, bytes]] = {}
        self._ticks: dict[int, bytes] = {}
        self._known: dict[int, Mapping[str, Any]] = {}

    def add(self, *, number: int, rung: Rung, data: bytes, tick: bytes | None) -> bool:
        """Takes the next chunk of a rung.

        Returns: False when the rung's head is already there; nothing was changed.
        """
        chunks = self._chunks.setdefault(rung, {})
        if chunks and number <= next(reversed(chunks)):
            return False
        if chunks and number != next(reversed(chunks)) + 1:
            # The reader promises no gaps. Should it start again further on, the old part is of no use to
            # anybody who counts on «first … head» being whole.
            chunks.clear()
        chunks[number] = data
        if len(chunks) > self._chunks_max:
            del chunks[next(iter(chunks))]
        self._learn(number, tick)
        return True

    def chunk(self, rung: Rung, number: int) -> bytes | None:
        return self._chunks.get(rung, {}).get(number)

    def head(self, rung: Rung) -> int | None:
        """The newest number; None before the first chunk."""
        chunks = self._chunks.get(rung)
        return next(reversed(chunks)) if chunks else None

    def first(self, rung: Rung) -> int | None:
        """The oldest number that is still here; everything from it to the head is here too."""
        chunks = self._chunks.get(rung)
        return next(iter(chunks)) if chunks else None

    def tick(self, number: int) -> bytes | None:
        """The tick as it was written: changes only, except at a segment's start."""
        return self._ticks.get(number)

    def full_tick(self, number: int) -> bytes | None:
        """Everything that is known at `number`, for somebody whose first chunk it is."""
        known = self._known.get(number)
        return encoded(as_full(known)) if known else None

    def known(self) -> Mapping[str, Any]:
        """What is going on now; empty before the first tick."""
        return self._known[next(reversed(self._known))] if self._known else {}

    def _learn(self, number: int, tick: bytes | None) -> None:
        """Several rungs bring the same tick; the first that brings it is heard."""
        if number in self._ticks or (tick is None and number in self._known):
            return
        before = self._known.get(number - 1) or self.known()
        known = _carried(before, number)
        if tick is not None:
            with suppress(BadInput):  # a tick that cannot be read is a tick that was lost
                known = merged(before, decoded(tick))
                self._ticks[number] = tick
        self._known[number] = known
        while len(self._known) > self._chunks_max:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._ticks.pop(oldest, None)


def _carried(known: Mapping[str, Any], number: int) -> dict[str, Any]:
    """What is known at a number without a tick: the same, later."""
    if not known:
        return {}
    later = {**known, "n": number}
    if "t" in known:
        later["t"] = known["t"] + (number - known["n"]) * CHUNK_MS
    return later
