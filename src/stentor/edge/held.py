"""How many connections a gate holds, and which of them has been idle the longest. No I/O.

Comes in: connections that open, rest, wake and end. Goes out: whether there is room for another, who is
closed to make some. Never: a connection that is closed while it is being answered; the last fifth for anybody
but those who are in.
"""

import resource
from collections.abc import Callable
from typing import Final, Protocol

FILES_KEPT: Final = 256
"""NATS, the fan-outs, files, the interpreter's own."""
RESERVE: Final = 0.2
_COPIES: Final = 2
"""A live stream that is being handed over has two descriptors here until the fan-out has taken it."""


class Holdable(Protocol):
    """A connection, or one that has not said anything yet."""

    def give_up(self) -> None:
        """Closes it: somebody else needs the room."""


class Held:
    """One gate's connections.

    Args:
        room_max: so many at most.
        closed: hears of each that was closed to make room.
    """

    def __init__(self, room_max: int, *, closed: Callable[[], None] = lambda: None) -> None:
        self._room_max = room_max
        self._open_max = int(room_max * (1 - RESERVE))
        self._closed = closed
        self._silent: dict[Holdable, None] = {}
        self._idle: dict[Holdable, None] = {}
        self._busy: set[Holdable] = set()

    def __len__(self) -> int:
        return len(self._silent) + len(self._idle) + len(self._busy)

    @property
    def is_full(self) -> bool:
        return len(self) >= self._room_max

    @property
    def is_scarce(self) -> bool:
        """Only the reserve is left: whoever is let in now must be one of those who are in."""
        return len(self) >= self._open_max

    def comes(self, connection: Holdable) -> None:
        """It is open and has said nothing yet."""
        self._silent[connection] = None

    def wakes(self, connection: Holdable) -> None:
        """It has said something and waits for an answer."""
        self._silent.pop(connection, None)
        self._idle.pop(connection, None)
        self._busy.add(connection)

    def rests(self, connection: Holdable) -> None:
        """It has been answered."""
        if connection in self._busy:
            self._busy.discard(connection)
            self._idle[connection] = None

    def ends(self, connection: Holdable) -> None:
        """Also for one that has ended already."""
        self._silent.pop(connection, None)
        self._idle.pop(connection, None)
        self._busy.discard(connection)

    def make_room(self) -> None:
        """While only the reserve is left, whoever has been idle the longest gives up its place; those who
        have never said anything before those who have been answered and may come back."""
        while self.is_scarce and (idle := self._silent or self._idle):
            longest = next(iter(idle))
            del idle[longest]
            self._closed()
            longest.give_up()


def room_for_connections(wanted: int) -> int:
    """As many connections as a setting wants, or as this process may have descriptors for.

    Raises the process's own limit as far as it may.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    files = wanted * _COPIES + FILES_KEPT
    if hard != resource.RLIM_INFINITY:
        files = min(files, hard)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(1, min(wanted, (max(soft, files) - FILES_KEPT) // _COPIES))
