"""The edges' ear for operators, over NATS: who is there, and orders for their ladders.

Comes in: an operator's wish. Goes out: a question to an edge, its answer. Never: a way around NATS; who can
reach it is an operator.
"""

import asyncio
import json
from typing import Any

from stentor.config import Settings
from stentor.errors import CannotStart
from stentor.limits import BEAT_INTERVAL_S
from stentor.log.bus import connected
from stentor.log.server import url_of

_ANSWER_TIMEOUT_S = 2.0


def nats_url(settings: Settings) -> str:
    """The house's NATS: the one that is set, else the embedded one of the data directory.

    Raises: CannotStart: there is neither.
    """
    found = settings.nats_url or url_of(settings.data_dir / "nats")
    if not found:
        raise CannotStart(
            "The edges cannot be asked",
            because=f"no NATS server is named, and none runs in {settings.data_dir}",
            next_step="set --nats, or --data-dir to the running house's",
        )
    return found


async def edges(settings: Settings) -> list[dict[str, Any]]:
    """The beats of two seconds: every edge that speaks and has not said goodbye.

    Raises: CannotStart. LogAway.
    """
    found: dict[str, dict[str, Any]] = {}

    def hear(_subject: str, payload: bytes) -> None:
        beat = json.loads(payload)
        found[str(beat["edge"])] = beat

    async with connected(nats_url(settings), name="operator") as bus:
        subscription = await bus.subscribe("edge.*.beat", hear)
        await asyncio.sleep(2 * BEAT_INTERVAL_S)
        await subscription.close()
    return [found[name] for name in sorted(found) if not found[name].get("bye")]


async def order(settings: Settings, edge: str, wish: dict[str, Any]) -> dict[str, Any]:
    """Tells one edge's ladder. Raises: CannotStart. LogAway. NoAnswer: no such edge. RemoteProblem."""
    async with connected(nats_url(settings), name="operator") as bus:
        return await bus.request(f"edge.{edge}.ladder", wish, timeout_s=_ANSWER_TIMEOUT_S)
