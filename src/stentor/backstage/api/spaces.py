"""The Spaces: made by the owner, moved through their life by those who lead them."""

from dataclasses import dataclass

from fastapi import APIRouter

from stentor.backstage.access.asker import Creator, Leader, Operator
from stentor.backstage.api.idempotency import OnceHere
from stentor.backstage.api.models import SpaceTold, SpaceWanted, StateWanted
from stentor.backstage.door import Door, DoorHere
from stentor.log.streams import ensure_space_stream
from stentor.space.invitation import Invitation
from stentor.space.lifecycle import State
from stentor.space.names import new_id, new_token, slug_of
from stentor.space.people import Role
from stentor.space.record import Space

_HOST_NAME = "Host"

routes = APIRouter(prefix="/api/spaces", tags=["spaces"])


@routes.post("", status_code=201)
async def create_space(wanted: SpaceWanted, who: Creator, door: DoorHere, once: OnceHere) -> SpaceTold:
    """Makes a Space, its log and its host's invitation. 409: the id is taken."""
    return await once.told(SpaceTold, by=who.id, make=lambda: _made(wanted, who, door))


async def _made(wanted: SpaceWanted, who: Creator, door: Door) -> SpaceTold:
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
    door.events.note(space.id, "created", by=who.id, title=space.title)
    return SpaceTold.of(space, door.links_of(space, host_token=made.token))


@routes.get("")
async def list_spaces(who: Operator, door: DoorHere) -> list[SpaceTold]:  # noqa: ARG001
    return [SpaceTold.of(space, door.links_of(space)) for space in await door.spaces.all()]


@routes.get("/{space_id}")
async def read_space(space_id: str, who: Leader, door: DoorHere) -> SpaceTold:  # noqa: ARG001
    space = await door.spaces.get(space_id)
    return SpaceTold.of(space, door.links_of(space))


@routes.post("/{space_id}/state")
async def move_space(space_id: str, wanted: StateWanted, who: Leader, door: DoorHere) -> SpaceTold:
    """Moves a Space through its life. 409: the move is not allowed in its state."""
    now_ms = door.clock.wall_ms()
    space = await door.spaces.change(space_id, lambda space: space.moved(wanted.state, wall_ms=now_ms))
    door.events.note(space_id, "state", by=who.id, state=space.state.value)
    return SpaceTold.of(space, door.links_of(space))


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation and its token, which is told once and kept by nobody."""

    invitation: Invitation
    token: str


async def invite(door: Door, space_id: str, *, role: Role, name: str) -> Made:
    """Makes a personal invitation and its holder's place in the crew. Raises: Full. Conflict. LogAway."""
    host = (await door.crews.get(space_id)).host if role is Role.HOST else None
    person_id = new_id() if host is None else host.id
    made = Made(
        Invitation(new_id(), space_id, person_id, name, role, created_ms=door.clock.wall_ms()), new_token()
    )
    if host is not None:
        # Their link was lost, or somebody else holds it: the same person gets another one.
        await door.invitations.revoke(space_id, host.invitation_id)
    await door.crews.change(
        space_id,
        lambda crew: crew.invited(person_id, name=name, role=role, invitation_id=made.invitation.id),
    )
    await door.invitations.create(made.invitation, token=made.token)
    return made
