"""The machine's `stage` role, with real child processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from stentor.clock import SystemClock
from stentor.config import Settings
from stentor.log.bus import Bus
from stentor.log.state import Leases, SpaceStore
from stentor.log.subjects import number_of
from stentor.process import is_alive
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.stage.keeper import Keeper, child_environment, node_id_of


async def until(holds: Callable[[], bool], *, within_s: float = 15.0) -> None:
    """A process's death sends no event of ours: looked at every 20 ms."""
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.02)


@pytest.fixture
def settings(nats_url: str, data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir, nats_url=nats_url, stage_addresses=("127.0.0.1",))


@asynccontextmanager
async def keeper(
    bus: Bus,
    settings: Settings,
    *,
    node_id: str = "here",
    on_death: Callable[..., None] = lambda _kind, **_facts: None,
) -> AsyncIterator[Keeper]:
    keeper = Keeper(
        settings,
        store=await SpaceStore.open(bus),
        leases=await Leases.open(bus),
        node_id=node_id,
        clock=SystemClock(),
        on_death=on_death,
    )
    stop = asyncio.Event()
    task = asyncio.create_task(keeper.run(stop))
    try:
        yield keeper
    finally:
        stop.set()
        await task


async def test_a_killed_stage_is_started_again_and_its_numbers_go_on(
    bus: Bus, settings: Settings, space_id: str
) -> None:
    """From kill −9 to the next chunk. What the spool sends again on the way the log refuses, and whoever
    listens on the subject has it already."""
    store = await SpaceStore.open(bus)
    clock = SystemClock()
    space = Space(space_id, "A test", State.SCHEDULED, created_ms=clock.wall_ms())
    await store.create(space.moved(State.ON_AIR, wall_ms=clock.wall_ms()))
    numbers: list[int] = []
    news = asyncio.Event()

    def take(subject: str, _payload: bytes) -> None:
        numbers.append(number_of(subject))
        news.set()

    async def until_number(above: int) -> None:
        async with asyncio.timeout(20):
            while not numbers or max(numbers) <= above:
                news.clear()
                await news.wait()

    deaths: list[dict[str, object]] = []
    ticks = await bus.subscribe(f"space.{space_id}.tick.*", take)
    async with keeper(
        bus, settings, on_death=lambda kind, **facts: deaths.append({"kind": kind, **facts})
    ) as kept:
        await until_number(36)
        killed = kept.pid_of(space_id)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        before = max(numbers)
        await until_number(before)
        after = min(n for n in numbers if n > before)
        assert kept.pid_of(space_id) not in {None, killed}
        assert after - before <= 6, "3 s of silence and less"
        (death,) = deaths
        assert (death["kind"], death["space"], death["exit_code"]) == (
            "stage_died",
            space_id,
            -signal.SIGKILL,
        )
        await store.change(space_id, lambda s: s.moved(State.ENDED, wall_ms=clock.wall_ms()))
        await until(lambda: kept.pid_of(space_id) is None)
    await ticks.close()


async def test_one_space_has_one_stage_however_many_machines_there_are(
    bus: Bus, settings: Settings, space_id: str
) -> None:
    """The lease decides; the other machine takes over when it is free."""
    store = await SpaceStore.open(bus)
    await store.create(Space(space_id, "A test", State.GREEN_ROOM, created_ms=0))
    async with keeper(bus, settings, node_id="second") as second:
        async with keeper(bus, settings, node_id="first") as first:
            await until(lambda: bool(first.pid_of(space_id)) or bool(second.pid_of(space_id)))
            await asyncio.sleep(1.5)  # one more round of both: the claim is that nothing happens in it
            pids = [k.pid_of(space_id) for k in (first, second)]
            assert pids.count(None) == 1
        await store.change(space_id, lambda s: s.moved(State.ENDED, wall_ms=1))
        await until(lambda: second.pid_of(space_id) is None)


async def test_stages_die_with_their_keeper(bus: Bus, settings: Settings, space_id: str) -> None:
    """However it ends: nobody cleans up after kill −9 but the kernel."""
    store = await SpaceStore.open(bus)
    await store.create(Space(space_id, "A test", State.GREEN_ROOM, created_ms=0))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "stentor.stage.keeper",
        env=child_environment(settings),
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    child = 0
    try:
        async with asyncio.timeout(15):
            while not child:
                line = json.loads(await process.stderr.readline())
                if line.get("space") == space_id:
                    child = int(line.get("pid", 0))
    finally:
        process.kill()
        await process.wait()
    await until(lambda: not is_alive(child))
    await store.change(space_id, lambda s: s.moved(State.ENDED, wall_ms=1))


def test_a_machine_keeps_its_name(tmp_path: Path) -> None:
    """Over restarts, in its data directory."""
    assert node_id_of(tmp_path) == node_id_of(tmp_path)
