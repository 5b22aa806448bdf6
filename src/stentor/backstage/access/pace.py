"""How often somebody may try: a bucket of tries per key, that fills again. Pure.

Comes in: a key (a network, an account) and the time. Goes out: nothing, or TooMany. Never: more memory than
its bound: whoever has waited longest is forgotten first, and what is forgotten is full again.
"""

from collections import OrderedDict

from stentor.errors import TooMany


class Pace:
    """Tries of one kind.

    Args:
        thing: what comes too fast, in the plural.
        burst: so many at once.
        every_s: one more after so long.
        keys_max: so many keys are remembered.
    """

    def __init__(self, thing: str, *, burst: int, every_s: float, keys_max: int = 4_096) -> None:
        self._thing = thing
        self._burst = burst
        self._every_s = every_s
        self._keys_max = keys_max
        self._tries: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, *, now_s: float) -> None:
        """Counts a try. Raises: TooMany: with the time until the next one."""
        left = self._left(key, now_s)
        self._tries[key] = (max(0.0, left - 1), now_s) if left >= 1 else (left, now_s)
        self._tries.move_to_end(key)
        if len(self._tries) > self._keys_max:
            self._tries.popitem(last=False)
        if left < 1:
            raise TooMany(self._thing, retry_after_s=(1 - left) * self._every_s)

    def check(self, key: str, *, now_s: float) -> None:
        """Counts nothing. Raises: TooMany."""
        left = self._left(key, now_s)
        if left < 1:
            raise TooMany(self._thing, retry_after_s=(1 - left) * self._every_s)

    def _left(self, key: str, now_s: float) -> float:
        left, at_s = self._tries.get(key, (float(self._burst), now_s))
        return min(float(self._burst), left + max(0.0, now_s - at_s) / self._every_s)
