import asyncio
from pathlib import Path

import aiohttp

from edge_door import client, front_door
from stentor.clock import HandClock
from stentor.edge.spaces import IDLE_S
from stentor.edge.waits import Waits
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage


async def test_a_reader_that_nobody_asks_for_is_closed_and_opened_again(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    clock = HandClock()
    await SyntheticStage.open(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path, clock=clock) as base, client(base) as http:

        async def open_spaces() -> float:
            async with http.get("/metrics") as answer:
                lines = (await answer.text()).splitlines()
            return float(next(x for x in lines if x.startswith("stentor_edge_open_spaces ")).split()[1])

        assert await open_spaces() == 0
        for _ in range(2):
            async with http.get(f"/s/{space_id}/hls/plain.m3u8") as answer:
                assert answer.status == 200
            assert await open_spaces() == 1
            clock.advance(IDLE_S)
            while await open_spaces():
                pass


async def test_a_reader_with_an_open_stream_stays(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    clock = HandClock()
    stage = await SyntheticStage.open(bus, space_id)
    other = await SyntheticStage.open(bus, f"{space_id}-other")
    async with (
        front_door(nats_url, pages_dir=tmp_path, clock=clock, waits=Waits(silent_s=2 * IDLE_S)) as base,
        client(base) as http,
        http.get(f"/s/{space_id}/live.aac") as stream,
    ):
        await stream.content.readany()
        await _until(http, 'stentor_edge_live_streams{part="fanout-0"} 1.0')
        async with http.get(f"/s/{other.space_id}/hls/plain.m3u8"):
            pass
        clock.advance(IDLE_S)
        await _until(http, "stentor_edge_open_spaces 1.0")  # the other one's goes in the same look round
        await stage.write(1)
        assert await stream.content.readany()


async def _until(http: aiohttp.ClientSession, line: str) -> None:
    async with asyncio.timeout(10):
        while True:
            async with http.get("/metrics") as answer:
                if line in await answer.text():
                    return
