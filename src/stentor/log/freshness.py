"""Whether a watcher has seen everything up to a bucket's newest revision. Pure.

Comes in: hints, revisions that were read, the newest there is. Goes out: what to read, and when to look
again. Never: a read per key and round in a house where nothing happens.
"""

import math
from collections.abc import Iterable

_LOOK_ROUND_S = 2.0
_LOOK_SOON_S = 0.2
_LOOKS_MAX = 3
_LOOK_AGAIN_S = (0.01, 0.03, 0.1, 0.3)


class Freshness:
    """What a watcher of one bucket knows.

    A replica may answer a moment late, so a look round that finds nothing new is done again soon; a deletion
    has a revision too and leaves nothing to see, so after a few looks it is believed.
    """

    def __init__(self) -> None:
        self._seen = 0
        self._wanted = -1
        self._looks = 0

    @property
    def wait_s(self) -> float:
        return _LOOK_ROUND_S if self._seen >= self._wanted else _LOOK_SOON_S

    def saw(self, revisions: Iterable[int]) -> None:
        self._seen = max(self._seen, *revisions, 0)

    def lacks(self, newest: int) -> bool:
        """Whether to read everything, the bucket's newest revision being this."""
        if newest != self._wanted:
            self._wanted, self._looks = newest, 0
        return self._seen < newest

    def looked_at_all(self, revisions: Iterable[int]) -> None:
        self.saw(revisions)
        self._looks += 1
        if self._looks >= _LOOKS_MAX:
            self._seen = max(self._seen, self._wanted)


class Hints:
    """Changes that were hinted at and have not been seen yet.

    A hint passes when a change is asked for, not when it is stored: whoever reads at once may still find
    what was before, in a cluster even for some milliseconds, and would learn of a mute with the next slow
    look round. A change that is refused is hinted at too and is never seen. So the value that was hinted at
    is looked for four times more, within half a second.
    """

    def __init__(self) -> None:
        self._open: dict[str, tuple[bytes, int]] = {}

    @property
    def keys(self) -> set[str]:
        """What is worth reading."""
        return set(self._open)

    @property
    def wait_s(self) -> float:
        """When to look again; infinite when nothing is open."""
        return min((_LOOK_AGAIN_S[looks - 1] for _, looks in self._open.values() if looks), default=math.inf)

    def take(self, key: str, value: bytes) -> None:
        self._open[key] = (value, 0)

    def saw(self, key: str, value: bytes) -> None:
        """What was read under the key; empty: nothing is there."""
        hinted, looks = self._open.get(key, (value, 0))
        if value == hinted or looks == len(_LOOK_AGAIN_S):
            self._open.pop(key, None)
        else:
            self._open[key] = (hinted, looks + 1)
