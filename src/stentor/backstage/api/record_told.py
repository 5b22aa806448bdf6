"""A Space's record as those who lead it see it."""

from collections.abc import Iterable

from pydantic import BaseModel, Field
from starlette.datastructures import URL

from stentor.backstage.door import Door
from stentor.record.chapters import Chapter
from stentor.record.recording import Recording, Stage
from stentor.shelf.giving import mime_of
from stentor.shelf.manifest import FileKept, Manifest
from stentor.space.people import Role
from stentor.space.record import Space


class ChapterTold(BaseModel):
    """Where something new begins. `is_machine`: found by the brief, not set by a host."""

    start_ms: int
    title: str
    is_machine: bool


class ChaptersTold(BaseModel):
    """All of them, by their beginnings."""

    items: list[ChapterTold]

    @classmethod
    def of(cls, chapters: Iterable[Chapter]) -> "ChaptersTold":
        told = (ChapterTold(start_ms=c.start_ms, title=c.title, is_machine=c.is_machine) for c in chapters)
        return cls(items=list(told))


class RecordedPerson(BaseModel):
    """Somebody who is heard in the record. Where their own file begins, and how long it is; 0: none yet."""

    id: str
    name: str
    role: str
    voice_start_ms: int = 0
    voice_ms: int = 0


class FileTold(BaseModel):
    """A file of the record."""

    name: str
    size_bytes: int
    sha256: str
    mime: str
    url: str = Field(description="Opens it without a header, for some hours; `?download=1` names the file.")


class RecordTold(BaseModel):
    """What is kept of a Space, what is being made of it, and what still waits."""

    is_recorded: bool
    programme: Stage
    transcript: Stage
    brief: Stage
    problem: str | None = Field(description="While something of it failed.")
    sealed_ms: int | None = Field(description="When the shelf first had all of it.")
    edition: int = Field(description="0: not sealed. It grows when a person is removed.")
    duration_ms: int
    is_published: bool = Field(description="Listeners have the replay, once it is sealed.")
    is_unwanted: bool = Field(description="It was deleted; `is_gone` says that nothing of it is left.")
    is_gone: bool = Field(description="Also by its own time, `keep_until_ms`.")
    keep_until_ms: int | None
    formats: dict[str, Stage]
    languages: dict[str, Stage]
    transcript_version: int = Field(description="The newest; 0: none.")
    brief_version: int
    removed: list[str] = Field(description="Persons who are in it no more.")
    removing: list[str] = Field(description="Who still is in it: until then listeners get nothing of it.")
    withdrawn: list[str] = Field(description="Who asked for that themselves.")
    chapters: list[ChapterTold]
    people: list[RecordedPerson]
    files: list[FileTold]
    listen_url: str


async def record_told(door: Door, space: Space, recording: Recording) -> RecordTold:
    """Raises: LogAway. ShelfAway."""
    wishes, made = recording.wishes, recording.made
    manifest = await door.kept.manifest(recording)
    return RecordTold(
        is_recorded=space.is_recorded,
        programme=recording.programme,
        transcript=recording.transcript,
        brief=recording.brief,
        problem=recording.problem or made.model_refused or made.untranslated or None,
        sealed_ms=recording.sealed_ms,
        edition=made.edition,
        duration_ms=manifest.duration_ms if manifest else 0,
        is_published=wishes.is_published,
        is_unwanted=wishes.is_unwanted,
        is_gone=made.is_gone,
        keep_until_ms=wishes.keep_until_ms,
        formats=_stages(wishes.formats, made.formats),
        languages=_stages(wishes.languages, made.languages),
        transcript_version=newest_transcript(recording),
        brief_version=newest_brief(recording),
        removed=sorted(recording.are_out),
        removing=sorted(set(wishes.removed) - recording.are_out),
        withdrawn=list(wishes.withdrawn),
        chapters=ChaptersTold.of(await door.kept.chapters(recording)).items,
        people=await _people(door, space, recording, manifest),
        files=_files(door, space, await door.kept.files(recording)),
        listen_url=door.links_of(space).listen,
    )


def newest_transcript(recording: Recording) -> int:
    """The number of its newest version; 0: there is none."""
    return max(recording.wishes.transcript, recording.made.transcript)


def newest_brief(recording: Recording) -> int:
    return max(recording.wishes.brief, recording.made.brief)


def _stages(wished: Iterable[str], made: Iterable[str]) -> dict[str, Stage]:
    ready = set(made)
    return {str(name): Stage.MADE if name in ready else Stage.RUNNING for name in {*wished, *ready}}


async def _people(
    door: Door, space: Space, recording: Recording, manifest: Manifest | None
) -> list[RecordedPerson]:
    """Those of the list; while there is none, those who have been on stage or may be."""
    if manifest is not None:
        return [
            RecordedPerson(
                id=person.id,
                name=person.name,
                role=person.role,
                voice_start_ms=person.voice_start_ms,
                voice_ms=person.voice_ms,
            )
            for person in manifest.people
        ]
    if not space.is_recorded or recording.made.is_gone:
        return []
    members = (await door.crews.get(space.id)).members
    return [
        RecordedPerson(id=member.id, name=member.name, role=member.role.value)
        for member in members
        if member.role is not Role.LISTENER
    ]


def _files(door: Door, space: Space, files: dict[str, FileKept]) -> list[FileTold]:
    now_s = door.clock.wall_ms() // 1000
    return [
        FileTold(
            name=name,
            size_bytes=kept.size_bytes,
            sha256=kept.sha256,
            mime=mime_of(name),
            url=str(
                URL(f"/api/spaces/{space.id}/record/files/{name}").include_query_params(
                    key=door.file_links.word(space.id, name, now_s=now_s)
                )
            ),
        )
        for name, kept in files.items()
    ]
