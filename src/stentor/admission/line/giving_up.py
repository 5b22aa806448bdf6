"""How many of those who wait give up, from signs of presence of the same people at two times. Pure.

Comes in: signs of presence by bucket. Goes out: the share of those who wait that gives up in a second. Never:
who it is; a haste: a window is two minutes, since at 200 signs a second less would be noise.

People who are in the line longer than a window are counted by their signs in it and in the next one; what is
missing has given up. Without it a wait of an hour was shown too long: half of those ahead were gone when
their turn came.
"""

from collections.abc import Mapping
from typing import Final

from stentor.admission.line.place import DRAWS, Place

WINDOW_S: Final = 120
PER_S_MAX: Final = 0.01
"""Two thirds of a line gone within two minutes: beyond that there is no forecasting."""
_REMEMBERS: Final = 0.8
"""Five windows: ten minutes."""
_DOUBT_PERSON_S: Final = 20_000.0
"""So much waiting in which nobody gave up is believed beforehand."""
_CALLED_IN_PART_MAX: Final = 0.8
"""What is left of a bucket beyond this says too little of the whole."""


class GivingUp:
    """The share per second, 0 until two windows have passed.

    Bounds: one figure per bucket with signs, for two windows.
    """

    def __init__(self) -> None:
        self.per_s = 0.0
        self._gone = 0.0
        self._waited_s = 0.0
        self._signs: dict[int, float] = {}
        self._periods = 0.0
        self._seconds = 0
        self._began = 0
        self._before: dict[int, float] = {}
        self._before_began = 0

    def pass_second(self, here: Mapping[int, int], *, here_s: float, called: Place, now: int) -> None:
        """Another second.

        Args:
            here_s: each page says «here» so often. now: the bucket of who comes now.
        """
        if here_s <= 0:
            return
        if not self._seconds:
            self._began = now
        in_part = called.draw / DRAWS
        for bucket, count in here.items():
            weight = 1 / (1 - in_part) if bucket == called.bucket and in_part < _CALLED_IN_PART_MAX else 1.0
            self._signs[bucket] = self._signs.get(bucket, 0.0) + count * weight
        self._periods += 1 / here_s
        self._seconds += 1
        if self._seconds >= WINDOW_S:
            self._close(called)

    def _close(self, called: Place) -> None:
        present = {bucket: signs / self._periods for bucket, signs in self._signs.items()}
        first = called.bucket + (called.draw / DRAWS >= _CALLED_IN_PART_MAX)
        same = [bucket for bucket in self._before if first <= bucket <= self._before_began]
        earlier = sum(self._before[bucket] for bucket in same)
        later = sum(present.get(bucket, 0.0) for bucket in same)
        self._gone = self._gone * _REMEMBERS + earlier - later
        self._waited_s = self._waited_s * _REMEMBERS + (earlier + later) / 2 * WINDOW_S
        self.per_s = min(max(self._gone / (self._waited_s + _DOUBT_PERSON_S), 0.0), PER_S_MAX)
        self._before, self._before_began = present, self._began
        self._signs, self._periods, self._seconds = {}, 0.0, 0

    def as_json(self) -> list[float]:
        """What was learned; another leader begins a window of its own."""
        return [self.per_s, self._gone, self._waited_s]

    def restore(self, state: list[float]) -> None:
        self.per_s, self._gone, self._waited_s = state
