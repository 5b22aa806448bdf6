"""Who comes in at this gate now: the decision alone. Pure: time is an argument.

Comes in: the line's clock as it was last heard, the ticket or pass that was shown, whether there is a seat.
Goes out: one of four ways. Never: a pass that waits; a ticket that is refused while a later place is let in;
an answer that needs a word of the controller's in this moment.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.place import place_of
from stentor.admission.token import Ticket
from stentor.space.doors import DoorsOrder

BLIND_AFTER_S: Final = 6.0
"""A clock comes each second; after so long without one the gate decides alone. A controller that dies is
followed within its lease (5 s) and a moment: so long the last clock holds, and nobody overtakes who waits."""


class WhenBlind(StrEnum):
    """What a gate does with newcomers while no clock comes."""

    OPEN = "open"
    """As many as this edge has seats for."""
    HOLD = "hold"
    """Only those whose place had been called."""


class Way(StrEnum):
    """How somebody who knocks goes on."""

    RENEW = "renew"
    """With a pass: to a seat, before everybody else."""
    JOIN = "join"
    """With a ticket whose place is called: to a seat."""
    CAME = "came"
    """With nothing, while the doors are open: to a seat."""
    WAIT = "wait"
    """To a place in the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a gate knows of one Space's line.

    Args:
        clock: the newest; None: none was ever heard.
        age_s: how long ago.
        order: the host's or an operator's word, in the Space's record: it holds without a controller too.
        was_held: this gate has only just begun, and found the doors held.
    """

    clock: LineClock | None
    age_s: float
    order: DoorsOrder = DoorsOrder.AUTO
    was_held: bool = False

    @property
    def is_blind(self) -> bool:
        return self.clock is None or self.age_s > BLIND_AFTER_S

    def doors(self, when_blind: WhenBlind) -> Doors:
        """Whether somebody who comes now gets in."""
        if not self.is_blind:
            assert self.clock is not None
            return self.clock.doors
        if self.clock is None and self.was_held and self.age_s <= BLIND_AFTER_S:
            return Doors.HELD
        if self.order is not DoorsOrder.AUTO:
            return Doors.OPEN if self.order is DoorsOrder.OPEN else Doors.HELD
        return Doors.OPEN if when_blind is WhenBlind.OPEN else Doors.HELD

    def calls(self, ticket: Ticket) -> bool:
        """Whether the line has come to this ticket; what was called stays so while the gate is blind."""
        clock = self.clock
        if clock is None or clock.seed is None or clock.doors not in {Doors.HELD, Doors.OPEN}:
            return False
        if ticket.bucket != clock.called.bucket:
            # Nearly everybody's: no draw has to be worked out.
            return ticket.bucket < clock.called.bucket
        return place_of(ticket, bytes.fromhex(clock.seed)) < clock.called


def way_of(
    line: Line, *, ticket: Ticket | None, has_pass: bool, has_seat: bool, when_blind: WhenBlind
) -> Way:
    """The decision.

    Args:
        ticket: that was shown and is good. has_pass: the same of a pass, which outweighs any ticket.
        has_seat: this edge can take one more newcomer.
    """
    if has_pass:
        return Way.RENEW
    if not has_seat:
        return Way.WAIT
    is_open = line.doors(when_blind) is Doors.OPEN
    if ticket is None:
        return Way.CAME if is_open else Way.WAIT
    return Way.JOIN if is_open or line.calls(ticket) else Way.WAIT
