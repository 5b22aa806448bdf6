"""What the crowd benchmarks listen to: a real edge behind a real log, fed by a stage without people.

Comes in: how many seats, which rung, which cadence. Goes out: the edge's address, the CPU and memory of its
parts.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from crowd_load import Target
from stentor.client.local import until_ready
from stentor.config import Settings
from stentor.edge.notice import NOTICE_S
from stentor.limits import RUNWAY_CHUNKS
from stentor.log.bus import Bus, connected
from stentor.log.server import EmbeddedServer
from stentor.space.rung import Codec
from synthetic_stage import SyntheticStage

SEATS_MAX = 18_000
SPACE_ID = "bench"


def cpu_s(*pids: int) -> float:
    """User and system time of processes, all threads; in ns, where `/proc/<pid>/stat` counts in 10 ms."""
    tasks = (task for pid in pids for task in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def user_bytes(*pids: int) -> int:
    """Memory that is theirs alone."""
    return sum(psutil.Process(pid).memory_full_info().uss for pid in pids)


def load_line() -> str:
    """The machine's load beside the benchmark's own, for whoever reads the figures."""
    one, five, _ = os.getloadavg()
    return f"# load average {one:.1f} (1 min) {five:.1f} (5 min) on {os.cpu_count()} cores"


@dataclass(slots=True)
class Edge:
    """A running edge.

    Args:
        beats: the last beat's `spaces`, and what its parts say of themselves.
    """

    port: int
    pid: int
    bus: Bus
    name: str = ""
    skipped: dict[str, int] = field(default_factory=dict)
    late_ms: dict[str, float] = field(default_factory=dict)
    hearing: int = 0
    admitted: int = 0
    slow: dict[str, int] = field(default_factory=dict)
    ended: dict[str, dict[str, int]] = field(default_factory=dict)
    in_force: tuple[str, int] = ("", 0)

    def target(self, codec: Codec) -> Target:
        return Target("127.0.0.1", self.port, f"/s/{SPACE_ID}/live.mp4?codec={codec}")

    def pids(self, part: str) -> list[int]:
        """The processes of a kind: `gate` or `fanout`."""
        children = psutil.Process(self.pid).children(recursive=True)
        return sorted(c.pid for c in children if c.name().startswith(f"{part}-"))

    async def order(self, *, rung: str, cadence: int) -> None:
        """What an operator would say; returns when it is in force."""
        wish = {"rung": rung, "cadence": cadence}
        await self.bus.request(f"edge.{self.name}.ladder", wish, timeout_s=5)
        # A slower cadence is in force when players have had their time to make ready.
        until_s = time.monotonic() + NOTICE_S * cadence + 5
        while self.in_force != (rung, cadence):
            if time.monotonic() > until_s:
                raise TimeoutError(f"the edge does not come to {rung} x{cadence}")
            await asyncio.sleep(0.1)

    def hear(self, subject: str, payload: bytes) -> None:
        facts, words = json.loads(payload), subject.split(".")
        if words[2] == "beat":
            self.name = words[1]
            counts = facts["spaces"].get(SPACE_ID, {})
            self.hearing, self.admitted = counts.get("hearing", 0), counts.get("admitted", 0)
        elif words[2] == "step":
            self.in_force = facts["rung"], facts["cadence"]
        elif words[2] == "part":
            part = words[3]
            self.skipped[part], self.slow[part] = facts["skipped"], facts["slow"]
            self.late_ms[part] = max(self.late_ms.get(part, 0.0), facts["late_ms"])
            self.ended[part] = facts["ended"]


@asynccontextmanager
async def edge_on_the_air(
    folder: Path,
    *,
    listeners: int,
    gates: int = 1,
    one_fanout: bool = False,
    spoken_chunks: int = RUNWAY_CHUNKS,
) -> AsyncIterator[Edge]:
    """NATS, a Space with a tone in real time, an edge with seats for the crowd.

    Args:
        spoken_chunks: what has been said already; the edge's memory grows until its window is full.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = EmbeddedServer(folder / "nats")
    await server.start()
    fanouts = 1 if one_fanout else max(2, -(-listeners // (SEATS_MAX - 500)))
    settings = Settings(
        data_dir=folder / "edge",
        nats_url=server.url,
        edge_port=port,
        gates=gates,
        fanouts=fanouts,
        listeners_max=SEATS_MAX,
        session_s=86_400,
        drain_s=0,
        log_level="warning",
    )
    process = None
    try:
        async with connected(server.url, name="bench") as bus:
            stage = await SyntheticStage.open(bus, SPACE_ID, chunks=spoken_chunks)
            async with stage.live():
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "stentor.edge.main"),
                    env={**os.environ, **settings.as_environment()},
                    stderr=(folder / "edge.log").open("ab"),
                    start_new_session=True,
                )
                edge = Edge(port, process.pid, bus)
                subscription = await bus.subscribe("edge.>", edge.hear)
                await until_ready(f"http://127.0.0.1:{port}", timeout_s=30)
                until_s = time.monotonic() + 20
                while not edge.name or len(edge.late_ms) < fanouts + gates:
                    if time.monotonic() > until_s:
                        raise TimeoutError("the edge's parts do not speak")
                    await asyncio.sleep(0.1)
                yield edge
                await subscription.close()
    finally:
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        await server.stop()
