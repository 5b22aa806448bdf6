"""The people of a Space: the line, who is on stage, who is silent, who leads, who is out.

Every change is one of the crew's record; the stage obeys the record, so an answer here means that it holds.
"""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from stentor.backstage.access.asker import Asker, Ender, Leader
from stentor.backstage.api.crew_told import CrewTold
from stentor.backstage.api.models import Strict
from stentor.backstage.api.over_leaders import (
    leads_all,
    locked_by_right,
    must_be_another,
    off_by_right,
)
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.moves import Move, changed_crew, living_space
from stentor.errors import NotAllowed
from stentor.space.crew import Crew, Silence
from stentor.space.people import Role

PersonId = Annotated[str, Path(min_length=1, max_length=60, description="As `members[].id` names them.")]

routes = APIRouter(prefix="/api/spaces/{space_id}/people", tags=["people"])


class RoleWanted(Strict):
    """`host` is not given but handed over."""

    role: Role = Field(examples=["cohost"])


class AllMuteWanted(Strict):
    lock: bool = Field(default=False, description="Only a host may open a microphone again.")


@routes.get("")
async def list_people(space_id: str, who: Leader, door: DoorHere) -> CrewTold:  # noqa: ARG001
    """Everybody who is more than a listener: on stage, in the line, in the audience again, removed."""
    await living_space(door, space_id)
    return await _told(door, space_id, await door.crews.get(space_id))


@routes.post("/mute-all")
async def mute_all(space_id: str, wanted: AllMuteWanted, who: Leader, door: DoorHere) -> CrewTold:
    """Closes every microphone but the asker's. A co-host mutes who leads too, and locks others only."""
    silence = Silence.LOCKED if wanted.lock else Silence.MUTED
    return await _all_silenced(door, space_id, who, silence, kind="all_muted", lock=wanted.lock)


@routes.post("/unmute-all")
async def unmute_all(space_id: str, who: Leader, door: DoorHere) -> CrewTold:
    """Opens what hosts have closed, the locked ones too; what its owner has closed stays closed."""
    return await _all_silenced(door, space_id, who, Silence.NONE, kind="all_unmuted")


@routes.post("/{person_id}/accept")
async def accept_person(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> CrewTold:
    """From the line, or the audience, to the stage. 503: the stage is full."""
    places = await _places(door, space_id)
    return await _moved(
        door, (space_id, person_id), who, lambda c: c.accepted(person_id, speakers_max=places), "accepted"
    )


@routes.post("/{person_id}/decline")
async def decline_person(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> CrewTold:
    """Out of the line; they may ask again."""
    return await _moved(door, (space_id, person_id), who, lambda c: c.declined(person_id), "declined")


@routes.post("/{person_id}/put-back")
async def put_person_back(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> CrewTold:
    """From the stage to the line, at the place that they had. A co-host: by who leads only."""
    at, now_ms = (space_id, person_id), door.clock.wall_ms()
    move = await off_by_right(door, at, who, lambda c: c.put_back(person_id, at_ms=now_ms))
    return await _moved(door, at, who, move, "put_back")


@routes.post("/{person_id}/audience")
async def move_to_audience(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> CrewTold:
    """Off the stage, at once; they may ask to speak again. A co-host: by who leads, or by themselves."""
    at = (space_id, person_id)
    move = await off_by_right(door, at, who, lambda c: c.to_audience(person_id))
    return await _moved(door, at, who, move, "audience")


@routes.post("/{person_id}/mute")
async def mute_person(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> CrewTold:
    """Closes a microphone; its owner may open it again."""
    at = (space_id, person_id)
    return await _moved(door, at, who, await locked_by_right(door, at, who, Silence.MUTED), "muted")


@routes.post("/{person_id}/lock")
async def lock_person(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> CrewTold:
    """Closes a microphone; only a host may open it again, a co-host's only who leads, who alone locks it."""
    at = (space_id, person_id)
    return await _moved(door, at, who, await locked_by_right(door, at, who, Silence.LOCKED), "locked")


@routes.post("/{person_id}/unmute")
async def unmute_person(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> CrewTold:
    """Opens what a host has closed. What its owner has closed stays `muted`: that switch is theirs alone."""
    at = (space_id, person_id)
    return await _moved(door, at, who, await locked_by_right(door, at, who, Silence.NONE), "unmuted")


@routes.post("/{person_id}/remove")
async def remove_person(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> CrewTold:
    """Off the stage and out of the line, whichever page, link or packet they hold.

    403: a co-host, by another while the host is there. 409: the host; oneself.
    """
    must_be_another(who, person_id)
    at = (space_id, person_id)
    return await _moved(
        door, at, who, await off_by_right(door, at, who, lambda c: c.removed(person_id)), "removed"
    )


@routes.post("/{person_id}/let-back")
async def let_person_back(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> CrewTold:
    """Undoes a removal; they are in the audience and may ask to speak."""
    return await _moved(door, (space_id, person_id), who, lambda c: c.let_back(person_id), "let_back")


@routes.post("/{person_id}/role")
async def give_role(
    space_id: str, person_id: PersonId, wanted: RoleWanted, who: Leader, door: DoorHere
) -> CrewTold:
    """Makes somebody a co-host, a speaker or a listener. Who makes or unmakes a co-host must lead."""
    if wanted.role is Role.COHOST and not await leads_all(who, door, space_id):
        raise NotAllowed("Only who leads this Space makes co-hosts.")
    places = await _places(door, space_id)

    def move(crew: Crew) -> Crew:
        # Whoever comes on stage by a role needs a place, as if they had been accepted.
        ready = crew.accepted(person_id, speakers_max=places) if wanted.role.may_speak else crew
        return ready.with_role(person_id, wanted.role)

    at = (space_id, person_id)
    by_right = await off_by_right(door, at, who, move, may_step_back=False)
    return await _moved(door, at, who, by_right, "role", role=wanted.role.value)


@routes.post("/{person_id}/host")
async def hand_over(space_id: str, person_id: PersonId, who: Ender, door: DoorHere) -> CrewTold:
    """Hands the host's role over to somebody on stage; who had it is a co-host from then on."""
    return await _moved(door, (space_id, person_id), who, lambda c: c.handed_over(person_id), "host")


async def _moved(
    door: Door, at: tuple[str, str], who: Asker, move: Move, kind: str, **facts: object
) -> CrewTold:
    space_id, person_id = at
    crew = await changed_crew(door, space_id, move, kind=kind, by=who.id, person=person_id, **facts)
    return await _told(door, space_id, crew)


async def _all_silenced(
    door: Door, space_id: str, who: Asker, silence: Silence, *, kind: str, **facts: object
) -> CrewTold:
    # Muting needs no answer of the stage: it touches no lock.
    leaders_too = silence is Silence.MUTED or await leads_all(who, door, space_id)
    crew = await changed_crew(
        door,
        space_id,
        lambda c: c.all_silenced(silence, but=who.person_id, leaders_too=leaders_too),
        kind=kind,
        by=who.id,
        **facts,
    )
    return await _told(door, space_id, crew)


async def _told(door: Door, space_id: str, crew: Crew) -> CrewTold:
    return CrewTold.of(crew, await door.presence(space_id))


async def _places(door: Door, space_id: str) -> int:
    return (await living_space(door, space_id)).places(door.settings.speakers_max)
