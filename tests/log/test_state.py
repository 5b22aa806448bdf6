import asyncio
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import cast

import pytest

from stentor.errors import BadInvitation, Conflict, NoSuchSpace
from stentor.log.bucket import Bucket, Entry
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

    # Nine of sixteen who joined in one moment were let in while every try followed the last at once.
    await asyncio.gather(*(store.change(space_id, longer) for _ in range(30)))
    assert (await store.get(space_id)).title == "A talk" + 30 * "!"


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


class CountingBucket:
    """A bucket whose hints can be lost, and which counts its reads."""

    def __init__(self, bucket: Bucket, *, is_deaf: bool) -> None:
        self._bucket = bucket
        self.subject = "nothing.comes.here" if is_deaf else bucket.subject
        self.read_count = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._bucket, name)

    async def get(self, key: str) -> Entry | None:
        self.read_count += 1
        return await self._bucket.get(key)


async def moves_seen(bus: Bus, store: SpaceStore, space_id: str) -> list[State]:
    plain = await SpaceStore.open(bus)
    seen: list[State] = []
    async with asyncio.timeout(20), aclosing(store.watch()) as watched:
        async for found in watched:
            if found.id != space_id:
                continue
            seen.append(found.state)
            if found.state is State.GREEN_ROOM:
                await plain.change(space_id, lambda s: s.moved(State.ON_AIR, wall_ms=5))
            else:
                return seen
    raise AssertionError


async def test_a_change_whose_hint_was_lost_is_found_by_the_look_round(bus: Bus, space_id: str) -> None:
    await (await SpaceStore.open(bus)).create(space(space_id))
    bucket = CountingBucket(await bus.bucket("spaces"), is_deaf=True)
    store = SpaceStore(bus, cast("Bucket", bucket))
    assert await moves_seen(bus, store, space_id) == [State.GREEN_ROOM, State.ON_AIR]


async def test_a_change_costs_a_watcher_one_read_however_many_spaces_there_are(
    bus: Bus, space_id: str
) -> None:
    store = await SpaceStore.open(bus)
    for number in range(30):
        await store.create(space(f"{space_id}-{number}"))
    await store.create(space(space_id))
    bucket = CountingBucket(await bus.bucket("spaces"), is_deaf=False)
    watcher = SpaceStore(bus, cast("Bucket", bucket))
    assert await moves_seen(bus, watcher, space_id) == [State.GREEN_ROOM, State.ON_AIR]
    everything = len(await store.all())
    # Once everything, then what was hinted at, which a slow machine may have to ask for again.
    assert bucket.read_count <= everything + 5


async def test_a_deleted_key_does_not_keep_a_watcher_reading(bus: Bus, space_id: str) -> None:
    store = await SpaceStore.open(bus)
    await store.create(space(space_id))
    inner = await bus.bucket("spaces")
    await inner.create(f"{space_id}-gone", b"{}")
    await inner.delete(f"{space_id}-gone")
    bucket = CountingBucket(inner, is_deaf=True)
    watched = SpaceStore(bus, cast("Bucket", bucket)).watch()
    everything = len(await store.all())
    async with asyncio.timeout(20), aclosing(watched):
        seen = {(await anext(watched)).id for _ in range(everything)}
        coming = asyncio.ensure_future(anext(watched))
        await store.change(space_id, lambda s: s.moved(State.ON_AIR, wall_ms=5))
        assert (await coming).state is State.ON_AIR
    assert space_id in seen


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


class LateBucket:
    """A replica that is a moment behind: the first reads after a change find what was before it."""

    def __init__(self, bucket: Bucket, *, late_reads: int) -> None:
        self._bucket = bucket
        self._late_reads = late_reads
        self._before: Entry | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._bucket, name)

    async def get(self, key: str) -> Entry | None:
        found = await self._bucket.get(key)
        if found is None or self._before is None:
            self._before = found
        elif found.revision != self._before.revision and self._late_reads:
            self._late_reads -= 1
            return self._before
        return found

    async def last_revision(self) -> int:
        return 0 if self._before is None else self._before.revision


async def test_a_change_that_a_replica_has_not_got_yet_is_seen_within_half_a_second(
    bus: Bus, space_id: str
) -> None:
    """Else a mute could wait for the next slow look round, two seconds later."""
    plain = await SpaceStore.open(bus)
    await plain.create(space(space_id))
    store = SpaceStore(bus, cast("Bucket", LateBucket(await bus.bucket("spaces"), late_reads=3)))
    async with aclosing(store.watch(space_id)) as watched:
        assert (await anext(watched)).state is State.GREEN_ROOM
        async with asyncio.timeout(0.5):
            await plain.change(space_id, lambda s: s.moved(State.ON_AIR, wall_ms=5))
            assert (await anext(watched)).state is State.ON_AIR


class ForgetfulBucket(LateBucket):
    """A replica that falls back to an older value."""

    async def get(self, key: str) -> Entry | None:
        found = await self._bucket.get(key)
        if self._before is not None and found is not None and found.revision > self._before.revision:
            self._late_reads, is_back = self._late_reads + 1, self._late_reads % 2 == 1
            return self._before if is_back else found
        self._before = found
        return found


async def test_a_replica_that_is_behind_does_not_bring_back_what_was(bus: Bus, space_id: str) -> None:
    """An older record than the one that was told is no news: it could undo a removal."""
    plain = await SpaceStore.open(bus)
    await plain.create(space(space_id))
    store = SpaceStore(bus, cast("Bucket", ForgetfulBucket(await bus.bucket("spaces"), late_reads=0)))
    seen = []
    async with aclosing(store.watch(space_id)) as watched:
        seen.append((await anext(watched)).state)
        for state in (State.ON_AIR, State.PAUSED, State.ENDED):
            await plain.change(space_id, partial(Space.moved, then=state, wall_ms=5))
            async with asyncio.timeout(5):
                seen.append((await anext(watched)).state)
    assert seen == [State.GREEN_ROOM, State.ON_AIR, State.PAUSED, State.ENDED]
