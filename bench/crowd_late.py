"""How late chunks come to the listeners of one load process, each against their own best. Pure.

Comes in: who has read which chunk when. Goes out: milliseconds. Never: a guess when a chunk was due.

A listener's slot and the way to them are fixed while they sit, so `arrival - number * 0.64 s` is a constant
but for lateness. The least of the first window is taken for that constant in all later ones: a crowd that is
served later from some moment on is late, not used to it.
"""

from array import array

from stentor.limits import CHUNK_MS

_CHUNK_S = CHUNK_MS / 1000


class Lateness:
    """Bounds: one number per read since it was last asked."""

    def __init__(self) -> None:
        self._offsets_s: dict[int, array[float]] = {}
        self._best_s: dict[int, float] = {}
        self._number: dict[int, int] = {}

    def heard(self, fd: int, number: int, now_s: float) -> None:
        """Somebody has read chunk `number` to its end, now or with an earlier read."""
        if self._number.get(fd) == number:
            return
        self._number[fd] = number
        found = self._offsets_s.get(fd)
        if found is None:
            found = self._offsets_s[fd] = array("d")
        found.append(now_s - number * _CHUNK_S)

    def left(self, fd: int) -> None:
        """The next holder of the descriptor sits in another slot."""
        self._offsets_s.pop(fd, None)
        self._best_s.pop(fd, None)
        self._number.pop(fd, None)

    def begin(self) -> None:
        """The first window begins here; what was before, joins and catching up, is forgotten."""
        self._offsets_s.clear()
        self._best_s.clear()

    def since_asked_ms(self) -> list[float]:
        """Each read's lateness since it was last asked."""
        found: list[float] = []
        for fd, offsets_s in self._offsets_s.items():
            best_s = self._best_s.setdefault(fd, min(offsets_s))
            found += [1000 * (offset_s - best_s) for offset_s in offsets_s]
        self._offsets_s.clear()
        return found
