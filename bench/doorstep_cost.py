"""What an answer costs at the gate's doorstep: `python -m bench.doorstep_cost`.

One process accepts on loopback; a child asks, one connection after the other. Printed is the server's own CPU
time per connection, so that the child and other processes do not count (but on loopback the kernel does the
peer's part in the sender's time):
uvicorn's accept with the smallest ASGI answer as it was before; the doorstep with the same answer; a network
over its budget, reset; one that is told so; a request that is shed; a silent connection. Then the express
desk (`edge/express.py`), asked from 4,000 addresses as a flood does: a place in the line while the gate is
too busy, while the doors are held, for a ticket that is shown again; a ticket alone; a seat, taken by a
fan-out of two lines. Last, what the budgets' tables weigh when they are full. Beside them what a seat of 20
minutes costs at cadence 1, of which a refusal may be a hundredth.
"""

import asyncio
import multiprocessing
import os
import resource
import socket
import tracemalloc
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import uvicorn
import uvloop
from starlette.responses import Response

from stentor.admission.budgets import NETWORKS_MAX, Budgets
from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.place import Place
from stentor.admission.token import KeyRing
from stentor.clock import SystemClock
from stentor.edge.admission.clocks import Clocks
from stentor.edge.admission.desk import Desk
from stentor.edge.connection import Hall
from stentor.edge.express import Express
from stentor.edge.fanouts import Fanouts
from stentor.edge.guard import Guard
from stentor.edge.handover import MESSAGE_BYTES_MAX, Ack, Handover
from stentor.edge.held import Held
from stentor.edge.metrics import Metrics
from stentor.edge.neighbours import Neighbours
from stentor.edge.programme import Programme
from stentor.edge.seating import Seating
from stentor.edge.server import Server, http_server
from stentor.edge.spaces import Spaces
from stentor.log.assembler import LogChunk
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.space.rung import Rung

CONNECTIONS = 4000
SEAT_MS = 20.0
"""1,875 chunks of 11 µs (bench/fanout_cost.py)."""
ASKER = "127.0.1.1"
REQUEST = b"GET /s/demo/live.mp4 HTTP/1.1\r\nHost: x\r\nUser-Agent: bench\r\n\r\n"
TICKET = b"POST /s/demo/ticket HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
OK = Response(b"ok\n")


async def application(scope: Any, receive: Any, send: Any) -> None:
    await OK(scope, receive, send)


class Plain(uvicorn.Server):
    """As it was: uvicorn accepts."""


def ask(port: int, count: int, request: bytes, *, is_wide: bool, at_once: int) -> None:
    """Opens connections, `at_once` of them at a time, and reads each to its end.

    Args:
        request: empty: says nothing. is_wide: each from another address.
    """
    for number in range(count // at_once):
        batch = []
        for index in range(at_once):
            sock = socket.socket()
            sock.bind((f"127.{number + 1}.{index}.1" if is_wide else ASKER, 0))
            sock.connect(("127.0.0.1", port))
            with suppress(OSError):
                # At once, as a flood does: it is here before the connection is accepted.
                sock.send(request)
            batch.append(sock)
        for sock in batch:
            with suppress(OSError):
                if request:
                    sock.recv(4096)
        for sock in batch:
            sock.close()


async def measured(
    server: uvicorn.Server, *, request: bytes = REQUEST, is_wide: bool = False
) -> tuple[float, float]:
    """CPU time of this thread per connection, in µs: in Python, in the kernel."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
    listening.setblocking(False)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110  # uvicorn says it no other way
        await asyncio.sleep(0.01)
    port = listening.getsockname()[1]
    asking = multiprocessing.get_context("fork").Process(
        target=ask, args=(port, CONNECTIONS, request), kwargs={"is_wide": is_wide, "at_once": 50}
    )
    asking.start()
    before = resource.getrusage(resource.RUSAGE_THREAD)
    await asyncio.to_thread(asking.join)
    after = resource.getrusage(resource.RUSAGE_THREAD)
    server.should_exit = True
    await serving
    own_s, kernel_s = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return own_s / CONNECTIONS * 1e6, kernel_s / CONNECTIONS * 1e6


def plain() -> uvicorn.Server:
    config = uvicorn.Config(
        application, ws="none", lifespan="off", log_config=None, log_level="error", access_log=False
    )
    server = Plain(config)
    server.capture_signals = Server.capture_signals.__get__(server)  # type: ignore[method-assign]
    return server


def with_doorstep(guard: Guard) -> uvicorn.Server:
    return http_server(application, Hall(guard, Held(8000)))


def shedding() -> Guard:
    guard = Guard(Budgets(connections_per_s=0, requests_per_s=0.001))
    guard.shedder.is_hot = True
    return guard


class OneSpace:
    """The house's Spaces: one, on the air, with a chunk of it."""

    def __init__(self) -> None:
        self.space = Space(
            "demo", "Bench", State.ON_AIR, created_ms=0, on_air_ms=SystemClock().wall_ms() - 60_000
        )
        self.only = Programme("demo", chunks_max=20, first_chunk_s=1.0, fetch_old=nothing_older)
        self.only.take(LogChunk(100, Rung.AAC64, b"x", None), now_s=0.0)

    def record(self, name: str) -> Space:
        assert name == self.space.id
        return self.space

    def programme(self, _space_id: str) -> Programme:
        return self.only


async def nothing_older(_rung: Rung, _number: int) -> None:
    return None


@contextmanager
def desk(doors: Doors, *, path: Path | None = None) -> Iterator[tuple[Desk, Express, Fanouts]]:
    clock = SystemClock()
    clocks = Clocks(clock)
    told = LineClock("demo", 1, clock.wall_ms(), doors, called=Place(1, 0), seed="5a" * 32)
    clocks.hear("demo", told.encoded(lambda _: bytes(64)))
    ring = KeyRing.of(b"k" * 32)
    desk = Desk(clock, clocks, lambda: ring, b"n" * 32, Budgets())
    neighbours = Neighbours(clock)
    fanouts = Fanouts([path] if path else [], seats_max=1 << 20)
    seating = Seating(
        cast(Spaces, OneSpace()),
        desk,
        fanouts,
        Metrics(open_spaces=lambda: 1, neighbours=neighbours),
        clock,
    )
    yield desk, Express(seating), fanouts


def fan_out(path: Path) -> None:
    """Takes, answers, ends."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        door.bind(str(path))
        door.listen(1)
        gate, _ = door.accept()
        taken = 0
        while True:
            message, fds, _, _ = socket.recv_fds(gate, MESSAGE_BYTES_MAX, 1)
            if not message:
                return
            taken += 1
            gate.send(Ack(taken, 0).encoded())
            for fd in fds:
                os.write(fd, Handover.parse(message).head)
                os.close(fd)


async def at_the_desk(doors: Doors, *, is_hot: bool = False, request: bytes = REQUEST) -> tuple[float, float]:
    """A place, or a ticket alone."""
    with desk(doors) as (own, express, _):
        guard = Guard(Budgets())
        if is_hot:
            # Nobody is let in: each asker meets the end of the guard's deliberation.
            guard.shedder.is_hot = True
            guard.shedder.capacity_per_s = 0.0
            guard.shedder._shares = [0.0] * len(guard.shedder._shares)
        if b"$TICKET" in request:
            space = OneSpace().space
            request = request.replace(b"$TICKET", own.place(space, "10.0.0.1").token.encode())
        server = http_server(application, Hall(guard, Held(8000), express))
        return await measured(server, request=request, is_wide=True)


async def seated() -> tuple[float, float]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fan-out"
        taking = multiprocessing.get_context("fork").Process(target=fan_out, args=(path,), daemon=True)
        taking.start()
        with desk(Doors.OPEN, path=path) as (_, express, fanouts):
            keeping = asyncio.create_task(fanouts.run())
            while not fanouts.linked:  # noqa: ASYNC110  # it is about to be
                await asyncio.sleep(0.01)
            server = http_server(application, Hall(Guard(Budgets()), Held(8000), express))
            try:
                return await measured(server, is_wide=True)
            finally:
                keeping.cancel()
                taking.kill()


CASES: dict[str, tuple[Callable[[], uvicorn.Server], bool]] = {
    "uvicorn's accept, a small answer": (plain, False),
    "the doorstep, a small answer": (lambda: with_doorstep(Guard(Budgets(connections_per_s=0))), False),
    "shed: told to come back": (lambda: with_doorstep(shedding()), False),
    "over budget: told so": (lambda: with_doorstep(Guard(Budgets(connections_per_s=0.001))), False),
    "over budget: reset": (
        lambda: with_doorstep(Guard(Budgets(connections_per_s=0.001), told_max=0)),
        False,
    ),
    "silent": (lambda: with_doorstep(Guard(Budgets(connections_per_s=0))), True),
}


AT_THE_DESK: dict[str, Callable[[], Coroutine[Any, Any, tuple[float, float]]]] = {
    "too busy: a place in the line": lambda: at_the_desk(Doors.OPEN, is_hot=True),
    "doors held: a place in the line": lambda: at_the_desk(Doors.HELD),
    "doors held: the same ticket again": lambda: at_the_desk(
        Doors.HELD, request=REQUEST.replace(b" HTTP", b"?ticket=$TICKET HTTP")
    ),
    "a ticket alone": lambda: at_the_desk(Doors.HELD, request=TICKET),
    "a seat": seated,
}


def tables_mib() -> float:
    """Of a gate's budgets, asked by more networks of every size than they keep."""
    tracemalloc.start()
    budgets, now_s = Budgets(), 0.0
    for number in range(2 * NETWORKS_MAX):
        high, low = divmod(number, 1 << 8)
        now_s += 0.0001
        for address in (f"{10 + (high >> 8)}.{high & 255}.{low}.1", f"2001:db8:{number:x}::1"):
            budgets.connection(address, now_s=now_s)
            budgets.request(address, now_s=now_s)
            budgets.ticket(address, is_held=False, now_s=now_s)
            budgets.ticket(address, is_held=True, now_s=now_s)
    size_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size_bytes / (1 << 20)


def main() -> None:
    os.nice(5)
    for title, (made, is_silent) in CASES.items():
        own_us, kernel_us = uvloop.run(measured(made(), request=b"" if is_silent else REQUEST))
        share = (own_us + kernel_us) / 10 / SEAT_MS
        print(f"{title:34} {own_us:6.1f} µs + kernel {kernel_us:6.1f} µs   {share:6.3f} % of a seat")
    for title, asked in AT_THE_DESK.items():
        own_us, kernel_us = uvloop.run(asked())
        share = (own_us + kernel_us) / 10 / SEAT_MS
        print(f"{title:34} {own_us:6.1f} µs + kernel {kernel_us:6.1f} µs   {share:6.3f} % of a seat")
    print(f"the tables of all budgets, full     {tables_mib():6.1f} MiB")


if __name__ == "__main__":
    main()
