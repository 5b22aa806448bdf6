"""The Spaces: made, described, moved through their life, deleted."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from stentor.backstage.access.accounts import Account
from stentor.backstage.access.asker import Asker, Creator, Ender, Leader, standing_of
from stentor.backstage.access.rights import Action, Rank, may
from stentor.backstage.api.idempotency import OnceHere
from stentor.backstage.api.models import SpaceChanges, SpaceTold, SpaceWanted, StateAsked, StateWanted
from stentor.backstage.api.pages_of import Page, PageWanted, paged
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.inviting import Guest, invite
from stentor.backstage.life import is_end_agreed, names_of, with_changes
from stentor.backstage.moves import living_space
from stentor.errors import Conflict, NotAllowed
from stentor.space.lifecycle import State
from stentor.space.names import new_key, slug_of
from stentor.space.people import Role
from stentor.space.record import Space

_HOST_NAME = "Host"
_SEARCH_LENGTH_MAX = 100
_ASKED_STATUS = 202

routes = APIRouter(prefix="/api/spaces", tags=["spaces"])


@routes.post("", status_code=201)
async def create_space(wanted: SpaceWanted, who: Creator, door: DoorHere, once: OnceHere) -> SpaceTold:
    """Makes a Space, its log and its host's invitation. 409: the id is taken."""
    return await once.told(SpaceTold, by=who.id, make=lambda: _made(wanted, who, door))


async def _made(wanted: SpaceWanted, who: Asker, door: Door) -> SpaceTold:
    space = Space(
        id=wanted.id if wanted.id is not None else slug_of(wanted.title),
        title=wanted.title,
        state=State.SCHEDULED,
        created_ms=door.clock.wall_ms(),
        description=wanted.description,
        starts_ms=wanted.starts_ms,
        listen_key=new_key() if wanted.is_private else None,
        account_id=_owner_of(who.account),
        speakers_max=wanted.speakers_max,
        is_recorded=wanted.is_recorded,
        language=wanted.language,
    )
    if await door.spaces.find(space.id) is not None:
        raise Conflict(f"There is a Space called {space.id!r} already. Choose another id.")
    # The log first: a Space that everybody sees must have somewhere to write.
    await door.bus.ensure_stream(space.id)
    await door.spaces.create(space)
    made = await invite(door, space.id, Guest(_HOST_NAME, Role.HOST))
    door.events.note(space.id, "created", by=who.id, title=space.title)
    return SpaceTold.of(space, door.links_of(space, host_token=made.token))


@routes.get("")
async def list_spaces(
    who: Creator,
    door: DoorHere,
    cut: PageWanted,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    q: Annotated[
        str, Query(max_length=_SEARCH_LENGTH_MAX, description="Words of the title, description or id.")
    ] = "",
) -> Page[SpaceTold]:
    """The Spaces that one may lead, the newest first: a host account's own, for others all of the house.

    Deleted ones are told only where they are asked for by their state.
    """
    words = q.casefold().split()

    def is_wanted(space: Space) -> bool:
        is_right = space.state is state if state is not None else space.state is not State.DELETED
        text = f"{space.id} {space.title} {space.description}".casefold()
        return is_right and is_theirs(who, space) and all(word in text for word in words)

    return paged(
        [space for space in await door.spaces.all() if is_wanted(space)],
        cut,
        key=lambda space: (space.created_ms, space.id),
        tell=lambda space: SpaceTold.of(space, door.links_of(space)),
        newest_first=True,
    )


@routes.get("/{space_id}")
async def read_space(space_id: str, who: Leader, door: DoorHere) -> SpaceTold:  # noqa: ARG001
    """A Space as those who lead it see it."""
    space = await door.spaces.get(space_id)
    return SpaceTold.of(space, door.links_of(space))


@routes.patch("/{space_id}")
async def change_space(space_id: str, wanted: SpaceChanges, who: Leader, door: DoorHere) -> SpaceTold:
    """Changes what is named and nothing else; `null` takes a date or a number of speakers away.

    409: whether it is recorded, after it has been on the air. The language counts for what is heard from then
    on. Making a Space private gives it a new key; listeners with the link from before stay connected.
    """
    await living_space(door, space_id)
    key = new_key()
    space = await door.spaces.change(space_id, lambda space: with_changes(space, wanted, key=key))
    door.events.note(space_id, "changed", by=who.id, fields=sorted(wanted.model_fields_set))
    return SpaceTold.of(space, door.links_of(space))


@routes.post(
    "/{space_id}/state",
    responses={
        _ASKED_STATUS: {
            "model": SpaceTold,
            "description": "Many are hearing: somebody else must ask for the end within a minute "
            "(`end_asked`); the state is unchanged.",
        }
    },
)
async def move_space(
    space_id: str, wanted: StateWanted, who: Leader, door: DoorHere, response: Response
) -> SpaceTold:
    """Moves a Space through its life. 409: the move is not allowed in its state.

    `ended` is for who leads. On the air it gives `ending` first, until `over_at_ms`: asking for `on_air` or
    `paused` meanwhile undoes it. A deletion is undone by asking for the state before.
    """
    if wanted.state is StateAsked.ENDED and not await _may_end(door, space_id, who):
        raise NotAllowed(
            "Only who leads this Space may end it; a co-host, when the host has asked for the end."
        )
    then, now_ms = State(wanted.state.value), door.clock.wall_ms()
    hearing = door.count.hearing(space_id, now_s=door.clock.monotonic_s())
    crew, is_asked_only = await door.crews.get(space_id), False

    def move(space: Space) -> Space:
        nonlocal is_asked_only
        is_asked_only = then is State.ENDED and not is_end_agreed(
            space,
            by=names_of(space, crew, by=who.id),
            wall_ms=now_ms,
            hearing=hearing,
            above=door.settings.end_confirm_above,
        )
        if is_asked_only:
            return space.asked_to_end(by=who.id, wall_ms=now_ms)
        return space.moved(then, wall_ms=now_ms, undo_ms=door.undo_ms)

    before = await door.spaces.get(space_id)
    space = await door.spaces.change(space_id, move)
    if is_asked_only:
        response.status_code = _ASKED_STATUS
        door.events.note(space_id, "end_asked", by=who.id, hearing=hearing)
    elif before.state is not space.state:
        door.events.note(space_id, "state", by=who.id, state=space.state.value)
    return SpaceTold.of(space, door.links_of(space))


@routes.delete("/{space_id}")
async def delete_space(space_id: str, who: Ender, door: DoorHere) -> SpaceTold:
    """Deletes a Space that is not on stage, with its recording. Can be undone until `over_at_ms`.

    Then its links, people, log and recording go; `is_off_shelf` says that the recording is gone everywhere,
    and 404 that nothing is left.
    """
    now_ms = door.clock.wall_ms()
    before = await door.spaces.get(space_id)
    space = await door.spaces.change(
        space_id, lambda space: space.moved(State.DELETED, wall_ms=now_ms, undo_ms=door.undo_ms)
    )
    if before.state is not space.state:
        door.events.note(space_id, "state", by=who.id, state=space.state.value)
    return SpaceTold.of(space, door.links_of(space))


async def _may_end(door: Door, space_id: str, who: Asker) -> bool:
    """Who leads may; and whoever helps to lead may be the second of two, once somebody has asked."""
    if may(await standing_of(who, door, space_id, Action.END), Action.END):
        return True
    space, crew = await door.spaces.get(space_id), await door.crews.get(space_id)
    return not space.end_needs_another(by=names_of(space, crew, by=who.id), wall_ms=door.clock.wall_ms())


def _owner_of(account: Account | None) -> str | None:
    """A host account's Space is theirs; who operates the house makes the house's own."""
    return account.id if account is not None and account.rank is Rank.HOST else None


def is_theirs(who: Asker, space: Space) -> bool:
    assert who.account is not None, "only accounts may list"
    return who.account.rank is not Rank.HOST or space.account_id == who.account.id
