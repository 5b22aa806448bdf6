"""Bans: people, invitations and networks that stay out of a Space."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from stentor.backstage.access.asker import Leader
from stentor.backstage.api.crew_told import CrewTold
from stentor.backstage.api.models import Strict
from stentor.backstage.api.over_leaders import must_be_another, off_by_right
from stentor.backstage.api.people import PersonId
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.moves import changed_crew, living_space
from stentor.errors import Conflict
from stentor.space.crew import Ban, BanKind, Crew

BanValue = Annotated[str, Path(min_length=1, max_length=60, description="As `bans[].value` names it.")]

routes = APIRouter(prefix="/api/spaces/{space_id}", tags=["people"])


class BanWanted(Strict):
    """The person is banned in any case."""

    invitation: bool = Field(default=False, description="The link they came by lets nobody new in, either.")
    network: bool = Field(default=False, description="Nobody new comes from where they came from, either.")


@routes.post("/people/{person_id}/ban")
async def ban_person(
    space_id: str, person_id: PersonId, wanted: BanWanted, who: Leader, door: DoorHere
) -> CrewTold:
    """Takes somebody out for good.

    403: a co-host, by another while the host is there. 409: the host; oneself; where they came from is not
    known.
    """
    must_be_another(who, person_id)
    await living_space(door, space_id)
    values = await _values(door, space_id, person_id, wanted)
    name, now_ms = (await door.crews.get(space_id)).member(person_id).name, door.clock.wall_ms()

    def move(crew: Crew) -> Crew:
        for kind, value in values:
            crew = crew.banned(Ban(kind, value, name, who.id, now_ms))
        return crew

    crew = await changed_crew(
        door,
        space_id,
        await off_by_right(door, (space_id, person_id), who, move),
        kind="banned",
        by=who.id,
        person=person_id,
        of=[kind.value for kind, _ in values],
    )
    return CrewTold.of(crew, await door.presence(space_id))


@routes.delete("/bans/{kind}/{value}")
async def lift_ban(space_id: str, kind: BanKind, value: BanValue, who: Leader, door: DoorHere) -> CrewTold:
    """Lifts a ban; a person is in the audience again. A ban that is not there is no error."""

    def move(crew: Crew) -> Crew:
        crew = crew.unbanned(kind, value)
        return crew.let_back(value) if kind is BanKind.PERSON and crew.find(value) else crew

    crew = await changed_crew(door, space_id, move, kind="unbanned", by=who.id, of=kind.value, value=value)
    return CrewTold.of(crew, await door.presence(space_id))


async def _values(door: Door, space_id: str, person_id: str, wanted: BanWanted) -> list[tuple[BanKind, str]]:
    """What is to be banned, the person first. Raises: NotFound. Conflict: it is not known."""
    member = (await door.crews.get(space_id)).member(person_id)
    found = [(BanKind.PERSON, person_id)]
    if wanted.invitation:
        theirs = [i for i in await door.invitations.of_space(space_id) if i.id == member.invitation_id]
        # Who came by a shared link would come again by it under another name.
        found += [(BanKind.INVITATION, i.parent_id or i.id) for i in theirs]
    if wanted.network:
        if not member.network:
            raise Conflict(f"It is not known where {member.name} came from. Ban without the network.")
        found.append((BanKind.NETWORK, member.network))
    return found
