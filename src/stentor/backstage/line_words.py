"""A Space's line in one sentence, for hosts. Pure.

Comes in: its clock. Goes out: words. Never: a figure that is not in the clock.
"""

from stentor.admission.line.forecast import Forecast, forecast
from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.place import DRAWS, Place
from stentor.admission.line.words import WHY, span


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
            why = WHY[clock.why]
            return (
                f"{why[0].upper()}{why[1:]}: {clock.waiting:,} people wait, {clock.admitted:,} are in. "
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
    return f"Who comes now waits {span(low_s)} to {span(high_s)}."
