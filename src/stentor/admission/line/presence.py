"""Who of those who wait is still there, by bucket, from signs that come rarely. Pure.

Comes in: signs of presence by bucket, and how often they were asked for. Goes out: the share of a bucket's
tickets that somebody still holds. Never: who it is.

Every waiting page says «here» once in `here_s`; over one such period everybody present has said it once. So
time is counted in periods, signs are forgotten with a time constant of one period, and what is left of a
bucket's signs is an estimate of how many are present in it: whatever `here_s` was meanwhile.

Nobody is missed before they can have spoken: a ticket counts as asked only when it is a period old (at most
ASKED_AFTER_S) and the sign has had its way. Before that a lobby that fills was taken for one of ghosts, and
its opening called everybody. Nor is anything concluded while not a single sign was ever heard: that is a
house that hears none.
"""

import math
from collections.abc import Iterable
from typing import Any, Final, Self

SHARE_MIN: Final = 0.1
"""Signs are a courtesy that a busy door may refuse: their absence alone never means that nobody is there.
What is below this, and what is not, the pacing learns from who comes."""
PRIOR_SIGNS: Final = 20.0
"""The weight of what is known of everybody against a bucket's own signs."""
TOLD_AFTER_S: Final = 4
"""From a sign to the beat that tells it."""
ASKED_AFTER_S: Final = 10.0
"""Where a period is longer, pages that speak at a random moment of it are enough to go by from then on."""


class Presence:
    """Signs by bucket, forgotten over one period.

    Bounds: one entry per bucket that has not been called; `forget` drops what has.
    """

    def __init__(self) -> None:
        self._periods = 0.0
        self._heard: dict[int, tuple[float, float]] = {}
        """Bucket → (signs, the period in which they were counted)."""
        self._born: dict[int, float] = {}
        self._all_heard = 0.0
        self._all_asked = 0.0
        self._untold: list[tuple[float, int]] = []
        """(period, tickets) of the last seconds, of which signs need not have come yet."""

    def pass_second(self, *, waiting: int, here_s: float) -> None:
        """Another second in which `waiting` tickets were asked to say «here» each `here_s`."""
        if here_s <= 0:
            return
        step = 1 / here_s
        self._all_heard *= math.exp(-step)
        self._all_asked *= math.exp(-step)
        self._periods += step
        self._untold.append((self._periods, waiting))
        while len(self._untold) > TOLD_AFTER_S + min(here_s, ASKED_AFTER_S):
            _, asked = self._untold.pop(0)
            # Who has been called meanwhile says nothing more.
            self._all_asked += min(asked, waiting) * step

    def born(self, bucket: int) -> None:
        """The bucket's first ticket."""
        self._born.setdefault(bucket, self._periods)

    def heard(self, bucket: int, count: int) -> None:
        self._heard[bucket] = (self._now(bucket) + count, self._periods)
        self._all_heard += count

    def share(self, bucket: int, tickets: float) -> float:
        """Which share of the bucket's tickets is held by somebody who is there, 0…1."""
        if not self._all_heard:
            return 1.0
        told = self._untold[0][0] if self._untold else self._periods
        asked = tickets * -math.expm1(-max(told - self._born.get(bucket, told), 0.0))
        return _share(self._now(bucket) + PRIOR_SIGNS * self.share_of_all(), asked + PRIOR_SIGNS)

    def share_of_all(self) -> float:
        """The same of everybody who waits."""
        if not self._all_heard:
            return 1.0
        return _share(self._all_heard + PRIOR_SIGNS, self._all_asked + PRIOR_SIGNS)

    def forget(self, bucket: int) -> None:
        self._heard.pop(bucket, None)
        self._born.pop(bucket, None)

    def as_json(self, buckets: Iterable[int]) -> dict[str, Any]:
        """What is known of everybody, and of these buckets; the others' is learned anew within one period."""
        kept = [(bucket, *self._heard.get(bucket, (0.0, 0.0)), self._born.get(bucket)) for bucket in buckets]
        known = [self._periods, self._all_heard, self._all_asked]
        return {
            "known": known,
            "untold": [list(told) for told in self._untold],
            "buckets": [*map(list, kept)],
        }

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        made = cls()
        made._periods, made._all_heard, made._all_asked = state["known"]
        made._untold = [(periods, asked) for periods, asked in state["untold"]]
        for bucket, signs, counted, born in state["buckets"]:
            if signs:
                made._heard[bucket] = (signs, counted)
            if born is not None:
                made._born[bucket] = born
        return made

    def _now(self, bucket: int) -> float:
        signs, counted = self._heard.get(bucket, (0.0, self._periods))
        return signs * math.exp(counted - self._periods)


def _share(heard: float, asked: float) -> float:
    return min(max(heard / asked, SHARE_MIN), 1.0)
