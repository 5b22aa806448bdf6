"""Silence that listeners would have heard, by the arithmetic of a player with a cushion. Pure.

Comes in: who has read which chunk when. Goes out: seconds of silence. Never: a player's repairs (hurrying,
jumping): whoever has stalled plays on that much later, so one late chunk is counted once.

A player begins so far behind the newest sound that chunks may come `cushion_s` late: of the 1.3 s that ours
keeps (`web/src/player/pace.ts`) the chunk itself takes 0.64 s.
"""

from stentor.limits import CHUNK_MS

_CHUNK_S = CHUNK_MS / 1000


class Stalls:
    """Bounds: three numbers per listener."""

    def __init__(self, cushion_s: float) -> None:
        self._cushion_s = cushion_s
        self._plays_s: dict[int, float] = {}
        self._number: dict[int, int] = {}
        self._expected_s: dict[int, float] = {}
        self._silent_s = 0.0

    def expect(self, fd: int, dry_s: float) -> None:
        """Who sits there now has sound until `dry_s` from another connection."""
        self._expected_s[fd] = dry_s

    def heard(self, fd: int, number: int, now_s: float) -> None:
        """Somebody has read chunk `number` to its end, now or with an earlier read."""
        if self._number.get(fd) == number:
            return
        self._number[fd] = number
        offset_s = now_s - number * _CHUNK_S
        plays_s = self._plays_s.get(fd)
        if plays_s is None:
            self._silent_s += max(0.0, now_s - self._expected_s.pop(fd, now_s))
            self._plays_s[fd] = offset_s + self._cushion_s
        elif offset_s > plays_s:
            self._silent_s += offset_s - plays_s
            self._plays_s[fd] = offset_s

    def dry_s(self, fd: int) -> float | None:
        """When their sound ends, by what they have; None: they have had none."""
        plays_s = self._plays_s.get(fd)
        if plays_s is None:
            return self._expected_s.get(fd)
        return plays_s + (self._number[fd] + 1) * _CHUNK_S

    def left(self, fd: int) -> None:
        """The connection is over. Silence until here stands; what follows is the next connection's."""
        self._plays_s.pop(fd, None)
        self._number.pop(fd, None)
        self._expected_s.pop(fd, None)

    def total_s(self, now_s: float) -> float:
        """All silence until now, that of those included who are silent at this moment."""
        dry_s = (plays_s + (self._number[fd] + 1) * _CHUNK_S for fd, plays_s in self._plays_s.items())
        waiting_s = sum(max(0.0, now_s - at_s) for at_s in dry_s)
        return self._silent_s + waiting_s + sum(max(0.0, now_s - at_s) for at_s in self._expected_s.values())
