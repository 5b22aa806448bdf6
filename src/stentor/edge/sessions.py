"""One listening session sits once: who has to give up their seat, and when. Pure: time is an argument.

Comes in: who sits down with which session, which sessions were shown at another edge. Goes out: whose seat
is over. Never: a listener who is cut off because their phone has changed its network: the new seat has sound
before the old one ends.

A second seat of a session gives the first GRACE_S more; a third ends the older of the two at once. So a pass
that was passed on seats one person, and for ten seconds a second.
"""

from array import array
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Final

GRACE_S: Final = 10.0
LAST_CHUNK_S: Final = 2.0
MOVED_MAX: Final = 10_000
"""Sessions in one message of an edge."""
SESSION_BYTES: Final = 8
_NOBODY: Final = -1
_TOLD: Final = float("-inf")
"""Whoever was told to go, until they have gone."""


def moved_sessions(payload: bytes) -> list[int]:
    """Those that sit at another edge now, of its message: at most MOVED_MAX, none of what is no message."""
    if len(payload) % SESSION_BYTES or len(payload) > MOVED_MAX * SESSION_BYTES:
        return []
    return [int.from_bytes(payload[at : at + SESSION_BYTES]) for at in range(0, len(payload), SESSION_BYTES)]


class Sessions:
    """The sessions of one fan-out, in arrays by descriptor: 16 bytes per listener, a dict took 75 to 105.

    Args:
        fd_max: descriptors are below it.

    Bounds: finding a session is two steps in the mean. Sessions are drawn by the house, so nobody can choose
        ones that are found slowly.
    """

    def __init__(self, fd_max: int) -> None:
        self._of = array("Q", bytes(8 * fd_max))
        self._mask = (1 << max(1, fd_max // 2).bit_length()) - 1
        self._first = array("i", [_NOBODY]) * (self._mask + 1)
        self._next = array("i", [_NOBODY]) * fd_max
        self._ends_s: dict[int, float] = {}
        self._put_off: set[int] = set()
        self._queue: list[tuple[float, int]] = []

    def sat(self, fd: int, session: int, *, now_s: float) -> None:
        """Somebody sits down. Session 0 is nobody's."""
        if not session:
            return
        self._give_up(session, now_s)
        row = self._row(session)
        self._of[fd], self._next[fd], self._first[row] = session, self._first[row], fd

    def left(self, fd: int) -> None:
        """They have gone, for whatever reason."""
        session = self._of[fd]
        if not session:
            return
        self._of[fd] = 0
        self._ends_s.pop(fd, None)
        self._put_off.discard(fd)
        row = self._row(session)
        if self._first[row] == fd:
            self._first[row] = self._next[fd]
            return
        before = self._first[row]
        while self._next[before] != fd:
            before = self._next[before]
        self._next[before] = self._next[fd]

    def shown_elsewhere(self, sessions: Iterable[int], *, now_s: float) -> None:
        """These have a seat at another edge now."""
        for session in sessions:
            self._give_up(session, now_s)

    def over(self, *, now_s: float) -> list[int]:
        """Whose time is over, each once; `later` asks again.

        Bounds: O(log n) for each that is over, nothing for the others.
        """
        found: list[int] = []
        while self._queue and self._queue[0][0] <= now_s:
            at_s, fd = heappop(self._queue)
            # The next holder of a descriptor has an end of their own; one that was brought forward is past.
            if self._ends_s.get(fd) == at_s:
                self._ends_s[fd] = _TOLD
                found.append(fd)
        return found

    def later(self, fd: int, *, now_s: float) -> bool:
        """They are in the middle of a chunk and get LAST_CHUNK_S to take the rest of it.

        Returns: False: they have had them. Who reads a byte a second is in the middle of a chunk for ever.
        """
        if fd in self._put_off:
            return False
        self._put_off.add(fd)
        self._end(fd, now_s + LAST_CHUNK_S)
        return True

    def _give_up(self, session: int, now_s: float) -> None:
        """The newest seat of a session becomes the older one, and whichever was that ends."""
        seats = self._seats(session)
        if all(fd in self._ends_s for fd in seats):
            return
        for fd in seats:
            if fd not in self._ends_s:
                self._end(fd, now_s + GRACE_S)
            elif self._ends_s[fd] > now_s and fd not in self._put_off:
                self._end(fd, now_s)

    def _end(self, fd: int, at_s: float) -> None:
        self._ends_s[fd] = at_s
        heappush(self._queue, (at_s, fd))

    def _seats(self, session: int) -> list[int]:
        found, fd = [], self._first[self._row(session)]
        while fd != _NOBODY:
            if self._of[fd] == session:
                found.append(fd)
            fd = self._next[fd]
        return found

    def _row(self, session: int) -> int:
        # The low bits choose the fan-out: all who sit here have some of them in common.
        return (session >> 32) & self._mask
