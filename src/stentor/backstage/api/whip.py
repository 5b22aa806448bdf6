"""WHIP: an offer comes to the stage door and is relayed to the Space's stage; its answer goes back.

Comes in: SDP and an who. Goes out: the stage's SDP. Never: media (that goes from the speaker to the
stage over UDP), trickled candidates (the offer and the answer carry all of theirs), a session kept here.

Source: RFC 9725.
"""

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from stentor.backstage.access.asker import Holder, Personal
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.inviting import let_in
from stentor.errors import BadOffer, Gone, NoAnswer, NotAllowed, NotYet, StageAway, StentorError
from stentor.limits import STAGE_ANSWER_TIMEOUT_S
from stentor.space.names import new_id
from stentor.space.record import Space

SDP = "application/sdp"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Location, Retry-After, WWW-Authenticate",
}
"""Any page may be a WHIP client: the bearer token is asked for, no cookie exists that could be abused."""
_SESSION_LENGTH = 16
_SCHEDULED_RETRY_S = 3.0

routes = APIRouter(prefix="/whip", tags=["whip"])


@routes.options("/{space_id}", status_code=204)
async def describe_endpoint() -> Response:
    """What a WHIP client of another origin may send here."""
    return _preflight("OPTIONS, POST", {"Accept-Post": SDP})


@routes.options("/{space_id}/{session}", status_code=204)
async def describe_session() -> Response:
    """What a WHIP client of another origin may send to its session."""
    return _preflight("OPTIONS, DELETE", {})


@routes.post("/{space_id}", status_code=201, response_class=Response)
async def join(space_id: str, request: Request, who: Personal, door: DoorHere) -> Response:
    """Offer in, answer out. A second offer of the same person replaces the first; 429: too many of them."""
    try:
        _must_be_for(who, space_id)
        door.offers.take(f"{space_id}/{who.person_id}", now_s=door.clock.monotonic_s())
        offer = await _offer_of(request)
        must_have_stage(await door.spaces.get(space_id))
        await let_in(door, who, network=door.network_of(request))
        session = new_id(_SESSION_LENGTH)
        answer = await _answer_of(door, who, session=session, offer=offer)
    except (StentorError, HTTPException) as error:
        status = error.answer_status if isinstance(error, StentorError) else error.status_code
        door.metrics.join_ended(status)
        raise
    door.metrics.join_ended(201)
    door.events.note(space_id, "joined", by=who.person_id, person=who.person_id, role=who.role.value)
    headers = {"Location": f"/whip/{space_id}/{session}", "Cache-Control": "no-store"}
    return Response(answer, 201, headers, SDP)


@routes.delete("/{space_id}/{session}", status_code=200, response_class=Response)
async def leave(space_id: str, session: str, who: Personal, door: DoorHere) -> Response:
    """Ends a session. A stage that does not run has nobody on it, so that is a yes too."""
    _must_be_for(who, space_id)
    question = {"person": who.person_id, "session": session}
    try:
        await door.bus.request(f"stage.{space_id}.leave", question, timeout_s=STAGE_ANSWER_TIMEOUT_S)
    except NoAnswer:
        return Response(status_code=200)
    door.events.note(space_id, "left", by=who.person_id, person=who.person_id)
    return Response(status_code=200)


async def _answer_of(door: Door, who: Holder, *, session: str, offer: str) -> str:
    question = {"person": who.person_id, "session": session, "offer": offer}
    subject = f"stage.{who.space_id}.join"
    try:
        reply = await door.bus.request(subject, question, timeout_s=STAGE_ANSWER_TIMEOUT_S)
    except NoAnswer:
        raise StageAway(who.space_id) from None
    return str(reply["answer"])


async def _offer_of(request: Request) -> str:
    """The body as an SDP offer, checked only as far as its outside goes; the stage reads it.

    Raises: HTTPException: 415, and what `middleware.BoundedRequest` raises. BadOffer.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != SDP:
        raise HTTPException(415, headers={"Accept-Post": SDP})
    try:
        offer = (await request.body()).decode()
    except UnicodeDecodeError:
        raise BadOffer("The offer is not UTF-8 text.") from None
    if not offer.startswith("v=0") or "\nm=audio " not in offer:
        raise BadOffer("The offer is not SDP with an audio section: it must begin with v=0 and have m=audio.")
    return offer


def _must_be_for(who: Holder, space_id: str) -> None:
    if who.space_id != space_id:
        raise NotAllowed("This invitation is for another Space. Use the link that came with it.")


def must_have_stage(space: Space) -> None:
    """Raises: NotYet: its green room is not open. Gone: it has ended."""
    if space.state.is_over:
        raise Gone(f"The Space {space.id!r} has ended.")
    if not space.state.has_stage:
        raise NotYet(
            f"The stage of the Space {space.id!r} is not open yet.", retry_after_s=_SCHEDULED_RETRY_S
        )


def _preflight(methods: str, headers: dict[str, str]) -> Response:
    allowed = {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=allowed | headers)
