"""The controller: adds up what the edges hear into one honest figure per Space, once a second.

Comes in: the edges' beats. Goes out: `figures.<id>` to the stages, which put it into the tick.
Never: a guess. An edge that has been silent for 5 s is no longer in the sum but counted as unknown, and
forgotten after a minute. Only one process is the controller at a time: whoever holds the lease.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from stentor.backstage.metrics import DoorMetrics
from stentor.clock import Clock
from stentor.errors import BadInput, LogAway
from stentor.limits import BEAT_INTERVAL_S, BEAT_UNKNOWN_AFTER_S
from stentor.log.bus import Bus
from stentor.log.state import Leases

log = structlog.get_logger()

LEASE_KEY = "controller"
EDGE_FORGOTTEN_AFTER_S = 60.0
EDGES_MAX = 10_000
SPACES_PER_BEAT_MAX = 10_000
_ID_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class Beat:
    """What one edge hears, per Space."""

    edge: str
    hearing: Mapping[str, int]

    @classmethod
    def parse(cls, data: bytes) -> "Beat":
        """Raises: BadInput: not a beat."""
        try:
            beat = json.loads(data)
            edge, spaces = str(beat["edge"]), dict(beat["spaces"])
            if len(spaces) > SPACES_PER_BEAT_MAX or not 1 <= len(edge) <= _ID_LENGTH_MAX:
                raise BadInput(f"A beat names {len(spaces)} Spaces; the limit is {SPACES_PER_BEAT_MAX}.")
            return cls(edge, {str(id_): _listeners(counts) for id_, counts in spaces.items()})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"A beat cannot be read: {type(error).__name__}.") from None


@dataclass(frozen=True, slots=True)
class Figures:
    """One Space's audience.

    Args:
        hearing: open streams on edges that report.
        edges: how many of them report this Space.
        unknown: edges that reported it and have fallen silent.
    """

    hearing: int = 0
    edges: int = 0
    unknown: int = 0

    def as_bytes(self) -> bytes:
        return json.dumps({"hearing": self.hearing, "edges": self.edges, "unknown": self.unknown}).encode()


class Count:
    """The sum. Pure: time is an argument."""

    def __init__(self) -> None:
        self._beats: dict[str, tuple[float, Beat]] = {}

    def heard(self, beat: Beat, *, now_s: float) -> bool:
        """Takes a beat in place of the same edge's last. False: there are too many edges."""
        if beat.edge not in self._beats and len(self._beats) >= EDGES_MAX:
            return False
        self._beats[beat.edge] = (now_s, beat)
        return True

    def figures(self, space_ids: Iterable[str], *, now_s: float) -> dict[str, Figures]:
        """The figures of these Spaces and of every other that an edge reports."""
        self._forget(now_s)
        sums: dict[str, list[int]] = {space_id: [0, 0, 0] for space_id in space_ids}
        for at_s, beat in self._beats.values():
            is_silent = now_s - at_s > BEAT_UNKNOWN_AFTER_S
            for space_id, hearing in beat.hearing.items():
                row = sums.setdefault(space_id, [0, 0, 0])
                row[0] += 0 if is_silent else hearing
                row[1] += not is_silent
                row[2] += is_silent
        return {space_id: Figures(*row) for space_id, row in sums.items()}

    def _forget(self, now_s: float) -> None:
        gone = [edge for edge, (at_s, _) in self._beats.items() if now_s - at_s > EDGE_FORGOTTEN_AFTER_S]
        for edge in gone:
            del self._beats[edge]


async def control(
    bus: Bus,
    leases: Leases,
    *,
    owner: str,
    space_ids: Callable[[], Iterable[str]],
    clock: Clock,
    metrics: DoorMetrics,
) -> None:
    """Counts always, publishes while it holds the lease; for ever.

    Whoever takes the lease over has heard the same beats, so its first figures are right.
    """
    count = Count()

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
            if is_leader:
                for space_id, figures in count.figures(space_ids(), now_s=clock.monotonic_s()).items():
                    await bus.publish(f"figures.{space_id}", figures.as_bytes())
            await asyncio.sleep(BEAT_INTERVAL_S)
    finally:
        await subscription.close()


async def _lead(leases: Leases, owner: str) -> bool:
    try:
        return await leases.take(LEASE_KEY, owner)
    except LogAway:
        return False


def _listeners(counts: Mapping[str, Any]) -> int:
    """Open streams of every kind. Raises: ValueError: a number that cannot be."""
    numbers = [int(counts.get(kind, 0)) for kind in ("live", "hls")]
    if min(numbers) < 0:
        raise ValueError("negative")
    return sum(numbers)
