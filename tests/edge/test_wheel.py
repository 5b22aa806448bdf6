"""The wheel: every slot in turn, none left out, a fault is told."""

import asyncio
import time

import pytest

from stentor.edge.slots import SLOTS
from stentor.edge.wheel import Wheel


async def turned(wheel: Wheel, enough: asyncio.Event) -> None:
    task = asyncio.create_task(wheel.run())
    async with asyncio.timeout(10):
        await enough.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_slots_come_in_turn_and_none_is_left_out() -> None:
    seen: list[int] = []
    enough = asyncio.Event()

    def turn(index: int) -> None:
        seen.append(index)
        if len(seen) == 3 * SLOTS:
            enough.set()

    await turned(Wheel(turn, revolution_s=0.032), enough)
    assert seen[: 3 * SLOTS] == [(1 + n) % SLOTS for n in range(3 * SLOTS)]


async def test_a_wheel_that_was_held_up_catches_up_and_says_how_late_it_was() -> None:
    seen: list[int] = []
    enough = asyncio.Event()

    def turn(index: int) -> None:
        seen.append(index)
        if len(seen) == 2:
            until_s = time.monotonic() + 0.1
            while time.monotonic() < until_s:
                pass  # a turn that takes as long as five
        if len(seen) == 12:
            enough.set()

    wheel = Wheel(turn, revolution_s=0.64)
    await turned(wheel, enough)
    assert seen[:12] == list(range(1, 13))
    assert wheel.take_late_s() >= 0.07
    assert wheel.take_late_s() == 0.0


async def test_turns_taken_together_are_all_taken_in_order() -> None:
    seen: list[int] = []
    enough = asyncio.Event()

    def turn(index: int) -> None:
        seen.append(index)
        if len(seen) >= 3 * SLOTS:
            enough.set()

    wheel = Wheel(turn, revolution_s=0.032, at_once=lambda: 4 if len(seen) < SLOTS else 3)
    await turned(wheel, enough)
    assert seen[: 3 * SLOTS] == [(1 + n) % SLOTS for n in range(3 * SLOTS)]


async def test_a_fault_in_a_turn_ends_the_wheel_and_is_told() -> None:
    def turn(index: int) -> None:
        if index == 3:
            msg = "slot three"
            raise RuntimeError(msg)

    wheel = Wheel(turn, revolution_s=0.032)
    async with asyncio.timeout(10):
        with pytest.raises(RuntimeError, match="slot three"):
            await wheel.run()
