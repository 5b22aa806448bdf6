"""What a refusal costs at the gate's doorstep: `python -m bench.doorstep_cost`.

One process accepts on loopback; a child asks, one connection after the other. Printed is the server's own CPU
time per connection, so that the child and other processes do not count (but on loopback the kernel does the
peer's part in the sender's time):
uvicorn's accept with the smallest ASGI answer as it was before; the doorstep with the same answer; a network
over its budget, reset; one that is told so; a request that is shed; a silent connection. Beside them what a
seat of 20 minutes costs at cadence 1, of which a refusal may be a hundredth.
"""

import asyncio
import multiprocessing
import os
import resource
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
import uvloop
from starlette.responses import Response

from stentor.admission.budgets import Budgets
from stentor.edge.connection import Hall
from stentor.edge.guard import Guard
from stentor.edge.held import Held
from stentor.edge.server import Server, http_server

CONNECTIONS = 4000
SEAT_MS = 20.0
"""1,875 chunks of 11 µs (bench/fanout_cost.py)."""
ASKER = "127.0.1.1"
REQUEST = b"GET /s/demo/live.mp4 HTTP/1.1\r\nHost: x\r\nUser-Agent: bench\r\n\r\n"
OK = Response(b"ok\n")


async def application(scope: Any, receive: Any, send: Any) -> None:
    await OK(scope, receive, send)


class Plain(uvicorn.Server):
    """As it was: uvicorn accepts."""


def ask(port: int, count: int, *, is_silent: bool, at_once: int) -> None:
    """Opens connections, `at_once` of them at a time, and reads each to its end."""
    for _ in range(count // at_once):
        batch = []
        for _ in range(at_once):
            sock = socket.socket()
            sock.bind((ASKER, 0))
            sock.connect(("127.0.0.1", port))
            batch.append(sock)
        for sock in batch:
            try:
                if not is_silent:
                    sock.send(REQUEST)
                    sock.recv(4096)
            except OSError:
                pass
        for sock in batch:
            sock.close()


async def measured(server: uvicorn.Server, *, is_silent: bool = False) -> tuple[float, float]:
    """CPU time of this thread per connection, in µs: in Python, in the kernel."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
    listening.setblocking(False)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110  # uvicorn says it no other way
        await asyncio.sleep(0.01)
    port = listening.getsockname()[1]
    asking = multiprocessing.get_context("fork").Process(
        target=ask, args=(port, CONNECTIONS), kwargs={"is_silent": is_silent, "at_once": 50}
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


def main() -> None:
    os.nice(5)
    for title, (made, is_silent) in CASES.items():
        own_us, kernel_us = uvloop.run(measured(made(), is_silent=is_silent))
        share = (own_us + kernel_us) / 10 / SEAT_MS
        print(f"{title:34} {own_us:6.1f} µs + kernel {kernel_us:6.1f} µs   {share:6.3f} % of a seat")


if __name__ == "__main__":
    main()
