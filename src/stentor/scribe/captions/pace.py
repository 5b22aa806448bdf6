"""How often a text that is still being spoken is shown. Pure.

A partial text costs as much as a final one and is thrown away a second later, so partials get what is left:
each voice once a second, all of them together a third of the core, none when one costs a second.
"""

from typing import Final

INTERVAL_S: Final = 1.0
REST_PER_S: Final = 2.0
DEAR_S: Final = 1.0
DEAR_REST_S: Final = 60.0


class Pace:
    """One engine's. Bounds: one entry per voice that speaks."""

    def __init__(self) -> None:
        self._again_s: dict[tuple[str, str], float] = {}
        self._from_s = float("-inf")

    def allows(self, voice: tuple[str, str], *, now_s: float) -> bool:
        """Whether a partial text of this voice may be asked for now; asking counts."""
        if now_s < self._from_s or now_s < self._again_s.get(voice, now_s):
            return False
        self._again_s = {known: again_s for known, again_s in self._again_s.items() if again_s > now_s}
        self._again_s[voice] = now_s + INTERVAL_S
        return True

    def took(self, cost_s: float, *, now_s: float) -> None:
        """A partial text has cost so much."""
        rest_s = DEAR_REST_S if cost_s >= DEAR_S else cost_s * REST_PER_S
        self._from_s = now_s + rest_s
