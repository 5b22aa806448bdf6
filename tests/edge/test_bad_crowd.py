"""Good listeners beside bad ones: who reads slowly, who stops, who resets, who comes and goes."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from edge_door import front_door
from edge_process import edge_process
from listeners import all_hear, beats, hear, listening, until_told
from stentor.edge.waits import Waits
from stentor.formats.cmaf import chunk_number
from stentor.log.bus import Bus
from stentor.rehearsal.listener_client import ListenerClient
from stentor.space.rung import Codec
from synthetic_stage import SyntheticStage, programme_chunk

FAST = 4.0
HALF_A_CHUNK = len(programme_chunk(Codec.AAC, 0)) // 2


class BareListener:
    """A socket that is read from only when the test says so, on a line with small segments.

    The buffer is small, so that the machine at this end cannot take seconds of audio for the reader.
    """

    def __init__(self, url: str, space_id: str) -> None:
        self.data = b""
        self._url = urlsplit(url)
        self._path = f"/s/{space_id}/live.mp4?codec=aac"

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["BareListener"]:
        loop = asyncio.get_running_loop()
        with socket.socket() as self._sock:
            self._sock.setblocking(False)
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            # Loopback's segments of 64 kB would never fit into such a window.
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1448)
            await loop.sock_connect(self._sock, (self._url.hostname, self._url.port))
            await loop.sock_sendall(self._sock, f"GET {self._path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            yield self

    async def read(self, size_bytes: int) -> bytes:
        """What has come, at most so much; waits for the first byte."""
        found = await asyncio.get_running_loop().sock_recv(self._sock, size_bytes)
        self.data += found
        return found

    async def read_to_the_end(self) -> None:
        """Raises: ConnectionResetError: it was no end but a cut."""
        while await self.read(1 << 16):
            pass

    def reset_at_the_end(self) -> None:
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    @property
    def numbers(self) -> list[int]:
        """The chunks that have come whole."""
        found, at = [], self.data.find(b"\r\n\r\n") + 4
        moof = b""
        while (size := int.from_bytes(self.data[at : at + 4])) and at + size <= len(self.data):
            box = self.data[at : at + size]
            if box[4:8] == b"moof":
                moof = box
            elif box[4:8] == b"mdat":
                found.append(chunk_number(moof + box))
            at += size
        return found


@asynccontextmanager
async def for_ever(*again: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Does each thing again and again beside the block."""

    async def repeated(once: Callable[[], Awaitable[None]]) -> None:
        while True:
            await once()

    tasks = [asyncio.create_task(repeated(once)) for once in again]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result


@asynccontextmanager
async def reports(bus: Bus) -> AsyncIterator["asyncio.Queue[dict[str, Any]]"]:
    """What the fan-out says of itself each second."""
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    subscription = await bus.subscribe(
        "edge.*.part.fanout-0", lambda _, payload: queue.put_nowait(json.loads(payload))
    )
    yield queue
    await subscription.close()


def files_of(pids: list[int]) -> int:
    """Open descriptors of processes."""
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)


@pytest.mark.timeout(90)
async def test_good_listeners_notice_nothing_of_bad_ones_and_the_count_and_the_files_are_right_afterwards(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with AsyncExitStack() as stack:
        edge = await stack.enter_async_context(edge_process(nats_url, tmp_path / "edge"))
        await stack.enter_async_context(stage.live())
        told = await stack.enter_async_context(beats(bus, space_id))
        async with listening(first := ListenerClient([edge.url], space_id)):
            await hear(first, 1)
        await until_told(told, lambda beat: beat.get("arrived") == 1 and not beat.get("admitted"))
        fanouts = edge.pids("fanout")
        files = files_of(fanouts)

        good = [ListenerClient([edge.url], space_id, codec="aac") for _ in range(60)]
        slow = [BareListener(edge.url, space_id) for _ in range(6)]
        stopped = [BareListener(edge.url, space_id) for _ in range(3)]
        async with AsyncExitStack() as crowd:
            await crowd.enter_async_context(listening(*good))
            for bare in (*slow, *stopped):
                await crowd.enter_async_context(bare.connected())
                await bare.read(HALF_A_CHUNK)
            await all_hear(good, 2)

            async def read_slowly() -> None:
                await hear(good[0], 1)
                for bare in slow:
                    await bare.read(HALF_A_CHUNK)

            async def reset() -> None:
                async with (bare := BareListener(edge.url, space_id)).connected():
                    while len(bare.numbers) < 3:
                        await bare.read(HALF_A_CHUNK)
                    bare.reset_at_the_end()

            restless: list[ListenerClient] = []

            async def come_and_go() -> None:
                restless.append(client := ListenerClient([edge.url], space_id, codec="aac"))
                async with listening(client):
                    await hear(client, 4)

            async with for_ever(read_slowly, *[reset] * 3, *[come_and_go] * 3):
                # For so long that whoever has stopped is no longer hearing.
                await all_hear(good, 12)
                assert len(restless) >= 9
            while not told.empty():
                told.get_nowait()
            # On a machine that is late enough the stopped are closed by now.
            found = await until_told(told, lambda beat: beat.get("admitted") in {66, 69}, within_s=5)
            assert found["hearing"] == 60 + 6
            assert found["arrived"] > 1 + 69 + len(restless)
            assert [client.faults for client in (*good, *restless)] == [[]] * (60 + len(restless))
            assert [client.joins for client in good] == [1] * 60
        await until_told(told, lambda beat: not beat.get("admitted"))
        assert edge.pids("fanout") == fanouts
        assert files_of(fanouts) == files


async def test_who_reads_slowly_skips_and_then_hears_what_is_live(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(front_door(nats_url, pages_dir=tmp_path))
        await stack.enter_async_context(stage.live(speed=FAST))
        said = await stack.enter_async_context(reports(bus))
        good = ListenerClient([url], space_id, codec="aac")
        await stack.enter_async_context(listening(good))
        slow = await stack.enter_async_context(BareListener(url, space_id).connected())
        while said.empty() or said.get_nowait()["skipped"] < 6:
            await hear(good, 1)
            await slow.read(HALF_A_CHUNK)
        while (good.next or 0) - max(slow.numbers) > 3:
            await slow.read(1 << 16)
        live_at = len(slow.numbers)
        while len(slow.numbers) < live_at + 5:
            await slow.read(1 << 16)
        numbers = slow.numbers
        assert good.faults == []
    assert numbers == sorted(set(numbers)), "nothing is heard twice"
    assert numbers[-1] - numbers[0] >= len(numbers) + 5, "chunks were skipped"
    assert numbers[-5:] == list(range(numbers[-5], numbers[-1] + 1)), "who reads again misses nothing again"


async def test_who_stops_reading_is_closed_as_stuck_and_nobody_else(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with AsyncExitStack() as stack:
        waits = Waits(socket_s=2)
        url = await stack.enter_async_context(front_door(nats_url, pages_dir=tmp_path, waits=waits))
        await stack.enter_async_context(stage.live(speed=FAST))
        told = await stack.enter_async_context(beats(bus, space_id))
        said = await stack.enter_async_context(reports(bus))
        good = [ListenerClient([url], space_id, codec="aac") for _ in range(5)]
        await stack.enter_async_context(listening(*good))
        stopped = [await stack.enter_async_context(BareListener(url, space_id).connected()) for _ in range(3)]
        await until_told(told, lambda beat: beat.get("admitted") == 8)
        found = await until_told(told, lambda beat: beat.get("gone") == 3)
        assert found["admitted"] == 5
        assert found["hearing"] == 5
        async with asyncio.timeout(3):
            while (report := await said.get())["ended"] != {"stuck": 3}:
                assert report["ended"].keys() <= {"stuck"}
        for bare in stopped:
            with pytest.raises(ConnectionResetError):
                await bare.read_to_the_end()
        await all_hear(good, 3)
        assert [client.faults for client in good] == [[]] * 5
        assert [client.joins for client in good] == [1] * 5
