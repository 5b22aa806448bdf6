"""The edge's process: `python -m stentor.edge.main`.

Comes in: the settings. Goes out: a front door that is open until SIGTERM. Never: a stop that waits for the
crowd; open streams are ended, and their players go on at another edge with `?from=`.
"""

import asyncio
import contextlib
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
import uvicorn
import uvloop

from stentor.clock import Clock, SystemClock
from stentor.config import Settings, load
from stentor.edge.app import Parts, front_door
from stentor.edge.audience import Audience
from stentor.edge.beat import keep_beating
from stentor.edge.connection import Connection
from stentor.edge.metrics import Metrics
from stentor.edge.pages import BUILT
from stentor.edge.spaces import Spaces
from stentor.edge.waits import Waits
from stentor.errors import CannotStart, StentorError
from stentor.log.bus import connected
from stentor.log.state import SpaceStore
from stentor.process import stop_event
from stentor.space.names import new_id

log = structlog.get_logger()

_KEEP_ALIVE_S = 20
_BACKLOG = 4096
_GRACE_S = 2
_FIRST_LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class Edge:
    """A running edge.

    Args:
        tasks: its parts; none of them ends by itself.
    """

    id: str
    port: int
    tasks: frozenset[asyncio.Task[None]]


class _Server(uvicorn.Server):
    """uvicorn without hands on our signals: whoever stops it says so."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock | None = None,
    pages_dir: Path = BUILT,
    waits: Waits | None = None,
) -> AsyncIterator[Edge]:
    """An open front door for as long as the block runs.

    Raises: CannotStart: the port is taken, or no log is named. LogAway: NATS does not answer.
    """
    if not settings.nats_url:
        raise CannotStart(
            "The edge",
            because="nats_url is empty",
            next_step="set nats_url, or run `stentor serve`, which starts a server of its own",
        )
    clock, waits = clock or SystemClock(), waits or Waits()
    edge_id = new_id()
    listening = _listen(settings)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(listening.close)
        bus = await stack.enter_async_context(connected(settings.nats_url, name=f"edge-{edge_id}"))
        audience = Audience()
        spaces = Spaces(
            bus,
            await SpaceStore.open(bus),
            clock=clock,
            window_s=settings.window_s,
            first_chunk_s=waits.first_chunk_s,
            is_in_use=lambda space_id: audience.live_count(space_id) > 0,
        )
        metrics = Metrics(live_streams=lambda: audience.live_total, open_spaces=lambda: spaces.open_count)
        parts = Parts(spaces, bus, audience, metrics, clock, settings.listeners_max, pages_dir, waits)
        server = _server(parts)
        work = [
            asyncio.create_task(spaces.run(), name="spaces"),
            asyncio.create_task(keep_beating(bus, audience, edge_id=edge_id, clock=clock), name="beat"),
        ]
        stack.push_async_callback(_cancel, work)
        with contextlib.suppress(TimeoutError):
            # While NATS is slow, an open door that says «not yet» is better than a closed one.
            await asyncio.wait_for(spaces.has_looked.wait(), _FIRST_LOOK_S)
        serving = asyncio.create_task(server.serve(sockets=[listening]), name="http")
        port = listening.getsockname()[1]
        log.info("edge is open", edge=edge_id, port=port)
        try:
            yield Edge(edge_id, port, frozenset({*work, serving}))
        finally:
            # Streams end first: uvicorn waits for open answers, and a live one never ends by itself.
            spaces.close()
            server.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)


async def run(settings: Settings) -> None:
    """Until SIGTERM, or until a part dies: then the supervisor starts a whole new edge."""
    stop = stop_event()
    async with running(settings) as edge:
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({stopping, *edge.tasks}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        for task in done - {stopping}:
            task.result()


def main() -> int:
    """Returns the exit code."""
    try:
        settings = load()
        structlog.configure(
            wrapper_class=structlog.make_filtering_bound_logger(
                logging.getLevelNamesMapping()[settings.log_level.upper()]
            )
        )
        uvloop.run(run(settings))
    except StentorError as error:
        log.error("edge cannot run", error=type(error).__name__, detail=error.detail)
        return 1
    return 0


def _listen(settings: Settings) -> socket.socket:
    host, port = settings.edge_host, settings.edge_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server(
            (host, port),
            family=family,
            backlog=_BACKLOG,
            dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
        )
    except OSError as error:
        raise CannotStart(
            f"The front door on {host} port {port}",
            because=os.strerror(error.errno) if error.errno else str(error),
            next_step="stop what uses the port, or set edge_port",
        ) from None
    listening.setblocking(False)
    # Inherited by each connection. asyncio sets it only on sockets that name their protocol, which these do
    # not; without it every answer took 40 ms (measured).
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _server(parts: Parts) -> uvicorn.Server:
    config = uvicorn.Config(
        front_door(parts),
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # a line per junk request would be the attacker's pen
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        backlog=_BACKLOG,
    )
    return _Server(config)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(main())
