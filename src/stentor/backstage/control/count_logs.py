"""Writes the count logs: `counts.jsonl`, a folder per Space, on the disk of the stage door.

Comes in: figures once a second. Goes out: lines at the end of files, and each to who passes it on (the scribe
seals it with the recording). Never: a line in front of another, a
Space that has no directory name of ours, a fault of the disk that would stop the count itself.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from stentor.errors import BadInput
from stentor.formats.count_log import FIRST, LINE_BYTES_MAX, hash_of, line
from stentor.space.names import is_space_id

log = structlog.get_logger()

NAME = "counts.jsonl"
_KNOWN_MAX = 1024


def _nobody(_space_id: str, _line: bytes, _at_ms: int) -> None:
    return


class CountLogs:
    """The logs of one directory.

    Args:
        root: each Space has the directory of its id there.
        pass_on: takes the Space, the line and its time; must not block.

    Bounds: the last hashes of _KNOWN_MAX Spaces are kept; others are read from the file again. One write of
        about 300 bytes per Space and second.
    """

    def __init__(self, root: Path, *, pass_on: Callable[[str, bytes, int], None] = _nobody) -> None:
        self._root = root
        self._pass_on = pass_on
        self._last: dict[str, tuple[str, int]] = {}

    def write(self, space_id: str, figures: Mapping[str, int | str], *, at_ms: int) -> None:
        """Adds a line."""
        if not is_space_id(space_id):
            return
        path = self._root / space_id / NAME
        try:
            prev, size = self._last.get(space_id) or _end_of(path)
            data, digest = line(prev=prev, at_ms=at_ms, figures=figures)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                if file.tell() != size:
                    # Another controller has written meanwhile: go on from its last line.
                    prev, _ = _end_of(path)
                    data, digest = line(prev=prev, at_ms=at_ms, figures=figures)
                file.write(data)
                size = file.tell()
        except OSError as error:
            self._last.pop(space_id, None)
            log.warning("a count could not be kept", error=error.strerror)
            return
        if len(self._last) >= _KNOWN_MAX:
            del self._last[next(iter(self._last))]
        self._last[space_id] = (digest, size)
        self._pass_on(space_id, data, at_ms)


def _end_of(path: Path) -> tuple[str, int]:
    """The last whole line's hash, and the file's size; what a crash left unfinished is cut off."""
    if not path.exists():
        return FIRST, 0
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - 2 * LINE_BYTES_MAX)
        file.seek(start)
        tail = file.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        if len(whole) < len(tail):
            file.truncate(start + len(whole))
        if not whole:
            return FIRST, start
        try:
            return hash_of(whole.splitlines()[-1]), start + len(whole)
        except BadInput:
            log.error("the last line of a count log was changed; the chain goes on from it as it is")
            return FIRST, start + len(whole)
