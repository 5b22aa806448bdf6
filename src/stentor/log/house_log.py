"""The house's own log: what the house did by itself, and why, for those who operate it.

Comes in: notes, from whichever process did something. Goes out: the last 300 of the whole house, in one
record. Never: a wait where something is done; what people did (that is in each Space's event log); a name, an
address, a token.
"""

import asyncio
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

    def with_new(self, kind: str, *, at_ms: int, facts: dict[str, Any]) -> "Notes":
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
        self._waiting: asyncio.Queue[tuple[str, int, dict[str, Any]]] = asyncio.Queue(WAITING_MAX)

    def note(self, kind: str, **facts: object) -> None:
        """Takes a note. Bounds: 200 wait; while that is so, new ones are lost and logged."""
        try:
            self._waiting.put_nowait((kind, self._clock.wall_ms(), facts))
        except asyncio.QueueFull:
            log.error("note lost", kind=kind)

    async def run(self, bus: Bus) -> None:
        """Writes for ever; asks again while the log is away."""
        records: Records[Notes] | None = None
        while True:
            kind, at_ms, facts = await self._waiting.get()
            while True:
                try:
                    records = records or await _records(bus)
                    await _add(records, kind, at_ms, facts)
                except (LogAway, Conflict) as error:
                    log.warning("note waits", kind=kind, detail=error.detail)
                    await asyncio.sleep(_AGAIN_AFTER_S)
                else:
                    break


async def read_house_log(bus: Bus) -> Notes:
    """Raises: LogAway."""
    return await (await _records(bus)).find(_KEY) or Notes()


async def _add(records: Records[Notes], kind: str, at_ms: int, facts: dict[str, Any]) -> None:
    await records.change(_KEY, lambda notes: notes.with_new(kind, at_ms=at_ms, facts=facts), first=Notes())


async def _records(bus: Bus) -> Records[Notes]:
    return Records(bus, await bus.bucket("house"), Notes, missing=NotFound)
