"""The stage door's process: makes the parts, starts the server, stops in order.

    python -m stentor.backstage.main

A stop takes at most 2.5 s: feeds end first, so that no page holds the server up.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import structlog
import uvicorn

import stentor
from stentor.admission.door_keys import DoorKeys
from stentor.admission.forwarded import Trusted
from stentor.admission.line.signing import ClockSigner
from stentor.admission.network import Networks
from stentor.backstage.access.open_doorkeeper import open_doorkeeper
from stentor.backstage.access.owner import OwnerKey
from stentor.backstage.api.kept_answers import KeptAnswers
from stentor.backstage.app import build_app
from stentor.backstage.control.controller import control
from stentor.backstage.control.count import Count
from stentor.backstage.control.count_logs import CountLogs
from stentor.backstage.control.count_sender import CountSender
from stentor.backstage.control.edge_watch import EdgeWatch
from stentor.backstage.control.finisher import Finisher
from stentor.backstage.control.house_watch import watch_house
from stentor.backstage.control.hub_pings import HubPings
from stentor.backstage.control.line_clocks import LineClocks
from stentor.backstage.control.line_keeper import LineKeeper
from stentor.backstage.control.webhook_courier import Courier
from stentor.backstage.control.webhook_sender import WebhookSender
from stentor.backstage.control.webhook_store import WebhookStore
from stentor.backstage.door import Door
from stentor.backstage.events import EventLog
from stentor.backstage.file_links import FileLinks
from stentor.backstage.ingests import Ingests
from stentor.backstage.kept_records import KeptRecords
from stentor.backstage.live import LiveHub
from stentor.backstage.metrics import DoorMetrics
from stentor.backstage.middleware import HEAD_BYTES_MAX
from stentor.backstage.wishes import Wishes
from stentor.clock import SystemClock
from stentor.config import Settings
from stentor.errors import CannotStart
from stentor.log.bus import connected
from stentor.log.house_key import house_key
from stentor.log.house_log import HouseLog
from stentor.log.lines import LineStates
from stentor.log.state import CrewStore, InvitationStore, Leases, QuestionStore, RecordingStore, SpaceStore
from stentor.process import end_tasks, stop_event, until
from stentor.role import run_role
from stentor.shelf.store import Shelf
from stentor.space.names import new_id

log = structlog.get_logger()

CONNECTIONS_MAX = 2_000
_STOP_TIMEOUT_S = 2
_DRAIN_TIMEOUT_S = 0.5
_SLOW_CLIENT_TIMEOUT_MS = 20_000
_PAGES_DIR = Path(stentor.__file__).parent / "pages"


@asynccontextmanager
async def open_door(settings: Settings, *, pages_dir: Path = _PAGES_DIR) -> AsyncIterator[Door]:
    """A door whose parts run for as long as the block.

    Raises: LogAway: NATS cannot be reached. CannotStart: the owner's key cannot be used.
    """
    owner = OwnerKey.of_directory(settings.data_dir)
    async with connected(settings.nats_url, name="backstage", replicas=settings.nats_replicas) as bus:
        metrics = DoorMetrics()
        spaces = await SpaceStore.open(bus)
        crews = await CrewStore.open(bus)
        questions = await QuestionStore.open(bus)
        clock = SystemClock()
        webhooks = await WebhookStore.open(bus)
        house_log = HouseLog(clock)
        door = Door(
            bus=bus,
            spaces=spaces,
            crews=crews,
            questions=questions,
            recordings=await RecordingStore.open(bus),
            kept=KeptRecords(Shelf.configured(settings)),
            file_links=FileLinks(await house_key(bus, "record-files")),
            invitations=await InvitationStore.open(bus),
            answers=await KeptAnswers.open(bus),
            webhooks=webhooks,
            owner=owner,
            keeper=await open_doorkeeper(bus, settings, clock=clock),
            events=EventLog(bus, clock, webhooks.events),
            count=Count(),
            lines=LineClocks(clock),
            edges=EdgeWatch(began_s=clock.monotonic_s()),
            house_log=house_log,
            networks=Networks(await house_key(bus, "network")),
            trusted=Trusted.parsed(settings.trusted_proxies),
            ingests=Ingests(settings, on_count=metrics.programmes_run),
            live=LiveHub(bus, spaces=spaces, crews=crews, questions=questions, on_cut=metrics.feed_cut),
            metrics=metrics,
            clock=clock,
            settings=settings,
            pages_dir=pages_dir,
        )
        leases, name, counts = await Leases.open(bus), new_id(), CountSender(bus)
        line_states, keys = await LineStates.open(bus), await DoorKeys.open(bus)
        line_keeper = LineKeeper(
            bus,
            line_states,
            signer=ClockSigner(await house_key(bus, "clock")),
            clocks=door.lines,
            spaces=lambda: door.live.spaces,
            clock=clock,
        )
        controller = control(
            bus,
            leases,
            owner=name,
            space_ids=lambda: door.live.space_ids_on_stage,
            clock=clock,
            metrics=metrics,
            count=door.count,
            count_logs=CountLogs(settings.counts_dir, pass_on=counts.send),
            lines=line_keeper,
            keys=keys,
        )
        sender = WebhookSender(
            webhooks,
            Courier(may_be_private=settings.webhook_private),
            clock,
            on_try=lambda is_good: metrics.webhook_tried(is_good=is_good),
            on_off=lambda hook: house_log.note("webhook_off", webhook=hook.id, because=hook.off_because),
        )
        finisher = Finisher(
            bus=bus,
            spaces=spaces,
            crews=crews,
            questions=questions,
            invitations=door.invitations,
            lines=line_states,
            leases=leases,
            owner=name,
            clock=clock,
            known=lambda: door.live.spaces,
            note=door.events.note,
            note_house=house_log.note,
            forget=door.live.forget,
            sounds_dir=settings.sounds_dir,
            counts_dir=settings.counts_dir,
        )
        pings = HubPings(
            webhooks.events,
            spaces,
            Courier(may_be_private=settings.webhook_private),
            settings.websub_hub,
            settings.listen_url,
        )
        work = (
            *([pings.run()] if settings.websub_hub and settings.edge_url else ()),
            *door.live.work(),
            door.events.run(),
            counts.run(),
            controller,
            line_keeper.run(),
            keys.run(),
            finisher.run(),
            sender.run(),
            house_log.run(bus),
            watch_house(bus, door.edges, house_log, clock=clock),
        )
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part) for part in work]
            heard = [*await Wishes(door).serve(), await door.lines.listen(bus)]
            try:
                yield door
            finally:
                for subscription in heard:
                    await subscription.close()
                await door.ingests.close()
                await door.events.drained(timeout_s=_DRAIN_TIMEOUT_S)
                await end_tasks(*tasks)


class DoorServer(uvicorn.Server):
    """A server that ends the feeds before it waits for its connections."""

    def __init__(self, door: Door, *, log_level: str = "warning") -> None:
        # h11 rather than httptools: it does not collect a head without end, and the guests are few.
        config = uvicorn.Config(
            build_app(door),
            http="h11",
            ws="none",
            h11_max_incomplete_event_size=HEAD_BYTES_MAX,
            limit_concurrency=CONNECTIONS_MAX,
            timeout_graceful_shutdown=_STOP_TIMEOUT_S,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            log_config=None,
            log_level=log_level,
        )
        super().__init__(config)
        self._door = door

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are `serve`'s: uvicorn would raise them again and end the process before its parts."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._door.live.close()
        await super().shutdown(sockets)


def listening(host: str, port: int) -> socket.socket:
    """A listening socket. Raises: CannotStart: the port is taken or the address is not this machine's.

    The kernel closes a connection whose client has taken nothing for 20 s: without that, a page that stops
    reading would hold its buffers for ever (accepted sockets inherit the option).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SLOW_CLIENT_TIMEOUT_MS)
        sock.bind((host, port))
        sock.listen(1024)
    except OSError as error:
        sock.close()
        raise CannotStart(
            f"The stage door at {host}:{port}",
            because=error.strerror or str(error),
            next_step="set STENTOR_BACKSTAGE_HOST or STENTOR_BACKSTAGE_PORT",
        ) from None
    return sock


async def serve(settings: Settings) -> None:
    """Opens the door and serves until SIGTERM or SIGINT."""
    stop = stop_event()
    sock = listening(settings.backstage_host, settings.backstage_port)
    try:
        async with open_door(settings) as door:
            server = DoorServer(door, log_level=settings.log_level)
            serving = asyncio.create_task(server.serve(sockets=[sock]))
            log.info("the stage door is open", port=sock.getsockname()[1])
            try:
                await until(stop, serving)
            finally:
                server.should_exit = True
                await serving
    finally:
        sock.close()


def main() -> int:
    """Returns the exit code."""
    return run_role("backstage", serve)


if __name__ == "__main__":
    raise SystemExit(main())
