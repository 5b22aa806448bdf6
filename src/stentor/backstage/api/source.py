"""A programme by HTTP: an encoder sends an endless body, as it would to an Icecast server.

Comes in: `PUT /source/{space}` with Ogg, MP3 or AAC. Goes out: the bytes, to a worker that decodes them and
brings them on stage. Never: a decoder here; a body that is faster than sound, or silent, for long.

Source: Icecast 2.4's PUT: Basic authentication with the user `source`; the password is the invitation's
token.
"""

import asyncio
import base64
import binascii
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from stentor.backstage.access.asker import Holder, bearer_of, holder_of
from stentor.backstage.api.whip import must_have_stage
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.ingests import Worker
from stentor.backstage.inviting import let_in
from stentor.backstage.moves import living_space
from stentor.errors import BadInput, BadInvitation, NotAllowed, TooLarge, WrongType
from stentor.process import end_tasks

BYTES_PER_S: Final = 64_000
"""512 kbit/s: four times a good Ogg stream."""
BYTES_AHEAD: Final = 1 << 20
"""Encoders send some seconds at once when they connect."""
SILENT_S: Final = 10.0
_FORMS: Final = {
    "audio/ogg": "ogg",
    "application/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/aacp": "aac",
}

routes = APIRouter(prefix="/source", tags=["source"])


@routes.put("/{space_id}", response_class=Response)
async def send_programme(space_id: str, request: Request, door: DoorHere) -> Response:
    """Puts an encoder's programme on stage for as long as the body lasts, and no longer than the Space.

    `Authorization: Basic` with the user `source` and an invitation's token as password, or Bearer; the
    invitation must have been made with `is_source`. A second body with the same invitation ends the first.
    400: the bytes are no sound. 401: no such invitation. 403: it is no source's. 408: nothing came for 10 s.
    410: the Space has ended. 413: over 512 kbit/s on average. 415: not Ogg, MP3 or AAC. 503: no stage, or
    too many programmes.
    """
    who = await holder_of(_token_of(request), door)
    if who.space_id != space_id:
        raise NotAllowed("This invitation is for another Space. Use the link that came with it.")
    must_have_stage(await living_space(door, space_id))
    if not (await door.crews.get(space_id)).member(who.person_id).is_source:
        raise NotAllowed("This invitation is for a person. Make one for a source (is_source).")
    await let_in(door, who, network=door.network_of(request))
    worker = await door.ingests.start(
        f"{space_id}/{who.invitation_id}",
        space_id=space_id,
        person_id=who.person_id,
        form=_form_of(request),
    )
    door.events.note(space_id, "source_started", by=who.person_id, person=who.person_id)
    try:
        is_whole = await _pumped(request, worker)
        code = await worker.finish() if is_whole else await worker.ended
    finally:
        await worker.stop()
        door.events.note(space_id, "source_ended", by=who.person_id, person=who.person_id)
    if code != 0:
        await _explain(door, who)
    return Response(status_code=200)


def is_too_fast(taken_bytes: int, *, seconds: float) -> bool:
    """Whether so much in so long is more than any programme needs."""
    return taken_bytes > BYTES_AHEAD + BYTES_PER_S * seconds


async def _pumped(request: Request, worker: Worker) -> bool:
    """Hands the body on. Returns: whether it came to its end, the sender's leaving included; False: the
    worker ended first.

    Raises: HTTPException: 408: nothing came for 10 s. TooLarge: too fast, in all.
    Bounds: 64 KiB in hand; the sender is slowed down to the pace of sound by not being read.
    """
    loop = asyncio.get_running_loop()
    body, began_s, taken = request.stream(), loop.time(), 0
    while True:
        reading = asyncio.ensure_future(anext(body, None))
        try:
            await asyncio.wait({reading, worker.ended}, timeout=SILENT_S, return_when=asyncio.FIRST_COMPLETED)
            if worker.ended.done():
                return False
            if not reading.done():
                raise HTTPException(408, headers={"Connection": "close"})
            data = reading.result()
        except ClientDisconnect:
            return True
        finally:
            await end_tasks(reading)
        if data is None:
            return True
        taken += len(data)
        if is_too_fast(taken, seconds=loop.time() - began_s):
            raise TooLarge("A programme by HTTP", size_bytes=None, limit_bytes=BYTES_PER_S)
        await worker.take(data)


async def _explain(door: Door, who: Holder) -> None:
    """Why a worker has ended before its input. Raises: Gone. NotAllowed. BadInput."""
    must_have_stage(await living_space(door, who.space_id))
    (await door.crews.get(who.space_id)).require_stage(who.person_id)
    raise BadInput(
        "The programme has ended early: it is no Ogg, MP3 or AAC that can be played, or another connection "
        "with this invitation has taken its place."
    )


def _form_of(request: Request) -> str:
    """Raises: WrongType."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    form = _FORMS.get(media_type)
    if form is None:
        raise WrongType(wanted=" or ".join(sorted(_FORMS)))
    return form


def _token_of(request: Request) -> str:
    """Raises: BadInvitation: neither Bearer nor `Basic source:<token>`."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return bearer_of(request)
    try:
        user, _, token = base64.b64decode(value, validate=True).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise BadInvitation from None
    if user != "source" or not token:
        raise BadInvitation
    return token
