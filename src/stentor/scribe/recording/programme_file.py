"""One rung of a Space's programme as a growing fMP4 file: the init segment, then every chunk from
RECORD_FIRST on, in order; the runway before it is nobody's record.

Comes in: chunks as the log gives them, at least once, possibly after a crash. Goes out: a file that any
player takes at every moment of its growth, without a gap in its decode times. Never: a chunk twice, a chunk
out of order, a torn chunk in front of a whole one.
"""

import os
import struct
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Self

from stentor.errors import BadInput, OutOfRange
from stentor.formats.cmaf import boxes, chunk_number, init_segment, silence
from stentor.formats.programme_index import ProgrammeIndex
from stentor.limits import CHUNK_MS, CHUNK_SIZE_BYTES_MAX
from stentor.scribe.recording.growing_file import GrowingFile, cut, opened
from stentor.space.rung import Codec, Rung
from stentor.space.timeline import RECORD_FIRST

HOLE_CHUNKS_MAX = 24 * 3_600_000 // CHUNK_MS
"""A day of silence (40 MB): a number farther ahead is a wrong clock, not a hole."""
_HEADER = struct.Struct(">I4s")


class Kept(Enum):
    """What became of a chunk."""

    WRITTEN = "written"
    REPEATED = "repeated"
    """Its number is in the file already, the first one stays; or it is of the runway."""


class ProgrammeFile(GrowingFile):
    """An open programme file. Not for two writers; `open` makes it or goes on with it."""

    def __init__(self, file: BinaryIO, codec: Codec, *, next_number: int, torn_bytes: int) -> None:
        super().__init__(file, torn_bytes=torn_bytes)
        self._codec = codec
        self.next_number = next_number
        """The number that continues the file."""

    @classmethod
    def open(cls, directory: Path, rung: Rung) -> Self:
        """Opens `programme.<rung>.mp4`, cuts a torn tail off and stands at its end.

        Raises: BadInput: the file begins with another codec's init segment; it is left as it is.
        Bounds: reads 16 bytes per chunk, 90,000 reads (0.2 s) for 8 hours.
        """
        path = path_of(directory, rung)
        init = init_segment(rung.codec)
        file = opened(path, is_buffered=False)
        try:
            head = file.read(len(init))
            if head != init[: len(head)]:
                raise BadInput(f"{path.name} does not begin with the init segment of {rung.codec.value}.")
            if len(head) < len(init):
                file.seek(0)
                _write_all(file, init)
            size_bytes = file.seek(0, os.SEEK_END)
            ends, last = _whole_chunks(file, at=len(init), size_bytes=size_bytes)
            torn_bytes = cut(file, end=ends[-1])
        except BaseException:
            file.close()
            raise
        next_number = RECORD_FIRST if last is None else last + 1
        return cls(file, rung.codec, next_number=next_number, torn_bytes=torn_bytes)

    def append(self, number: int, data: bytes) -> Kept:
        """Writes a chunk, and silence for the numbers between the last one and it.

        Raises:
            BadInput: these bytes are not chunk `number`, or not one whole chunk.
            OutOfRange: the hole in front of it is longer than a day.
        """
        if len(data) > CHUNK_SIZE_BYTES_MAX or chunk_number(data) != number:
            raise BadInput(f"{len(data)} bytes that were sent as chunk {number} are not that chunk.")
        if [kind for kind, _ in boxes(data)] != [b"moof", b"mdat"]:
            raise BadInput(f"Chunk {number} has boxes other than one moof and one mdat.")
        if number < self.next_number:
            return Kept.REPEATED
        latest = self.next_number + HOLE_CHUNKS_MAX
        if number > latest:
            raise OutOfRange("A chunk's number", number, lowest=self.next_number, highest=latest)
        self.fill(number)
        _write_all(self._file, data)
        self.next_number = number + 1
        return Kept.WRITTEN

    def fill(self, end: int) -> None:
        """Silence up to the chunk before `end`; nothing where there is more already."""
        for hole in range(self.next_number, end):
            _write_all(self._file, silence(hole, self._codec))
            self.next_number = hole + 1


def path_of(directory: Path, rung: Rung) -> Path:
    return directory / f"programme.{rung.value}.mp4"


def index_of(path: Path, codec: Codec) -> ProgrammeIndex:
    """Where the chunks of a file at rest are. Raises: BadInput: it holds none. Bounds: as `open`."""
    with path.open("rb") as file:
        init_bytes = len(init_segment(codec))
        ends, last = _whole_chunks(file, at=init_bytes, size_bytes=path.stat().st_size)
    if last is None:
        raise BadInput(f"{path.name} holds no chunk.")
    return ProgrammeIndex(last + 2 - len(ends), tuple(ends))


def _whole_chunks(file: BinaryIO, *, at: int, size_bytes: int) -> tuple[list[int], int | None]:
    """Where the first chunk begins and each whole one ends, and the last one's number.

    A chunk is whole when its moof and mdat are both there to their last byte. Lengths alone do not prove
    content, so the last chunk's number is read from its own moof; one that cannot be read is cut off too.
    """
    ends = [at]
    while (moof_end := _box_end(file, b"moof", at=ends[-1], size_bytes=size_bytes)) is not None:
        mdat_end = _box_end(file, b"mdat", at=moof_end, size_bytes=size_bytes)
        if mdat_end is None:
            break
        ends.append(mdat_end)
    while len(ends) > 1:
        file.seek(ends[-2])
        try:
            return ends, chunk_number(file.read(ends[-1] - ends[-2]))
        except BadInput:
            ends.pop()
    return ends, None


def _box_end(file: BinaryIO, kind: bytes, *, at: int, size_bytes: int) -> int | None:
    file.seek(at)
    head = file.read(_HEADER.size)
    if len(head) < _HEADER.size:
        return None
    box_bytes, found = _HEADER.unpack(head)
    is_sane = found == kind and _HEADER.size <= box_bytes <= CHUNK_SIZE_BYTES_MAX
    return at + box_bytes if is_sane and at + box_bytes <= size_bytes else None


def _write_all(file: BinaryIO, data: bytes) -> None:
    """An unbuffered file may take less than it is given when the disk is nearly full."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
