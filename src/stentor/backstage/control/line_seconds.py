"""What has happened at each line, as that line has to take it: with its own part of the house's room. Pure.

Comes in: each Space's second with the room of all edges, the Spaces' records, who waited. Goes out: the same
seconds with the room of each. Never: one edge's room promised to two Spaces.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from stentor.admission.line.line_clock import Doors, Why
from stentor.admission.line.second import Second
from stentor.backstage.control.room_shares import shares
from stentor.space.doors import DoorsOrder
from stentor.space.record import Space

SOON_S: Final = 5
"""Who comes unasked has room for so many seconds ahead: an open door does not close between two clocks."""
KEPT_S: Final = 15
"""A leader that dies is followed within its lease's 5 s, and the next one reads the log first."""
_EVERYBODY: Final = 16
"""Room that each Space could use though nobody has come yet."""
_ORDERS: Final = {DoorsOrder.HELD: Doors.HELD, DoorsOrder.OPEN: Doors.OPEN}


class RecentSeconds:
    """The last seconds of all Spaces, for lines that begin or change hands: what nobody has counted yet.

    Bounds: KEPT_S of them.
    """

    def __init__(self) -> None:
        self._seconds: deque[tuple[float, Mapping[str, Second]]] = deque(maxlen=KEPT_S)

    def add(self, seconds: Mapping[str, Second], *, now_s: float) -> None:
        self._seconds.append((now_s, seconds))

    def since(self, space_id: str, at_s: float) -> Second:
        """All that happened in a Space after this moment; what is so now, as the last second says."""
        return _together(
            seconds[space_id] for told_s, seconds in self._seconds if told_s > at_s and space_id in seconds
        )


def divided(
    seconds: Mapping[str, Second], *, spaces: Mapping[str, Space], waiting: Mapping[str, int]
) -> dict[str, Second]:
    """Each Space's own second.

    Args:
        seconds: `room` and `joins_per_s` are the whole house's, the same in each.
        waiting: as the last clocks said; a Space without an entry has had none.
    """
    demands = {
        space_id: _EVERYBODY
        + waiting.get(space_id, 0)
        + SOON_S * (second.came + sum(second.tickets.values()))
        for space_id, second in seconds.items()
    }
    room = shares(max((second.room for second in seconds.values()), default=0), demands)
    joins = shares(int(max((second.joins_per_s for second in seconds.values()), default=0.0)), demands)
    everybody = sum(waiting.get(space_id, 0) for space_id in seconds)
    return {
        space_id: replace(
            _own(second, spaces[space_id], room=room[space_id], joins_per_s=joins[space_id]),
            waiting_elsewhere=everybody - waiting.get(space_id, 0),
        )
        for space_id, second in seconds.items()
    }


def _together(seconds: Iterable[Second]) -> Second:
    found = Second()
    for second in seconds:
        found = replace(
            second,
            tickets=Counter(found.tickets) + Counter(second.tickets),
            joined=found.joined + second.joined,
            came=found.came + second.came,
            left=found.left + second.left,
            here=Counter(found.here) + Counter(second.here),
        )
    return found


def _own(second: Second, space: Space, *, room: int, joins_per_s: int) -> Second:
    held = second.held
    if space.listeners_max is not None:
        left = max(0, space.listeners_max - second.admitted)
        room, held = min(room, left), Why.SEATS if left < room else held
    return replace(
        second, room=room, joins_per_s=float(joins_per_s), held=held, order=_ORDERS.get(space.doors)
    )
