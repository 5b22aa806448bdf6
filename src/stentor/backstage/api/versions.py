"""Versions of a record's texts: each is a file that is written once, and one is the newest.

Comes in: a text that follows the newest one. Goes out: the same, kept. Never: a version that is lost because
two saved at once: who comes second is told who was faster, and has what they wrote still in their hands.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

from starlette.responses import Response

from stentor.backstage.access.asker import Asker
from stentor.backstage.api.pages_of import Cut, Page, paged
from stentor.backstage.api.record_told import newest_brief, newest_transcript
from stentor.backstage.api.texts_told import VersionTold
from stentor.backstage.door import Door
from stentor.backstage.kept_records import KeptRecords
from stentor.backstage.moves import changed_recording, kept_record, living_space
from stentor.errors import BadInput, Conflict, LogAway, NotFound, StentorError
from stentor.record.brief import Brief
from stentor.record.recording import Recording
from stentor.record.transcript import Transcript
from stentor.shelf import layout

T = TypeVar("T", Transcript, Brief)

_PAGE_ITEMS_MAX: Final = 20
"""A version is read as a whole to say who made it."""


@dataclass(frozen=True, slots=True)
class Versions(Generic[T]):
    """One of the two texts of a record: `TRANSCRIPTS`, `BRIEFS`.

    Args:
        word: as the recording's record calls it.
        newest: the number of its newest version; 0: there is none.
        file_of: a version's name on the shelf.
        parsed: reads one.
    """

    word: str
    newest: Callable[[Recording], int]
    file_of: Callable[[int], str]
    parsed: Callable[[KeptRecords, str, int], Awaitable[T]]

    async def answer(self, door: Door, space_id: str, version: int | None) -> Response:
        """A version as the shelf has it. Raises: NotFound."""
        recording = await self._recording(door, space_id)
        name = self.file_of(version or self._made(recording))
        return Response(await door.kept.small(space_id, name), media_type="application/json")

    async def page(self, door: Door, space_id: str, cut: Cut) -> Page[VersionTold]:
        """The newest first; those that a removal has taken away are left out."""
        newest = self.newest(await self._recording(door, space_id))
        cut = replace(cut, limit=min(cut.limit, _PAGE_ITEMS_MAX))
        numbers = paged(range(1, newest + 1), cut, key=lambda n: (n,), tell=lambda n: n, newest_first=True)
        items = [text for n in numbers.items if (text := await self._found(door, space_id, n)) is not None]
        return Page[VersionTold](items=[VersionTold.of(text) for text in items], next=numbers.next)

    async def to_follow(self, door: Door, space_id: str, version: int) -> tuple[Recording, T]:
        """The newest version, which is to be the one that was changed.

        Raises: NotFound: there is none. BadInput: there is no such version yet. Conflict: somebody was
            faster, or a person is being removed.
        """
        recording = await self._recording(door, space_id)
        newest = self._made(recording)
        if recording.waits_for_removal:
            raise Conflict("Somebody is being removed from this record. Save again in a minute.")
        if version > newest:
            raise BadInput(f"There is no version {version} of this {self.word}; the newest is {newest}.")
        text = await self.parsed(door.kept, space_id, newest)
        if version < newest:
            raise self._too_late(text, version)
        return recording, text

    async def keep(self, door: Door, recording: Recording, text: T, who: Asker) -> None:
        """Writes the version that follows the newest and says so in the record.

        Args:
            recording: as `to_follow` gave it.
        Raises: Conflict: as `to_follow`. LogAway. ShelfAway.
        """
        space_id, name = recording.space_id, self.file_of(text.version)
        body = json.dumps(text.as_json(), ensure_ascii=False, separators=(",", ":")).encode()
        shelf = door.kept.of(space_id)
        try:
            await shelf.put(name, body, is_new=True)
        except Conflict:
            # Also what a door has left that died before it could say so: now it is said.
            await door.recordings.change(space_id, lambda found: self._wished(found, recording, text.version))
            faster = await self.parsed(door.kept, space_id, text.version)
            raise self._too_late(faster, text.version - 1) from None
        try:
            await changed_recording(
                door,
                space_id,
                lambda found: self._wished(found, recording, text.version),
                kind=f"{self.word}_edited",
                by=who.id,
                version=text.version,
            )
        except LogAway:
            raise  # nobody knows whether it is said; the next one who saves will find the file
        except StentorError:
            await shelf.remove(name)
            raise

    def _wished(self, found: Recording, read: Recording, version: int) -> Recording:
        """Raises: Conflict: somebody was removed meanwhile, whose words this version may have."""
        if kept_record(found).wishes.removed != read.wishes.removed:
            raise Conflict("Somebody is being removed from this record. Read it again in a minute.")
        return found.wished(**{self.word: max(version, self.newest(found))})

    async def _recording(self, door: Door, space_id: str) -> Recording:
        await living_space(door, space_id)
        return kept_record(await door.recordings.get(space_id))

    def _made(self, recording: Recording) -> int:
        newest = self.newest(recording)
        if newest == 0:
            raise NotFound(f"There is no {self.word} of this Space yet; its record says how far it is.")
        return newest

    async def _found(self, door: Door, space_id: str, version: int) -> T | None:
        try:
            return await self.parsed(door.kept, space_id, version)
        except NotFound:
            return None

    def _too_late(self, faster: T, version: int) -> Conflict:
        at = datetime.fromtimestamp(faster.made_ms / 1000, UTC).isoformat(" ", "seconds")
        return Conflict(
            f"{faster.by} was faster: version {faster.version} of the {self.word} is of {at}, yours follows "
            f"version {version}. Read it and save what you changed on top of it."
        )


TRANSCRIPTS: Final[Versions[Transcript]] = Versions(
    "transcript", newest_transcript, layout.transcript_version, KeptRecords.transcript
)
BRIEFS: Final[Versions[Brief]] = Versions("brief", newest_brief, layout.brief_version, KeptRecords.brief)


async def author(door: Door, space_id: str, who: Asker) -> str:
    """How a version names who made it."""
    if who.account is not None:
        return who.account.name
    member = (await door.crews.get(space_id)).find(who.id)
    return member.name if member is not None else who.id
