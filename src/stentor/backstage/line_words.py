"""A Space's line in one sentence, for hosts. Pure.

Comes in: its clock. Goes out: words. Never: a figure that is not in the clock.
"""

from typing import Final

from stentor.admission.line.forecast import Forecast, forecast
from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.admission.line.place import DRAWS, Place

_WHY: Final = {
    Why.NONE: "The doors are held",
    Why.SEATS: "Every seat is taken",
    Why.LINE: "The house's line is full",
    Why.JOINS: "More come than can be let in at once",
    Why.HOST: "The doors are held by a host's or an operator's word",
}


def words_of(clock: LineClock | None) -> str:
    """One sentence or two."""
    if clock is None:
        return "There is no line: the Space is not open yet, is over, or the controller is silent."
    match clock.doors:
        case Doors.LOBBY:
            return f"Not open yet: {clock.waiting:,} people are in the draw."
        case Doors.OPEN:
            return f"Open: whoever comes gets in. {clock.admitted:,} are in, {clock.room:,} seats are free."
        case Doors.OVER:
            return "Over."
        case Doors.HELD:
            return (
                f"{_WHY[clock.why]}: {clock.waiting:,} people wait, {clock.admitted:,} are in. "
                f"{_wait(outlook(clock))}"
            )


def outlook(clock: LineClock) -> Forecast:
    """For somebody who comes now, behind everybody else."""
    bucket = 0 if clock.doors_ms is None else max(0, clock.at_ms - clock.doors_ms) // 1000 + 1
    return forecast(clock, Place(bucket, DRAWS - 1))


def _wait(found: Forecast) -> str:
    if found.wait_s is None:
        return "Nobody can say yet how long."
    low_s, high_s = found.wait_s
    return f"Who comes now waits {_span(low_s)} to {_span(high_s)}."


def _span(seconds: float) -> str:
    if seconds < 90:  # noqa: PLR2004  # as people say it
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
