"""Whether a watcher has seen everything up to a bucket's newest revision. Pure.

Comes in: revisions that were read, the newest there is. Goes out: whether to read everything, and when to
look again. Never: a read per key and round in a house where nothing happens.
"""

from collections.abc import Iterable

_LOOK_ROUND_S = 2.0
_LOOK_SOON_S = 0.2
_LOOKS_MAX = 3


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
