"""Who may have a seat, and where their sound begins: the one decision about a knock, whichever way it came.

Comes in: a Space, a wish, who knocks. Goes out: what a fan-out has to know to seat them; or the error that
says what they get instead, a place in the line above all. Never: a wait: what is not known in this moment is
said to be so, and `live.py` waits for it.
"""

from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from typing import Final

from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.admission.desk import Desk, Knock
from stentor.edge.admission.entry import Way
from stentor.edge.admission.waiting import in_line
from stentor.edge.fanouts import Fanouts
from stentor.edge.framing import Format
from stentor.edge.handover import Handover
from stentor.edge.knock import Wish
from stentor.edge.listener import first_live
from stentor.edge.metrics import Metrics
from stentor.edge.spaces import Spaces
from stentor.errors import Gone, NotOnAir, OutOfRange
from stentor.space.record import Space
from stentor.space.rung import BEST_RUNG

AHEAD_MAX: Final = 4
"""Chunks beyond this gate's head that may be asked for: the fan-out or the other edge that a listener comes
from may have read the log a moment earlier (a gate on a busy machine was one chunk behind a fan-out)."""


@lru_cache(1)
def _date(second: int) -> str:
    """The `Date` of everybody who joins in this second."""
    return formatdate(second, usegmt=True)


@lru_cache(len(Format))
def _fixed_fields(format_: Format) -> str:
    fields = {
        "Content-Type": format_.mime,
        "X-Accel-Buffering": "no",
        **answers.OF_EVERY_ANSWER,
        **answers.open_headers(answers.LIVE),
        "Connection": "close",
    }
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items())


def answer_head(format_: Format, *, first: int, pass_: str, wall_s: float) -> bytes:
    """The head of a live answer.

    It has no length and no chunked coding: the end of the connection is its end (RFC 9112, 6.3, rule 8). The
    bytes are the same for HTTP/1.0 and 1.1, for radios as for `fetch`; chunks have lengths and numbers of
    their own, so a player knows what it has, whatever way the connection ended.

    Args:
        pass_: a fresh one, with which the player comes back before everybody who waits.
    """
    own = f"Stentor-First: {first}\r\nStentor-Pass: {pass_}\r\nDate: {_date(int(wall_s))}\r\n"
    return f"HTTP/1.1 200 OK\r\n{_fixed_fields(format_)}{own}\r\n".encode()


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's, as soon as a fan-out has taken them."""

    handover: Handover
    way: Way
    session: bytes


@dataclass(frozen=True, slots=True)
class Seating:
    """One per gate."""

    spaces: Spaces
    desk: Desk
    fanouts: Fanouts
    metrics: Metrics
    clock: Clock

    def way(self, space: Space, wish: Wish, address: str, *, may_sit: bool = True) -> tuple[Knock, Way]:
        """To a seat.

        Args:
            may_sit: False: the gate is too busy to seat a newcomer now; whoever has a pass goes on.
        Raises: Gone. NotOnAir. InLine. Conflict, TooMany: no ticket for them. Full: where no line speaks,
            there is none to stand in.
        """
        if space.state.is_over:
            raise Gone(f"The Space {space.id!r} has ended.")
        knock = self.desk.read(space, ticket=wish.ticket, pass_=wish.pass_, address=address)
        if not space.state.has_programme:
            if self.desk.is_lobby(space):
                raise in_line(self.desk, space, knock)
            raise NotOnAir(space.id)
        has_seat = may_sit and self.fanouts.has_room()
        way = self.desk.way(space, knock, has_seat=has_seat)
        if way is not Way.WAIT:
            return knock, way
        if may_sit and self.desk.heard(space) is None:
            self.fanouts.check_room()
        if knock.place is None:
            place = self.desk.place(space, address)
            knock = Knock(address, place=place)
            # The line may be called a moment beyond the present: then nobody stands before who comes now.
            if has_seat and self.desk.line(space).calls(place.ticket):
                return knock, Way.JOIN
        raise in_line(self.desk, space, knock)

    def first(self, space: Space, wish: Wish, *, head: int | None = None) -> int | None:
        """The first chunk to send. None: nothing has come yet, or only the log knows.

        Args:
            head: the newest chunk, for whoever has waited for it.
        Raises: NoSuchSpace. NotOnAir. Gone. OutOfRange.
        """
        programme, rung = self.spaces.programme(space.id), BEST_RUNG[wish.codec]
        head = programme.window.head(rung) if head is None else head
        if head is None:
            return None
        oldest = programme.oldest(rung)
        if wish.first is None:
            return first_live(head=head, oldest=oldest, cadence=self.fanouts.cadence())
        if wish.first > head + AHEAD_MAX:
            raise OutOfRange("from", wish.first, lowest=oldest, highest=head + AHEAD_MAX)
        return wish.first if wish.first >= oldest else None

    def seat(self, space: Space, wish: Wish, format_: Format, knock: Knock, way: Way, *, first: int) -> Seat:
        """What the fan-out is told."""
        given = self.desk.pass_for(knock)
        head = answer_head(
            format_, first=first, pass_=self.desk.sealed(space, given), wall_s=self.clock.wall_ms() / 1000
        )
        session = int.from_bytes(given.session)
        return Seat(Handover(space.id, wish.codec, format_, first, head, session), way, given.session)

    def taken(self, space: Space, seat: Seat) -> None:
        """A fan-out has them: they are counted."""
        self.desk.seated(space, seat.way, seat.session)
        self.metrics.answered("live", 200)
