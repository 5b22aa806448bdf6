"""The stage's own copy of what the log has not acknowledged: a row of small files.

A record is written before it is sent; a file is deleted when every record in it is acknowledged. After a
crash the files that are left are sent again: what the log already has it refuses by itself, so nothing
needs to remember which was which. Not synced: the file outlives the process, and the machine's death is
what the log's own `sync_interval: always` is for.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HEAD = struct.Struct("<4sHI")
_MAGIC = b"SPL1"
_RECORDS_PER_FILE = 512
_SUFFIX = ".spool"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record's payload lies."""

    file_number: int
    offset: int
    size_bytes: int


@dataclass(slots=True)
class _File:
    path: Path
    record_count: int = 0
    acknowledged_count: int = 0
    size_bytes: int = 0
    is_closed: bool = False


class Spool:
    """One Space's spool directory. One process writes it.

    Args:
        bytes_max: above it the oldest file is given up, and `lost_count` says how many records that cost.
    """

    def __init__(self, directory: Path, *, bytes_max: int) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._bytes_max = bytes_max
        self._files: dict[int, _File] = {}
        self._left_over = sorted(directory.glob(f"*{_SUFFIX}"))
        self._next_file_number = 1 + max((int(path.stem) for path in self._left_over), default=0)
        self._writing: int | None = None
        self._descriptor = -1
        self.lost_count = 0

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self._files.values())

    def left_over(self) -> Iterator[tuple[str, Place]]:
        """The records of a former process, oldest first; call once, before the first append."""
        for path in self._left_over:
            number = int(path.stem)
            file = self._files[number] = _File(path, size_bytes=path.stat().st_size, is_closed=True)
            data = path.read_bytes()
            for subject, offset, size_bytes in _records(data):
                file.record_count += 1
                yield subject, Place(number, offset, size_bytes)
            if file.record_count == 0:
                self._delete(number)
        self._left_over = []

    def append(self, subject: str, payload: bytes) -> Place:
        """Raises: OSError: the disk is full or gone; nothing was written."""
        if self._writing is None or self._files[self._writing].record_count >= _RECORDS_PER_FILE:
            self._rotate()
        assert self._writing is not None
        file = self._files[self._writing]
        name = subject.encode()
        head = _HEAD.pack(_MAGIC, len(name), len(payload)) + name
        written = os.write(self._descriptor, head + payload)
        if written < len(head) + len(payload):
            os.ftruncate(self._descriptor, file.size_bytes)
            raise OSError(28, "No space left on device")
        place = Place(self._writing, file.size_bytes + len(head), len(payload))
        file.size_bytes += written
        file.record_count += 1
        while self.size_bytes > self._bytes_max and len(self._files) > 1:
            self._give_up_oldest()
        return place

    def read(self, place: Place) -> bytes | None:
        """None: the file was given up."""
        file = self._files.get(place.file_number)
        if file is None:
            return None
        with file.path.open("rb") as stream:
            stream.seek(place.offset)
            return stream.read(place.size_bytes)

    def acknowledge(self, place: Place) -> None:
        """The log has it."""
        file = self._files.get(place.file_number)
        if file is None:
            return
        file.acknowledged_count += 1
        if file.is_closed and file.acknowledged_count >= file.record_count:
            self._delete(place.file_number)

    def close(self) -> None:
        """Deletes what is acknowledged to the last record; keeps the rest for the next process."""
        if self._writing is not None:
            os.close(self._descriptor)
            file = self._files[self._writing]
            file.is_closed = True
            if file.acknowledged_count >= file.record_count:
                self._delete(self._writing)
            self._writing = None

    def _rotate(self) -> None:
        number = self._next_file_number
        path = self._directory / f"{number:08d}{_SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
        self.close()
        self._next_file_number += 1
        self._descriptor, self._writing = descriptor, number
        self._files[number] = _File(path)

    def _give_up_oldest(self) -> None:
        number = min(self._files)
        file = self._files[number]
        self.lost_count += file.record_count - file.acknowledged_count
        self._delete(number)

    def _delete(self, number: int) -> None:
        self._files.pop(number).path.unlink(missing_ok=True)


def _records(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Subject, offset and size of each payload; a torn tail, as a crash leaves it, ends the file."""
    at = 0
    while at + _HEAD.size <= len(data):
        magic, name_size, size_bytes = _HEAD.unpack_from(data, at)
        start = at + _HEAD.size + name_size
        if magic != _MAGIC or start + size_bytes > len(data):
            return
        yield data[at + _HEAD.size : start].decode(), start, size_bytes
        at = start + size_bytes
