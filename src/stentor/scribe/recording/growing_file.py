"""What the recording's files have in common while they grow: opened or made, a torn tail cut off, synced.

Comes in: a path, and who can read the file's own shape. Goes out: a file that stands at the end of what is
whole. Never: a reading of its own; a file that belongs to something else is left as it is.
"""

import os
from pathlib import Path
from typing import BinaryIO


class GrowingFile:
    """An open file. Not for two writers.

    Args:
        torn_bytes: what was cut off when it was opened: the rest of a write that a crash interrupted.
    """

    def __init__(self, file: BinaryIO, *, torn_bytes: int) -> None:
        self._file = file
        self.torn_bytes = torn_bytes

    def sync(self) -> None:
        """Returns when the disk has what was appended. Bounds: blocks for one fdatasync."""
        os.fdatasync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def opened(path: Path, *, is_buffered: bool = True) -> BinaryIO:
    """The file, made if it is not there; at its beginning."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    return os.fdopen(descriptor, "r+b", buffering=-1 if is_buffered else 0)


def cut(file: BinaryIO, *, end: int) -> int:
    """Ends the file at `end` and stands there. Returns: how many bytes went."""
    size_bytes = file.seek(0, os.SEEK_END)
    file.truncate(end)
    file.seek(end)
    return size_bytes - end
