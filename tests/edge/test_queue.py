"""The gate's knock: how late the loop is, and whether it works itself."""

import asyncio
import time

from stentor.edge.queue import Occupation, Queue


async def test_a_loop_that_works_all_the_time_says_so_and_one_that_sleeps_does_not() -> None:
    steps: asyncio.Queue[tuple[float, float]] = asyncio.Queue()
    queue = Queue()
    queue.tells(lambda *, late_ms, busy, elapsed_s: steps.put_nowait((late_ms, busy)))
    running = asyncio.create_task(queue.run())
    try:
        calm = [await steps.get() for _ in range(3)]
        assert min(busy for _, busy in calm) < 0.7

        until_s = time.monotonic() + 0.35
        while time.monotonic() < until_s:
            sum(range(1000))
        late_ms, busy = await steps.get()
        assert late_ms > 100
        assert busy > 0.8
    finally:
        running.cancel()


def test_sleep_is_not_work() -> None:
    with Occupation() as occupation:
        began_s = time.monotonic()
        time.sleep(0.1)
        slept = occupation.since_s() / (time.monotonic() - began_s)
        began_s = time.monotonic()
        while time.monotonic() - began_s < 0.1:
            sum(range(1000))
        assert slept < 0.5
        assert occupation.since_s() > 0.8 * 0.1
