"""Which tickets and sessions were shown lately at this gate. Pure.

Comes in: their ids. Goes out: whether a ticket is shown for the first time; the sessions of which other edges
are to be told. Never: more than a bound of them; a decision: who shows a ticket twice has one session.
"""

from typing import Final

TICKETS_MAX: Final = 131_072
"""Some 20 MB. A ticket that has left the table and is shown again is counted twice, no more."""
MOVED_MAX: Final = 10_000
SESSION_BYTES: Final = 8


class Shown:
    """One per gate."""

    def __init__(self) -> None:
        self._tickets: dict[bytes, None] = {}
        self._here: dict[bytes, float] = {}
        self._moved: dict[bytes, None] = {}
        self._at_door: set[bytes] = set()
        self._second = 0

    def is_first(self, ticket_id: bytes) -> bool:
        """Whether this ticket was not redeemed here before; it is now."""
        if ticket_id in self._tickets:
            return False
        if len(self._tickets) >= TICKETS_MAX:
            del self._tickets[next(iter(self._tickets))]
        self._tickets[ticket_id] = None
        return True

    def is_due(self, ticket_id: bytes, *, every_s: float, now_s: float) -> bool:
        """Whether a sign of presence counts: once per `every_s` and ticket."""
        due_s = self._here.pop(ticket_id, now_s)
        is_due = due_s <= now_s
        if len(self._here) >= TICKETS_MAX:
            del self._here[next(iter(self._here))]
        self._here[ticket_id] = now_s + every_s if is_due else due_s
        return is_due

    def is_at_door(self, ticket_id: bytes, *, now_s: float) -> bool:
        """Whether this is the ticket's first knock in this second."""
        second = int(now_s)
        if second != self._second:
            self._second = second
            self._at_door.clear()
        if ticket_id in self._at_door or len(self._at_door) >= TICKETS_MAX:
            return False
        self._at_door.add(ticket_id)
        return True

    def moved(self, session: bytes) -> None:
        """Sits here now by a ticket or pass that others may have; above the bound nobody is told."""
        if len(self._moved) < MOVED_MAX:
            self._moved[session] = None

    def taken_moved(self) -> bytes:
        """The sessions since the last time, one after the other."""
        told = b"".join(self._moved)
        self._moved.clear()
        return told
