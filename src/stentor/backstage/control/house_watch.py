"""Watches the edges for the house: keeps what they say, and writes down what happens to them.

Comes in: the edges' beats. Goes out: an EdgeWatch that routes read; lines in the house's log. Every stage
door watches and writes, so that none is missed while one of them restarts; the log takes a line once.
"""

import asyncio

import structlog

from stentor.backstage.control.count import EDGES_MAX
from stentor.backstage.control.edge_watch import EdgeWatch, Happened
from stentor.clock import Clock
from stentor.errors import BadInput
from stentor.limits import BEAT_INTERVAL_S
from stentor.log.bus import Bus
from stentor.log.house_log import HouseLog

log = structlog.get_logger()


async def watch_house(bus: Bus, edges: EdgeWatch, house_log: HouseLog, *, clock: Clock) -> None:
    """For ever."""

    def write(happened: list[Happened]) -> None:
        for line in happened:
            house_log.note(line.kind, is_shared=True, **line.facts)

    def on_beat(_subject: str, payload: bytes) -> None:
        try:
            write(edges.heard(payload, now_s=clock.monotonic_s()))
        except BadInput as error:
            log.warning("beat not read", detail=error.detail)

    subscription = await bus.subscribe("edge.*.beat", on_beat, pending_max=EDGES_MAX)
    try:
        while True:
            write(edges.look(now_s=clock.monotonic_s()))
            await asyncio.sleep(BEAT_INTERVAL_S)
    finally:
        await subscription.close()
