"""The benchmarks' crowds hear a real edge, and nginx, without a fault."""

import asyncio
import time
from pathlib import Path

import pytest

from caches.debian import need
from crowd_hls_load import HlsCrowd, HlsPlan
from crowd_nginx import cache_of, files_of
from crowd_process import ROUND_S, Crowd
from crowd_rooms import RoomsCrowd, RoomsPlan
from edge_door import front_door
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage

PLAYERS = 5
HEARD_MIN = 6 * PLAYERS
"""Three parts that were there already, and three that were not."""


async def until_heard(crowd: Crowd) -> None:
    async with asyncio.timeout(20):
        while crowd.tally.heard < HEARD_MIN or crowd.tally.seated < PLAYERS:
            crowd.step(time.monotonic())
            await asyncio.sleep(ROUND_S)
    crowd.cut()


def players(port: int, space_id: str, *, is_blocking: bool) -> HlsCrowd:
    folder = f"/s/{space_id}/hls/"
    return HlsCrowd(HlsPlan("127.0.0.1", port, folder, is_blocking, PLAYERS, 50.0, 9))


@pytest.mark.parametrize("server", ["gate", "nginx files", "nginx cache"])
async def test_players_of_hls_hear_every_part(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path, server: str
) -> None:
    if "nginx" in server:
        need("nginx", "nginx-light")
    stage = await SyntheticStage.open(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path) as base, stage.live():
        port = int(base.rpartition(":")[2])
        if server == "gate":
            crowd = players(port, space_id, is_blocking=True)
            await until_heard(crowd)
        elif server == "nginx files":
            async with files_of(base, space_id, tmp_path) as nginx:
                crowd = players(nginx.port, space_id, is_blocking=False)
                await until_heard(crowd)
        else:
            async with cache_of(port, tmp_path) as nginx:
                crowd = players(nginx.port, space_id, is_blocking=True)
                await until_heard(crowd)
    assert crowd.tally.troubles == {}
    assert crowd.tally.answers > crowd.tally.heard


async def test_what_a_server_has_not_got_is_a_fault(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with front_door(nats_url, pages_dir=tmp_path) as base:
        crowd = players(int(base.rpartition(":")[2]), "nobody", is_blocking=True)
        async with asyncio.timeout(10):
            while crowd.tally.faults < PLAYERS:
                crowd.step(time.monotonic())
                await asyncio.sleep(ROUND_S)
        crowd.cut()
    assert set(crowd.tally.troubles) == {"404"}


async def test_listeners_of_many_rooms_hear_every_chunk(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    names = (space_id, f"{space_id}-too")
    for name in names:
        await SyntheticStage.open(bus, name)
    async with front_door(nats_url, pages_dir=tmp_path) as base:
        paths = tuple(f"/s/{name}/live.mp4?from=10" for name in names)
        crowd = RoomsCrowd(RoomsPlan(int(base.rpartition(":")[2]), paths, PLAYERS, True, 9, 50.0))
        await until_heard(crowd)
    assert crowd.tally.troubles == {}
