"""The house's own log: what the house did by itself, and why, for those who operate it.

Comes in: notes, from whichever process did something. Goes out: the last 300 of the whole house, in one
record. Never: a wait where something is done; what people did (that is in each Space's event log); a name, an
address, a token.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import structlog

from stentor.clock import Clock
from stentor.errors import Conflict, LogAway, NotFound
from stentor.log.bus import Bus
from stentor.log.records import Records

log = structlog.get_logger()

NOTES_MAX = 300
"""About 60 kB: a week of quiet, and the whole of a bad evening."""
WAITING_MAX = 200
SAME_WITHIN_MS = 10_000
"""Several processes see the same edge fall silent; what they say of it within so long is one note."""
_KEY = "log"
_AGAIN_AFTER_S = 0.5


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was done.

    Args:
        n: numbers the notes, from 1; gaps are none, so a page can say that older ones are gone.
        kind: a fixed word, such as `edge_lost`.
        facts: small values, by name.
    """

    n: int
    at_ms: int
    kind: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notes:
    """The last notes, the oldest first."""

    notes: tuple[Note, ...] = ()

    def with_new(self, kind: str, *, at_ms: int, facts: dict[str, Any], is_shared: bool = False) -> "Notes":
        """Args: is_shared: others may say the same; then only the first one counts."""
        if is_shared and any(
            (note.kind, note.facts) == (kind, facts) and abs(at_ms - note.at_ms) < SAME_WITHIN_MS
            for note in self.notes
        ):
            return self
        n = self.notes[-1].n + 1 if self.notes else 1
        return Notes((*self.notes, Note(n, at_ms, kind, facts))[-NOTES_MAX:])

    def as_json(self) -> dict[str, Any]:
        return {"notes": [[note.n, note.at_ms, note.kind, note.facts] for note in self.notes]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(tuple(Note(*row) for row in data["notes"]))


class HouseLog:
    """`note` from anywhere in the loop; `run` as a task beside it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: asyncio.Queue[Callable[[Notes], Notes]] = asyncio.Queue(WAITING_MAX)
        self.lost_count = 0

    def note(self, kind: str, *, is_shared: bool = False, **facts: Any) -> None:
        """Takes a note.

        Args: is_shared: other processes see and note the same.
        Bounds: 200 wait; while that is so, new ones are lost, counted and logged.
        """
        at_ms = self._clock.wall_ms()

        def added(notes: Notes) -> Notes:
            return notes.with_new(kind, at_ms=at_ms, facts=facts, is_shared=is_shared)

        try:
            self._waiting.put_nowait(added)
        except asyncio.QueueFull:
            self.lost_count += 1
            log.error("note lost", kind=kind, lost=self.lost_count)

    async def run(self, bus: Bus) -> None:
        """Writes for ever; asks again while the log is away."""
        records: Records[Notes] | None = None
        while True:
            added = await self._waiting.get()
            while True:
                try:
                    records = records or await _records(bus)
                    await records.change(_KEY, added, first=Notes())
                except (LogAway, Conflict) as error:
                    log.warning("a note waits", detail=error.detail)
                    await asyncio.sleep(_AGAIN_AFTER_S)
                else:
                    break


async def read_house_log(bus: Bus) -> Notes:
    """Raises: LogAway."""
    return await (await _records(bus)).find(_KEY) or Notes()


async def _records(bus: Bus) -> Records[Notes]:
    return Records(bus, await bus.bucket("house"), Notes, missing=NotFound)
