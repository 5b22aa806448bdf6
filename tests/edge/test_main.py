"""The edge as a process of its own."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_door import client
from stentor.config import Settings
from stentor.edge.main import listening_sockets, open_edge
from stentor.errors import CannotStart
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage


@asynccontextmanager
async def process(nats_url: str, tmp_path: Path, *, port: int = 0) -> AsyncIterator[Process]:
    environment = {**os.environ, "STENTOR_NATS_URL": nats_url, "STENTOR_EDGE_PORT": str(port)}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "stentor.edge.main", stdout=PIPE, stderr=STDOUT, env=environment, cwd=tmp_path
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def test_a_process_opens_its_door_and_stops_at_once_whoever_listens(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id)
    async with process(nats_url, tmp_path) as child:
        assert child.stdout is not None
        async with asyncio.timeout(20):
            port = await _port(child.stdout)
        async with (
            client(f"http://127.0.0.1:{port}") as http,
            http.get(f"/s/{space_id}/live.mp4") as answer,
            asyncio.timeout(10),
        ):
            await answer.content.readany()
            child.send_signal(signal.SIGTERM)
            await answer.read()  # the answer is complete: a player sees an end, not a fault
            assert await child.wait() == 0


async def _port(lines: asyncio.StreamReader) -> int:
    async for line in lines:
        if b"edge is open" in line:
            return int(json.loads(line)["port"])
    raise AssertionError("the edge ended before its door was open")


def test_a_port_that_is_taken_is_said_in_words() -> None:
    for gates in (1, 2):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(CannotStart, match=f"port {port}: Address already in use. Next step"):
                listening_sockets(Settings(edge_port=port, gates=gates))


def test_an_edge_without_a_log_does_not_start() -> None:
    with pytest.raises(CannotStart, match="nats_url is empty"):
        open_edge(Settings(edge_port=0))
