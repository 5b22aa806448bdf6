"""Ends what is ending and removes what was deleted, once the seconds in which that can be undone are over.

Comes in: every Space, the time. Goes out: ended records; nothing of a deleted Space. Never: a removal before
its time, or by two at once: only whoever holds the lease removes, and every change is a compare-and-set.

A deleted Space's record goes last, after its log, its people, its sounds and, by the scribe, its folder on
the shelf: while it is there, its id cannot be given to another Space that would find somebody else's things.
"""

import asyncio
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import structlog

from stentor.clock import Clock
from stentor.errors import Conflict, LogAway, NoSuchSpace
from stentor.log.bus import Bus
from stentor.log.lines import LineStates
from stentor.log.state import CrewStore, InvitationStore, Leases, QuestionStore, SpaceStore
from stentor.space.lifecycle import State
from stentor.space.names import is_space_id
from stentor.space.record import Space

log = structlog.get_logger()

LEASE_KEY = "finisher"
HOUSE = "house"
"""Who did it, in the event log."""
_LOOK_EVERY_S = 0.5


class Due(StrEnum):
    END = "end"
    REMOVE = "remove"


def due(space: Space, *, wall_ms: int) -> Due | None:
    """What is to be done with a Space now; None: nothing. Pure."""
    if space.over_at_ms is None or wall_ms < space.over_at_ms:
        return None
    return {State.ENDING: Due.END, State.DELETED: Due.REMOVE}.get(space.state)


@dataclass(frozen=True, slots=True)
class Finisher:
    """The shell around `due`.

    Args:
        owner: this process's name in the leases.
        known: every Space, as it was told last.
        note: writes an event: the Space's id, the kind, facts.
        note_house: writes a line of the house's own log: the kind, facts.
        forget: a Space whose record is gone.
        sounds_dir, counts_dir: each Space has the folder of its id there.
    """

    bus: Bus
    spaces: SpaceStore
    crews: CrewStore
    questions: QuestionStore
    invitations: InvitationStore
    lines: LineStates
    leases: Leases
    owner: str
    clock: Clock
    known: Callable[[], list[Space]]
    note: Callable[..., None]
    forget: Callable[[str], None]
    sounds_dir: Path
    counts_dir: Path
    note_house: Callable[..., None] = lambda _kind, **_facts: None

    async def run(self) -> None:
        """For ever; a moment later when the log is away."""
        try:
            while True:
                try:
                    if await self.leases.take(LEASE_KEY, self.owner):
                        await self.step()
                except LogAway as error:
                    log.warning("nothing is finished while the log is away", detail=error.detail)
                await asyncio.sleep(_LOOK_EVERY_S)
        finally:
            with suppress(LogAway):
                await self.leases.give_up(LEASE_KEY, self.owner)

    async def step(self) -> None:
        """Does what is due now. Raises: LogAway."""
        for space in self.known():
            match due(space, wall_ms=self.clock.wall_ms()):
                case Due.END:
                    await self._end(space.id)
                case Due.REMOVE:
                    await self._remove(space.id)

    async def _end(self, space_id: str) -> None:
        now_ms, is_news = self.clock.wall_ms(), False

        def finished(space: Space) -> Space:
            nonlocal is_news
            then = space.finished(wall_ms=now_ms)
            is_news = then != space
            return then

        try:
            await self.spaces.change(space_id, finished)
        except (Conflict, NoSuchSpace):
            return  # somebody else was faster; looked at again in a moment
        if is_news:
            log.info("a Space has ended", space=space_id)
            self.note_house("space_ended", space=space_id)
            self.note(space_id, "state", by=HOUSE, state=State.ENDED.value)

    async def _remove(self, space_id: str) -> None:
        space = await self.spaces.find(space_id)
        if space is None:
            self.forget(space_id)
            return
        if due(space, wall_ms=self.clock.wall_ms()) is not Due.REMOVE:
            return
        await self.bus.history(space_id).remove()
        await self.invitations.delete_all(space_id)
        await self.crews.delete(space_id)
        await self.questions.delete(space_id)
        await self.lines.forget(space_id)
        if is_space_id(space_id):
            for folder in (self.sounds_dir, self.counts_dir):
                await asyncio.to_thread(shutil.rmtree, folder / space_id, ignore_errors=True)
        if space.is_off_shelf:
            await self.spaces.delete(space_id)
            self.forget(space_id)
            log.info("a deleted Space is gone", space=space_id)
            self.note_house("space_removed", space=space_id)
