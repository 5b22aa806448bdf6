"""The files of a record for those who lead its Space: every one that a list names, with ranges."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from stentor.backstage.access.asker import allowed
from stentor.backstage.access.rights import Action
from stentor.backstage.door import DoorHere
from stentor.backstage.moves import living_space
from stentor.errors import NotFound
from stentor.record.texts.page import SERVED_POLICY
from stentor.shelf.giving import given

_NAME_LENGTH_MAX = 140
_WORD_LENGTH_MAX = 80
_CACHE = "private, no-cache"
"""A player that seeks asks with its tag and is told that nothing has changed."""

FileName = Annotated[
    str, Path(min_length=1, max_length=_NAME_LENGTH_MAX, description="As the record lists it.")
]

routes = APIRouter(prefix="/api/spaces/{space_id}/record/files", tags=["record"])


async def _reader(
    space_id: str,
    name: FileName,
    request: Request,
    door: DoorHere,
    key: Annotated[
        str | None, Query(max_length=_WORD_LENGTH_MAX, description="As the `url` of the record has it.")
    ] = None,
) -> None:
    """Lets by who leads, or whoever holds the file's own link. Raises: as `allowed(Action.LEAD)`."""
    now_s = door.clock.wall_ms() // 1000
    if key is None or not door.file_links.opens(key, space_id, name, now_s=now_s):
        await allowed(Action.LEAD)(request, door)


async def _place(door: DoorHere) -> AsyncIterator[None]:
    """Held until the answer is out. Raises: Full."""
    with door.kept.giving():
        yield


_reader.stentor_action = Action.LEAD  # type: ignore[attr-defined]  # read by the test of every route's right


@routes.get(
    "/{name:path}", response_class=StreamingResponse, dependencies=[Depends(_reader), Depends(_place)]
)
async def read_record_file(
    space_id: str,
    name: FileName,
    request: Request,
    door: DoorHere,
    download: Annotated[bool, Query(description="To be saved under a readable name.")] = False,
) -> Response:
    """A file, or a range of it. 404: no list of the record names it. 503: too many at once."""
    await living_space(door, space_id)
    recording = await door.recordings.get(space_id)
    kept = (await door.kept.files(recording)).get(name)
    if kept is None:
        raise NotFound(f"The record has no file {name[:60]!r}.")
    headers = {"Cache-Control": _CACHE}
    if name.endswith(".html"):
        headers["Content-Security-Policy"] = SERVED_POLICY
    if download:
        headers["Content-Disposition"] = f'attachment; filename="{space_id}-{name.replace("/", "-")}"'
    return await given(request, door.kept.of(space_id), name, kept, headers=headers)
