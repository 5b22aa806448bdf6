"""What the shelf has of each Space's record, as the stage door reads it.

Comes in: recordings, numbers of versions. Goes out: the two lists of files, transcripts, briefs, chapters.
Never: a list of before: a recording names the hash of the one that holds.
"""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, TypeVar

from stentor.errors import Full, NotFound, ShelfAway
from stentor.limits import FILES_GIVEN_MAX
from stentor.record.brief import Brief
from stentor.record.chapters import Chapter, chapters_of_json
from stentor.record.recording import Recording
from stentor.record.transcript import Transcript
from stentor.shelf import layout
from stentor.shelf.manifest import FileKept, Manifest, Words
from stentor.shelf.store import Shelf, SpaceShelf

_READ_MAX: Final = 256
"""Small files in memory: some kilobytes each."""
READ_WAIT_S: Final = 10.0

T = TypeVar("T")


class KeptRecords:
    """Every call may raise ShelfAway.

    Args:
        wait_s: for one small file. The shelf's own patience is a writer's, minutes; who asks is told.
    """

    def __init__(self, shelf: Shelf, *, wait_s: float = READ_WAIT_S) -> None:
        self._shelf = shelf
        self._wait_s = wait_s
        self._given_count = 0
        self._read: OrderedDict[str, object] = OrderedDict()

    def of(self, space_id: str) -> SpaceShelf:
        return self._shelf.of(space_id)

    @contextmanager
    def giving(self) -> Iterator[None]:
        """While one file is given out. Raises: Full: FILES_GIVEN_MAX are."""
        if self._given_count >= FILES_GIVEN_MAX:
            raise Full("The list of files that are being sent", limit=FILES_GIVEN_MAX)
        self._given_count += 1
        try:
            yield
        finally:
            self._given_count -= 1

    async def manifest(self, recording: Recording) -> Manifest | None:
        """What the scribe has sealed; None: nothing yet, or no more."""
        sha256 = recording.made.manifest_sha256
        return await self._kept(Manifest, Manifest.from_bytes, recording.space_id, layout.MANIFEST, sha256)

    async def words(self, recording: Recording) -> Words | None:
        """What the words' process has made."""
        sha256 = recording.made.words_sha256
        return await self._kept(Words, Words.from_bytes, recording.space_id, layout.WORDS, sha256)

    async def files(self, recording: Recording) -> dict[str, FileKept]:
        """Every file that a list names, by name."""
        lists = (await self.manifest(recording), await self.words(recording))
        return {name: kept for listed in lists if listed for name, kept in sorted(listed.files.items())}

    async def small(self, space_id: str, name: str) -> bytes:
        """One file of some megabytes at most, as it is. Raises: NotFound."""
        try:
            async with asyncio.timeout(self._wait_s):
                return await self.of(space_id).get(name)
        except TimeoutError:
            raise ShelfAway(f"{name} of {space_id} within {self._wait_s:g} s") from None

    async def transcript(self, space_id: str, version: int) -> Transcript:
        """Raises: NotFound."""
        name = layout.transcript_version(version)
        return await self._version(space_id, name, lambda data: Transcript.from_json(json.loads(data)))

    async def brief(self, space_id: str, version: int) -> Brief:
        """Raises: NotFound."""
        name = layout.brief_version(version)
        return await self._version(space_id, name, lambda data: Brief.from_json(json.loads(data)))

    async def chapters(self, recording: Recording) -> tuple[Chapter, ...]:
        """The hosts' own; where there are none, those that the brief has found."""
        words = None if recording.wishes.chapters else await self.words(recording)
        if words is None or layout.CHAPTERS not in words.files:
            return recording.wishes.chapters
        sha256 = words.files[layout.CHAPTERS].sha256
        return await self._kept(tuple, _found, recording.space_id, layout.CHAPTERS, sha256) or ()

    async def _kept(
        self, kind: type[T], parsed: Callable[[bytes], T], space_id: str, name: str, sha256: str
    ) -> T | None:
        """A small file, from memory while its hash is the one that holds; None: it is not there."""
        if not sha256:
            return None
        found = self._read.get(sha256)
        if isinstance(found, kind):
            self._read.move_to_end(sha256)
            return found
        try:
            data = await self.small(space_id, name)
        except NotFound:  # it goes, and the recording will say so in a moment
            return None
        value = parsed(data)
        if hashlib.sha256(data).hexdigest() == sha256:
            self._read[sha256] = value
            while len(self._read) > _READ_MAX:
                self._read.popitem(last=False)
        return value

    async def _version(self, space_id: str, name: str, read: Callable[[bytes], T]) -> T:
        data = await self.small(space_id, name)
        # A transcript of three hours is 2 MB of JSON: read beside the loop.
        return await asyncio.to_thread(read, data)


def _found(data: bytes) -> tuple[Chapter, ...]:
    return tuple(replace(chapter, is_machine=True) for chapter in chapters_of_json(data))
