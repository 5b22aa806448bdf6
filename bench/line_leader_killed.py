"""The line under `kill -9` of its controller: two real stage doors, one NATS, a crowd that keeps coming.

    python bench/line_leader_killed.py        3 deaths (STENTOR_KILLS=10 for more)

Each time whoever leads is killed, and started again a moment later. Printed: the longest time without a
clock, which must stay below what gates wait for one. Must hold: the called place never goes back, numbers
only rise, the seed is one, and the line goes on.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.clock import SystemClock
from stentor.edge.admission.entry import BLIND_AFTER_S
from stentor.log.bus import Bus, connected
from stentor.log.server import EmbeddedServer
from stentor.log.state import SpaceStore
from stentor.process import die_with_parent, end_tasks
from stentor.space.lifecycle import State
from stentor.space.record import Space

SPACE = "drill"
TICKETS_PER_S = 200
JOINS_PER_S = 50
_LED_S = 4.0


@dataclass
class Drill:
    """Args: told: every clock, with when it was heard."""

    bus: Bus
    on_air_ms: int
    told: list[tuple[float, LineClock]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    joined: int = 0

    def hear(self, _subject: str, data: bytes) -> None:
        self.told.append((time.monotonic(), LineClock.parse(data)))
        self.news.set()

    async def beat(self) -> None:
        """What an edge would tell: newcomers each second, and as many seated as were called."""
        while True:
            bucket = 1 + (SystemClock().wall_ms() - self.on_air_ms) // 1000
            self.asked += TICKETS_PER_S
            self.joined += JOINS_PER_S
            line = {
                "tickets": [[bucket, TICKETS_PER_S]],
                "here": [[bucket, TICKETS_PER_S // 10]],
                "asked": self.asked,
                "joined": self.joined,
            }
            spaces = {SPACE: {"admitted": self.joined, "arrived": self.joined, "line": line}}
            told = {"edge": "e1", "boot": "b", "spaces": spaces, "room": 5_000, "joins_per_s": JOINS_PER_S}
            await self.bus.publish("edge.e1.beat", json.dumps(told).encode())
            await asyncio.sleep(1)

    async def led(self, seconds: float) -> None:
        """Until clocks have come for so long since now."""
        since = len(self.told)
        async with asyncio.timeout(30):
            while len(self.told) == since or self.told[-1][0] - self.told[since][0] < seconds:
                self.news.clear()
                await self.news.wait()


async def door(nats_url: str, directory: Path, number: int) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "STENTOR_NATS_URL": nats_url,
        "STENTOR_DATA_DIR": str(directory / str(number)),
        "STENTOR_BACKSTAGE_PORT": "0",
        "STENTOR_LOG_LEVEL": "error",
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stentor.backstage.main"), env=environment, preexec_fn=die_with_parent
    )


async def run(kills: int) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        server = EmbeddedServer(Path(scratch) / "nats")
        await server.start()
        try:
            async with AsyncExitStack() as stack:
                bus = await stack.enter_async_context(connected(server.url, name="drill"))
                return await drilled(bus, server.url, Path(scratch), kills)
        finally:
            await server.stop()


async def drilled(bus: Bus, nats_url: str, scratch: Path, kills: int) -> bool:
    now_ms = SystemClock().wall_ms()
    space = Space(SPACE, "A drill", State.SCHEDULED, now_ms).moved(State.ON_AIR, wall_ms=now_ms)
    await bus.ensure_stream(SPACE, age_s=600)
    await (await SpaceStore.open(bus)).create(space)
    drill = Drill(bus, now_ms)
    listening = await bus.subscribe(f"line.{SPACE}", drill.hear)
    beating = asyncio.create_task(drill.beat())
    doors = [await door(nats_url, scratch, 0)]
    try:
        await drill.led(1.0)
        doors.append(await door(nats_url, scratch, 1))  # so the first of them leads
        for number in range(kills):
            await drill.led(_LED_S)
            leader = doors.pop(0)
            leader.kill()
            await leader.wait()
            await drill.led(_LED_S)
            doors.append(await door(nats_url, scratch, 2 + number))
    finally:
        for process in doors:
            process.kill()
            await process.wait()
        await end_tasks(beating)
        await listening.close()
    return report(drill, kills)


def report(drill: Drill, kills: int) -> bool:
    clocks = [clock for _, clock in drill.told]
    gaps_s = [after - before for (before, _), (after, _) in pairwise(drill.told)]
    waiting = sum(count for _, count in clocks[-1].arrivals)
    held = {
        f"longest without a clock {max(gaps_s):.2f} s (gates wait {BLIND_AFTER_S:.0f} s)": max(gaps_s)
        < BLIND_AFTER_S,
        "the called place never goes back": all(a.called <= b.called for a, b in pairwise(clocks)),
        "numbers only rise": all(a.number < b.number for a, b in pairwise(clocks)),
        "one seed": len({clock.seed for clock in clocks}) == 1,
        "the line goes on": clocks[-1].doors is Doors.HELD and clocks[-1].called > clocks[0].called,
    }
    print(f"{kills} deaths, {len(clocks)} clocks, {drill.asked} tickets, {waiting} not called yet")
    for what, is_so in held.items():
        print(f"  {'holds' if is_so else 'BROKEN'}  {what}")
    return all(held.values())


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(run(int(os.environ.get("STENTOR_KILLS", "3")))) else 1)
