"""Sessions and what works once, in a real bucket: expiry by a hand-moved clock, one winner of many."""

import asyncio
from pathlib import Path

import pytest

from stentor.backstage.access.doorkeeper import ACCOUNT_LINK_MS, OWNER_LINK_MS, Doorkeeper
from stentor.backstage.access.once import OnceStore
from stentor.backstage.access.open_doorkeeper import open_doorkeeper
from stentor.backstage.access.rights import Rank
from stentor.backstage.access.sessions import (
    AGE_MS_MAX,
    FRESH_MS_MAX,
    IDLE_MS_MAX,
    SESSIONS_PER_ACCOUNT_MAX,
    SessionStore,
    Way,
)
from stentor.clock import HandClock
from stentor.config import Settings
from stentor.errors import NotAllowed, NotSignedIn
from stentor.log.bus import Bus
from stentor.space.names import new_id


@pytest.fixture
async def sessions(bus: Bus) -> SessionStore:
    return await SessionStore.open(bus)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def keeper(bus: Bus, clock: HandClock, tmp_path: Path) -> Doorkeeper:
    keeper = await open_doorkeeper(bus, Settings(data_dir=tmp_path), clock=clock)
    await keeper.change_roll(lambda _: type(_)())
    return keeper


async def test_a_session_ends_when_nobody_used_it_for_so_long(sessions: SessionStore) -> None:
    token = await sessions.begin(new_id(), Way.LINK, wall_ms=0)
    assert await sessions.find(token, wall_ms=IDLE_MS_MAX - 1) is not None
    assert await sessions.find(token, wall_ms=2 * IDLE_MS_MAX - 2) is not None, "the look kept it alive"
    assert await sessions.find(token, wall_ms=3 * IDLE_MS_MAX - 2) is None
    assert await sessions.find(token, wall_ms=0) is None, "what is over stays over"


async def test_a_session_ends_however_much_it_is_used(sessions: SessionStore) -> None:
    token = await sessions.begin(new_id(), Way.LINK, wall_ms=0)
    for at_ms in range(0, AGE_MS_MAX, IDLE_MS_MAX - 1):
        assert await sessions.find(token, wall_ms=at_ms) is not None
    assert await sessions.find(token, wall_ms=AGE_MS_MAX) is None


async def test_an_account_has_so_many_sessions_and_the_least_used_makes_room(
    sessions: SessionStore,
) -> None:
    account = new_id()
    tokens = [await sessions.begin(account, Way.PASSKEY, wall_ms=n) for n in range(SESSIONS_PER_ACCOUNT_MAX)]
    await sessions.begin(account, Way.PASSKEY, wall_ms=999)
    held = [await sessions.find(token, wall_ms=1_000) is not None for token in tokens]
    assert held == [False] + [True] * (SESSIONS_PER_ACCOUNT_MAX - 1)


async def test_the_store_cannot_be_used_to_sign_in(bus: Bus, sessions: SessionStore) -> None:
    token = await sessions.begin("ana", Way.LINK, wall_ms=0)
    bucket = await bus.bucket("sessions")
    for key in await bucket.keys("ana"):
        entry = await bucket.get(key)
        assert entry is not None
        assert token not in key
        assert token.encode() not in entry.value


async def test_of_many_who_bring_the_same_secret_at_once_one_has_it(bus: Bus) -> None:
    store = await OnceStore.open(bus, "once-test", ttl_s=60)
    await store.put("slot", "secret", {"a": 1}, until_ms=10)
    taken = await asyncio.gather(*(store.take("secret", wall_ms=0) for _ in range(12)))
    assert [found for found in taken if found is not None] == [("slot", {"a": 1})]


async def test_what_works_once_works_in_its_slot_and_its_time(bus: Bus) -> None:
    store = await OnceStore.open(bus, "once-test", ttl_s=60)
    await store.put("make", "one", {}, until_ms=10)
    assert await store.take("one", slot="take", wall_ms=0) is None
    assert await store.take("one", slot="make", wall_ms=9) is not None
    await store.put("make", "two", {}, until_ms=10)
    assert await store.take("two", wall_ms=10) is None
    await store.put("make", "three", {}, until_ms=10)
    await store.clear("make")
    assert await store.take("three", wall_ms=0) is None


async def test_links_are_good_for_their_time(keeper: Doorkeeper, clock: HandClock) -> None:
    for lasts_ms, is_good in ((OWNER_LINK_MS - 1, True), (OWNER_LINK_MS, False)):
        _, link, _ = await keeper.owner_link()
        clock.advance(lasts_ms / 1000)
        await uses(keeper, link, is_good=is_good)
    account = await keeper.new_account("Maya", Rank.HOST)
    for lasts_ms, is_good in ((ACCOUNT_LINK_MS - 1, True), (ACCOUNT_LINK_MS, False)):
        link, _ = await keeper.account_link(account.id)
        clock.advance(lasts_ms / 1000)
        await uses(keeper, link, is_good=is_good)


async def uses(keeper: Doorkeeper, link: str, *, is_good: bool) -> None:
    token = link.rpartition("/")[2]
    if is_good:
        assert (await keeper.use_link(token)).token
    else:
        with pytest.raises(NotSignedIn):
            await keeper.use_link(token)


async def test_an_old_session_cannot_change_how_its_account_signs_in(
    keeper: Doorkeeper, clock: HandClock
) -> None:
    _, link, _ = await keeper.owner_link()
    signed_in = await keeper.use_link(link.rpartition("/")[2])
    clock.advance(FRESH_MS_MAX / 1000 - 1)
    assert (await keeper.passkeys.begin_making(await keeper.present(signed_in.token)))["rp"][
        "id"
    ] == "localhost"
    clock.advance(1)
    who = await keeper.present(signed_in.token)
    with pytest.raises(NotAllowed, match="Sign in again"):
        await keeper.passkeys.begin_making(who)
    with pytest.raises(NotAllowed):
        await keeper.passkeys.remove(who, "any")


async def test_two_owners_who_remove_each_other_at_once_leave_one(keeper: Doorkeeper) -> None:
    owners = [await keeper.new_account(name, Rank.OWNER) for name in ("Ana", "Ben")]
    for owner in owners:
        link, _ = await keeper.account_link(owner.id)
        await keeper.use_link(link.rpartition("/")[2])
    done = await asyncio.gather(
        *(keeper.remove_account(owner.id) for owner in owners), return_exceptions=True
    )
    assert sum(result is None for result in done) == 1
    assert len((await keeper.roll()).accounts) == 1
