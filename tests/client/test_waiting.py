"""A wait at a real gate: «here» is said, a hot line is bid for, a forged clock is not followed."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from edge_door import client, front_door
from stentor.admission.line.line_clock import Doors
from stentor.client.edges import Edges
from stentor.client.front_door import FrontDoor
from stentor.client.in_line import Held, Standing
from stentor.client.waiting import Waiting
from stentor.log.bus import Bus
from stentor.space.lifecycle import State
from synthetic_line import EVERYBODY, NOBODY, SyntheticLine
from synthetic_stage import SyntheticStage


async def test_who_waits_bids_once_and_keeps_the_place_with_its_effort(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, state=State.ON_AIR, chunks=4)
    line = SyntheticLine(bus, space_id)
    said: asyncio.Queue[Standing] = asyncio.Queue()
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http, FrontDoor() as door:
        await line.tell(http, Doors.HELD, called=NOBODY, heat=1, poll_s=0.3, here_s=0.1, admits_per_s=0.0)
        async with http.post(f"/s/{space_id}/ticket") as given:
            told = await given.json()
        held = Held.of(told)
        waiting = Waiting(Edges(f"{base}/s/{space_id}"), on_wait=said.put_nowait, chance=lambda: 0.5)
        first = await waiting.standing(door, json.loads(told["clock"]), held)
        assert first is not None, "signed by the house, as it came with the ticket"
        called = asyncio.create_task(waiting.until_called(door, first, held))
        async with asyncio.timeout(20):
            while (await said.get()).heat != 1:
                pass
            # The second clock is read after the work is done.
            await said.get()
            await line.tell(http, Doors.HELD, called=EVERYBODY, heat=1, poll_s=0.3)
            is_called, now = await called
    assert is_called
    assert now == replace(held, token=now.token, effort=1)
    assert now.token != held.token
