"""Reads `live.mp4` back: bytes as they come become whole chunks. Pure.

Comes in: an answer's body in any pieces. Goes out: the init segment, chunks. Never: half a chunk; more than
one chunk's bytes kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stentor.errors import BadInput
from stentor.formats.cmaf import chunk_number
from stentor.limits import CHUNK_SIZE_BYTES_MAX, TICK_SIZE_BYTES_MAX

_HEADER_BYTES: Final = 8
_INIT_BYTES_MAX: Final = 16 * 1024
_BYTES_MAX: Final = CHUNK_SIZE_BYTES_MAX + TICK_SIZE_BYTES_MAX + _INIT_BYTES_MAX


@dataclass(frozen=True, slots=True)
class Chunk:
    """0.64 s of sound.

    Args:
        media: moof and mdat.
        events: the emsg boxes before them, that is, the tick.
    """

    number: int
    media: bytes
    events: bytes = b""


class ChunkReader:
    """One answer's reader.

    Bounds: keeps what is not yet a whole chunk, at most 84 KiB.
    """

    def __init__(self) -> None:
        self.init = b""
        """Whole once the first chunk has come."""
        self._rest = b""
        self._events = b""

    @property
    def is_whole(self) -> bool:
        """Nothing was begun and not ended: the answer may end here."""
        return not self._rest and not self._events

    def feed(self, data: bytes) -> Iterator[Chunk]:
        """The chunks that these bytes complete. Raises: BadInput: it is no stream of ours."""
        self._rest += data
        while (size := self._whole()) is not None:
            kind, box, self._rest = self._rest[4:8], self._rest[:size], self._rest[size:]
            if kind == b"moof":
                events, self._events = self._events, b""
                yield Chunk(chunk_number(box), box, events)
            elif kind == b"emsg":
                self._events += box
            elif kind in {b"ftyp", b"moov"}:
                self.init += box
            if len(self.init) + len(self._events) > _BYTES_MAX:
                raise BadInput("A live answer has no chunk where one is due.")

    def _whole(self) -> int | None:
        """The size of what comes next, a moof with its mdat; None: not all of it is there."""
        size = self._size_at(0)
        if size is not None and self._rest[4:8] == b"moof":
            after = self._size_at(size)
            size = None if after is None else size + after
        return None if size is None or len(self._rest) < size else size

    def _size_at(self, at: int) -> int | None:
        if len(self._rest) < at + _HEADER_BYTES:
            return None
        size = int.from_bytes(self._rest[at : at + 4])
        if not _HEADER_BYTES <= size <= _BYTES_MAX:
            raise BadInput(f"A box of {size} bytes is in a live answer; the limit is {_BYTES_MAX}.")
        return size
