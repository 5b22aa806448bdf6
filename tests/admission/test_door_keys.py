"""The door's keys on real NATS: one first key for all, changes heard by all."""

import asyncio

from stentor.admission.door_keys import DoorKeys
from stentor.admission.key_book import ANNOUNCED_S, KEY_S
from stentor.admission.token import Ticket
from stentor.log.bus import Bus
from stentor.process import end_tasks

NOW_S = 1_800_000_000


async def test_all_doors_share_one_first_key_and_hear_of_the_next(bus: Bus) -> None:
    doors = await asyncio.gather(*(DoorKeys.open(bus) for _ in range(5)))
    assert len({door.book for door in doors}) == 1
    leader, *gates = doors
    watching = [asyncio.create_task(gate.run()) for gate in gates]
    try:
        await leader.rotate(NOW_S)
        await leader.rotate(NOW_S + KEY_S)
        async with asyncio.timeout(10):
            while any(gate.book != leader.book for gate in gates):
                await asyncio.sleep(0.01)
        at_s = NOW_S + KEY_S + ANNOUNCED_S
        token = leader.ring.sealed_ticket(Ticket(at_s, b"ticket-1", 0), space_id="demo")
        assert all(gate.ring.opened_ticket(token, space_id="demo", now_s=at_s) for gate in gates)
    finally:
        await end_tasks(*watching)


async def test_two_leaders_at_once_announce_one_key(bus: Bus) -> None:
    first, second = await DoorKeys.open(bus), await DoorKeys.open(bus)
    at_s = NOW_S + 10 * KEY_S
    await asyncio.gather(first.rotate(at_s), second.rotate(at_s))
    assert first.book == second.book
