"""A growing file of JSON lines: activity, events, counts.

Comes in: lines, at least once, each with its number in the log. Goes out: the same, each once, in the order
of their numbers. Never: a torn line in front of a whole one.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self

from stentor.scribe.recording.growing_file import GrowingFile, cut, opened
from stentor.shelf.layout import NUMBER


class LinesFile(GrowingFile):
    """An open file. Not for two writers."""

    def __init__(self, file: BinaryIO, *, last: int, torn_bytes: int) -> None:
        super().__init__(file, torn_bytes=torn_bytes)
        self._last = last

    @classmethod
    def open(cls, path: Path) -> Self:
        """Opens or makes it, cuts a torn tail off and stands at its end. Bounds: reads it once."""
        file = opened(path)
        try:
            last, end = 0, 0
            for line in file:
                number = _number(line)
                if number is None:
                    break
                last, end = number, end + len(line)
            torn_bytes = cut(file, end=end)
        except BaseException:
            file.close()
            raise
        return cls(file, last=last, torn_bytes=torn_bytes)

    def append(self, number: int, facts: dict[str, Any]) -> bool:
        """Writes a line. Returns: whether it was new: numbers come in order, and some twice."""
        if number <= self._last:
            return False
        line = json.dumps({NUMBER: number, **facts}, ensure_ascii=False, separators=(",", ":"))
        self._file.write(line.encode() + b"\n")
        self._file.flush()
        self._last = number
        return True


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
