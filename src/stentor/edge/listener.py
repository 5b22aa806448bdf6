"""A listener: which chunks next, when to skip, when to give up.

Comes in: the head, and what the socket took, with the time. Goes out: decisions. Never: a socket, a clock,
a byte. The fan-out asks these questions only for those who are not in step with everybody else: newcomers,
and those whose sockets did not take all.
"""

from dataclasses import dataclass

JOIN_BEHIND_CHUNKS = 2
"""A new listener starts so far behind the head: 1.3 to 1.9 s of audio at once, so the player can start."""
BACKLOG_CHUNKS_MAX = 2
"""Beyond what the socket took: a listener who falls further behind than ever before jumps to live."""
PATIENCE_S = 15.0
"""Without a byte of progress for so long, the connection is closed."""
WRITE_CHUNKS_MAX = 8
"""Catching up goes in writes of at most so many chunks, about 43 kB at 64 kbit/s."""


@dataclass(frozen=True, slots=True)
class Write:
    """Send chunks first…last in one write.

    Args:
        is_joining: the listener knows nothing yet, or has missed changes: the first tick must be full.
        skipped: so many chunks were left out in front of `first`.
    """

    first: int
    last: int
    is_joining: bool
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to send before chunk `until` is here."""

    until: int


class Listener:
    """The cursor of one open stream.

    Args:
        first: the first chunk to send.
        now_s: monotonic.
        cadence: chunks per write for whoever is at the head: 1, 2 or 4 (the ladder's knob).
        is_joining: knows nothing yet.
    """

    __slots__ = ("_behind_min", "_is_joining", "_progress_s", "cadence", "next")

    def __init__(self, *, first: int, now_s: float, cadence: int = 1, is_joining: bool = True) -> None:
        self.next = first
        self.cadence = cadence
        self._is_joining = is_joining
        self._behind_min: int | None = None
        self._progress_s = now_s

    @property
    def is_joining(self) -> bool:
        """Nothing has been written yet that tells everything."""
        return self._is_joining

    def plan(self, head: int, *, is_over: bool = False) -> Write | Wait:
        """What to do now, the socket being ready for more.

        Args:
            is_over: nothing comes after the head, so the last write may be smaller than the cadence.

        Someone who comes back with `?from=` is far behind by right and may stay so while catching up, and
        after a repair of the log several chunks come at once to listeners who were waiting. So not the
        distance is the measure but its growth while the socket was busy: whoever is further behind than
        at their best by more than the backlog cannot keep up, and jumps.
        """
        behind = head - self.next + 1
        self._behind_min = behind if self._behind_min is None else min(self._behind_min, behind)
        if behind > self._behind_min + BACKLOG_CHUNKS_MAX + self.cadence:
            return self._jump(head)
        if behind < self.cadence and not (is_over and behind > 0):
            self._behind_min = None
            return Wait(until=self.next + self.cadence - 1)
        last = min(head, self.next + max(WRITE_CHUNKS_MAX, self.cadence) - 1)
        return Write(self.next, last, is_joining=self._is_joining)

    def took(self, write: Write, *, now_s: float) -> None:
        """The socket took a whole write."""
        self.next = write.last + 1
        self._is_joining = False
        self._progress_s = now_s

    def progressed(self, *, now_s: float) -> None:
        """The socket took a part of a write."""
        self._progress_s = now_s

    def is_stuck(self, *, now_s: float, patience_s: float = PATIENCE_S) -> bool:
        """Asked while a write is pending."""
        return now_s - self._progress_s >= patience_s

    def _jump(self, head: int) -> Write:
        first = max(self.next, head - JOIN_BEHIND_CHUNKS)
        self._behind_min = head - first + 1
        return Write(first, head, is_joining=True, skipped=first - self.next)


def first_live(*, head: int, oldest: int, cadence: int = 1) -> int:
    """Where somebody starts who asked for no number: the next write may be so many chunks away."""
    return max(oldest, head - JOIN_BEHIND_CHUNKS - (cadence - 1))
