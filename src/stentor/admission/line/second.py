"""What happened to one Space in one second, as the edges' beats tell it: all that the line is moved by. Pure.

Comes in: sums over all edges. Goes out: nothing. Never: a person, a ticket, an address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stentor.admission.line.line_clock import Doors, Why


@dataclass(frozen=True, slots=True)
class Second:
    """One second of one Space. All of it is told with a delay of a second or two.

    Args:
        tickets: newly issued, by bucket.
        joined: tickets that were redeemed for a seat.
        came: seated without a ticket, the doors being open.
        left: streams that ended.
        here: signs of presence of those who wait, by bucket.
        admitted: open streams now.
        room: seats that are free now, for this Space, at all edges that report.
        joins_per_s: what those edges can let in.
        standing: people whose ticket was called and who found no seat in this second.
        waiting_elsewhere: people in the lines of the house's other Spaces: all share what it can hear.
        held: an edge's reason why it has less room than seats.
        order: a host's or operator's word: HELD, OPEN, or None, the line's own judgement.
    """

    tickets: Mapping[int, int] = field(default_factory=dict)
    joined: int = 0
    came: int = 0
    left: int = 0
    here: Mapping[int, int] = field(default_factory=dict)
    admitted: int = 0
    room: int = 0
    joins_per_s: float = 0.0
    standing: int = 0
    waiting_elsewhere: int = 0
    held: Why = Why.NONE
    order: Doors | None = None
