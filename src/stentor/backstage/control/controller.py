"""The controller: publishes each Space's figures and keeps its count log, once a second.

Comes in: the edges' beats. Goes out: `figures.<id>` to the stages, which put it into the tick, and a line in
each Space's count log. Never: two at a time: only whoever holds the lease publishes.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import asdict

import structlog

from stentor.backstage.control.count import EDGES_MAX, Beat, Count
from stentor.backstage.control.count_logs import CountLogs
from stentor.backstage.metrics import DoorMetrics
from stentor.clock import Clock
from stentor.errors import BadInput, LogAway
from stentor.limits import BEAT_INTERVAL_S
from stentor.log.bus import Bus
from stentor.log.state import Leases

log = structlog.get_logger()

LEASE_KEY = "controller"


async def control(
    bus: Bus,
    leases: Leases,
    *,
    owner: str,
    space_ids: Callable[[], Iterable[str]],
    clock: Clock,
    metrics: DoorMetrics,
    count: Count | None = None,
    count_logs: CountLogs | None = None,
) -> None:
    """Counts always, publishes while it holds the lease; for ever.

    Whoever takes the lease over has heard the same beats, so its first figures are right.
    """
    count = count or Count()

    def on_beat(_subject: str, payload: bytes) -> None:
        try:
            is_good = count.heard(Beat.parse(payload), now_s=clock.monotonic_s())
        except BadInput as error:
            is_good = False
            log.warning("beat not read", detail=error.detail)
        metrics.beat_heard(is_good=is_good)

    subscription = await bus.subscribe("edge.*.beat", on_beat, pending_max=EDGES_MAX)
    try:
        while True:
            is_leader = await _lead(leases, owner)
            metrics.leads(is_leader)
            # Taken by whoever does not lead, too: reactions of a minute ago are nobody's news.
            reactions = count.reactions_taken()
            if is_leader:
                on_stage = frozenset(space_ids())
                told = count.figures(on_stage, now_s=clock.monotonic_s())
                metrics.audience(
                    hearing=sum(f.hearing for f in told.values()),
                    admitted=sum(f.admitted for f in told.values()),
                    unknown=sum(f.unknown for f in told.values()),
                )
                for space_id, figures in told.items():
                    await bus.publish(f"figures.{space_id}", figures.as_bytes(reactions.get(space_id)))
                    if count_logs is not None and space_id in on_stage:
                        count_logs.write(space_id, asdict(figures), at_ms=clock.wall_ms())
            await asyncio.sleep(BEAT_INTERVAL_S)
    finally:
        await subscription.close()


async def _lead(leases: Leases, owner: str) -> bool:
    try:
        return await leases.take(LEASE_KEY, owner)
    except LogAway:
        return False
