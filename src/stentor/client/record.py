"""What is left of a Space: its files, chapters, transcript, brief. Each verb is a route of docs/API.md."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal, TypedDict, Unpack

from stentor.client.asking import Noun, at
from stentor.client.models import MyRecord, Page
from stentor.client.record_models import (
    BriefTold,
    ChaptersTold,
    FileTold,
    HitsTold,
    RecordTold,
    TranscriptTold,
    VersionTold,
)

Json = Mapping[str, Any]
FileFormat = Literal["mp3", "opus"]


class RecordChanges(TypedDict, total=False):
    """What is left out stays; None: it is kept for ever."""

    is_published: bool
    keep_until_ms: int | None


class Record(Noun):
    """Every verb may raise RemoteProblem and Broken."""

    async def read(self, space_id: str) -> RecordTold:
        return await self._ask(RecordTold, "GET", at("spaces", space_id, "record"))

    async def edit(self, space_id: str, **changes: Unpack[RecordChanges]) -> RecordTold:
        return await self._ask(RecordTold, "PATCH", at("spaces", space_id, "record"), changes)

    async def delete(self, space_id: str) -> RecordTold:
        """All of it goes and does not come back; look at `is_gone`."""
        return await self._ask(RecordTold, "DELETE", at("spaces", space_id, "record"))

    async def make(self, space_id: str, file_format: FileFormat) -> RecordTold:
        """A download that is made when somebody wants it; look at `formats`."""
        path = at("spaces", space_id, "record", "formats")
        return await self._ask(RecordTold, "POST", path, {"format": file_format})

    async def translate(self, space_id: str, language: str) -> RecordTold:
        path = at("spaces", space_id, "record", "languages")
        return await self._ask(RecordTold, "POST", path, {"language": language})

    async def remove_person(self, space_id: str, person_id: str) -> RecordTold:
        """Their voice, words and quotes go; look at `removing`."""
        return await self._ask(RecordTold, "PUT", at("spaces", space_id, "record", "people", person_id))

    async def keep_person(self, space_id: str, person_id: str) -> RecordTold:
        """Takes that wish back, while it is not done."""
        return await self._ask(RecordTold, "DELETE", at("spaces", space_id, "record", "people", person_id))

    async def chapters(self, space_id: str) -> ChaptersTold:
        return await self._ask(ChaptersTold, "GET", at("spaces", space_id, "chapters"))

    async def set_chapters(self, space_id: str, chapters: Sequence[Json]) -> ChaptersTold:
        """Args: chapters: `{"start_ms", "title"}` each; none: those of the brief."""
        body = {"chapters": list(chapters)}
        return await self._ask(ChaptersTold, "PUT", at("spaces", space_id, "chapters"), body)

    async def mark_chapter(self, space_id: str, title: str, *, key: str | None = None) -> ChaptersTold:
        """Begins one now, while it is on the air."""
        path = at("spaces", space_id, "chapters")
        return await self._ask(ChaptersTold, "POST", path, {"title": title}, key=key)

    async def transcript(self, space_id: str, *, version: int | None = None) -> TranscriptTold:
        path = at("spaces", space_id, "transcript")
        return await self._ask(TranscriptTold, "GET", path, query={"version": version})

    async def edit_transcript(self, space_id: str, version: int, turns: Sequence[Json]) -> TranscriptTold:
        """Args: version: the one that was changed. turns: `{"id", "text" | "person" | "removed"}` each."""
        body = {"version": version, "turns": list(turns)}
        return await self._ask(TranscriptTold, "PUT", at("spaces", space_id, "transcript"), body)

    async def transcripts(
        self, space_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[VersionTold]:
        return await self._versions("transcript", space_id, limit, cursor)

    async def brief(self, space_id: str, *, version: int | None = None) -> BriefTold:
        path = at("spaces", space_id, "brief")
        return await self._ask(BriefTold, "GET", path, query={"version": version})

    async def edit_brief(
        self,
        space_id: str,
        version: int,
        *,
        title: str,
        summary: Sequence[Json],
        sections: Sequence[Json],
        claims: Sequence[Json],
        figures: Sequence[Json],
    ) -> BriefTold:
        """All of it, as it was told, with changes. Args: version: the one that was changed."""
        body = {
            "version": version,
            "title": title,
            "summary": list(summary),
            "sections": list(sections),
            "claims": list(claims),
            "figures": list(figures),
        }
        return await self._ask(BriefTold, "PUT", at("spaces", space_id, "brief"), body)

    async def briefs(
        self, space_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[VersionTold]:
        return await self._versions("brief", space_id, limit, cursor)

    async def brief_again(self, space_id: str) -> RecordTold:
        """The machine's, made anew from the newest transcript."""
        return await self._ask(RecordTold, "POST", at("spaces", space_id, "brief", "again"))

    async def search(self, q: str) -> HitsTold:
        """What was said in one's own published records; words and "phrases"."""
        return await self._ask(HitsTold, "GET", at("search"), query={"q": q})

    async def remove_me(self) -> MyRecord:
        """Of an invitation's holder: out of the record."""
        return await self._ask(MyRecord, "DELETE", at("me", "record"))

    async def keep_me(self) -> MyRecord:
        """Takes that wish back, while it is not done."""
        return await self._ask(MyRecord, "PUT", at("me", "record"))

    def file(self, file: FileTold) -> AsyncIterator[bytes]:
        """A file's content as it comes. Its length and hash are the caller's to compare."""
        return self._http.stream(file.url)

    async def _versions(
        self, text: Literal["transcript", "brief"], space_id: str, limit: int | None, cursor: str | None
    ) -> Page[VersionTold]:
        path = at("spaces", space_id, text, "versions")
        return await self._ask(Page[VersionTold], "GET", path, query={"limit": limit, "cursor": cursor})
