"""The line in English words, for hosts and for listeners in a terminal. Pure."""

from typing import Final

from stentor.admission.line.line_clock import Why

WHY: Final = {
    Why.NONE: "the doors are held",
    Why.SEATS: "every seat is taken",
    Why.LINE: "the house's line is full",
    Why.JOINS: "more come than can be let in at once",
    Why.HOST: "the host holds the doors",
}
_MINUTES_FROM_S: Final = 90.0


def span(seconds: float) -> str:
    """As people say it: 40 s, 3 min."""
    return f"{seconds:.0f} s" if seconds < _MINUTES_FROM_S else f"{seconds / 60:.0f} min"
