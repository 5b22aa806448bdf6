"""A gate's process: `python -m stentor.edge.gate`. Reads requests, admits, serves what is not live.

Comes in: a listening socket of the edge's, requests of anybody. Goes out: answers; live listeners' sockets,
to the fan-outs. Never: a stop that waits for the crowd: those who sit are the fan-outs'.

Gates give way (NICE) to whoever makes or sends sound: on a machine that is full of requests the stage, NATS,
the recording and the fan-outs run first, and the flood waits for itself. What draws or unpacks in a gate runs
in threads of the same niceness: a nicer thread would hold the interpreter's lock while it waits for a core,
and with it the gate's loop.
"""

import argparse
import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import structlog

from stentor.admission.budgets import Budgets
from stentor.admission.forwarded import Trusted
from stentor.admission.network import Networks
from stentor.admission.wide_networks import WideNetworks
from stentor.clock import Clock, SystemClock
from stentor.config import Settings
from stentor.edge.admission import low
from stentor.edge.admission.setup import open_desk
from stentor.edge.app import Parts, front_door
from stentor.edge.audience import Audience
from stentor.edge.connection import Hall
from stentor.edge.express import Express
from stentor.edge.extras.relay import Relay
from stentor.edge.extras.routes import ExtrasRoutes
from stentor.edge.extras.signs import SignTable
from stentor.edge.fanouts import Fanouts
from stentor.edge.gate_report import GateReport
from stentor.edge.guard import Guard
from stentor.edge.held import Held, room_for_connections
from stentor.edge.metrics import Metrics
from stentor.edge.neighbours import Neighbours
from stentor.edge.pages import BUILT
from stentor.edge.programme import RUNGS
from stentor.edge.public.addresses import Addresses
from stentor.edge.public.card import Card
from stentor.edge.public.cards import Cards
from stentor.edge.public.hosts import Hosts
from stentor.edge.public.podcast_routes import PodcastRoutes, Publisher
from stentor.edge.public.podcast_shows import Shelves
from stentor.edge.public.search import SearchRoutes
from stentor.edge.replay.archive import Archive
from stentor.edge.replay.recordings import Recordings
from stentor.edge.seating import Seating
from stentor.edge.server import http_server
from stentor.edge.spaces import Spaces
from stentor.edge.waits import Waits
from stentor.log.bus import connected
from stentor.log.house_key import house_key
from stentor.log.state import CrewStore, RecordingStore, SpaceStore
from stentor.process import end_tasks, first_to_end, set_name, stop_event, until
from stentor.role import run_role
from stentor.shelf.store import Shelf

log = structlog.get_logger()

NICE = 5
"""A third of the weight of a process that is not nice; a gate alone on its core loses nothing."""
_FIRST_LOOK_S = 5.0


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    *,
    listening: socket.socket,
    fanout_doors: list[Path],
    edge_id: str,
    part: str,
    clock: Clock | None = None,
    pages_dir: Path = BUILT,
    waits: Waits | None = None,
) -> AsyncIterator[asyncio.Task[None]]:
    """An open gate for as long as the block runs.

    Returns: a task that ends only by a fault.
    Raises: LogAway: NATS does not answer.
    """
    clock, waits = clock or SystemClock(), waits or Waits()
    async with contextlib.AsyncExitStack() as stack:
        bus = await stack.enter_async_context(connected(settings.nats_url, name=f"{edge_id}-{part}"))
        audience, neighbours, signs = Audience(), Neighbours(clock), SignTable()
        spaces = Spaces(
            bus,
            await SpaceStore.open(bus),
            clock=clock,
            window_s=settings.window_s,
            first_chunk_s=waits.first_chunk_s,
            is_in_use=lambda space_id: neighbours.listeners(space_id) > 0,
            rungs=RUNGS | {low.SHAPE.rung},
        )
        metrics = Metrics(open_spaces=lambda: spaces.open_count, neighbours=neighbours)
        fanouts = Fanouts(
            fanout_doors,
            seats_max=settings.listeners_max,
            wait_s=waits.fanout_s,
            newcomers=neighbours.newcomers,
            cadence=lambda: neighbours.step.cadence,
        )
        trusted = Trusted.parsed(settings.trusted_proxies)
        line, door_keys = await open_desk(
            stack,
            bus,
            settings,
            spaces=spaces,
            fanouts=fanouts,
            newcomers=neighbours.newcomers,
            clock=clock,
            trusted=trusted,
        )
        report = GateReport(
            bus,
            spaces,
            audience,
            signs,
            metrics,
            clock,
            line.desk.counts,
            line.desk.shown,
            edge_id=edge_id,
            part=part,
        )
        subscription = await neighbours.listen(bus, edge_id, on_report=report.hear)
        stack.push_async_callback(subscription.close)
        hosts = Hosts(await CrewStore.open(bus))
        recordings = Recordings(await RecordingStore.open(bus))
        archive = Archive.open(
            bus,
            spaces,
            recordings,
            Shelf.configured(settings),
            metrics,
            extras=lambda: neighbours.extras,
            clock=clock,
            egress=neighbours.egress,
        )
        stack.push_async_callback(archive.close)
        search = SearchRoutes(bus, spaces, recordings, clock, lambda: neighbours.extras)
        stack.push_async_callback(search.close)
        addresses = Addresses(settings.edge_url, settings.edge_urls)
        cards = Cards(Card.from_pages(pages_dir), clock)
        podcasts = PodcastRoutes(
            spaces,
            recordings,
            Shelves(archive.catalogue, hosts.names),
            addresses,
            cards,
            Publisher.configured(settings),
            clock,
            lambda: neighbours.extras,
        )
        stack.push_async_callback(podcasts.close)
        extras = ExtrasRoutes(
            spaces,
            signs,
            Relay(bus, clock),
            metrics,
            clock,
            network_of=Networks(await house_key(bus, "network")).of,
            extras=lambda: neighbours.extras,
            trusted=trusted,
        )
        seating = Seating(spaces, line.desk, fanouts, metrics, clock)
        parts = Parts(
            spaces,
            bus,
            audience,
            metrics,
            clock,
            fanouts,
            extras,
            hosts,
            archive,
            search,
            cards,
            podcasts,
            line,
            seating,
            addresses,
            pages_dir,
            waits,
            trusted,
        )
        guard = Guard(
            Budgets(
                connections_per_s=settings.door_connections_per_s,
                requests_per_s=settings.door_requests_per_s,
                wide=WideNetworks.parsed(settings.wide_networks),
            ),
            trusted,
            knows=line.desk.session_of,
            shed=metrics.shed,
        )
        report.queue.tells(guard.step)
        hall = Hall(
            guard,
            Held(room_for_connections(settings.door_connections_max), closed=metrics.made_room),
            Express(seating),
            waits.socket_s,
            metrics.stalled,
        )
        server = http_server(front_door(parts), hall, takes_proxy=settings.proxy_protocol)
        work = [
            asyncio.create_task(spaces.run(), name="spaces"),
            asyncio.create_task(fanouts.run(), name="fan-outs"),
            asyncio.create_task(hosts.run(), name="hosts"),
            asyncio.create_task(recordings.run(), name="recordings"),
            asyncio.create_task(report.run(), name="reports"),
            asyncio.create_task(door_keys.run(), name="door keys"),
        ]
        stack.push_async_callback(end_tasks, *work)
        with contextlib.suppress(TimeoutError):
            # While NATS is slow, an open door that says «not yet» is better than a closed one.
            await asyncio.wait_for(spaces.has_looked.wait(), _FIRST_LOOK_S)
        serving = asyncio.create_task(server.serve(sockets=[listening]), name="http")
        watching = asyncio.create_task(first_to_end(*work, serving))
        log.info("the gate is open")
        try:
            yield watching
        finally:
            spaces.close()
            fanouts.close()
            server.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)
            await end_tasks(watching)


async def _run(
    settings: Settings, *, listening: socket.socket, fanout_doors: list[Path], edge_id: str, part: str
) -> None:
    stop = stop_event()
    async with running(
        settings, listening=listening, fanout_doors=fanout_doors, edge_id=edge_id, part=part
    ) as work:
        await until(stop, work)


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="stentor.edge.gate")
    parser.add_argument("--edge", required=True)
    parser.add_argument("--part", required=True)
    parser.add_argument("--listen-fd", required=True, type=int)
    parser.add_argument("--fanout", action="append", required=True, type=Path)
    arguments = parser.parse_args()
    set_name(arguments.part)
    os.nice(NICE)
    return run_role(
        arguments.part,
        lambda settings: _run(
            settings,
            listening=socket.socket(fileno=arguments.listen_fd),
            fanout_doors=arguments.fanout,
            edge_id=arguments.edge,
            part=arguments.part,
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
