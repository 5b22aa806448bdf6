"""The floor: what the kernel alone asks for the crowd's writes. A loop of `os.write`, none of our code in it.

Comes in: connections. Goes out: chunks of the same sizes as the fan-out's, to sockets set up like the
fan-out's, in the same 32 slots of 20 ms, at the cadence that is asked for. Never: a look at a listener, a
backlog, a second chance: who cannot take all is a fault of the measurement and counted.
"""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from os import write
from pathlib import Path
from typing import Self

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from crowd_child import Child, begin_child
from crowd_load import Target
from stentor.edge.framing import Format, Shape, framed
from stentor.edge.sockets import adopted
from stentor.limits import CHUNK_MS
from stentor.space.rung import Rung
from stentor.space.tick import TickWriter
from synthetic_stage import PEOPLE, rung_chunk

_SLOTS = 32
_CHUNKS = 450
"""Framed beforehand: 288 s; then the process ends."""
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mp4\r\nConnection: close\r\n\r\n"


class Floor(Child):
    """A floor for as long as the block runs."""

    def __init__(self, rung: Rung) -> None:
        super().__init__(_serve, rung)
        self.target = Target("127.0.0.1", 0, "/")

    def __enter__(self) -> Self:
        super().__enter__()
        self.target = Target("127.0.0.1", self._pipe.recv(), "/")
        return self

    def cadence(self, cadence: int) -> tuple[int, int, int]:
        """From now on. Returns what was done so far: writes, bytes, writes that were not taken whole."""
        done: tuple[int, int, int] = self.ask(cadence)
        return done


def _serve(rung: Rung, pipe: Connection) -> None:
    begin_child()
    chunks = _framed_chunks(rung)
    preamble = _HEAD + Shape(rung, Format.MP4).preamble
    with _door() as server:
        pipe.send(server.getsockname()[1])
        slots: list[list[int]] = [[] for _ in range(_SLOTS)]
        next_of = [0] * _SLOTS
        kept: list[socket.socket] = []
        cadence, writes, size_bytes, short = 1, 0, 0, 0
        step, due_s, began_s = 0, time.monotonic(), time.monotonic()
        while True:
            due_s += CHUNK_MS / 1000 / _SLOTS
            time.sleep(max(0.0, due_s - time.monotonic()))
            head = min(_CHUNKS - 1, int((time.monotonic() - began_s) / (CHUNK_MS / 1000)))
            index = step % _SLOTS
            step += 1
            if (head + 1 - index) % cadence == 0 and next_of[index] <= head:
                data = b"".join(chunks[next_of[index] : head + 1])
                next_of[index] = head + 1
                try:
                    for fd in slots[index]:
                        if write(fd, data) != len(data):
                            short += 1
                except ConnectionError:
                    return  # the crowd has gone home
                writes += len(slots[index])
                size_bytes += len(data) * len(slots[index])
            if index % 8 == 0:
                _accept(server, kept, slots, preamble)
                try:
                    while pipe.poll():
                        cadence = pipe.recv()
                        pipe.send((writes, size_bytes, short))
                except (EOFError, OSError):
                    return
            if head == _CHUNKS - 1:
                return


def _accept(
    server: socket.socket, kept: list[socket.socket], slots: list[list[int]], preamble: bytes
) -> None:
    """Newcomers; one refused `accept` per 160 ms when there are none."""
    while True:
        try:
            sock, _ = server.accept()
        except BlockingIOError:
            return
        kept.append(sock := adopted(sock.detach()))
        write(sock.fileno(), preamble)
        slots[len(kept) % _SLOTS].append(sock.fileno())


@contextmanager
def _door() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as server:
        server.setblocking(False)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield server


def _framed_chunks(rung: Rung) -> list[bytes]:
    """What the synthetic stage's chunks are at an edge, ticks included."""
    shape, ticks = Shape(rung, Format.MP4), TickWriter()
    found = []
    for number in range(_CHUNKS):
        facts = {
            "state": "on_air",
            "title": "A tone",
            "people": PEOPLE,
            "speaking": {"ada": -12} if number % 5 else {},
        }
        tick = ticks.write(number=number, wall_ms=1_700_000_000_000 + number * CHUNK_MS, facts=facts)
        found.append(framed(shape, number=number, data=rung_chunk(rung, number), tick=tick))
    return found
