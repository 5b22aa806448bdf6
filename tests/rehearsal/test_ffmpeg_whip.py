"""A WHIP client that is not ours: FFmpeg's `whip` muxer through the door to the real stage."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stage_door import OpenDoor, opened_door
from stentor.log.bus import Bus

SENDER = Path(__file__).parents[1] / "ffmpeg_whip_sender.py"


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def test_ffmpeg_goes_on_stage_is_heard_and_leaves(
    door: OpenDoor, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    host = await door.space(space_id, state="on_air")
    token = host["Authorization"].removeprefix("Bearer ")
    person = (await door.ask("GET", "/api/me", headers=host))[1]["person"]
    ticks: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    heard = await bus.subscribe(f"space.{space_id}.tick.*", lambda _s, d: ticks.put_nowait(json.loads(d)))
    stage = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stentor.stage.space_stage", "--space", space_id),
        env={**os.environ, **door.door.settings.as_environment()},
    )
    client: asyncio.subprocess.Process | None = None
    try:
        async with asyncio.timeout(40):
            await ticks.get()  # the stage is up
            client = await asyncio.create_subprocess_exec(
                *(sys.executable, str(SENDER), f"{door.url}/whip/{space_id}", token, str(tmp_path))
            )
            while person not in (await ticks.get()).get("speaking", {}):  # type: ignore[operator]
                pass
            assert await client.wait() == 0
            while (tick := await ticks.get()).get("people") != []:  # its DELETE has taken it off the stage
                assert tick["n"]
    finally:
        for process in (stage, client):
            if process is not None and process.returncode is None:
                process.kill()
                await process.wait()
        await heard.close()
