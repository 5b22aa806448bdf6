"""One real stage process on a real NATS server, for the stage's benchmarks; and how they report."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from stentor.client.local import until_ready
from stentor.clock import SystemClock
from stentor.config import Settings
from stentor.log.bus import Bus, connected
from stentor.log.state import CrewStore, SpaceStore
from stentor.process import die_with_parent
from stentor.space.lifecycle import State
from stentor.space.people import Role
from stentor.space.record import Space

Result = tuple[str, float, str, str]
"""Name, value, unit, goal."""


@dataclass(frozen=True, slots=True)
class RunningStage:
    """A stage that is on the air."""

    space_id: str
    pid: int
    bus: Bus
    log: Path

    def late_ticks(self, *, since_byte: int = 0) -> int:
        """How many ticks it has missed, by its own log."""
        lines = self.log.read_bytes()[since_byte:].decode().splitlines()
        return sum(int(json.loads(line).get("silent_ticks", 0)) for line in lines if line.startswith("{"))


@asynccontextmanager
async def running_stage(url: str, folder: Path, space_id: str) -> AsyncIterator[RunningStage]:
    """Starts the process, waits for its first tick, ends the Space and waits for the process's end."""
    settings = Settings(data_dir=folder, nats_url=url, speakers_max=60, stage_addresses=("127.0.0.1",))
    async with connected(url, name="bench") as bus:
        now_ms = SystemClock().wall_ms()
        store = await SpaceStore.open(bus)
        space = Space(space_id, "Bench", State.SCHEDULED, created_ms=now_ms)
        await store.create(space.moved(State.ON_AIR, wall_ms=now_ms))
        up = asyncio.Event()
        ticks = await bus.subscribe(f"space.{space_id}.tick.*", lambda _subject, _payload: up.set())
        log = folder / f"{space_id}.log"
        with log.open("wb") as output:
            stage = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "stentor.stage.space_stage", "--space", space_id),
                env={**os.environ, **settings.as_environment()},
                stderr=output,
                preexec_fn=die_with_parent,
            )
        await up.wait()
        await ticks.close()
        yield RunningStage(space_id, stage.pid, bus, log)
        await store.change(space_id, lambda s: s.moved(State.ENDED, wall_ms=SystemClock().wall_ms()))
        await stage.wait()


async def let_on_stage(bus: Bus, space_id: str, person: str) -> None:
    """Makes somebody a speaker of the Space's crew; the stage refuses everybody else."""
    crews = await CrewStore.open(bus)
    await crews.change(
        space_id,
        lambda crew: crew.invited(person, name=person, role=Role.SPEAKER, invitation_id=f"bench-{person}"),
    )


@asynccontextmanager
async def running_edge(url: str, folder: Path) -> AsyncIterator[str]:
    """A front door on the same log, with one fan-out on any machine. Yields its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(data_dir=folder, nats_url=url, edge_port=port, fanouts=1)
    edge = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stentor.edge.main"),
        env={**os.environ, **settings.as_environment()},
        stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )
    try:
        await until_ready(f"http://127.0.0.1:{port}", timeout_s=15)
        yield f"http://127.0.0.1:{port}"
    finally:
        edge.terminate()
        await edge.wait()


def report(name: str, results: list[Result]) -> None:
    """Lines for people, a file for machines."""
    for what, value, unit, goal in results:
        print(f"{what} {value:.2f} {unit} {goal}")
    folder = Path("build/bench")
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"name": w, "value": v, "unit": u, "goal": g} for w, v, u, g in results]
    (folder / f"{name}.json").write_text(json.dumps(rows, indent=1))
