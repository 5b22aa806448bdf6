"""Chapters of a record: set by hosts, marked while it is on the air, else found by the brief."""

from fastapi import APIRouter

from stentor.backstage.access.asker import Asker, Leader
from stentor.backstage.api.idempotency import OnceHere
from stentor.backstage.api.record_models import ChaptersWanted, MarkWanted
from stentor.backstage.api.record_told import ChaptersTold
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.moves import changed_recording, kept_record, living_space
from stentor.errors import Conflict
from stentor.record.chapters import Chapter
from stentor.record.recording import Recording
from stentor.space.timeline import RECORD_FIRST

routes = APIRouter(prefix="/api/spaces/{space_id}/chapters", tags=["record"])


@routes.get("")
async def list_chapters(space_id: str, who: Leader, door: DoorHere) -> ChaptersTold:  # noqa: ARG001
    """All of them, at most 200: the hosts' own; where there are none, those that the brief has found."""
    await living_space(door, space_id)
    return await _told(door, kept_record(await door.recordings.get(space_id)))


@routes.put("")
async def set_chapters(space_id: str, wanted: ChaptersWanted, who: Leader, door: DoorHere) -> ChaptersTold:
    """Puts these in place of all; with none, those of the brief count again.

    Of two that begin together the later one stays. 409: the Space is not recorded.
    """
    chapters = tuple(Chapter(chapter.start_ms, chapter.title) for chapter in wanted.chapters)
    recording = await changed_recording(
        door,
        space_id,
        lambda recording: recording.wished(chapters=chapters),
        kind="chapters_changed",
        by=who.id,
        count=len(chapters),
    )
    return await _told(door, recording)


@routes.post("", status_code=201)
async def mark_chapter(
    space_id: str, wanted: MarkWanted, who: Leader, door: DoorHere, once: OnceHere
) -> ChaptersTold:
    """Begins a chapter now. 409: the Space is not on the air, or not recorded."""
    return await once.told(ChaptersTold, by=who.id, make=lambda: _marked(space_id, wanted, who, door))


async def _marked(space_id: str, wanted: MarkWanted, who: Asker, door: Door) -> ChaptersTold:
    space = await living_space(door, space_id)
    timeline = space.timeline
    if timeline is None or not space.state.has_programme:
        raise Conflict("A chapter is marked while the Space is on the air; afterwards chapters are set.")
    start_ms = max(0, door.clock.wall_ms() - timeline.wall_ms_of(RECORD_FIRST))

    def move(recording: Recording) -> Recording:
        return recording.wished(chapters=(*recording.wishes.chapters, Chapter(start_ms, wanted.title)))

    recording = await changed_recording(
        door, space_id, move, kind="chapter_marked", by=who.id, start_ms=start_ms, title=wanted.title
    )
    return await _told(door, recording)


async def _told(door: Door, recording: Recording) -> ChaptersTold:
    return ChaptersTold.of(await door.kept.chapters(recording))
