"""The controller: moves the Spaces' lines, publishes their figures and keeps their count logs, once a second.

Comes in: the edges' beats. Goes out: `line.<id>` to the gates, `figures.<id>` to the stages, which put it
into the tick, a line in each Space's count log, the next of the door's keys. Never: two at a time: only
whoever holds the lease publishes.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Final

import structlog

from stentor.admission.door_keys import DoorKeys
from stentor.backstage.control.beat import Beat
from stentor.backstage.control.count import EDGES_MAX, Count
from stentor.backstage.control.count_logs import CountLogs
from stentor.backstage.control.leadership import Leadership
from stentor.backstage.control.line_keeper import LineKeeper
from stentor.backstage.metrics import DoorMetrics
from stentor.clock import Clock
from stentor.errors import BadInput, LogAway
from stentor.limits import BEAT_INTERVAL_S
from stentor.log.bus import Bus
from stentor.log.state import Leases

log = structlog.get_logger()


_LOOKS: Final = 4
SETTLE_S: Final = 2 * BEAT_INTERVAL_S
"""By then every edge has been heard once. Before, a controller that has just begun would take a house that is
half full for one without room, and hold its doors."""


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
    lines: LineKeeper | None = None,
    keys: DoorKeys | None = None,
) -> None:
    """Counts always, publishes while it holds the lease; for ever.

    Whoever takes the lease over has heard the same beats, so its first figures are right.
    """
    count = count or Count()
    leadership = Leadership(leases, owner=owner, clock=clock)
    began_s = clock.monotonic_s()

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
            is_leader = await leadership.renewed()
            metrics.leads(is_leader)
            if lines is not None:
                now_s = clock.monotonic_s()
                await _move(lines, count, is_leader=is_leader and now_s - began_s >= SETTLE_S, now_s=now_s)
            if keys is not None and is_leader:
                await _rotate(keys, now_s=clock.wall_ms() / 1000)
            # Taken by whoever does not lead, too: reactions of a minute ago are nobody's news.
            reactions = count.reactions_taken()
            if is_leader:
                on_stage = frozenset(space_ids())
                waiting = {} if lines is None else lines.waiting
                told = count.figures(on_stage, now_s=clock.monotonic_s(), waiting=waiting)
                metrics.audience(
                    hearing=sum(f.hearing for f in told.values()),
                    admitted=sum(f.admitted for f in told.values()),
                    unknown=sum(f.unknown for f in told.values()),
                    waiting=sum(f.waiting for f in told.values()),
                )
                for space_id, figures in told.items():
                    await bus.publish(f"figures.{space_id}", figures.as_bytes(reactions.get(space_id)))
                    if count_logs is not None and space_id in on_stage:
                        count_logs.write(space_id, asdict(figures), at_ms=clock.wall_ms())
            await _pause(leadership, is_leader=is_leader)
    finally:
        await subscription.close()


async def _pause(leadership: Leadership, *, is_leader: bool) -> None:
    """Until the next second. Who does not lead looks more often: after a leader's death the gates are without
    a clock for its lease and a moment, no longer."""
    for _ in range(_LOOKS):
        await asyncio.sleep(BEAT_INTERVAL_S / _LOOKS)
        if not is_leader and await leadership.renewed():
            return


async def _move(lines: LineKeeper, count: Count, *, is_leader: bool, now_s: float) -> None:
    """Heard by whoever does not lead, too: what comes while nobody leads is the next leader's to count.

    While no edge says what room it has, no clock is told: gates then go by their own.
    """
    lines.hear(count.seconds(lines.space_ids, now_s=now_s))
    if not is_leader:
        lines.rest()
    elif count.room(now_s=now_s).edges:
        await lines.turn()


async def _rotate(keys: DoorKeys, *, now_s: float) -> None:
    try:
        async with asyncio.timeout(BEAT_INTERVAL_S):
            await keys.rotate(now_s)
    except (LogAway, TimeoutError):
        log.warning("the door's keys are not rotated while the log is away")
