"""The Spaces: made by the owner, moved through their life by those who lead them."""

from dataclasses import dataclass

from fastapi import APIRouter, Depends

from stentor.backstage.api.models import SpaceTold, SpaceWanted, StateWanted
from stentor.backstage.door import Door, DoorHere, Leader, owner_only
from stentor.log.streams import ensure_space_stream
from stentor.space.invitation import Invitation
from stentor.space.lifecycle import State
from stentor.space.names import new_id, new_token, slug_of
from stentor.space.people import Role
from stentor.space.record import Space

_HOST_NAME = "Host"

routes = APIRouter(prefix="/api/spaces", tags=["spaces"])


@routes.post("", status_code=201, dependencies=[Depends(owner_only)])
async def create_space(wanted: SpaceWanted, door: DoorHere) -> SpaceTold:
    """Makes a Space, its log and its host's invitation. 409: the id is taken."""
    space = Space(
        id=wanted.id if wanted.id is not None else slug_of(wanted.title),
        title=wanted.title,
        state=State.SCHEDULED,
        created_ms=door.clock.wall_ms(),
    )
    # The log first: a Space that everybody sees must have somewhere to write.
    await ensure_space_stream(door.bus, space.id, door.settings)
    await door.spaces.create(space)
    made = await invite(door, space.id, role=Role.HOST, name=_HOST_NAME)
    door.events.note(space.id, "created", by="owner", title=space.title)
    return SpaceTold.of(space, door.links_of(space.id, host_token=made.token))


@routes.get("", dependencies=[Depends(owner_only)])
async def list_spaces(door: DoorHere) -> list[SpaceTold]:
    return [SpaceTold.of(space, door.links_of(space.id)) for space in await door.spaces.all()]


@routes.get("/{space_id}", dependencies=[Depends(owner_only)])
async def read_space(space_id: str, door: DoorHere) -> SpaceTold:
    return SpaceTold.of(await door.spaces.get(space_id), door.links_of(space_id))


@routes.post("/{space_id}/state")
async def move_space(space_id: str, wanted: StateWanted, who: Leader, door: DoorHere) -> SpaceTold:
    """Moves a Space through its life. 409: the move is not allowed in its state."""
    now_ms = door.clock.wall_ms()
    space = await door.spaces.change(space_id, lambda space: space.moved(wanted.state, wall_ms=now_ms))
    door.events.note(space_id, "state", by=who, state=space.state.value)
    return SpaceTold.of(space, door.links_of(space_id))


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation and its token, which is told once and kept by nobody."""

    invitation: Invitation
    token: str


async def invite(door: Door, space_id: str, *, role: Role, name: str) -> Made:
    made = Made(Invitation(new_id(), space_id, new_id(), name, role), new_token())
    await door.invitations.create(made.invitation, token=made.token)
    return made
