"""The logs' own pace: what happens ten thousand times a second is told ten times. Pure: time is an argument.

Comes in: events. Goes out: those that are written, with how many were left out before them. Never: an event
of another kind that is lost because one kind comes in floods; a table without a bound.
"""

from dataclasses import dataclass, field
from typing import Final

PER_S: Final = 10
"""Of one sentence. A person reads fewer; whoever counts has the metrics."""
KINDS_MAX: Final = 512
"""Sentences are fixed, so there are some 200; what comes above takes the place of the oldest."""


@dataclass(slots=True)
class _Kind:
    since_s: float
    written: int = 0
    left_out: int = 0


@dataclass(slots=True)
class LogPace:
    """One process's. O(1) per event."""

    per_s: int = PER_S
    _kinds: dict[str, _Kind] = field(default_factory=dict)

    def left_out(self, event: str, *, now_s: float) -> int | None:
        """None: this one is left out. Else: it is written, and so many like it were left out before it."""
        kind = self._kinds.get(event)
        if kind is None:
            if len(self._kinds) >= KINDS_MAX:
                del self._kinds[next(iter(self._kinds))]
            kind = self._kinds[event] = _Kind(now_s)
        if now_s - kind.since_s >= 1.0:
            kind.since_s, kind.written = now_s, 0
        if kind.written >= self.per_s:
            kind.left_out += 1
            return None
        kind.written += 1
        before, kind.left_out = kind.left_out, 0
        return before
