"""When tickets are given, and which second of the line one belongs to. Pure: time is an argument.

Comes in: a Space's record. Goes out: whether its lobby is open; the bucket of somebody who comes now. Never:
a bucket that depends on which edge was asked: the record is the same everywhere.
"""

from typing import Final

from stentor.space.lifecycle import State
from stentor.space.record import Space

LOBBY_S: Final = 3600
"""So long before its announced hour a Space gives tickets; with the green room at the latest."""
LOBBY_ENDS_S: Final = 6 * 3600
"""So long after it a talk that has not begun still has one: as long as a ticket lives."""
LOBBY: Final = 0
"""The bucket of all who came before the doors opened."""
BUCKET_MAX: Final = (1 << 32) - 1


def is_lobby_open(space: Space, *, now_ms: int) -> bool:
    """Whether somebody who comes now is in the draw. False on the air: then nobody draws any more."""
    if space.on_air_ms is not None:
        return False
    if space.state is State.GREEN_ROOM:
        return True
    if space.state is not State.SCHEDULED or space.starts_ms is None:
        return False
    return -LOBBY_S <= (now_ms - space.starts_ms) / 1000 < LOBBY_ENDS_S


def bucket_now(doors_ms: int | None, *, now_ms: int, behind_s: int = 0) -> int:
    """The bucket of a ticket that is given now.

    Args:
        doors_ms: when the doors opened; None: not yet.
        behind_s: so much later it is dated, since its network had asked for many.
    """
    if doors_ms is None:
        return LOBBY + behind_s
    second = max(0, now_ms - doors_ms) // 1000
    return min(BUCKET_MAX, 1 + second + behind_s)
