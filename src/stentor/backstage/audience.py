"""A Space's audience over time, read from its count log at as many points as a graph has.

Comes in: a count log, the step. Goes out: at most 720 points. Never: the whole log in memory: a line is
looked for at each point by halving the file.

The log is in order of time, unless the machine's clock was set back; then some points show the figures of
another moment near it, which a graph survives.
"""

import json
import mmap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stentor.formats.count_log import LINE_BYTES_MAX

POINTS_MAX: Final = 720
"""One per pixel of a small graph; eight hours in steps of 40 s."""
STEP_S_MAX: Final = 86_400
COLUMNS: Final = ("hearing", "admitted", "arrived", "unknown")
_STALE_AFTER_MS: Final = 5_000
"""A figure is written each second; what is older than this says nothing of the moment any more."""
_AT = b'"at_ms":'


@dataclass(frozen=True, slots=True)
class Series:
    """Args: columns: for each figure one value per point; None: nothing was counted then."""

    step_s: int
    from_ms: int | None
    columns: dict[str, list[int | None]] = field(default_factory=lambda: {name: [] for name in COLUMNS})


def read_series(path: Path, *, step_s: int) -> Series:
    """The series of one log; without points where there is none.

    Args:
        step_s: the finest step; it grows until the log fits into 720 points.
    Bounds: 720 times log2 of the file's lines reads of a line, about 20 ms for a day.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as log:
            return _read(log, step_s)
    except (FileNotFoundError, ValueError):  # an empty file cannot be mapped
        return Series(step_s, None)


def _read(log: mmap.mmap, step_s: int) -> Series:
    end = log.rfind(b"\n") + 1
    if not end:
        return Series(step_s, None)
    first_ms, last_ms = _at_ms(log, 0), _at_ms(log, _line_of(log, end - 1))
    span_s = max(0, last_ms - first_ms) // 1000
    step_s = max(step_s, -(-(span_s + 1) // POINTS_MAX))
    series = Series(step_s, first_ms)
    start = 0
    for at_ms in range(first_ms, max(first_ms, last_ms) + 1, step_s * 1000):
        start = _last_until(log, at_ms, low=start, end=end)
        # Points are apart by the step, lines by a second: the line before a point may be a little older.
        is_fresh = at_ms - _at_ms(log, start) <= _STALE_AFTER_MS
        found = json.loads(log[start : log.find(b"\n", start)]) if is_fresh else {}
        for name in COLUMNS:
            series.columns[name].append(found.get(name))
    return series


def _last_until(log: mmap.mmap, at_ms: int, *, low: int, end: int) -> int:
    """Where the last line that is not later than `at_ms` begins; `low` is the start of one."""
    high = end
    while True:
        middle = _line_of(log, (low + high) // 2)
        if middle <= low:
            after = log.find(b"\n", low) + 1
            if after >= high or _at_ms(log, after) > at_ms:
                return low
            low = after
        elif _at_ms(log, middle) <= at_ms:
            low = middle
        else:
            high = middle


def _line_of(log: mmap.mmap, position: int) -> int:
    """Where the line begins that `position` is in; its line feed belongs to it."""
    return log.rfind(b"\n", max(0, position - LINE_BYTES_MAX), position) + 1


def _at_ms(log: mmap.mmap, start: int) -> int:
    """The time of the line that begins at `start`. Raises: ValueError: it is none."""
    found = log.find(_AT, start, start + LINE_BYTES_MAX) + len(_AT)
    return int(log[found : log.find(b",", found, found + 20)])
