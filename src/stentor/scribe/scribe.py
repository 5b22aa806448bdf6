"""The scribe: looks at all Spaces and their recordings, and has a keeper for each of which something is due.

Comes in: the records of Spaces and recordings. Goes out: keepers. Never: a keeper for a Space of which
nothing is due: a house has thousands that are over.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog

from stentor.process import end_tasks
from stentor.record.recording import Recording
from stentor.scribe.recording.desk import Desk
from stentor.scribe.recording.due import due
from stentor.scribe.recording.keeper import RecordKeeper
from stentor.space.lifecycle import State
from stentor.space.record import Space

log = structlog.get_logger()

_LOOK_S = 0.5
_FOLDERS_S = 60.0
UNSEALED_WARN_MS = 48 * 3_600_000
"""A log that nobody seals never expires: after two days somebody should look why."""


def _nobody(_kind: str, **_facts: object) -> None:
    return


class Scribe:
    """All records of a house. Several scribes may run: each record is its lease's holder's."""

    def __init__(self, desk: Desk, *, note_house: Callable[..., None] = _nobody) -> None:
        """Args: note_house: writes a line of the house's own log: the kind, facts."""
        self._desk = desk
        self._note_house = note_house
        self._warned: set[str] = set()
        self._spaces: dict[str, Space] = {}
        self._recordings: dict[str, Recording] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._folders: frozenset[str] = frozenset()
        self._folders_seen_s = float("-inf")

    async def run(self) -> None:
        """For ever.

        Bounds: one keeper per Space of which something is due; twice a second a look at every record, 2 µs
            each.
        """
        watching = [
            asyncio.create_task(self._watch_spaces(), name="spaces"),
            asyncio.create_task(self._watch_recordings(), name="recordings"),
        ]
        try:
            while True:
                done, _ = await asyncio.wait(watching, timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
                self._look()
        finally:
            await end_tasks(*watching, *self._keepers.values())

    async def _watch_spaces(self) -> None:
        async for space in self._desk.spaces.watch():
            before = self._spaces.get(space.id)
            if before is not None and before.created_ms != space.created_ms:
                # Another Space under an old name: what was known of the old one's record is not true of it.
                self._recordings.pop(space.id, None)
            self._spaces[space.id] = space

    async def _watch_recordings(self) -> None:
        async for recording in self._desk.recordings.watch():
            self._recordings[recording.space_id] = recording

    def _look(self) -> None:
        now_s = self._desk.clock.monotonic_s()
        if now_s - self._folders_seen_s > _FOLDERS_S:
            self._desk.root.mkdir(parents=True, exist_ok=True)
            self._folders, self._folders_seen_s = _names_in(self._desk.root), now_s
            self._warn_of_unsealed()
        for space_id, space in self._spaces.items():
            keeper = self._keepers.get(space_id)
            if keeper is not None and keeper.done():
                keeper.result()
                del self._keepers[space_id]
            elif keeper is None and self._is_something_due(space):
                self._keepers[space_id] = asyncio.create_task(
                    RecordKeeper(self._desk, space_id, newest=partial(self._spaces.get, space_id)).run(),
                    name=f"record-{space_id}",
                )

    def _warn_of_unsealed(self) -> None:
        """Once for each record, in the house's log."""
        before_ms = self._desk.clock.wall_ms() - UNSEALED_WARN_MS
        for space in self._spaces.values():
            recording = self._recordings.get(space.id) or Recording(space.id)
            is_old = space.state is State.ENDED and (space.ended_ms or 0) < before_ms
            is_open = space.timeline is not None and not recording.made.has_all
            if is_old and is_open and space.id not in self._warned:
                self._warned.add(space.id)
                log.warning("a record is not on the shelf since two days", space=space.id)
                self._note_house("unsealed", is_shared=True, space=space.id)

    def _is_something_due(self, space: Space) -> bool:
        work = due(
            space,
            self._recordings.get(space.id) or Recording(space.id),
            wall_ms=self._desk.clock.wall_ms(),
            log_age_ms=self._desk.log_age_s * 1000,
            has_folder=space.id in self._folders,
        )
        return work is not None


def _names_in(root: Path) -> frozenset[str]:
    return frozenset(path.name for path in root.iterdir())
