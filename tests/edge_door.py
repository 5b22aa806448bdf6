"""The doors of the edge's tests: a real edge on a real port, a plain HTTP client."""

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from stentor.clock import Clock, SystemClock
from stentor.config import Settings
from stentor.edge import fanout, gate, steward
from stentor.edge.main import listening_sockets
from stentor.edge.waits import Waits
from stentor.log.bus import connected
from stentor.space.names import new_id

FAST_WHEEL_S = 0.08
"""The tests' stages speak up to eight times as fast as people."""


@asynccontextmanager
async def front_door(
    nats_url: str,
    *,
    pages_dir: Path,
    listeners_max: int = 100,
    clock: Clock | None = None,
    steward_clock: Clock | None = None,
    waits: Waits | None = None,
    revolution_s: float = FAST_WHEEL_S,
    edge_id: str | None = None,
    **settings: Any,
) -> AsyncIterator[str]:
    """The base URL of an edge that runs for as long as the block: gate, fan-out and steward in one loop.

    Args:
        steward_clock: the ladder's, when it is not everybody's.
    """
    waits = replace(waits or Waits(), revolution_s=revolution_s)
    clock, edge_id = clock or SystemClock(), edge_id or new_id()
    with tempfile.TemporaryDirectory() as doors:
        chosen = Settings(
            nats_url=nats_url,
            edge_port=0,
            listeners_max=listeners_max,
            **{"drain_s": 0.1, "data_dir": Path(doors) / "data", **settings},
        )
        (listening,) = listening_sockets(chosen)
        with listening:
            door = Path(doors) / "fanout-0.sock"
            async with (
                connected(nats_url, name="steward") as bus,
                fanout.running(chosen, door=door, edge_id=edge_id, part="fanout-0", clock=clock, waits=waits),
                gate.running(
                    chosen,
                    listening=listening,
                    fanout_doors=[door],
                    edge_id=edge_id,
                    part="gate-0",
                    clock=clock,
                    pages_dir=pages_dir,
                    waits=waits,
                ),
                steward.running(bus, chosen, edge_id=edge_id, clock=steward_clock or clock),
            ):
                yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@asynccontextmanager
async def client(base: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base, timeout=aiohttp.ClientTimeout(total=30)) as session:
        yield session


async def ffmpeg(*arguments: str) -> tuple[str, bytes]:
    """Runs FFmpeg to raw mono samples on stdout; what it complains about, and the samples."""
    process = await asyncio.create_subprocess_exec(
        "ffmpeg", "-v", "warning", "-nostdin", *arguments, "-f", "s16le", "-ac", "1", "-ar", "48000", "-",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(40):
            samples, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return complaints.decode(), samples
