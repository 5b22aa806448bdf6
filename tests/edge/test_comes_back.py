"""Who comes back with a pass has a seat while newcomers wait, and has it once in the whole house."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from edge_door import client, front_door
from edge_process import edge_process
from listeners import all_hear, listening
from stentor.clock import HandClock, SystemClock
from stentor.edge.parts import moved_subject
from stentor.edge.sessions import GRACE_S, SESSION_BYTES
from stentor.log.bus import Bus
from stentor.rehearsal.listener_client import ListenerClient
from synthetic_stage import SyntheticStage

SEATS = 40
KEPT = 2


async def test_listeners_of_a_killed_edge_are_at_a_full_one_within_a_second_and_newcomers_are_not(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(
            front_door(nats_url, pages_dir=tmp_path, listeners_max=SEATS, revolution_s=0.64)
        )
        edge = await stack.enter_async_context(edge_process(nats_url, tmp_path / "edge", fanouts=1))
        await stack.enter_async_context(stage.live())
        http = await stack.enter_async_context(client(other))
        for _ in range(SEATS - KEPT):
            answer = await stack.enter_async_context(http.get(f"/s/{space_id}/live.aac"))
            assert answer.status == 200
        comers = [ListenerClient([edge.url, other], space_id) for _ in range(KEPT)]
        await stack.enter_async_context(listening(*comers))
        await all_hear(comers, 2)
        async with http.get(f"/s/{space_id}/live.aac") as answer:
            assert answer.status == 503
        began_s = asyncio.get_running_loop().time()
        edge.kill_all()
        async with asyncio.timeout(5):
            await asyncio.gather(*(comer.until(lambda c: c.joins == 2) for comer in comers))
        # The chunk that they were waiting for when it died is among what they hear first.
        assert asyncio.get_running_loop().time() - began_s < 1
        await all_hear(comers, 3)
        assert [(comer.faults, comer.refusals) for comer in comers] == [([], [])] * KEPT


class HandMovedSeconds(HandClock):
    """Ten seconds pass when the test says so; tokens are of now."""

    def wall_ms(self) -> int:
        return SystemClock().wall_ms()


async def test_a_pass_that_is_shown_at_another_edge_ends_its_first_seat_cleanly(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage, clock = await SyntheticStage.open(bus, space_id), HandMovedSeconds()
    moved: asyncio.Queue[bytes] = asyncio.Queue()
    async with AsyncExitStack() as stack:
        urls = [
            await stack.enter_async_context(front_door(nats_url, pages_dir=tmp_path, edge_id=name, clock=at))
            for name, at in ((f"{space_id}-a", clock), (f"{space_id}-b", None))
        ]
        subject = moved_subject(f"{space_id}-b")
        hearing = await bus.subscribe(subject, lambda _, data: moved.put_nowait(data))
        stack.push_async_callback(hearing.close)
        await stack.enter_async_context(stage.live())
        first = ListenerClient([urls[0]], space_id)
        await stack.enter_async_context(listening(first))
        await all_hear([first], 2)
        friend = ListenerClient([urls[1]], space_id, pass_=first.pass_)
        await stack.enter_async_context(listening(friend))
        await all_hear([friend], 1)
        assert len(await asyncio.wait_for(moved.get(), 5)) == SESSION_BYTES
        assert first.ends == 0
        async with asyncio.timeout(10):
            while not first.ends:
                clock.advance(GRACE_S / 2)
                await all_hear([friend], 1)
        assert (first.faults, friend.joins) == ([], 1)
