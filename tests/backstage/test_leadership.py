"""The controller's lease: one leads; a log that does not answer changes nothing until the lease is over."""

import asyncio

from stentor.backstage.control.leadership import Leadership
from stentor.clock import HandClock
from stentor.errors import LogAway
from stentor.limits import LEASE_TTL_S
from stentor.log.state import Leases


class Log(Leases):
    """Leases in memory, of a log that can be away or slow."""

    def __init__(self) -> None:
        self.holder: str | None = None
        self.is_away = False
        self.is_mute = False

    async def take(self, key: str, owner: str) -> bool:
        if self.is_mute:
            await asyncio.Event().wait()
        if self.is_away:
            raise LogAway(key)
        self.holder = self.holder or owner
        return self.holder == owner


async def test_one_of_two_leads() -> None:
    leases, clock = Log(), HandClock()
    one, other = (Leadership(leases, owner=name, clock=clock) for name in ("one", "other"))
    assert [await one.renewed(), await other.renewed(), await one.renewed()] == [True, False, True]


async def test_a_leader_leads_on_while_the_log_is_away_but_never_beyond_its_lease() -> None:
    leases, clock = Log(), HandClock()
    one, other = (Leadership(leases, owner=name, clock=clock) for name in ("one", "other"))
    assert await one.renewed()
    leases.is_away = True
    led_s = 0
    while await one.renewed():
        clock.advance(1)
        led_s += 1
        assert not await other.renewed()
    assert 3 <= led_s < LEASE_TTL_S
    leases.is_away, leases.holder = False, None
    assert await other.renewed()
    assert not await one.renewed()


async def test_a_lease_that_somebody_else_has_is_nobodys_excuse() -> None:
    leases, clock = Log(), HandClock()
    one = Leadership(leases, owner="one", clock=clock)
    assert await one.renewed()
    leases.holder = "other"
    assert not await one.renewed()
    leases.is_away = True
    assert not await one.renewed()


async def test_a_log_that_says_nothing_holds_nobody_up() -> None:
    leases, clock = Log(), HandClock()
    one = Leadership(leases, owner="one", clock=clock)
    assert await one.renewed()
    leases.is_mute = True
    async with asyncio.timeout(2):
        assert await one.renewed()
