"""The doors of the edge's tests: a real edge on a real port, a plain HTTP client."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from stentor.clock import Clock
from stentor.config import Settings
from stentor.edge.main import running
from stentor.edge.waits import Waits


@asynccontextmanager
async def front_door(
    nats_url: str,
    *,
    pages_dir: Path,
    listeners_max: int = 100,
    clock: Clock | None = None,
    waits: Waits | None = None,
) -> AsyncIterator[str]:
    """The base URL of an edge that runs for as long as the block."""
    settings = Settings(nats_url=nats_url, edge_port=0, listeners_max=listeners_max)
    async with running(settings, pages_dir=pages_dir, clock=clock, waits=waits) as edge:
        yield f"http://127.0.0.1:{edge.port}"


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
