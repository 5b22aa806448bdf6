"""One network asks a gate as fast as it can; people of other networks come and hear, at once."""

import asyncio
import multiprocessing
import selectors
import socket
import time
from collections import Counter
from contextlib import suppress
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlsplit

from edge_process import edge_process
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage

BAD = "127.0.1.1"
LINES = 32
FLOOD_S_MAX = 20.0
"""And no longer: the flood ends by itself, whatever becomes of the test."""
ARRIVALS = 40
KNOWN_AFTER = 100
HEAR_MIN = 0.7
"""While the first queue of a flood drains, for half a second, others are told to come back as well."""
REQUEST = b"GET /s/%s/space.json HTTP/1.1\r\nHost: x\r\n\r\n"


def flood(port: int, request: bytes, is_enough: Event) -> None:
    """Keeps every connection full, and opens another for each that is closed."""
    until_s = time.monotonic() + FLOOD_S_MAX
    ready = selectors.DefaultSelector()

    def dial() -> None:
        sock = socket.socket()
        sock.bind((BAD, 0))
        with suppress(OSError):
            sock.connect(("127.0.0.1", port))
            sock.send(request * 4)
        ready.register(sock, selectors.EVENT_READ)

    for _ in range(LINES):
        dial()
    while time.monotonic() < until_s and not is_enough.is_set():
        for key, _ in ready.select(0.1):
            assert isinstance(key.fileobj, socket.socket)
            try:
                is_open = bool(key.fileobj.recv(1 << 16)) and key.fileobj.send(request * 4) > 0
            except OSError:
                is_open = False
            if not is_open:
                ready.unregister(key.fileobj)
                key.fileobj.close()
                dial()


async def joined(port: int, space_id: str, *, source: str) -> tuple[int, float]:
    """A newcomer's first answer, and how long it took."""
    began_s = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    try:
        writer.write(f"GET /s/{space_id}/live.mp4 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        status = int((await reader.readline()).split()[1])
    finally:
        writer.close()
    return status, time.monotonic() - began_s


async def test_people_of_other_networks_hear_at_once_while_one_network_asks_as_fast_as_it_can(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with edge_process(nats_url, tmp_path / "edge") as edge, stage.live(), asyncio.timeout(40):
        port = urlsplit(edge.url).port
        assert port is not None
        assert (await joined(port, space_id, source="127.0.2.250"))[0] == 200
        context = multiprocessing.get_context("spawn")
        is_enough = context.Event()
        flooding = context.Process(
            target=flood, args=(port, REQUEST % space_id.encode(), is_enough), daemon=True
        )
        flooding.start()
        try:
            while await shed(edge.url) < KNOWN_AFTER:
                await asyncio.sleep(0.05)
            found = [
                await joined(port, space_id, source=f"127.0.{2 + arrival}.1") for arrival in range(ARRIVALS)
            ]
            assert flooding.is_alive(), "they came during the flood"
        finally:
            is_enough.set()
            await asyncio.to_thread(flooding.join)
        statuses = Counter(status for status, _ in found)
        assert statuses.keys() <= {200, 503}, "every answer is a definite one"
        assert statuses[200] >= HEAR_MIN * ARRIVALS
        assert sorted(wait_s for _, wait_s in found)[-2] < 1.0


async def shed(url: str) -> float:
    """How many requests have been refused unread."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    text = (await reader.read()).decode()
    writer.close()
    lines = [line for line in text.splitlines() if line.startswith("stentor_edge_shed_answers_total")]
    return sum(float(line.split()[-1]) for line in lines)
