"""How often a listener may knock for sound. Pure: time and chance are arguments.

Comes in: how each connection ended. Goes out: how long to wait before the next one. Never: a crowd that comes
back in step; more second tries than a tenth of what goes well.

Bounds: 16 knocks in any minute; a wait is at most 75 s; who has used up the budget for second tries waits the
longest each time. The web player keeps the same (`web/src/player/knocks.ts`).
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

KNOCKS_MAX: Final = 16
WINDOW_S: Final = 60.0
GOOD_LIFE_S: Final = 10.0
"""A connection that has lived so long was a good one: the next trouble begins with the shortest wait."""
LADDER_S: Final = (0.25, 0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 4.0, 8.0)
"""An edge that is started anew is back within 3 to 8 s; a house that is gone is asked ever more slowly."""
RETRY_AFTER_S_MAX: Final = 60.0
_SPREAD: Final = 0.25
_LATE_S: Final = 15.0
"""Who is held back by the bound comes back over this much more, not all at its end."""
_SHARE: Final = 0.1
_FIRST: Final = 10.0
_REQUEST_S: Final = 3.0
"""A stream is worth the requests that HLS would have made: half a minute of sound earns a second try."""


class RetryBudget:
    """How many requests may be second tries: one in ten, and a few at the beginning.

    A house that refuses everybody is asked at most 1.1 times as often as one that is well, however long it
    lasts. Source: Google's SRE book, chapter 22, per-client retry budget.
    """

    def __init__(self) -> None:
        self._left = _FIRST

    def earn(self, requests: float) -> None:
        """Args: requests: that were planned and went well."""
        self._left = min(_FIRST, self._left + _SHARE * requests)

    def spend(self) -> bool:
        """Whether a second try may be made soon; it is counted."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass(frozen=True, slots=True)
class End:
    """How a connection ended.

    Args:
        lived_s: how long it brought sound; 0: it never did.
        is_in_order: after a whole chunk, as edges end each answer now and then.
        is_called: it ended with a place in the line that has been called since: nothing went wrong.
        retry_after_s: what the house dictated.
    """

    lived_s: float = 0.0
    is_in_order: bool = False
    is_called: bool = False
    retry_after_s: float | None = None


class Knocks:
    """One listener's, whichever edge is asked."""

    def __init__(self) -> None:
        self._made_s: deque[float] = deque()
        self._attempt = 0
        self._due_s = -math.inf
        self._budget = RetryBudget()

    def ended(self, end: End, *, now_s: float, chance: float) -> None:
        """The last connection is over. Args: chance: 0…1."""
        if end.lived_s >= GOOD_LIFE_S:
            self._attempt = 0
        self._budget.earn(end.lived_s / _REQUEST_S)
        is_expected = end.is_called or (end.is_in_order and end.lived_s >= GOOD_LIFE_S)
        self._due_s = now_s + (0.0 if is_expected else self.pause_s(chance, end.retry_after_s))

    def next(self, *, now_s: float, chance: float) -> float:
        """Seconds until the next connection may be opened, which is counted as made."""
        free_s = now_s
        if len(self._made_s) >= KNOCKS_MAX:
            oldest_s = self._made_s.popleft()
            if oldest_s + WINDOW_S > now_s:
                free_s = oldest_s + WINDOW_S + _LATE_S * chance
        at_s = max(now_s, self._due_s, free_s)
        self._made_s.append(at_s)
        return at_s - now_s

    def pause_s(self, chance: float, retry_after_s: float | None = None) -> float:
        """A wait after something went wrong. What the house dictates is the least, spread upwards only."""
        has_budget = self._budget.spend()
        if retry_after_s is not None and has_budget:
            return min(retry_after_s, RETRY_AFTER_S_MAX) * (1 + _SPREAD * chance)
        base_s = LADDER_S[min(self._attempt, len(LADDER_S) - 1)] if has_budget else LADDER_S[-1]
        self._attempt += 1
        told_s = min(retry_after_s or 0.0, RETRY_AFTER_S_MAX) * (1 + _SPREAD * chance)
        return max(told_s, base_s * (1 - _SPREAD + 2 * _SPREAD * chance))
