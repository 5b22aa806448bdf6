import asyncio

import pytest

from stentor.edge.arrivals import AHEAD_CHUNKS_MAX, Arrivals
from stentor.space.rung import Rung

AAC = Rung.AAC64


class Head:
    """A head that the test moves."""

    def __init__(self) -> None:
        self.number: int | None = 10
        self.arrivals = Arrivals(lambda _rung: self.number)

    def move(self, number: int) -> None:
        self.number = number
        self.arrivals.came(AAC)


async def test_what_is_here_is_not_waited_for() -> None:
    assert await Head().arrivals.wait(AAC, 10, timeout_s=0)


async def test_everybody_who_waits_for_a_number_is_woken_by_it() -> None:
    head = Head()
    waiting = [asyncio.create_task(head.arrivals.wait(AAC, 11, timeout_s=5)) for _ in range(500)]
    await asyncio.sleep(0)
    assert len(head.arrivals._coming) == 1
    head.move(11)
    assert await asyncio.gather(*waiting) == [True] * 500
    assert not head.arrivals._coming


async def test_a_later_number_is_not_woken_by_an_earlier_one() -> None:
    head = Head()
    later = asyncio.create_task(head.arrivals.wait(AAC, 12, timeout_s=5))
    await asyncio.sleep(0)
    head.move(11)
    await asyncio.sleep(0)
    assert not later.done()
    head.move(12)
    assert await later


async def test_one_waiter_who_leaves_does_not_wake_or_end_the_others() -> None:
    head = Head()
    stays = asyncio.create_task(head.arrivals.wait(AAC, 11, timeout_s=5))
    leaves = asyncio.create_task(head.arrivals.wait(AAC, 11, timeout_s=5))
    await asyncio.sleep(0)
    leaves.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaves
    head.move(11)
    assert await stays


async def test_a_wait_ends_with_its_time() -> None:
    assert not await Head().arrivals.wait(AAC, 11, timeout_s=0.01)


async def test_a_wait_ends_when_its_listener_goes() -> None:
    head = Head()
    gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(head.arrivals.wait(AAC, 11, timeout_s=5, unless=gone))
    await asyncio.sleep(0)
    gone.set_result(None)
    assert not await waiting


async def test_the_end_wakes_everybody_for_good() -> None:
    head = Head()
    waiting = asyncio.create_task(head.arrivals.wait(AAC, 11, timeout_s=5))
    await asyncio.sleep(0)
    head.arrivals.end()
    assert not await waiting
    assert not await head.arrivals.wait(AAC, 12, timeout_s=5)
    assert await head.arrivals.wait(AAC, 10, timeout_s=5)


async def test_nobody_waits_for_what_is_too_far_ahead() -> None:
    head = Head()
    assert not await head.arrivals.wait(AAC, 10 + AHEAD_CHUNKS_MAX + 1, timeout_s=5)
    assert not head.arrivals._coming


async def test_the_first_chunk_of_all_can_be_waited_for() -> None:
    head = Head()
    head.number = None
    waiting = asyncio.create_task(head.arrivals.wait(AAC, -1, timeout_s=5))
    await asyncio.sleep(0)
    head.move(77)
    assert await waiting
