"""One network asks a gate as fast as it can; people of other networks come and hear, at once."""

import asyncio
import multiprocessing
import selectors
import socket
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlsplit

from edge_process import edge_process
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage

BAD = "127.0.1.1"
LINES = 160
FLOOD_S_MAX = 20.0
"""And no longer: the flood ends by itself, whatever becomes of the test."""
ARRIVALS = 40
KNOWN_AFTER = 100
HEAR_MIN = 0.7
"""While the first queue of a flood drains, for half a second, others are given places as well."""
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


@dataclass(frozen=True, slots=True)
class Answered:
    """Args: what: sound, place, or the status of anything else. pass_: of whoever hears."""

    what: str
    took_s: float
    pass_: str = ""


async def joined(port: int, space_id: str, *, source: str, query: str = "") -> Answered:
    """A knock, and how long its answer took."""
    began_s = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    try:
        writer.write(f"GET /s/{space_id}/live.mp4{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        took_s, status = time.monotonic() - began_s, head.split()[1]
        if status == "200":
            return Answered("sound", took_s, head.partition("Stentor-Pass: ")[2].partition("\r\n")[0])
        is_place = b'"ticket":"' in await reader.read()
        return Answered("place" if is_place else status, took_s)
    finally:
        writer.close()


async def test_people_of_other_networks_hear_at_once_while_one_network_asks_as_fast_as_it_can(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with edge_process(nats_url, tmp_path / "edge") as edge, stage.live(), asyncio.timeout(40):
        port = urlsplit(edge.url).port
        assert port is not None
        listener = await joined(port, space_id, source="127.0.2.250")
        assert (listener.what, listener.pass_ != "") == ("sound", True)
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
            renewed = [
                await joined(port, space_id, source=BAD, query=f"?pass={listener.pass_}") for _ in range(10)
            ]
            assert flooding.is_alive(), "they came during the flood"
        finally:
            is_enough.set()
            await asyncio.to_thread(flooding.join)
        answers = Counter(answer.what for answer in found)
        assert answers.keys() <= {"sound", "place"}, "every answer is a definite one"
        assert answers["sound"] >= HEAR_MIN * ARRIVALS
        assert sorted(answer.took_s for answer in found)[-2] < 1.0
        # Out of the flood's own network: whoever is in is never asked to wait.
        assert {answer.what for answer in renewed} == {"sound"}
        assert max(answer.took_s for answer in renewed) < 1.0


async def shed(url: str) -> float:
    """How many requests have been refused unread."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    text = (await reader.read()).decode()
    writer.close()
    lines = [line for line in text.splitlines() if line.startswith("stentor_edge_shed_answers_total")]
    return sum(float(line.split()[-1]) for line in lines)
