"""The edge's heartbeat: once a second, how many listen here.

Comes in: the audience's figures. Goes out: `edge.<edge>.beat`. Never: a guess; an edge that cannot speak is
silent, and the controller counts its share as unknown.
"""

import asyncio
import json

from stentor.clock import Clock
from stentor.edge.audience import Audience
from stentor.limits import BEAT_INTERVAL_S
from stentor.log.bus import Bus


def beat(*, edge_id: str, at_ms: int, figures: dict[str, dict[str, int]]) -> bytes:
    """The message, as docs/PROTOCOL.md says it."""
    return json.dumps({"edge": edge_id, "at_ms": at_ms, "spaces": figures}, separators=(",", ":")).encode()


async def keep_beating(bus: Bus, audience: Audience, *, edge_id: str, clock: Clock) -> None:
    """Until cancelled."""
    while True:
        figures = audience.figures(clock.monotonic_s())
        await bus.publish(
            f"edge.{edge_id}.beat", beat(edge_id=edge_id, at_ms=clock.wall_ms(), figures=figures)
        )
        await asyncio.sleep(BEAT_INTERVAL_S)
