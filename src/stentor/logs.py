"""Structured logs: one JSON line per event, fixed sentences with fields, on standard error.

The supervisor sends each role's standard error to data_dir/logs/<role>.log. Never in a log: names,
addresses, tokens, words spoken; the same sentence more than ten times a second. The one file that sets
structlog up.
"""

import contextlib
import io
import logging
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO, cast

import structlog

from stentor.log_pace import LogPace

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def configure(role: str, level: str, *, stream: TextIO | None = None) -> None:
    """Call once at the start of a process.

    Args:
        stream: standard error if None; a file where standard error shows something to a person.
    """
    safe = _NeverFails(stream or sys.stderr)
    pace = LogPace()
    structlog.configure(
        processors=[
            _paced(pace),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(file=cast(TextIO, safe)),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(role=role)
    # Libraries speak only when something is wrong.
    logging.basicConfig(level=logging.ERROR, stream=safe)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_LibraryPace(pace))


def _paced(pace: LogPace) -> Callable[[Any, str, MutableMapping[str, Any]], MutableMapping[str, Any]]:
    """The first step of each line: a flood of one sentence is counted (`and_more`), not repeated."""

    def step(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        left_out = pace.left_out(str(event.get("event", "")), now_s=time.monotonic())
        if left_out is None:
            raise structlog.DropEvent
        if left_out:
            event["and_more"] = left_out
        return event

    return step


class _LibraryPace(logging.Filter):
    """The same for libraries: a trace of each request that fails would be the attacker's pen."""

    def __init__(self, pace: LogPace) -> None:
        super().__init__()
        self._pace = pace

    def filter(self, record: logging.LogRecord) -> bool:
        return self._pace.left_out(str(record.msg), now_s=time.monotonic()) is not None


class _NeverFails(io.TextIOBase):
    """A stream that loses a line rather than its process: the disk of the logs may be the full one."""

    def __init__(self, inner: TextIO) -> None:
        self._inner = inner

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._inner.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._inner.flush()
