"""What the clock asks of those who wait: how often to look, to say «here», to work; whether they may hear.
Pure.

Comes in: how many wait and why. Goes out: numbers that keep the sum of all requests bounded. Never: a
decision about one person.
"""

from typing import Final

from stentor.admission.line.line_clock import Doors, Why

HERE_PER_S_MAX: Final = 200
POLLS_PER_S_MAX: Final = 2_000
"""Of those who are far from being called; who is near asks more often (`forecast.py`), about eight
times in all."""
POLL_SPREAD: Final = 4 / 3
"""A page's next look is up to a third later than it was told, at random."""
HERE_S_MIN: Final = 10.0
POLL_S_MIN: Final = 2.0
POLL_S_MAX: Final = 60.0
POLL_S_LOBBY_MAX: Final = 10.0
"""When the doors open everybody learns it within this time."""
HEAT_TICKETS_PER_S_MIN: Final = 50.0
"""Below this nobody is asked to work, however few can be let in."""
HEATS: Final = (3.0, 10.0, 30.0)
"""Tickets per join from which proof of work of effort 1, 2, 3 is worth while; it ends at half of that."""
LOW_RUNG_REQUESTS_PER_S: Final = 0.35
"""Of one who hears the low rung (`hls/low.m3u8`): two per segment."""


def poll_s_for(waiting: int, *, elsewhere: int, joins_per_s: float, doors: Doors) -> float:
    """So that all who are far away ask POLLS_PER_S_MAX times a second, or a large house a quarter as often as
    its doors could let people in: reading the clock costs them a tenth of that.

    Args:
        elsewhere: who waits for other Spaces.
    """
    most_s = POLL_S_LOBBY_MAX if doors is Doors.LOBBY else POLL_S_MAX
    polls_per_s = max(POLLS_PER_S_MAX * waiting / max(waiting + elsewhere, 1), joins_per_s / 4, 1.0)
    return round(min(max(waiting / polls_per_s, POLL_S_MIN), most_s), 1)


def here_s_for(tickets: int) -> float:
    """So that all tickets together, if somebody holds each, say «here» HERE_PER_S_MAX times a second.

    Args:
        tickets: of the whole house: its edges hear the signs of all Spaces.
    """
    return round(max(tickets / HERE_PER_S_MAX, HERE_S_MIN), 1)


def heat_for(before: int, *, tickets_per_s: float, joins_per_s: float, is_held: bool) -> int:
    """How hot the door is, with hysteresis: a heat stays until its cause is half gone."""
    if not is_held or tickets_per_s < HEAT_TICKETS_PER_S_MIN / 2:
        return 0
    ratio = tickets_per_s / max(joins_per_s, 1.0)
    rises = sum(ratio >= heat for heat in HEATS) if tickets_per_s >= HEAT_TICKETS_PER_S_MIN else 0
    stays = sum(ratio >= heat / 2 for heat in HEATS)
    return min(max(rises, before), max(rises, stays))


def hears_for(doors: Doors, why: Why, *, waiting: int, joins_per_s: float) -> bool:
    """Who waits for long may hear the low rung, if neither the line nor the gates are what is short."""
    if doors is not Doors.HELD or why not in {Why.SEATS, Why.HOST}:
        return False
    return waiting * LOW_RUNG_REQUESTS_PER_S <= joins_per_s
