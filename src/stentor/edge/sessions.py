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


def moved_sessions(payload: bytes) -> list[int]:
    """Those that sit at another edge now, of its message: at most MOVED_MAX, none of what is no message."""
    if len(payload) % SESSION_BYTES or len(payload) > MOVED_MAX * SESSION_BYTES:
        return []
    return [int.from_bytes(payload[at : at + SESSION_BYTES]) for at in range(0, len(payload), SESSION_BYTES)]


class Sessions:
    """The sessions of one fan-out.

    Args:
        fd_max: descriptors are below it.

    Bounds: an entry per listener, and per seat that ends.
    """

    def __init__(self, fd_max: int) -> None:
        self._of = array("Q", bytes(8 * fd_max))
        self._newest: dict[int, int] = {}
        self._older: dict[int, int] = {}
        self._ends_s: dict[int, float] = {}
        self._put_off: set[int] = set()
        self._queue: list[tuple[float, int]] = []

    def sat(self, fd: int, session: int, *, now_s: float) -> None:
        """Somebody sits down. Session 0 is nobody's."""
        if not session:
            return
        self._of[fd] = session
        self._give_up(session, now_s)
        self._newest[session] = fd

    def left(self, fd: int) -> None:
        """They have gone, for whatever reason."""
        session, self._of[fd] = self._of[fd], 0
        self._ends_s.pop(fd, None)
        self._put_off.discard(fd)
        for seats in (self._newest, self._older):
            if session and seats.get(session) == fd:
                del seats[session]

    def shown_elsewhere(self, sessions: Iterable[int], *, now_s: float) -> None:
        """These have a seat at another edge now."""
        for session in sessions:
            if session in self._newest:
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
                del self._ends_s[fd]
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
        """The newest seat of a session becomes the older one."""
        older, newest = self._older.pop(session, None), self._newest.pop(session, None)
        if newest is None:
            if older is not None:
                self._older[session] = older
            return
        if older is not None:
            self._end(older, now_s)
        self._older[session] = newest
        self._end(newest, now_s + GRACE_S)

    def _end(self, fd: int, at_s: float) -> None:
        self._ends_s[fd] = at_s
        heappush(self._queue, (at_s, fd))
