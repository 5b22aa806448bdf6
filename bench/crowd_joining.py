"""When who knocks, fixed before anybody does: what answers take delays nobody's knock. Pure.

Comes in: how many, at which rates. Goes out: how many are due at a time, when the n-th is due.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Joining:
    """They knock at `first_per_s` in the beginning, at `last_per_s` in the end, falling with the crowd.

    What those cost who are in already cannot be spent on joins.
    """

    listeners: int
    first_per_s: float
    last_per_s: float

    def due(self, elapsed_s: float) -> int:
        """How many should have knocked by now."""
        falls = (self.first_per_s - self.last_per_s) / self.listeners
        if falls <= 0:
            return min(self.listeners, int(elapsed_s * self.first_per_s) + 1)
        gone = self.first_per_s / falls * (1 - math.exp(-falls * elapsed_s))
        return min(self.listeners, int(gone) + 1)

    def due_s(self, index: int) -> float:
        """When the listener of that index knocks."""
        falls = (self.first_per_s - self.last_per_s) / self.listeners
        if falls <= 0:
            return index / self.first_per_s
        return -math.log(1 - index * falls / self.first_per_s) / falls


@dataclass(frozen=True, slots=True, order=True)
class Returning:
    """Somebody who was cut off.

    Args:
        dry_s: when their player has run, or will have run, out of sound; None: it never had any.
        paper: the pass of the stream that was cut, or a ticket, as a query; empty: the house gave neither.
    """

    due_s: float
    index: int
    dry_s: float | None
    paper: str = ""

    def stalled_s(self, now_s: float) -> float:
        return 0.0 if self.dry_s is None else max(0.0, now_s - self.dry_s)
