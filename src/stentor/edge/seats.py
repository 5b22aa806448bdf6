"""The table of a fan-out's listeners: a few numbers each, in arrays by descriptor. Pure.

Comes in: who sits down, who leaves, what the kernel has acknowledged. Goes out: counts per Space, whose turn
it is to be looked at. Never: a Python object per listener beyond their socket; at 18,000 seats the table is
under 1 MB.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

HEARING_S = 5.0
"""Whose machine has acknowledged audio within so long is hearing (DESIGN, section 8)."""
SAMPLE_S = 0.9
"""Everybody is looked at so often: who stops is out of the figure 5 to 5.9 s later. A look is 0.9 µs."""
SPACES_MAX = 10_000
"""As many as a beat may name; then the totals of one without listeners are forgotten."""


@dataclass(slots=True)
class SpaceCount:
    """One Space's listeners here: `arrived` and `gone` since the process began, the others now."""

    arrived: int = 0
    admitted: int = 0
    hearing: int = 0
    gone: int = 0


class Seats:
    """Who sits here.

    Args:
        fd_max: descriptors are below it; the process's file limit.
    """

    def __init__(self, fd_max: int) -> None:
        self.order: list[int] = []
        self._place = array("L", bytes(8 * fd_max))
        self._ends_s = array("d", bytes(8 * fd_max))
        self._acked = array("Q", bytes(8 * fd_max))
        self._moved_s = array("d", bytes(8 * fd_max))
        self._is_hearing = bytearray(fd_max)
        self._counts: dict[str, SpaceCount] = {}
        self._of: list[SpaceCount | None] = [None] * fd_max
        self._looked_at = 0

    def __len__(self) -> int:
        return len(self.order)

    @property
    def counts(self) -> dict[str, SpaceCount]:
        """By Space; a Space stays after its last listener, for its totals."""
        return self._counts

    def add(self, fd: int, space_id: str, *, ends_s: float, acked: int, now_s: float) -> None:
        """Somebody sits down. They are hearing once something has been acknowledged."""
        self._place[fd] = len(self.order)
        self.order.append(fd)
        self._ends_s[fd] = ends_s
        self._acked[fd] = acked
        self._moved_s[fd] = now_s - 2 * HEARING_S
        self._is_hearing[fd] = 0
        found = self._of[fd] = self._counts.setdefault(space_id, SpaceCount())
        if len(self._counts) > SPACES_MAX:
            self._forget_one()
        found.arrived += 1
        found.admitted += 1

    def remove(self, fd: int) -> None:
        place, last = self._place[fd], self.order.pop()
        if last != fd:
            self.order[place] = last
            self._place[last] = place
        found = self._of[fd]
        assert found is not None, "only who sits can leave"
        found.admitted -= 1
        found.gone += 1
        found.hearing -= self._is_hearing[fd]
        self._of[fd] = None

    def acked(self, fd: int, acked: int, *, now_s: float) -> None:
        """What the kernel says of one listener."""
        if acked != self._acked[fd]:
            self._acked[fd] = acked
            self._moved_s[fd] = now_s
            is_hearing = 1
        else:
            is_hearing = int(now_s - self._moved_s[fd] < HEARING_S)
        if is_hearing != self._is_hearing[fd]:
            self._is_hearing[fd] = is_hearing
            found = self._of[fd]
            if found is not None:
                found.hearing += 1 if is_hearing else -1

    def has_sat_enough(self, fd: int, *, now_s: float) -> bool:
        return now_s >= self._ends_s[fd]

    def next_looks(self, count: int) -> Iterator[int]:
        """The next `count` listeners in the round; who leaves meanwhile is passed over."""
        for _ in range(min(count, len(self.order))):
            if not self.order:
                return
            self._looked_at = (self._looked_at + 1) % len(self.order)
            yield self.order[self._looked_at]

    def _forget_one(self) -> None:
        for space_id, found in self._counts.items():
            if not found.admitted:
                del self._counts[space_id]
                return
