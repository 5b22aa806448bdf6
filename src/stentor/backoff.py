"""How long to wait before the next try: doubling, bounded, forgiven after a good life. Pure."""

from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """One thing that is tried again and again.

    Args:
        first_s, last_s: the shortest and the longest pause.
        good_life_s: who lived so long begins anew.
    """

    first_s: float = 0.1
    last_s: float = 5.0
    good_life_s: float = 10.0
    _next_s: float = 0.0

    def after_death(self, *, lived_s: float) -> float:
        """The pause before the next try."""
        if lived_s >= self.good_life_s or self._next_s == 0:
            self._next_s = self.first_s
        wait_s = self._next_s
        self._next_s = min(self.last_s, self._next_s * 2)
        return wait_s
