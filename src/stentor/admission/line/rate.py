"""A rate that follows what happens, and forgets. Pure."""

import math
from dataclasses import dataclass


@dataclass(slots=True)
class Rate:
    """Events per second, smoothed exponentially; young, it is the plain mean of what it has seen.

    Args:
        memory_s: the time constant.
    """

    memory_s: float
    per_s: float = 0.0
    _seen_s: float = 0.0

    def second(self, events: float) -> float:
        """One more second with so many events. Returns: the rate now."""
        self._seen_s = min(self._seen_s + 1, self.memory_s)
        self.per_s += (events - self.per_s) * -math.expm1(-1 / self._seen_s) if self._seen_s > 1 else events
        return self.per_s

    def as_json(self) -> list[float]:
        return [self.per_s, self._seen_s]

    def restore(self, state: list[float]) -> None:
        self.per_s, self._seen_s = state
