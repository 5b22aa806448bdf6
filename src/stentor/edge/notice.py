"""A slower cadence is announced: players lay sound by before chunks come later. Pure.

Comes in: the cadence that the ladder has decided on, how late the machine is. Goes out: the cadence that the
fan-outs take. Never: a wait for a faster cadence, which takes nothing from anybody.

Chunks written `k` at a time come up to (k − 1) · 0.64 s later than one at a time. A player has about half a
second in hand (`web/src/player/pace.ts`); told in time, it plays 7 % slower until it has what it will need.
"""

from dataclasses import dataclass
from typing import Final

NOTICE_S: Final = 10.0
"""Per chunk that is added to a write. The word takes 2 to 3 s to be heard (beat, figures, tick, chunk); the
rest at 7 % is half a second, which with the half second in hand is more than a chunk's 0.64 s."""
TOO_LATE_MS: Final = 600.0
"""A machine that is so late stalls everybody already: then the slower cadence is taken at once."""


@dataclass(slots=True)
class Notice:
    """What was told, and what is in force."""

    taken: int = 1
    _told: int = 1
    _due_s: float = 0.0

    @property
    def is_running(self) -> bool:
        """Whether players are still making ready."""
        return self.taken != self._told

    def feel(self, told: int, *, late_ms: float, now_s: float) -> int:
        """Takes the cadence that is told from now on. Returns the one in force."""
        if told != self._told:
            self._told, self._due_s = told, now_s + NOTICE_S * (told - self.taken)
        if told < self.taken or late_ms > TOO_LATE_MS or now_s >= self._due_s:
            self.taken = told
        return self.taken
