"""The transcript of a Space: read, corrected, its versions."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from stentor.backstage.access.asker import Leader
from stentor.backstage.api.pages_of import Page, PageWanted
from stentor.backstage.api.record_models import TranscriptWanted
from stentor.backstage.api.texts_told import TranscriptTold, VersionTold
from stentor.backstage.api.versions import TRANSCRIPTS, author
from stentor.backstage.door import DoorHere
from stentor.record.editing import TurnEdit, edited

VERSION_MAX = 1_000_000

routes = APIRouter(prefix="/api/spaces/{space_id}/transcript", tags=["record"])


@routes.get("", responses={200: {"model": TranscriptTold}}, response_class=Response)
async def read_transcript(
    space_id: str,
    who: Leader,  # noqa: ARG001
    door: DoorHere,
    version: Annotated[int | None, Query(ge=1, le=VERSION_MAX, description="Else the newest.")] = None,
) -> Response:
    """Who said what, word by word, in record time. 404: there is none yet, or no such version."""
    return await TRANSCRIPTS.answer(door, space_id, version)


@routes.put("", responses={200: {"model": TranscriptTold}}, response_class=Response)
async def edit_transcript(space_id: str, wanted: TranscriptWanted, who: Leader, door: DoorHere) -> Response:
    """Makes the next version: words, speakers and turns as named. What stays keeps its times.

    The texts, the search and a machine's brief are made again from it. 400: names the turn that cannot be
    changed so. 409: somebody saved another version first.
    """
    recording, newest = await TRANSCRIPTS.to_follow(door, space_id, wanted.version)
    edits = [
        TurnEdit.from_json(
            {"id": turn.id, "removed": turn.removed}
            | ({"text": turn.text} if turn.text is not None else {})
            | ({"person": turn.person} if turn.person is not None else {})
        )
        for turn in wanted.turns
    ]
    by, now_ms = await author(door, space_id, who), door.clock.wall_ms()
    text = await asyncio.to_thread(edited, newest, edits, by=by, made_ms=now_ms)
    if text is not newest:
        await TRANSCRIPTS.keep(door, recording, text, who)
    return await TRANSCRIPTS.answer(door, space_id, text.version)


@routes.get("/versions")
async def list_transcripts(
    space_id: str,
    who: Leader,  # noqa: ARG001
    door: DoorHere,
    cut: PageWanted,
) -> Page[VersionTold]:
    """The versions and who made them, the newest first; at most 20 on a page."""
    return await TRANSCRIPTS.page(door, space_id, cut)
