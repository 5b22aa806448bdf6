"""How often somebody may try, with the refusal that the stage door gives. Pure; the bucket is admission's.

Comes in: a key (a network, an account) and the time. Goes out: nothing, or TooMany.
"""

from stentor.admission import pace
from stentor.errors import TooMany


class Pace:
    """Tries of one kind.

    Args:
        thing: what comes too fast, in the plural.
        burst: so many at once.
        every_s: one more after so long.
        keys_max: so many keys are remembered; whoever has been quiet the longest is forgotten first.
    """

    def __init__(self, thing: str, *, burst: int, every_s: float, keys_max: int = 4_096) -> None:
        self._thing = thing
        self._pace = pace.Pace(burst, every_s, clients_max=keys_max)

    def take(self, key: str, *, now_s: float) -> None:
        """Counts a try. Raises: TooMany: with the time until the next one."""
        self._require(self._pace.wait_s(key, now_s=now_s))

    def check(self, key: str, *, now_s: float) -> None:
        """Counts nothing. Raises: TooMany."""
        self._require(self._pace.look_s(key, now_s=now_s))

    def _require(self, wait_s: float) -> None:
        if wait_s:
            raise TooMany(self._thing, retry_after_s=wait_s)
