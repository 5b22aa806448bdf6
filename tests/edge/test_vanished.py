"""Whoever vanishes without a word: a process of the edge that has frozen, a listener with their machine."""

import asyncio
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from edge_process import edge_process
from listeners import all_hear, beats, listening, metric, until_told
from stentor.backstage.control.beat import Beat
from stentor.backstage.control.count import Count
from stentor.edge.listener import PATIENCE_S
from stentor.limits import BEAT_UNKNOWN_AFTER_S
from stentor.log.bus import Bus
from stentor.rehearsal.listener_client import ListenerClient
from synthetic_stage import SyntheticStage

EACH = 6


async def test_a_frozen_fan_outs_share_is_unknown_until_it_wakes_and_the_others_notice_nothing(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage, loop = await SyntheticStage.open(bus, space_id), asyncio.get_running_loop()
    async with (
        edge_process(nats_url, tmp_path / "edge") as edge,
        stage.live(),
        beats(bus, space_id) as told,
    ):
        clients = [ListenerClient([edge.url], space_id, quiet_s=30) for _ in range(2 * EACH)]
        async with listening(*clients):
            await until_told(told, lambda beat: beat.get("hearing") == 2 * EACH)
            frozen, _ = edge.pids("fanout")
            os.kill(frozen, signal.SIGSTOP)
            try:
                frozen_s, before = loop.time(), [len(client.heard) for client in clients]
                beat = await until_told(told, lambda beat: beat["silent"] == 1)
                assert loop.time() - frozen_s >= BEAT_UNKNOWN_AFTER_S - 1
                awake = beat["admitted"]  # about half: seats are dealt by what fan-outs have last said
                assert 0 < awake < 2 * EACH
                assert (beat["hearing"], beat["arrived"]) == (awake, 2 * EACH)
                assert unknown(beat, space_id) == 1
                assert await metric(edge.url, "stentor_edge_silent_parts") == 1
                moved = [len(c.heard) - n for c, n in zip(clients, before, strict=True)]
                assert sum(more <= 1 for more in moved) == 2 * EACH - awake  # who sat there hears nothing
                assert sum(more >= 5 for more in moved) == awake
                late = ListenerClient([edge.url], space_id)
                async with listening(late):
                    await all_hear([late], 1)  # newcomers go to the one that is awake
                    assert (late.joins, late.faults) == (1, [])
            finally:
                os.kill(frozen, signal.SIGCONT)
            beat = await until_told(told, lambda beat: beat["silent"] == 0)
            assert unknown(beat, space_id) == 0
            assert beat["admitted"] >= 2 * EACH
            await all_hear(clients, 2)
    # Those who sat in the frozen one had patience: they have heard everything, later.
    assert [client.joins for client in clients] == [1] * 2 * EACH
    assert [client.faults for client in clients] == [[]] * 2 * EACH


def unknown(beat: dict[str, object], space_id: str) -> int:
    """What the controller makes of it."""
    count = Count()
    count.heard(Beat.parse(json.dumps(beat).encode()), now_s=0.0)
    return count.figures([], now_s=0.0)[space_id].unknown


# ── a machine of its own ────────────────────────────────────────────────────────────────────────────────


@contextmanager
def machine() -> Iterator[tuple[str, str, str]]:
    """A network namespace with a cable to this one: its name, this end's address, this end's device."""
    name = f"stentor-{secrets.token_hex(3)}"
    near, far = f"sn{name[-6:]}", f"sf{name[-6:]}"
    subnet = f"198.18.{secrets.randbelow(250)}"  # RFC 2544: for tests of devices
    steps = [
        f"ip netns add {name}",
        f"ip link add {near} type veth peer name {far} netns {name}",
        f"ip addr add {subnet}.1/24 dev {near}",
        f"ip link set {near} up",
        f"ip -n {name} addr add {subnet}.2/24 dev {far}",
        f"ip -n {name} link set {far} up",
    ]
    try:
        for step in steps:
            done = subprocess.run(step.split(), capture_output=True, check=False, text=True)
            if done.returncode:
                pytest.skip(f"a machine of its own needs root and `ip netns`: {done.stderr.strip()}")
        yield name, f"{subnet}.1", near
    finally:
        # Pulled by hand: the kernel keeps a namespace, and its end of the cable, while sockets in it linger.
        subprocess.run(["ip", "link", "del", near], capture_output=True, check=False)
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def pull(device: str) -> None:
    """The cable is there and carries nothing: no reset, no end, no answer."""
    subprocess.run(["ip", "link", "set", device, "down"], check=True)


LISTEN = """
import socket, sys
sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
sock.sendall(f"GET /s/{sys.argv[3]}/live.aac HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n".encode())
while sock.recv(65536):
    pass
"""


@asynccontextmanager
async def listener_in(name: str, *arguments: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        "ip", "netns", "exec", name, sys.executable, "-c", LISTEN, *arguments
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


@pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace is root's")
async def test_a_listener_whose_machine_is_gone_is_gone_after_fifteen_seconds(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage, loop = await SyntheticStage.open(bus, space_id), asyncio.get_running_loop()
    with machine() as (name, address, device):
        async with (
            edge_process(nats_url, tmp_path / "edge", edge_host="0.0.0.0", fanouts=1) as edge,
            stage.live(),
            beats(bus, space_id) as told,
        ):
            port = edge.url.rsplit(":", 1)[1]
            stayer = ListenerClient([edge.url], space_id)
            async with listening(stayer), listener_in(name, address, port, space_id):
                await until_told(told, lambda beat: beat.get("hearing") == 2)
                pull(device)
                cut_s = loop.time()
                beat = await until_told(told, lambda beat: beat.get("hearing") == 1)
                assert loop.time() - cut_s <= 7.5
                assert beat["admitted"] == 2
                beat = await until_told(told, lambda beat: beat["admitted"] == 1)
                # The clock starts at the last byte that was acknowledged; a look each second, a beat.
                assert PATIENCE_S - 1 <= loop.time() - cut_s <= PATIENCE_S + 4
                assert beat["gone"] == 1
            ended = 'stentor_edge_streams_ended_total{part="fanout-0",why="stuck"}'
            assert await metric(edge.url, ended) >= 1
            assert (stayer.joins, stayer.faults) == (1, [])
    with pytest.raises(OSError, match="no interface"):
        socket.if_nametoindex(device)
