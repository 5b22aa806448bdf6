"""What an invitation's holder asks and is told: who am I, mute me, may I speak, what is going on."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from stentor.backstage.access.asker import Holder, Personal, bearer_of, holder
from stentor.backstage.api.models import Me, MuteWanted, MyRecord, Name, SpaceInBrief, Strict
from stentor.backstage.api.sse import live_answer
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.feed import Viewer
from stentor.backstage.inviting import Guest, invite, let_in
from stentor.backstage.moves import changed_crew, living_space
from stentor.errors import Conflict, NotAllowed
from stentor.limits import NOTE_LENGTH_MAX
from stentor.space.invitation import Invitation
from stentor.space.people import checked_name
from stentor.space.record import Space

routes = APIRouter(prefix="/api/me", tags=["me"])


class ClaimWanted(Strict):
    name: Name = Field(examples=["Maya"])


class ClaimTold(BaseModel):
    """A personal invitation, told once."""

    token: str
    link: str


class AskWanted(Strict):
    note: str = Field(default="", max_length=NOTE_LENGTH_MAX, description="What you want to say, in a line.")


@routes.get("")
async def read_me(request: Request, door: DoorHere) -> Me:
    """Who this invitation makes its holder; for a shared one, which Space it is for and as what."""
    invitation = await door.invitations.by_token(bearer_of(request))
    space = await living_space(door, invitation.space_id)
    if not invitation.is_shared:
        return await _me(door, space, await holder(request, door))
    invitation.used(wall_ms=door.clock.wall_ms())  # says now whether there is a use left
    return Me(
        space=SpaceInBrief.of(space),
        person=None,
        name=invitation.name,
        role=invitation.role,
        is_shared=True,
        sent_to=door.settings.words_sent_to if space.is_recorded else None,
        listen_url=door.links_of(space).listen,
    )


@routes.post("/claim", status_code=201)
async def claim_invitation(wanted: ClaimWanted, request: Request, door: DoorHere) -> ClaimTold:
    """Makes a shared invitation's holder somebody: a name in, a personal invitation out.

    401: no such invitation. 409: it is personal already. 410: used up or expired. 429: too many from this
    network; one alone must not use up everybody's link.
    """
    token = bearer_of(request)
    shared = await door.invitations.by_token(token)
    if not shared.is_shared:
        raise Conflict("This invitation is yours alone already. Open its link.")
    await living_space(door, shared.space_id)
    name, network = checked_name(wanted.name), door.network_of(request)
    door.claims.take(f"{shared.id}/{network}", now_s=door.clock.monotonic_s())
    await _must_be_welcome(door, shared, network)
    await door.invitations.used(token, wall_ms=door.clock.wall_ms())
    guest = Guest(name, shared.role, parent_id=shared.id, network=network)
    made = await invite(door, shared.space_id, guest)
    door.events.note(
        shared.space_id, "claimed", by=made.invitation.person_id, invitation=shared.id, role=shared.role.value
    )
    return ClaimTold(token=made.token, link=door.invitation_link(made.token))


@routes.post("/mute", status_code=204)
async def mute_me(wanted: MuteWanted, who: Personal, door: DoorHere) -> None:
    """Closes or opens one's own microphone. 403: a host has locked it. 429: too often."""
    _take_turn(door, who)
    await changed_crew(
        door,
        who.space_id,
        lambda crew: crew.muted_self(who.person_id, is_muted=wanted.muted),
        kind="muted" if wanted.muted else "unmuted",
        by=who.person_id,
        person=who.person_id,
    )


@routes.post("/ask")
async def ask_to_speak(wanted: AskWanted, who: Personal, request: Request, door: DoorHere) -> Me:
    """Into the line; again changes the note and keeps the place.

    409: on stage already. 429: too often. 503: the line is full.
    """
    _take_turn(door, who)
    now_ms = door.clock.wall_ms()
    space = await living_space(door, who.space_id)
    await let_in(door, who, network=door.network_of(request))
    await changed_crew(
        door,
        who.space_id,
        lambda crew: crew.asked(who.person_id, note=wanted.note, at_ms=now_ms),
        kind="asked",
        by=who.person_id,
        person=who.person_id,
    )
    return await _me(door, space, who)


@routes.delete("/ask")
async def ask_no_more(who: Personal, door: DoorHere) -> Me:
    """Out of the line, by oneself. 429: too often."""
    _take_turn(door, who)
    space = await living_space(door, who.space_id)
    await changed_crew(
        door,
        who.space_id,
        lambda crew: crew.declined(who.person_id),
        kind="unasked",
        by=who.person_id,
        person=who.person_id,
    )
    return await _me(door, space, who)


@routes.get("/live", response_class=StreamingResponse)
async def follow(who: Personal, door: DoorHere) -> StreamingResponse:
    """Server-sent events: first all that is known, then the news.

    `state` with the Space, `tick` with each tick, `me` with one's own place among the people; for who may
    lead also `crew`, `questions`, `figures` and `notice`. `removed` is the last one of who was taken out.
    Ends when the page does not keep up, or the door closes; the page asks again and gets a fresh snapshot.
    """
    space = await door.spaces.get(who.space_id)
    return await live_answer(door, space, Viewer(who.person_id, who.person_id, who.invitation_id))


def _take_turn(door: Door, who: Holder) -> None:
    """Each change is a write that everybody is told of. Raises: TooMany: one every half second, after 20."""
    door.personal.take(f"{who.space_id}/{who.person_id}", now_s=door.clock.monotonic_s())


async def _me(door: Door, space: Space, who: Holder) -> Me:
    crew = await door.crews.get(space.id)
    member = crew.member(who.person_id)
    return Me(
        space=SpaceInBrief.of(space),
        person=member.id,
        name=member.name,
        role=member.role,
        silence=member.silence,
        is_waiting=member.is_waiting,
        note=member.note,
        place=crew.place_of(member.id),
        is_source=member.is_source,
        record=MyRecord.of(await door.recordings.get(space.id), member.id) if space.is_recorded else None,
        sent_to=door.settings.words_sent_to if space.is_recorded else None,
        listen_url=door.links_of(space).listen,
    )


async def _must_be_welcome(door: Door, shared: Invitation, network: str) -> None:
    """Raises: NotAllowed: the invitation, or where they come from, is banned."""
    crew = await door.crews.get(shared.space_id)
    if crew.is_banned(invitation_ids=[shared.id], network=network):
        raise NotAllowed("This invitation lets nobody in from here. Ask the host.")
