"""Who is answered while the door is asked for more than it can do. Pure: time and measurements are arguments.

Comes in: how late the door's loop is and whether it is that busy itself, ten times a second; each question's
class, cohort and whether its network asks for more than its share. Goes out: yes or no. Never: one pool for
all (a class always has its own part), a coin per question (the same asker gets the same answer for as long as
things stand), a swing between all and nothing.

The measure is the loop's queueing delay (Source: WeChat's DAGOR, SoCC '18: 20 ms), which counts only while
the process itself has no idle time: a machine that runs something else for 50 ms is not a flood. The
controller is proportional on the delay and learns the capacity beside it, as PIE (RFC 8033) and Uber's
Cinnamon do: what is let in per step is what was served, less what would bring the queue back to its target
within REACH_S. It holds as long as what is *offered* is above what can be served, not as long as it is felt:
so it does not open each time that its own work shows.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

TARGET_MS: Final = 20.0
STEP_S: Final = 0.1
REACH_S: Final = 0.5
"""So fast the queue is to come back to its target; five steps, so that one bad measurement does not swing."""
BUSY_MIN: Final = 0.85
"""Of its time the process works or waits for a core: below, its delay is not its own."""
CAPACITY_MIN_PER_S: Final = 200.0
"""A gate carries 4,000 joins/s. Whatever is measured, so many are let in: a fault here is never an outage."""
CALM_S: Final = 3.0
"""So long the offer must have been below the capacity before everybody is let in again."""
_CALM_SHARE: Final = 0.9
_HEAVY_SHARE: Final = 0.05
_HEAVY_S_MAX: Final = 30.0
"""Networks that are refused more than this part of the capacity keep the door hot, for half a minute at most:
whoever is refused asks more slowly (`edge/connection.py` sees to it), and what they would ask if they were
let in is known only by trying."""
_LEARNED: Final = 0.2
"""Of a new measurement of the capacity; five steps make two thirds of a change."""
_GROWTH: Final = 1.05
"""Per step, while the queue is short and somebody is refused: half again within a second."""
COHORTS: Final = 256
RETRY_S_MAX: Final = 30.0


class Class(IntEnum):
    """What is asked for; the higher one goes first. `stage` is not here: it is another process."""

    EXTRAS = 0
    """Reactions, searches, replays, feeds, pictures."""
    JOIN = 1
    """Pages, tickets, the first request for sound."""
    HEAR = 2
    """HLS's lists and objects: most who ask for them are in, and nobody can prove it by them."""
    RENEW = 3
    """Whoever is in, and has a pass to show."""


SHARES: Final = {Class.RENEW: 0.3, Class.HEAR: 0.2, Class.JOIN: 0.3, Class.EXTRAS: 0.05}
"""Each class's own part of the capacity. What is left over, and what a class does not use, goes to the higher
ones first."""


@dataclass(slots=True)
class Shedder:
    """One gate's controller. `step` ten times a second; `admits` at each question."""

    is_hot: bool = False
    """While it is, and only then, anybody may be refused; and whoever counts networks need count them."""
    capacity_per_s: float = 0.0
    _offered: list[int] = field(default_factory=lambda: [0] * len(Class))
    _served: int = 0
    _refused: int = 0
    _refused_heavy: int = 0
    _shares: list[float] = field(default_factory=lambda: [1.0] * len(Class))
    _calm_s: float = 0.0
    _held_s: float = 0.0
    _late_ms: float = 0.0
    _offered_per_s: float = 0.0

    def admits(self, class_: Class, cohort: int, *, is_heavy: bool = False) -> bool:
        """Whether a question is answered; counted either way.

        Args:
            cohort: 0 ≤ cohort < COHORTS, the same for the same asker.
            is_heavy: the asker's network asks for more than its share; such are refused first, all of them.

        Bounds: O(1), under 1 µs.
        """
        if self.is_hot and is_heavy:
            self._refused_heavy += 1
            return False
        self._offered[class_] += 1
        if self.is_hot and cohort >= self._shares[class_] * COHORTS:
            self._refused += 1
            return False
        self._served += 1
        return True

    def retry_s(self) -> float:
        """So long whoever is refused spreads out, for all of them to fit then. 1…30 s."""
        return min(RETRY_S_MAX, max(1.0, 2 * self._offered_per_s / max(self.capacity_per_s, 1.0)))

    def share(self, class_: Class) -> float:
        """The part of a class that is answered now."""
        return self._shares[class_] if self.is_hot else 1.0

    def step(self, *, late_ms: float, busy: float, elapsed_s: float, wait_ms: float = 0.0) -> None:
        """Looks at the time since the last step.

        Args:
            late_ms: how late the loop was in it.
            wait_ms: how long whoever connects now waits before the loop knows of them.
            busy: the part of it in which the process worked or waited for a core, 0…1.
        """
        offered, served, is_refusing = list(self._offered), self._served, self._refused > 0
        heavy_per_s = self._refused_heavy / elapsed_s
        total_per_s = self._offered_per_s = (sum(offered) + self._refused_heavy) / elapsed_s
        self._offered, self._served, self._refused, self._refused_heavy = [0] * len(Class), 0, 0, 0
        felt_ms = max(late_ms, wait_ms)
        is_full = busy >= BUSY_MIN and felt_ms > TARGET_MS
        served_per_s = served / max(elapsed_s + (late_ms - self._late_ms) / 1000, _LEARNED * elapsed_s)
        self._late_ms = late_ms
        if not self.is_hot:
            if not is_full or served_per_s < CAPACITY_MIN_PER_S:
                return
            self.is_hot, self.capacity_per_s, self._calm_s, self._held_s = True, served_per_s, 0.0, 0.0
        self._learn(served_per_s, is_full=is_full, is_refusing=is_refusing)
        reach = (felt_ms - TARGET_MS) / 1000 / REACH_S if busy >= BUSY_MIN else 0.0
        allowed = max(self.capacity_per_s * (1 - max(-0.2, min(0.8, reach))), CAPACITY_MIN_PER_S) * elapsed_s
        self._share_out(offered, allowed)
        self._cool(total_per_s, heavy_per_s, elapsed_s=elapsed_s)

    def _learn(self, served_per_s: float, *, is_full: bool, is_refusing: bool) -> None:
        """The capacity is what is served while there is a queue; while there is none, there may be more.

        Served is not let in: a queue that has become shorter by 50 ms has had 50 ms of work beside that.
        """
        if is_full:
            self.capacity_per_s += _LEARNED * (served_per_s - self.capacity_per_s)
        elif is_refusing:
            self.capacity_per_s *= _GROWTH
        self.capacity_per_s = max(self.capacity_per_s, CAPACITY_MIN_PER_S)

    def _share_out(self, offered: list[int], allowed: float) -> None:
        given = {class_: min(offered[class_], SHARES[class_] * allowed) for class_ in Class}
        left = allowed - sum(given.values())
        for class_ in sorted(Class, reverse=True):
            more = min(left, offered[class_] - given[class_])
            given[class_] += more
            left -= more
            self._shares[class_] = given[class_] / offered[class_] if offered[class_] else 1.0

    def _cool(self, total_per_s: float, heavy_per_s: float, *, elapsed_s: float) -> None:
        # A network's flood counts as well although it is refused: let in, it would fill the door again.
        is_calm = total_per_s < _CALM_SHARE * self.capacity_per_s
        is_held = heavy_per_s > _HEAVY_SHARE * self.capacity_per_s and self._held_s < _HEAVY_S_MAX
        self._held_s += elapsed_s if is_held else 0.0
        self._calm_s = self._calm_s + elapsed_s if is_calm and not is_held else 0.0
        if self._calm_s >= CALM_S:
            self.is_hot = False
            self._shares = [1.0] * len(Class)
