"""Puts a Space's messages in order of their numbers and knows which are missing. Pure.

Comes in: chunks and ticks as they arrive, in any order, some twice, some never. Goes out: whole numbers in
order, each once. Never: I/O, a clock of its own, a number that goes back.

A number is whole when its tick and every rung are there. It is overdue when a later one has arrived; then
the reader fetches what is missing, and after enough answers «not there» the number is a hole and is filled
with silence: the stage was away, and audio time goes on without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from stentor.formats.cmaf import silence
from stentor.space.rung import Rung

AHEAD_MAX = 400
"""Numbers kept while an older one is being repaired: 4 minutes, more than the window of an edge."""


@dataclass(frozen=True, slots=True)
class LogChunk:
    """One chunk of one rung, as readers get it.

    Args:
        data: `moof`+`mdat`.
        tick: JSON of this number; None in a hole.
    """

    number: int
    rung: Rung
    data: bytes
    tick: bytes | None
    is_hole: bool = False


@dataclass(slots=True)
class _Number:
    chunks: dict[Rung, bytes] = field(default_factory=dict)
    tick: bytes | None = None
    not_there_count: int = 0


class Assembler:
    """One reader's view of one Space.

    Args:
        rungs: those that the reader wants; others are dropped.
        next_number: the first to hand out; None takes the first that arrives.
        not_there_max: answers «not there» after which a missing number is a hole.
    """

    def __init__(
        self, rungs: frozenset[Rung], *, next_number: int | None = None, not_there_max: int = 3
    ) -> None:
        self._rungs = tuple(rung for rung in Rung if rung in rungs)
        self._not_there_max = not_there_max
        self._numbers: dict[int, _Number] = {}
        self.next_number = next_number
        self.newest_number: int | None = None
        self.hole_count = 0

    def add_chunk(self, rung: Rung, number: int, data: bytes) -> None:
        """The first bytes of a number win; a second writer's are dropped."""
        if rung in self._rungs and (entry := self._entry(number)) is not None:
            entry.chunks.setdefault(rung, data)

    def add_tick(self, number: int, data: bytes) -> None:
        entry = self._entry(number)
        if entry is not None and entry.tick is None:
            entry.tick = data

    def add_not_there(self, number: int) -> None:
        """The log has been asked for what this number lacks and does not have it."""
        if (entry := self._entry(number)) is not None:
            entry.not_there_count += 1

    def expect(self, number: int) -> None:
        """The log has everything up to this number; nothing later may ever arrive to show a gap before it."""
        if self.next_number is None:
            self.next_number = number
        self.newest_number = max(number + 1, self.newest_number or 0)

    def overdue(self) -> list[int]:
        """Numbers to ask the log for: not whole, and a later one is here. Oldest first.

        Bounds: at most AHEAD_MAX; a longer absence is skipped as `_entry` says.
        """
        if self.next_number is None or self.newest_number is None:
            return []
        return [n for n in range(self.next_number, self.newest_number) if not self._is_whole(n)]

    def lacks(self, number: int) -> tuple[list[Rung], bool]:
        """Which rungs of a number are missing, and whether its tick is."""
        entry = self._numbers.get(number, _Number())
        return [rung for rung in self._rungs if rung not in entry.chunks], entry.tick is None

    def take(self) -> Iterator[LogChunk]:
        """Everything that can be handed out now, in order of numbers, each number's rungs best first."""
        while self.next_number is not None:
            number = self.next_number
            if not (self._is_whole(number) or self._is_hole(number)):
                return
            entry = self._numbers.pop(number, _Number())
            self.next_number = number + 1
            yield from self._chunks(number, entry)

    def _chunks(self, number: int, entry: _Number) -> Iterator[LogChunk]:
        if len(entry.chunks) < len(self._rungs):
            self.hole_count += 1
        for rung in self._rungs:
            data = entry.chunks.get(rung)
            if data is None:
                yield LogChunk(number, rung, silence(number, rung.codec), entry.tick, is_hole=True)
            else:
                yield LogChunk(number, rung, data, entry.tick)

    def _entry(self, number: int) -> _Number | None:
        if self.next_number is None:
            self.next_number = number
        if number < self.next_number:
            return None
        if self.newest_number is None or number > self.newest_number:
            self.newest_number = number
            if number - self.next_number > AHEAD_MAX:
                # Away for longer than anyone's window: what lies before is for replay, not for live.
                self.next_number = number - AHEAD_MAX
                self._numbers = {n: e for n, e in self._numbers.items() if n >= self.next_number}
        return self._numbers.setdefault(number, _Number())

    def _is_whole(self, number: int) -> bool:
        entry = self._numbers.get(number)
        return entry is not None and entry.tick is not None and len(entry.chunks) == len(self._rungs)

    def _is_hole(self, number: int) -> bool:
        entry = self._numbers.get(number)
        is_overdue = self.newest_number is not None and number < self.newest_number
        return is_overdue and entry is not None and entry.not_there_count >= self._not_there_max
