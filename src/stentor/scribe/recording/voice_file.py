"""One person's own voice as a growing file: a record per chunk, the logged voice inside as it came.

    head     "SVF1"
    record   u32 chunk number, u32 length, u32 CRC-32 of the body, body (formats/voice.py), little-endian

Comes in: logged voices, at least once. Goes out: the same, each number once. Never: a decoder.
Records carry their numbers, so a hole costs nothing and a voice that the log received late is kept too.
"""

import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Self

from stentor.errors import BadInput, OutOfRange
from stentor.formats.voice import voice_packets
from stentor.limits import VOICE_SIZE_BYTES_MAX
from stentor.scribe.recording.growing_file import GrowingFile, cut, opened

_MAGIC = b"SVF1"
_RECORD = struct.Struct("<III")
_NUMBER_MAX = 0xFFFF_FFFF


class VoiceFile(GrowingFile):
    """An open voice file. Not for two writers."""

    def __init__(self, file: BinaryIO, numbers: set[int], *, torn_bytes: int) -> None:
        super().__init__(file, torn_bytes=torn_bytes)
        self._numbers = numbers

    @classmethod
    def open(cls, directory: Path, person_id: str) -> Self:
        """Opens `voice.<person>.svf`, cuts a torn tail off and stands at its end.

        Raises: BadInput: the file is something else; it is left as it is.
        Bounds: remembers one number per chunk in which the person was heard, 2 MB for 8 hours.
        """
        path = directory / f"voice.{person_id}.svf"
        file = opened(path)
        try:
            head = file.read(len(_MAGIC))
            if head != _MAGIC[: len(head)]:
                raise BadInput(f"{path.name} is not a voice file.")
            if len(head) < len(_MAGIC):
                file.seek(0)
                file.write(_MAGIC)
                file.flush()
            numbers, end = set(), len(_MAGIC)
            for number, body in _records(file):
                numbers.add(number)
                end += _RECORD.size + len(body)
            torn_bytes = cut(file, end=end)
        except BaseException:
            file.close()
            raise
        return cls(file, numbers, torn_bytes=torn_bytes)

    def append(self, number: int, body: bytes) -> bool:
        """Writes a chunk's voice. Returns: whether it was new.

        Raises: BadInput: not a logged voice. OutOfRange: not a chunk's number.
        """
        if not 0 <= number <= _NUMBER_MAX:
            raise OutOfRange("A voice's chunk number", number, lowest=0, highest=_NUMBER_MAX)
        if len(body) > VOICE_SIZE_BYTES_MAX:
            raise BadInput(f"A voice has {len(body)} bytes; the limit is {VOICE_SIZE_BYTES_MAX}.")
        voice_packets(body)
        if number in self._numbers:
            return False
        self._file.write(_RECORD.pack(number, len(body), zlib.crc32(body)) + body)
        self._file.flush()
        self._numbers.add(number)
        return True


def voices_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """The (chunk number, logged voice) records of a file that may still be growing, in order of writing.

    Raises: BadInput: the file is something else.
    """
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise BadInput(f"{path.name} is not a voice file.")
        yield from _records(file)


def voices_from(path: Path, at: int, *, count: int) -> Iterator[tuple[int, bytes, int]]:
    """The next `count` (chunk number, logged voice, where the next one begins) of a file that grows.

    Args:
        at: where the last call stopped; 0: the beginning.
    Raises: BadInput: the file is something else.
    """
    with path.open("rb") as file:
        if (head := file.read(len(_MAGIC))) != _MAGIC:
            if _MAGIC.startswith(head):
                return  # just made
            raise BadInput(f"{path.name} is not a voice file.")
        at = max(at, len(_MAGIC))
        file.seek(at)
        for number, body in islice(_records(file), count):
            at += _RECORD.size + len(body)
            yield number, body, at


def _records(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Whole records from here on; ends quietly at the first that is torn."""
    while len(head := file.read(_RECORD.size)) == _RECORD.size:
        number, size_bytes, checksum = _RECORD.unpack(head)
        if size_bytes > VOICE_SIZE_BYTES_MAX:
            return
        body = file.read(size_bytes)
        if len(body) < size_bytes or zlib.crc32(body) != checksum:
            return
        yield number, body
