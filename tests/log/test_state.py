import asyncio
from dataclasses import replace

import pytest

from stentor.errors import BadInvitation, Conflict, NoSuchSpace
from stentor.log.bus import Bus
from stentor.log.state import InvitationStore, Leases, SpaceStore
from stentor.space.invitation import Invitation
from stentor.space.lifecycle import State
from stentor.space.names import new_token
from stentor.space.people import Role
from stentor.space.record import Space


def space(space_id: str) -> Space:
    return Space(id=space_id, title="A talk", state=State.GREEN_ROOM, created_ms=1)


async def test_a_space_is_made_once(bus: Bus, space_id: str) -> None:
    store = await SpaceStore.open(bus)
    await store.create(space(space_id))
    with pytest.raises(Conflict, match="already"):
        await store.create(space(space_id))
    assert await store.get(space_id) == space(space_id)
    with pytest.raises(NoSuchSpace):
        await store.get("nowhere")


async def test_changes_at_once_all_take_effect(bus: Bus, space_id: str) -> None:
    store = await SpaceStore.open(bus)
    await store.create(space(space_id))

    def longer(found: Space) -> Space:
        return replace(found, title=found.title + "!")

    await asyncio.gather(*(store.change(space_id, longer) for _ in range(4)))
    assert (await store.get(space_id)).title == "A talk!!!!"


async def test_a_watcher_sees_what_is_and_what_changes(bus: Bus, space_id: str) -> None:
    store = await SpaceStore.open(bus)
    await store.create(space(space_id))
    seen = []
    async with asyncio.timeout(10):
        async for found in store.watch():
            if found.id != space_id:
                continue
            seen.append(found.state)
            if found.state is State.GREEN_ROOM:
                await store.change(space_id, lambda s: s.moved(State.ON_AIR, wall_ms=5))
            else:
                break
    assert seen == [State.GREEN_ROOM, State.ON_AIR]


async def test_an_invitation_opens_until_it_is_revoked(bus: Bus, space_id: str) -> None:
    store = await InvitationStore.open(bus)
    token = new_token()
    invitation = Invitation(id="i1", space_id=space_id, person_id="p1", name="Ana", role=Role.SPEAKER)
    await store.create(invitation, token=token)
    assert await store.by_token(token) == invitation
    assert await store.of_space(space_id) == [invitation]
    await store.revoke(space_id, "i1")
    with pytest.raises(BadInvitation):
        await store.by_token(token)
    with pytest.raises(BadInvitation):
        await store.by_token("guess")


async def test_only_one_holds_a_lease_and_it_can_be_given_up(bus: Bus, space_id: str) -> None:
    leases = await Leases.open(bus)
    assert await leases.take(space_id, "a")
    assert not await leases.take(space_id, "b")
    assert await leases.take(space_id, "a")  # renewed
    await leases.give_up(space_id, "b")  # not b's to give
    assert not await leases.take(space_id, "b")
    await leases.give_up(space_id, "a")
    assert await leases.take(space_id, "b")
