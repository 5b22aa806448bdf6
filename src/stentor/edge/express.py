"""The express desk: a knock is answered on its own socket, at the doorstep, in one go.

Comes in: a knock that was read, whose it is, whether the gate has time to seat a newcomer. Goes out: a seat,
to be taken with the socket; or the bytes of an answer: a place in the line with a ticket, or why there is
none. Never: a wait, a task, a transport, a parser; an answer of its own: `Seating` decides here as it does in
`live.py`.

What a join costs decides how large a flood a gate outlasts, and how long a large evening takes to come in
(`bench/doorstep_cost.py`): through uvicorn, Starlette and a task it was some 600 µs.
"""

from dataclasses import dataclass
from typing import Final

from stentor.edge.admission.entry import Way
from stentor.edge.admission.waiting import ticket_document
from stentor.edge.knock import Knocked
from stentor.edge.refusals import OVER_BUDGET
from stentor.edge.seating import Seat, Seating
from stentor.edge.written import written_error, written_ticket
from stentor.errors import StentorError, TooMany
from stentor.space.record import Space

_CREATED: Final = 201


@dataclass(frozen=True, slots=True)
class Taking:
    """A seat that waits for its socket."""

    space: Space
    seat: Seat


@dataclass(frozen=True, slots=True)
class Express:
    """One per gate."""

    seating: Seating

    def answer(self, knock: Knocked, address: str, *, may_sit: bool, is_kept: bool) -> Taking | bytes | None:
        """What to do about a knock.

        Args:
            may_sit: False: a newcomer gets a place at most.
            is_kept: the connection stays after an answer.
        Returns: None: `live.py` knows how to wait for what is missing here.
        Bounds: 30 µs for a place, 50 µs for a seat.
        """
        try:
            if knock.format is None:
                return self._ticket(knock, address, may_sit=may_sit, is_kept=is_kept)
            space = self.seating.spaces.record(knock.name)
            found, way = self.seating.way(space, knock.wish, address, may_sit=may_sit)
            first = self.seating.first(space, knock.wish)
            if first is None:
                return None
            return Taking(space, self.seating.seat(space, knock.wish, knock.format, found, way, first=first))
        except StentorError as error:
            return self._told(error, knock, is_kept=is_kept)

    def take(self, taking: Taking, fd: int) -> bool:
        """Hands a socket over. The descriptor is the gate's own no more; False: it still is, and nobody could
        take it now."""
        comes_back = taking.seat.way is Way.RENEW
        if not self.seating.fanouts.give_at_once(fd, taking.seat.handover, comes_back=comes_back):
            return False
        self.seating.taken(taking.space, taking.seat)
        return True

    def _ticket(self, knock: Knocked, address: str, *, may_sit: bool, is_kept: bool) -> bytes | None:
        """A challenge costs five tickets: while the gate is busy whoever wants one asks for it (`…/bid`)."""
        desk = self.seating.desk
        space = self.seating.spaces.record(knock.name)
        heard = desk.heard(space)
        if may_sit and heard is not None and heard.clock.heat:
            return None
        body = ticket_document(desk, space, desk.place(space, address))
        self.seating.metrics.answered("line", _CREATED)
        return written_ticket(body, is_kept=is_kept)

    def _told(self, error: StentorError, knock: Knocked, *, is_kept: bool) -> bytes:
        self.seating.metrics.answered("line" if knock.format is None else "live", error.answer_status)
        if isinstance(error, TooMany):
            return OVER_BUDGET.next(
                spread_s=error.retry_after_s or 1.0, is_for_all=False, has_body=True, is_kept=is_kept
            )
        return written_error(error, is_kept=is_kept)
