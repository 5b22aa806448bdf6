"""The brief of a Space: read, corrected, made anew."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from stentor.backstage.access.asker import Leader
from stentor.backstage.api.pages_of import Page, PageWanted
from stentor.backstage.api.record_models import BriefWanted
from stentor.backstage.api.record_told import RecordTold, record_told
from stentor.backstage.api.texts_told import BriefTold, VersionTold
from stentor.backstage.api.transcript_routes import VERSION_MAX
from stentor.backstage.api.versions import BRIEFS, TRANSCRIPTS, author
from stentor.backstage.door import DoorHere
from stentor.backstage.moves import changed_recording, living_space
from stentor.record.brief import Brief
from stentor.record.proof import required
from stentor.record.recording import Recording

routes = APIRouter(prefix="/api/spaces/{space_id}/brief", tags=["record"])


@routes.get("", responses={200: {"model": BriefTold}}, response_class=Response)
async def read_brief(
    space_id: str,
    who: Leader,  # noqa: ARG001
    door: DoorHere,
    version: Annotated[int | None, Query(ge=1, le=VERSION_MAX, description="Else the newest.")] = None,
) -> Response:
    """What was said, in a page, each line with its second. 404: there is none yet, or no such version."""
    return await BRIEFS.answer(door, space_id, version)


@routes.put("", responses={200: {"model": BriefTold}}, response_class=Response)
async def edit_brief(space_id: str, wanted: BriefWanted, who: Leader, door: DoorHere) -> Response:
    """Makes the next version: all of the brief, as it was told, with changes.

    Each quote is proved again in the newest transcript. 400: names the quote that is not in it. 409: somebody
    saved another version first.
    """
    recording, newest = await BRIEFS.to_follow(door, space_id, wanted.version)
    transcript = await TRANSCRIPTS.parsed(door.kept, space_id, TRANSCRIPTS.newest(recording))
    then = Brief.from_json(
        {
            **wanted.model_dump(),
            "version": newest.version + 1,
            "transcript": transcript.version,
            "language": newest.language,
            "engine": newest.engine,
            "names": dict(newest.names),
            "is_machine": False,
            "by": await author(door, space_id, who),
            "made_ms": door.clock.wall_ms(),
        }
    )
    text = await asyncio.to_thread(required, then, transcript)
    await BRIEFS.keep(door, recording, text, who)
    return await BRIEFS.answer(door, space_id, text.version)


@routes.get("/versions")
async def list_briefs(
    space_id: str,
    who: Leader,  # noqa: ARG001
    door: DoorHere,
    cut: PageWanted,
) -> Page[VersionTold]:
    """The versions and who made them, the newest first; at most 20 on a page."""
    return await BRIEFS.page(door, space_id, cut)


@routes.post("/again", status_code=202)
async def ask_for_brief(space_id: str, who: Leader, door: DoorHere) -> RecordTold:
    """Asks the machine for a new brief; it becomes the newest version, and those before it stay."""

    def move(recording: Recording) -> Recording:
        return recording.wished(brief_asked=recording.made.brief_asked + 1)

    recording = await changed_recording(door, space_id, move, kind="brief_asked", by=who.id)
    return await record_told(door, await living_space(door, space_id), recording)
