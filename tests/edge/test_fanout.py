"""Gate and fan-out as processes: who dies, who does not notice, who counts."""

import asyncio
import io
import os
import signal
import socket
from array import array
from contextlib import AsyncExitStack
from fcntl import ioctl
from pathlib import Path
from termios import FIONREAD
from typing import Any

import av
import numpy as np
import pytest

from edge_process import edge_process
from listeners import beats, hear, listening
from stentor.formats.cmaf import init_segment
from stentor.limits import CHUNK_SAMPLES
from stentor.log.bus import Bus
from stentor.rehearsal.listener_client import ListenerClient
from stentor.space.rung import Codec, Rung
from synthetic_stage import TONE_HZ, SyntheticStage, rung_chunk

Samples = np.ndarray[Any, np.dtype[np.float64]]
_PRE_SKIP = 312
"""What an Opus decoder leaves out at the start of a stream."""


def unread(sock: socket.socket) -> int:
    """Bytes that this machine has taken and nobody has read."""
    count = array("i", (0,))
    ioctl(sock, FIONREAD, count)
    return count[0]


async def test_a_killed_gate_is_not_noticed_by_those_who_sit_and_those_who_knock_wait(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with edge_process(nats_url, tmp_path / "edge") as edge, stage.live():
        clients = [ListenerClient([edge.url], space_id) for _ in range(6)]
        late = ListenerClient([edge.url], space_id)
        async with listening(*clients):
            await asyncio.gather(*(hear(client, 3) for client in clients))
            (gate,) = edge.pids("gate")
            os.kill(gate, signal.SIGKILL)
            async with listening(late):
                await hear(late, 3)
            await asyncio.gather(*(hear(client, 3) for client in clients))
        assert [client.joins for client in clients] == [1] * 6
        assert [client.faults for client in clients] == [[]] * 6
        assert (late.joins, late.refusals) == (1, [])
        assert edge.pids("gate") != [gate]


async def test_a_killed_fanout_loses_nobody_a_sample_and_its_gate_goes_on(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with edge_process(nats_url, tmp_path / "edge") as edge, stage.live():
        clients = [ListenerClient([edge.url], space_id) for _ in range(8)]
        async with listening(*clients):
            await asyncio.gather(*(hear(client, 3) for client in clients))
            gates, fanouts = edge.pids("gate"), edge.pids("fanout")
            os.kill(fanouts[0], signal.SIGKILL)  # the other one takes its listeners at once
            await asyncio.gather(*(hear(client, 3) for client in clients))
            assert [status for client in clients for status in client.refusals] == []
            assert max(client.joins for client in clients) <= 2
            for pid in edge.pids("fanout"):
                os.kill(pid, signal.SIGKILL)  # now nobody is there until they are started again
            await asyncio.gather(*(hear(client, 4) for client in clients))
        assert edge.pids("gate") == gates
        assert [client.faults for client in clients] == [[]] * 8


async def test_a_session_ends_cleanly_after_a_whole_chunk_and_goes_on_without_a_gap(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    settings = {"session_s": 2, "session_spread_s": 0.5}
    async with edge_process(nats_url, tmp_path / "edge", **settings) as edge, stage.live():
        client = ListenerClient([edge.url], space_id)
        async with listening(client), asyncio.timeout(30):
            await client.until(lambda c: c.joins >= 4)
        assert client.faults == []
        assert client.ends >= 3


async def test_who_stops_reading_is_not_hearing_within_six_seconds_though_the_connection_is_open(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with AsyncExitStack() as stack:
        edge = await stack.enter_async_context(edge_process(nats_url, tmp_path / "edge"))
        await stack.enter_async_context(stage.live())
        told = await stack.enter_async_context(beats(bus, space_id))
        readers = [ListenerClient([edge.url], space_id) for _ in range(5)]
        await stack.enter_async_context(listening(*readers))
        host, port = edge.url.removeprefix("http://").split(":")
        stoppers = []
        for _ in range(3):
            sock = socket.socket()
            stack.callback(sock.close)
            # A small window, so that the machine at this end cannot take seconds of audio for the reader.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            sock.connect((host, int(port)))
            sock.sendall(f"GET /s/{space_id}/live.aac HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            stoppers.append(sock)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(30):
            while (found := await told.get()).get("hearing") != 8:
                for sock in stoppers:
                    await loop.run_in_executor(None, sock.recv, 4096)
            # The machine at this end takes a little more for the reader who has stopped: that is the last
            # that is acknowledged.
            took, took_s = [0, 0, 0], loop.time()
            while (found := await told.get()).get("hearing") != 5:
                now = [unread(sock) for sock in stoppers]
                took, took_s = now, loop.time() if now != took else took_s
        # Both moments were seen at a beat, so the time between them is whole seconds.
        assert loop.time() - took_s <= 6.4
        assert found["admitted"] == 8
        assert found["arrived"] == 8


async def test_an_operator_steps_the_ladder_and_the_sound_goes_on_without_a_click(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with (
        edge_process(nats_url, tmp_path / "edge") as edge,
        stage.live(),
        beats(bus, space_id) as told,
    ):
        edge_id = (await told.get())["edge"]
        clients = [
            ListenerClient([edge.url], space_id, codec=codec, keeps_media=True, quiet_s=8)
            for codec in ("opus", "aac")
        ]
        async with listening(*clients):
            for wish in ({"rung": "low"}, {"cadence": 4}, {"rung": "high", "cadence": 1}):
                await asyncio.gather(*(hear(client, 6) for client in clients))
                answer = await bus.request(f"edge.{edge_id}.ladder", wish, timeout_s=2)
                assert wish.items() <= answer.items()
            await asyncio.gather(*(hear(client, 6) for client in clients))
        while (await told.get())["rung"] != "high":
            pass
    for client in clients:
        assert client.faults == []
        assert client.joins == 1
        codec = Codec(client.codec)
        steady = [
            decoded(init_segment(codec) + b"".join(rung_chunk(rung, heard.number) for heard in client.heard))
            for rung in Rung
            if rung.codec is codec
        ]
        assert loudest_click_db(decoded(bytes(client.media)), steady) < -30, codec


def decoded(media: bytes) -> Samples:
    with av.open(io.BytesIO(media), "r") as container:
        parts = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(parts).astype(np.float64)


def loudest_click_db(samples: Samples, steady: list[Samples]) -> float:
    """The loudest 20 ms of what is not the tone, in dBFS, above what either rung has at the same place
    without a change (the synthetic loop's own phase jumps, a coder's own noise)."""
    assert all(len(samples) == len(reference) for reference in steady)
    more = _without_tone(samples) - np.max([_without_tone(reference) for reference in steady], axis=0)
    return float(20 * np.log10(max(more) + 1e-9))


def _without_tone(samples: Samples) -> Samples:
    window = 960
    t = np.arange(window) / 48_000
    basis = np.stack([np.sin(2 * np.pi * TONE_HZ * t), np.cos(2 * np.pi * TONE_HZ * t)])
    blocks = samples[: len(samples) // window * window].reshape(-1, window)
    weights = blocks @ basis.T @ np.linalg.inv(basis @ basis.T)
    rest: Samples = np.sqrt(np.mean((blocks - weights @ basis) ** 2, axis=1))
    return rest


@pytest.mark.timeout(100)
async def test_two_hundred_listeners_of_a_killed_edge_miss_nothing_and_hear_again_within_two_seconds(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with (
        edge_process(nats_url, tmp_path / "one", fanouts=1) as one,
        edge_process(nats_url, tmp_path / "two", fanouts=1) as two,
        stage.live(),
    ):
        clients = [
            ListenerClient([one.url, two.url], space_id, keeps_media=index < 5) for index in range(200)
        ]
        async with listening(*clients):
            await asyncio.gather(*(hear(client, 4, within_s=30) for client in clients))
            killed_s = asyncio.get_running_loop().time()
            one.kill_all()
            await asyncio.gather(*(hear(client, 6, within_s=30) for client in clients))
        await one.process.wait()
    again = [min(h.at_s for h in client.heard if h.at_s > killed_s + 0.05) - killed_s for client in clients]
    assert [client.faults for client in clients] == [[]] * 200
    assert max(again) <= 2
    for client in clients[:5]:
        assert len(decoded(bytes(client.media))) == len(client.heard) * CHUNK_SAMPLES - _PRE_SKIP
