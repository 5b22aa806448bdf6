"""What a host or an operator says about a Space's doors."""

from enum import StrEnum


class DoorsOrder(StrEnum):
    """The word, kept in the Space's record; `admission/line/line_clock.py` has what the doors then are."""

    AUTO = "auto"
    """The line decides: open while there is room."""
    HELD = "held"
    """Nobody new comes in; who is in stays, who comes gets a place in the line."""
    OPEN = "open"
    """Nobody waits for a place: only the edges' own room refuses."""
