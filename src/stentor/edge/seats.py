"""The table of a fan-out's listeners: a few numbers each, in arrays by descriptor. Pure.

Comes in: who sits down, who leaves, what the kernel has acknowledged. Goes out: counts per Space, whose turn
it is to be looked at, who has sat enough. Never: a Python object per listener beyond their socket; at 18,000
seats the table is under 1 MB.

A listener who hears and is in step is *trusted*: a look at their whole slot (`slots.look_is_due`) tells that
they go on. Everybody else is looked at one by one, by the wheel below.
"""

from array import array
from dataclasses import dataclass

HEARING_S = 5.0
"""Whose machine has acknowledged audio within so long is hearing (DESIGN, section 8)."""
FIRST_LOOK_S = 0.5
LOOK_AGAIN_S = 1.0
"""Whoever is not hearing is looked at so often, to notice when they do."""
_STEP_S = 0.02
_STEPS = 512
"""The looks' own wheel goes round in 10 s, twice the longest wait."""
_NEVER = 1 << 62
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
        self._place = array("I", bytes(4 * fd_max))
        self._ends_s = array("d", bytes(8 * fd_max))
        self._acked = array("Q", bytes(8 * fd_max))
        self._moved_s = array("d", bytes(8 * fd_max))
        self._still_from_s = array("d", bytes(8 * fd_max))
        self._is_hearing = bytearray(fd_max)
        self._counts: dict[str, SpaceCount] = {}
        self._of: list[SpaceCount | None] = [None] * fd_max
        self._look_step = array("q", bytes(8 * fd_max))
        self._looks: list[list[int]] = [[] for _ in range(_STEPS)]
        self._looked_step: int | None = None
        self._endings: dict[int, list[int]] = {}
        self._ended_second: int | None = None

    def __len__(self) -> int:
        return len(self.order)

    @property
    def counts(self) -> dict[str, SpaceCount]:
        """By Space; a Space stays after its last listener, for its totals."""
        return self._counts

    def add(self, fd: int, space_id: str, *, ends_s: float, acked: int, now_s: float) -> None:
        """Somebody sits down. They are hearing once something has been acknowledged."""
        self._plan(fd, now_s + FIRST_LOOK_S)
        self._place[fd] = len(self.order)
        self.order.append(fd)
        self.stay(fd, ends_s=ends_s)
        self._acked[fd] = acked
        self._moved_s[fd] = now_s - 2 * HEARING_S
        self._still_from_s[fd] = now_s
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

    def acked(self, fd: int, acked: int, *, moved_s: float, now_s: float) -> float | None:
        """What the kernel says of one listener, and when to ask next.

        Args:
            acked: bytes acknowledged in all.
            moved_s: the latest moment at which the last of them may have been.
        Returns: that moment as it is known now; None: they are not hearing.
        """
        if acked != self._acked[fd]:
            self._acked[fd] = acked
            self._moved_s[fd] = self._still_from_s[fd] = moved_s
        else:
            moved_s = self._moved_s[fd]
        out_s = moved_s + HEARING_S
        is_hearing = 1 if now_s < out_s else 0
        # A listener who goes on is asked again when they would no longer be hearing, not before.
        self._plan(fd, max(out_s, now_s + _STEP_S) if is_hearing else now_s + LOOK_AGAIN_S)
        if is_hearing != self._is_hearing[fd]:
            self._is_hearing[fd] = is_hearing
            found = self._of[fd]
            if found is not None:
                found.hearing += 1 if is_hearing else -1
        return moved_s if is_hearing else None

    def still_s(self, fd: int, *, now_s: float) -> float:
        """For so long they have acknowledged nothing, as far as the last look knows."""
        return now_s - self._still_from_s[fd]

    def trust(self, fd: int) -> None:
        """From now on the looks at their slot see to it that they are still hearing."""
        self._look_step[fd] = _NEVER

    def is_trusted(self, fd: int) -> bool:
        return self._look_step[fd] == _NEVER

    def doubt(self, fd: int, *, now_s: float) -> None:
        """No longer in step: they are looked at by themselves, at the next opportunity."""
        if self._look_step[fd] == _NEVER:
            self._plan(fd, now_s)

    def stay(self, fd: int, *, ends_s: float) -> None:
        """They may sit until then."""
        self._ends_s[fd] = ends_s
        second = int(ends_s)
        if self._ended_second is not None:
            second = max(second, self._ended_second + 1)
        self._endings.setdefault(second, []).append(fd)

    def sat_enough(self, *, now_s: float) -> list[int]:
        """Whose time is over, each once; `stay` gives them more.

        Bounds: a list per second of the longest session.
        """
        until = int(now_s) - 1
        start = until if self._ended_second is None else self._ended_second + 1
        self._ended_second = until
        if start > until:
            return []
        due = [second for second in self._endings if second <= until]
        found = [fd for second in sorted(due) for fd in self._endings.pop(second)]
        # The next holder of a descriptor has an end of their own.
        return [fd for fd in dict.fromkeys(found) if self._of[fd] is not None and self._ends_s[fd] <= now_s]

    def looks(self, *, now_s: float) -> list[int]:
        """Everybody who is to be looked at by now; `acked` or `again` plans the next time."""
        until = int(now_s / _STEP_S)
        start = until - 1 if self._looked_step is None else max(self._looked_step, until - _STEPS)
        self._looked_step = until
        found: list[int] = []
        for step in range(start + 1, until + 1):
            bucket = self._looks[step % _STEPS]
            # Who has left, or was replaced by another with the same descriptor, was planned for another step.
            found += [fd for fd in bucket if self._of[fd] is not None and self._look_step[fd] <= until]
            bucket.clear()
        return found

    def _plan(self, fd: int, at_s: float) -> None:
        step = int(at_s / _STEP_S) + 1
        if self._looked_step is not None:
            step = min(max(step, self._looked_step + 1), self._looked_step + _STEPS - 1)
        self._look_step[fd] = step
        self._looks[step % _STEPS].append(fd)

    def _forget_one(self) -> None:
        for space_id, found in self._counts.items():
            if not found.admitted:
                del self._counts[space_id]
                return
