"""What somebody who waits is told: how many are before them, how long, and when to ask again. Pure.

Comes in: the clock, the asker's own place. Goes out: a forecast. Never: a request: every page computes this
by itself. This is the reference for the pages' TypeScript; both read tests/vectors/line.json.
"""

import math
from dataclasses import dataclass
from typing import Final

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.place import DRAWS, Place

SPREAD: Final = 1.25
"""The range shown is the estimate divided and multiplied by this."""
POLL_NEAR_S: Final = 1.5
"""Who is about to be called asks this often, spread by a third."""
NEAR_S: Final = 2.0
POLL_SOON_S: Final = 3.0
"""Whom the doors could let in within NEAR_S, were there room of a sudden, asks at least this often: seats
that an edge brings back are taken at once."""
SEEN_OFTEN: Final = 2.0
"""Who waits asks at the latest after half of the wait that is left, so a call is not slept through."""
DATED_S: Final = 600
"""The clock's last entry are tickets dated ahead: taken as even over so long."""
RIPENS_S: Final = 2
"""A bucket is called at the earliest when it is so old."""
COMES_S: Final = 2.0
"""From the call to the seat: the next poll, and the request."""
WAIT_S_MAX: Final = 6 * 3600.0
"""Longer than a ticket lives: shown as «more than six hours»."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One place's outlook.

    Args:
        is_called: come in now.
        ahead: people before this place who still want in, by estimate; None: not known (before the draw).
        wait_s: from (the earliest) to (the latest); None: nobody can tell yet.
        poll_s: ask for the next clock after so long, spread by a third.
    """

    is_called: bool
    ahead: int | None
    wait_s: tuple[float, float] | None
    poll_s: float


def forecast(clock: LineClock, place: Place) -> Forecast:
    """The outlook of a place. Bounds: O(len(clock.arrivals)).

    A seat is waited for in two ways at once: the doors let in `admits_per_s`, and once the `room` is full
    only as many as leave. The slower of the two is the wait.
    """
    if clock.calls(place):
        return Forecast(is_called=True, ahead=0, wait_s=(0.0, 0.0), poll_s=POLL_NEAR_S)
    if clock.doors is not Doors.HELD:
        return Forecast(is_called=False, ahead=None, wait_s=None, poll_s=clock.poll_s)
    ahead = clock.coming + tickets_ahead(clock, place) * clock.show
    wait_s = _wait_s(clock, ahead)
    if wait_s is not None:
        wait_s = min(max(wait_s, _ripens_s(clock, place)) + COMES_S, WAIT_S_MAX)
    if wait_s is None:
        return Forecast(is_called=False, ahead=round(ahead), wait_s=None, poll_s=clock.poll_s)
    low_s, high_s = wait_s / SPREAD, min(wait_s * SPREAD, WAIT_S_MAX)
    most_s = min(clock.poll_s, POLL_SOON_S) if ahead <= NEAR_S * clock.joins_per_s else clock.poll_s
    poll_s = max(POLL_NEAR_S, min(most_s, low_s / SEEN_OFTEN))
    return Forecast(is_called=False, ahead=round(ahead), wait_s=(low_s, high_s), poll_s=poll_s)


def tickets_ahead(clock: LineClock, place: Place) -> float:
    """Tickets between the called place and this one; buckets that the clock tells together are taken as
    even."""
    if not clock.arrivals:
        return 0.0
    ends = [*(first for first, _ in clock.arrivals[1:]), None]
    return sum(
        count * _share_before(first, end, place, clock.called)
        for (first, count), end in zip(clock.arrivals, ends, strict=True)
    )


def _share_before(first: int, end: int | None, place: Place, called: Place) -> float:
    """Which share of the entry's tickets stands before the place. Its first bucket may be called in part."""
    last = first + DATED_S if end is None else end
    begin = max(called.bucket + called.draw / DRAWS, first)
    if last <= begin:
        return 0.0
    point = place.bucket + place.draw / DRAWS
    return min(max((point - begin) / (last - begin), 0.0), 1.0)


def _wait_s(clock: LineClock, ahead: float) -> float | None:
    """None: nothing moves, nobody can tell."""
    if clock.admits_per_s <= 0:
        return None
    by_door_s = _through_s(ahead, clock.admits_per_s, clock)
    beyond = ahead - clock.room
    if beyond <= 0:
        by_seats_s = 0.0
    elif clock.leaves_per_s <= 0:
        return None
    else:
        by_seats_s = _through_s(beyond, clock.leaves_per_s, clock)
    return max(by_door_s, by_seats_s)


def _through_s(people: float, per_s: float, clock: LineClock) -> float:
    """Until so many are gone from before one: let in at `per_s`, or given up meanwhile."""
    gives_up_per_s = clock.gives_up_per_s
    if gives_up_per_s <= 0:
        return people / per_s
    return math.log1p(gives_up_per_s * people / per_s) / gives_up_per_s


def _ripens_s(clock: LineClock, place: Place) -> float:
    """The earliest that this place's bucket can be called: it may be dated ahead, or just now."""
    opened_s = (clock.at_ms - (clock.doors_ms or 0)) / 1000
    return max(place.bucket + RIPENS_S - opened_s, 1.0) if place.bucket else 1.0
