"""One making for all who ask."""

import asyncio

import pytest

from stentor.edge.replay.shared import Shared
from stentor.errors import NotFound


class Maker:
    """Makes when it is told to, and counts."""

    def __init__(self) -> None:
        self.count = 0
        self.go = asyncio.Event()

    async def __call__(self) -> bytes:
        self.count += 1
        await self.go.wait()
        return b"x" * 10


async def test_a_crowd_that_asks_at_once_is_one_making() -> None:
    shared: Shared[str, bytes] = Shared("Readings", cost_max=100, cost=len)
    make = Maker()
    crowd = [asyncio.create_task(shared.get("one", make)) for _ in range(50)]
    await asyncio.sleep(0)
    make.go.set()
    assert set(await asyncio.gather(*crowd)) == {b"x" * 10}
    assert await shared.get("one", make) == b"x" * 10
    assert make.count == 1


async def test_the_first_who_leaves_does_not_take_the_others_answer_away() -> None:
    shared: Shared[str, bytes] = Shared("Readings", cost_max=100, cost=len)
    make = Maker()
    first = asyncio.create_task(shared.get("one", make))
    second = asyncio.create_task(shared.get("one", make))
    await asyncio.sleep(0)
    first.cancel()
    make.go.set()
    assert await second == b"x" * 10
    assert make.count == 1


async def test_no_more_is_kept_than_the_bound_and_the_least_used_goes() -> None:
    shared: Shared[int, bytes] = Shared("Readings", cost_max=25, cost=len)
    make = Maker()
    make.go.set()
    for key in (1, 2, 1, 3, 1, 2):
        await shared.get(key, make)
    # 1 stayed throughout; 2 had to go for 3 and was made again.
    assert make.count == 4


async def test_an_error_is_everybodys_and_is_not_kept() -> None:
    shared: Shared[str, bytes] = Shared("Readings", cost_max=100, cost=len)
    tries = 0

    async def fail() -> bytes:
        nonlocal tries
        tries += 1
        raise NotFound("Nothing here.")

    for _ in range(2):
        with pytest.raises(NotFound):
            await shared.get("one", fail)
    assert tries == 2
