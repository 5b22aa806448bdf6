"""A growing file of JSON lines: activity, events, counts.

Comes in: lines, at least once, each with its number in the log. Goes out: the same, each once, in the order
of their numbers. Never: a torn line in front of a whole one.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self

from stentor.shelf.layout import NUMBER


class LinesFile:
    """An open file. Not for two writers."""

    def __init__(self, file: BinaryIO, *, last: int, torn_bytes: int) -> None:
        self._file = file
        self._last = last
        self.torn_bytes = torn_bytes

    @classmethod
    def open(cls, path: Path) -> Self:
        """Opens or makes it, cuts a torn tail off and stands at its end. Bounds: reads it once."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        file = os.fdopen(descriptor, "r+b")
        try:
            last, end = 0, 0
            for line in file:
                number = _number(line)
                if number is None:
                    break
                last, end = number, end + len(line)
            size_bytes = file.seek(0, os.SEEK_END)
            file.truncate(end)
            file.seek(end)
        except BaseException:
            file.close()
            raise
        return cls(file, last=last, torn_bytes=size_bytes - end)

    def append(self, number: int, facts: dict[str, Any]) -> bool:
        """Writes a line. Returns: whether it was new: numbers come in order, and some twice."""
        if number <= self._last:
            return False
        line = json.dumps({NUMBER: number, **facts}, ensure_ascii=False, separators=(",", ":"))
        self._file.write(line.encode() + b"\n")
        self._file.flush()
        self._last = number
        return True

    def sync(self) -> None:
        """Returns when the disk has what was appended. Bounds: blocks for one fdatasync."""
        os.fdatasync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """What a file holds, without a torn tail; nothing where there is none."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if _number(line) is None:
                return
            yield json.loads(line)


def _number(line: bytes) -> int | None:
    try:
        read = json.loads(line) if line.endswith(b"\n") else {}
    except ValueError:
        return None
    number = read.get(NUMBER) if isinstance(read, dict) else None
    return number if isinstance(number, int) else None
