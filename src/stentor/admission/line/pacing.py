"""How many to call, so that no seat stays empty and few stand in front of a full house. Pure.

Comes in: seats that are free, streams that end, tickets that were redeemed. Goes out: how many people to call
in this second, and how likely a ticket's holder comes. Never: which ticket.

Between a call and a seat lie the clock's way and the page's next look at it: three or four seconds. So seats
that become free in a second must have been called for before: called people are kept under way and standing
by for AHEAD_S of admissions.

How many of those called come at all is not known: a line of ghosts must not stall the house, nor may calling
twenty to get one fill the street when the twenty are real. Signs of presence (`presence.py`) say what to
expect; who takes a seat, or stands at the door without one, says what came of it. Who stands is counted by
the gates: guessed from what was called, up to a minute of admissions stood there, and waits were wrong by it.
"""

import math
from dataclasses import dataclass, field
from typing import Any, Final

LAG_S: Final = 3
"""From the call to the door: the clock's second, a poll, the request."""
AHEAD_S: Final = 5.0
"""Seconds of admissions that are called ahead: LAG_S under way, two to be told of and standing by."""
GHOSTLY_AHEAD_S: Final = 4.0
"""So many more where nearly nobody comes who is called; none where a share of _SURE does."""
_SURE: Final = 0.8
CHANCE: Final = 1.0
"""Standard deviations of what chance takes from the few who come in a second in a small house."""
FIRST_FURTHER: Final = 1.5
TRUST_MIN: Final = 0.02
"""Fifty are called for one that comes, not more."""
TRUST_MAX: Final = 10.0
"""Above 1: more come than say «here» (pages without scripts say nothing)."""
DOUBT: Final = 10.0
"""So many people have to have come, or not, before they outweigh what the signs of presence say."""
_TOLD_S: Final = 1
"""Nobody who was called now can be in the next beat."""
_REMEMBERS: Final = 0.8


@dataclass(slots=True)
class Cohort:
    """Who was called in one second and is expected.

    Args:
        expected: people, by the signs of presence alone.
        lag_s: they arrive evenly over so many seconds.
    """

    expected: float
    lag_s: int
    age_s: int = 0

    def lands(self) -> float:
        """People who arrive in this second."""
        return self.expected / self.lag_s if self.age_s >= _TOLD_S else 0.0

    def under_way(self) -> float:
        return self.expected * (1 - max(self.age_s - _TOLD_S, 0) / self.lag_s)

    @property
    def is_past(self) -> bool:
        return self.age_s >= self.lag_s + _TOLD_S


@dataclass(slots=True)
class Pacing:
    """The one loop of the line that is closed: called → came → call.

    Args:
        trust: people who come, of those whom the signs of presence let expect.
        standing: called, arrived, and without a seat.
    """

    trust: float = 1.0
    standing: int = 0
    cohorts: list[Cohort] = field(default_factory=list)
    _came: float = 0.0
    _expected: float = 0.0

    def pass_second(self, *, joined: int, is_idle: bool, standing: int) -> None:
        """What a second brought.

        Args:
            is_idle: at its end there was room and nothing held anybody back.
            standing: people at the door, as the gates counted them.
        """
        landed = 0.0
        for cohort in self.cohorts:
            landed += cohort.lands()
            cohort.age_s += 1
        self.cohorts = [cohort for cohort in self.cohorts if not cohort.is_past]
        # Nobody stands in front of open doors: all who arrived have joined.
        left_over = 0 if is_idle else standing
        self._learn(came=joined + left_over - self.standing, expected=landed)
        self.standing = left_over

    def _learn(self, *, came: float, expected: float) -> None:
        self._came = self._came * _REMEMBERS + max(came, 0.0)
        self._expected = self._expected * _REMEMBERS + expected
        self.trust = min(max((self._came + DOUBT) / (self._expected + DOUBT), TRUST_MIN), TRUST_MAX)

    @property
    def coming(self) -> float:
        """People who are called and have no seat yet."""
        return sum(cohort.under_way() for cohort in self.cohorts) * self.trust + self.standing

    def wanted(
        self, *, room: int, leaves_per_s: float, joins_per_s: float, show: float, lag_s: int = LAG_S
    ) -> float:
        """People to call now.

        Args:
            show: the share of tickets whose holders come: the less, the less is known of the next ones.
            lag_s: so long those who would be called take to see it. Calls that are heard over a longer time
                reach further, for the doors can take whoever comes early.
        """
        ahead_s = max(
            AHEAD_S + GHOSTLY_AHEAD_S * max(1 - show / _SURE, 0.0),
            FIRST_FURTHER * lag_s if lag_s > LAG_S else 0,
        )
        few = min(ahead_s * leaves_per_s, ahead_s * joins_per_s)
        target = min(room + ahead_s * leaves_per_s + CHANCE * math.sqrt(few), ahead_s * joins_per_s)
        return max(target - self.coming, 0.0)

    def called(self, expected: float, *, lag_s: int = LAG_S) -> None:
        """So many people were called, by the signs of presence alone."""
        if expected > 0:
            self.cohorts.append(Cohort(expected, max(lag_s, 1)))

    def as_json(self) -> dict[str, Any]:
        cohorts = [[cohort.expected, cohort.lag_s, cohort.age_s] for cohort in self.cohorts]
        learned = [self.trust, self.standing, self._came, self._expected]
        return {"learned": learned, "cohorts": cohorts}

    def restore(self, state: dict[str, Any]) -> None:
        self.trust, self.standing, self._came, self._expected = state["learned"]
        self.cohorts = [Cohort(*cohort) for cohort in state["cohorts"]]
