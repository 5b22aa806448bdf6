"""Watches the edges for the house: keeps what they say, and writes down what happens to them.

Comes in: the edges' beats. Goes out: an EdgeWatch that routes read; lines in the house's log. Never: two who
write the same line: only whoever holds the lease writes.
"""

import asyncio

import structlog

from stentor.backstage.control.count import EDGES_MAX
from stentor.backstage.control.edge_watch import EdgeWatch, Happened
from stentor.clock import Clock
from stentor.errors import BadInput, LogAway
from stentor.limits import BEAT_INTERVAL_S
from stentor.log.bus import Bus
from stentor.log.house_log import HouseLog
from stentor.log.state import Leases

log = structlog.get_logger()

LEASE_KEY = "house_watch"


async def watch_house(
    bus: Bus, leases: Leases, edges: EdgeWatch, house_log: HouseLog, *, owner: str, clock: Clock
) -> None:
    """For ever. Whoever takes the lease over knows the edges already and writes only what is new."""
    happened: list[Happened] = []

    def on_beat(_subject: str, payload: bytes) -> None:
        try:
            happened.extend(edges.heard(payload, now_s=clock.monotonic_s()))
        except BadInput as error:
            log.warning("beat not read", detail=error.detail)

    subscription = await bus.subscribe("edge.*.beat", on_beat, pending_max=EDGES_MAX)
    try:
        while True:
            happened += edges.look(now_s=clock.monotonic_s())
            if await _may_write(leases, owner):
                for line in happened:
                    house_log.note(line.kind, **line.facts)
            happened.clear()
            await asyncio.sleep(BEAT_INTERVAL_S)
    finally:
        await subscription.close()


async def _may_write(leases: Leases, owner: str) -> bool:
    try:
        return await leases.take(LEASE_KEY, owner)
    except LogAway:
        return False
