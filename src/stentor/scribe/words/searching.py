"""The search over all transcripts: follows what is published, answers `record.search`.

Comes in: Spaces and recordings as they change, questions over NATS. Goes out: hits. Never: a hit in a Space
that was deleted or whose record is not given out; a wait of the transcripts for a search.

Every scribe has all of the shelf's words in its own index, so any of them may answer.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog

from stentor.clock import Clock
from stentor.errors import BadInput, Full, LogAway, NotFound, NotYet, ShelfAway
from stentor.log.bus import Bus
from stentor.log.state import RecordingStore, SpaceStore
from stentor.record.recording import Recording
from stentor.record.transcript import Transcript
from stentor.scribe.words.search_index import DEADLINE_S, HITS_MAX, Hit, SearchIndex
from stentor.scribe.words.search_query import QUERY_LENGTH_MAX
from stentor.shelf import layout
from stentor.shelf.store import Shelf
from stentor.space.lifecycle import State
from stentor.space.record import Space

log = structlog.get_logger()

SUBJECT: Final = "record.search"
QUEUE: Final = "scribe"
FILE: Final = "search.sqlite"
"""In the recording's working directory."""
PENDING_MAX: Final = 16
_AGAIN_S: Final = 10.0
_LOOK_S: Final = 1.0
_SPACES_MAX: Final = 10_000

T = TypeVar("T")


def stamp_of(space: Space | None, recording: Recording) -> str | None:
    """Which state of a record's words belongs into the index. None: nothing of it does. Pure."""
    made = recording.made
    is_there = space is not None and space.state is not State.DELETED
    if not is_there or made.is_gone or not recording.has_replay or recording.waits_for_removal:
        return None
    return made.words_sha256 if made.transcript and made.words_sha256 else None


@dataclass(slots=True)
class Searching:
    """One scribe's.

    Args:
        path: of the index; made where it is missing.

    Bounds: PENDING_MAX questions, DEADLINE_S each; one thread.
    """

    bus: Bus
    spaces: SpaceStore
    recordings: RecordingStore
    shelf: Shelf
    clock: Clock
    path: Path
    _space_by_id: dict[str, Space] = field(default_factory=dict)
    _recording_by_id: dict[str, Recording] = field(default_factory=dict)
    _stamps: dict[str, str] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _index: SearchIndex | None = None
    _hand: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1, "search"))
    _pending: int = 0

    async def run(self) -> None:
        """For ever. A disk that has no room for the index is waited for: transcripts do not need it."""
        loop = asyncio.get_running_loop()
        while self._index is None:
            try:
                self._index = await loop.run_in_executor(self._hand, SearchIndex.open, self.path)
            except (sqlite3.Error, OSError) as error:
                log.error("there is no search", because=str(error))
                await asyncio.sleep(_AGAIN_S)
        subscription = await self.bus.serve(SUBJECT, self.answer, queue=QUEUE)
        try:
            self._stamps = dict(await self._by_hand(SearchIndex.stamps))
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow_spaces())
                group.create_task(self._follow_recordings())
                group.create_task(self._keep_up())
        finally:
            await subscription.close()
            self._hand.shutdown(wait=True, cancel_futures=True)
            self._index.close()

    async def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """`{"q", "spaces": null | [ids], "is_public"?, "limit"?}` → `{"items"}`.

        Raises: BadInput. Full. NotYet: it took too long.
        """
        query, wanted, limit = _checked(question)
        allowed = [
            space_id
            for space_id, stamp in self._stamps.items()
            if (space := self._space_by_id.get(space_id)) is not None
            and (wanted is None or space_id in wanted)
            and not (question.get("is_public", wanted is None) and space.is_private)
            and stamp_of(space, self._recording(space_id)) == stamp
        ]
        if self._pending >= PENDING_MAX:
            raise Full("The search", limit=PENDING_MAX, retry_after_s=DEADLINE_S)
        until_s = self.clock.monotonic_s() + DEADLINE_S
        self._pending += 1
        try:
            hits = await self._by_hand(
                lambda index: index.search(query, allowed, limit=limit, until_s=until_s)
            )
        except sqlite3.Error as error:
            await self._mend(error)
            raise NotYet("The search is being made anew.", retry_after_s=_AGAIN_S) from None
        finally:
            self._pending -= 1
        return {"items": [self._told(hit) for hit in hits]}

    def _told(self, hit: Hit) -> dict[str, Any]:
        space = self._space_by_id.get(hit.space_id)
        return {
            "space": hit.space_id,
            "title": space.title if space else "",
            "turn": hit.turn_id,
            "person": hit.person_id,
            "name": hit.name,
            "start_ms": hit.start_ms,
            "text": hit.text,
            "marks": [list(mark) for mark in hit.marks],
            "is_machine": hit.is_machine,
        }

    async def _follow_spaces(self) -> None:
        async for space in self.spaces.watch():
            self._space_by_id[space.id] = space
            self._changed.set()

    async def _follow_recordings(self) -> None:
        async for recording in self.recordings.watch():
            self._recording_by_id[recording.space_id] = recording
            self._changed.set()

    async def _keep_up(self) -> None:
        """Changes as they come; what could not be read is tried again."""
        await self._look_first()
        while True:
            self._changed.clear()
            for space_id in sorted({*self._recording_by_id, *self._stamps}):
                await self._keep_up_with(space_id)
            with suppress(TimeoutError):
                async with asyncio.timeout(_AGAIN_S):
                    await self._changed.wait()

    async def _look_first(self) -> None:
        """Until everything is known once, what is in the index must not be taken for deleted."""
        while True:
            try:
                spaces, recordings = await self.spaces.all(), await self.recordings.all()
            except LogAway:
                await asyncio.sleep(_LOOK_S)
                continue
            for space in spaces:
                self._space_by_id.setdefault(space.id, space)
            for recording in recordings:
                self._recording_by_id.setdefault(recording.space_id, recording)
            return

    async def _keep_up_with(self, space_id: str) -> None:
        recording = self._recording(space_id)
        stamp = stamp_of(self._space_by_id.get(space_id), recording)
        if stamp == self._stamps.get(space_id):
            return
        try:
            if stamp is None:
                await self._by_hand(lambda index: index.remove(space_id))
                del self._stamps[space_id]
                return
            name = layout.transcript_version(recording.made.transcript)
            read = json.loads(await self.shelf.of(space_id).get(name))
            transcript = await asyncio.to_thread(Transcript.from_json, read)
            await self._by_hand(lambda index: index.put(space_id, transcript, stamp=stamp))
            self._stamps[space_id] = stamp
        except (NotFound, ShelfAway, BadInput, ValueError) as error:
            log.warning("a transcript cannot be searched yet", space=space_id, because=type(error).__name__)
        except sqlite3.Error as error:
            await self._mend(error)

    async def _mend(self, error: sqlite3.Error) -> None:
        """A full disk or a file that is busy may be another one in a while; what is broken is made anew."""
        log.error("the search index failed", error=str(error))
        if isinstance(error, sqlite3.OperationalError):
            return

        def replace(index: SearchIndex) -> None:
            self._index = index.made_anew()

        self._stamps.clear()
        try:
            await self._by_hand(replace)
        except (sqlite3.Error, OSError) as again:
            log.error("the search index cannot be made anew", error=str(again))
        self._changed.set()

    async def _by_hand(self, work: Callable[[SearchIndex], T]) -> T:
        """In the one thread that has the file."""

        def do() -> T:
            assert self._index is not None, "it runs"
            return work(self._index)

        return await asyncio.get_running_loop().run_in_executor(self._hand, do)

    def _recording(self, space_id: str) -> Recording:
        return self._recording_by_id.get(space_id) or Recording(space_id)


def _checked(question: dict[str, Any]) -> tuple[str, frozenset[str] | None, int]:
    """Raises: BadInput."""
    query, wanted, limit = question.get("q"), question.get("spaces"), question.get("limit", HITS_MAX)
    if not isinstance(query, str) or len(query) > QUERY_LENGTH_MAX:
        raise BadInput(f"q must be a text of at most {QUERY_LENGTH_MAX} characters.")
    is_list = isinstance(wanted, list) and len(wanted) <= _SPACES_MAX
    if wanted is not None and not (is_list and all(isinstance(each, str) for each in wanted)):
        raise BadInput(f"spaces must be null or at most {_SPACES_MAX} ids.")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= HITS_MAX:
        raise BadInput(f"limit must be a number from 1 to {HITS_MAX}.")
    return query, None if wanted is None else frozenset(wanted), limit
