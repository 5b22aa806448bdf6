"""What an operator is told of the edges."""

import asyncio
import json
from pathlib import Path

from stentor.config import Settings
from stentor.edge.parts import beat_subject
from stentor.edge_client import edges
from stentor.log.bus import Bus
from stentor.space.names import new_id


async def test_an_edge_that_has_said_goodbye_is_not_listed(nats_url: str, bus: Bus, tmp_path: Path) -> None:
    stays, leaves = f"edge-{new_id()}", f"edge-{new_id()}"
    asking = asyncio.create_task(edges(Settings(data_dir=tmp_path, nats_url=nats_url)))
    while not asking.done():
        for name, facts in ((stays, {}), (leaves, {}), (leaves, {"bye": True})):
            beat = {"edge": name, "spaces": {}, **facts}
            await bus.publish(beat_subject(name), json.dumps(beat).encode())
        await asyncio.wait([asking], timeout=0.2)
    listed = [beat["edge"] for beat in asking.result()]
    assert stays in listed
    assert leaves not in listed
