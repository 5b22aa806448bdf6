"""Who of those who wait is still there, by bucket, from signs that come rarely. Pure.

Comes in: signs of presence by bucket, and how often they were asked for. Goes out: the share of a bucket's
tickets that somebody still holds. Never: who it is.

Every waiting page says «here» once in `here_s`; over one such period everybody present has said it once. So
time is counted in periods, signs are forgotten with a time constant of one period, and what is left of a
bucket's signs is an estimate of how many are present in it: whatever `here_s` was meanwhile.
"""

import math
from collections.abc import Iterable
from typing import Any, Final, Self

PRIOR_SIGNS: Final = 8.0
"""The weight of what is known of everybody against a bucket's own signs."""


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

    def pass_second(self, *, waiting: int, here_s: float) -> None:
        """Another second in which `waiting` tickets were asked to say «here» each `here_s`."""
        if here_s <= 0:
            return
        step = 1 / here_s
        kept = math.exp(-step)
        self._periods += step
        self._all_heard *= kept
        self._all_asked = self._all_asked * kept + waiting * step

    def born(self, bucket: int) -> None:
        """The bucket's first ticket."""
        self._born.setdefault(bucket, self._periods)

    def heard(self, bucket: int, count: int) -> None:
        self._heard[bucket] = (self._now(bucket) + count, self._periods)
        self._all_heard += count

    def share(self, bucket: int, tickets: float) -> float:
        """Which share of the bucket's tickets is held by somebody who is there, 0…1."""
        age = self._periods - self._born.get(bucket, self._periods)
        asked = tickets * -math.expm1(-age)
        return min((self._now(bucket) + PRIOR_SIGNS * self.share_of_all()) / (asked + PRIOR_SIGNS), 1.0)

    def share_of_all(self) -> float:
        """The same of everybody who waits."""
        return min((self._all_heard + PRIOR_SIGNS) / (self._all_asked + PRIOR_SIGNS), 1.0)

    def forget(self, bucket: int) -> None:
        self._heard.pop(bucket, None)
        self._born.pop(bucket, None)

    def as_json(self, buckets: Iterable[int]) -> dict[str, Any]:
        """What is known of everybody, and of these buckets; the others' is learned anew within one period."""
        kept = [(bucket, *self._heard.get(bucket, (0.0, 0.0)), self._born.get(bucket)) for bucket in buckets]
        return {"periods": self._periods, "heard": self._all_heard, "asked": self._all_asked, "buckets": kept}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        made = cls()
        made._periods, made._all_heard, made._all_asked = state["periods"], state["heard"], state["asked"]
        for bucket, signs, counted, born in state["buckets"]:
            if signs:
                made._heard[bucket] = (signs, counted)
            if born is not None:
                made._born[bucket] = born
        return made

    def _now(self, bucket: int) -> float:
        signs, counted = self._heard.get(bucket, (0.0, self._periods))
        return signs * math.exp(counted - self._periods)
