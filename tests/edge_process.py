"""An edge as it is in life: processes of its own, which a test can kill."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

from house.house import free_port


@dataclass
class EdgeProcess:
    """Made by `edge_process`."""

    url: str
    process: asyncio.subprocess.Process
    fanouts: int

    def pids(self, module: str) -> list[int]:
        """Processes of the edge that run `module`, such as `gate`."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if f"stentor.edge.{module}" in child.cmdline():
                    found.append(child.pid)
            except psutil.Error:
                continue
        return sorted(found)

    def kill_all(self) -> None:
        """`kill -9` of every process of the edge at once, as when the machine dies."""
        pids = [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]
        for pid in (self.process.pid, *pids):
            os.kill(pid, signal.SIGKILL)

    async def ready(self) -> None:
        async with aiohttp.ClientSession() as http, asyncio.timeout(20):
            while True:
                try:
                    async with http.get(f"{self.url}/readyz") as answer:
                        is_ready = answer.status == 200
                    async with http.get(f"{self.url}/metrics") as answer:
                        reporting = (await answer.text()).count('stentor_edge_live_streams{part="fanout-')
                    if is_ready and reporting == self.fanouts:
                        return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)


@asynccontextmanager
async def edge_process(nats_url: str, directory: Path, **settings: object) -> AsyncIterator[EdgeProcess]:
    directory.mkdir(exist_ok=True)
    port = free_port()
    environment = {
        **os.environ,
        "STENTOR_NATS_URL": nats_url,
        "STENTOR_EDGE_PORT": str(port),
        "STENTOR_FANOUTS": "2",
        "STENTOR_DATA_DIR": str(directory),
        "STENTOR_DRAIN_S": "0.5",
        **{f"STENTOR_{name.upper()}": str(value) for name, value in settings.items()},
    }
    log = (directory / "edge.log").open("ab")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "stentor.edge.main",
        stdin=DEVNULL, stdout=log, stderr=log, env=environment, cwd=directory,
    )  # fmt: skip
    log.close()
    edge = EdgeProcess(f"http://127.0.0.1:{port}", process, int(environment["STENTOR_FANOUTS"]))
    try:
        await edge.ready()
        yield edge
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()
                await process.wait()
