"""Server-sent events, read as they come. Pure.

Comes in: bytes, cut anywhere. Goes out: events. Never: more in memory than one event of a bounded size.

Source: HTML Living Standard, 9.2.6, as far as this door writes it: `event`, `data`, comments, UTF-8.
"""

import json
from dataclasses import dataclass
from typing import Any

from stentor.errors import TooLarge

EVENT_BYTES_MAX = 1 << 20


@dataclass(frozen=True, slots=True)
class News:
    """One event. `data` is what its JSON says."""

    kind: str
    data: Any


class EventReader:
    """One stream; feed it in order."""

    def __init__(self) -> None:
        self._rest = b""
        self._kind = "message"
        self._data: list[str] = []
        self._size_bytes = 0

    def feed(self, data: bytes) -> list[News]:
        """Raises: TooLarge: an event without end."""
        # A break that is cut in two ("\r" here, "\n" in the next part) must not count twice, so a trailing
        # "\r" waits.
        text = self._rest + data
        held = b"\r" if text.endswith(b"\r") else b""
        whole = text[: len(text) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = whole.split(b"\n")
        self._rest = rest + held
        found = [news for line in lines if (news := self._take(line.decode(errors="replace")))]
        if self._size_bytes + len(self._rest) > EVENT_BYTES_MAX:
            raise TooLarge("An event of the stage door", size_bytes=None, limit_bytes=EVENT_BYTES_MAX)
        return found

    def _take(self, line: str) -> News | None:
        if not line:
            return self._finished()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._kind = value
        elif name == "data":
            self._data.append(value)
            self._size_bytes += len(value)
        return None

    def _finished(self) -> News | None:
        kind, text = self._kind, "\n".join(self._data)
        had_data = bool(self._data)
        self._kind, self._data, self._size_bytes = "message", [], 0
        if not had_data:
            return None
        try:
            return News(kind, json.loads(text))
        except ValueError:
            return News(kind, text)
