"""The scribe as a process: it finds a Space, records it and stops when it is told."""

import asyncio
from pathlib import Path

from role_process import running
from stentor.config import Settings
from stentor.formats.cmaf import init_segment, silence
from stentor.log.bus import Bus
from stentor.log.state import SpaceStore
from stentor.log.subjects import chunk_subject
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.space.rung import Codec, Rung


async def test_the_process_records_and_stops_within_three_seconds(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    for number in (36, 37):
        chunk = silence(number, Codec.OPUS)
        await bus.append(chunk_subject(space_id, Rung.OPUS32, number), chunk)
    spaces = await SpaceStore.open(bus)
    space = Space(space_id, "A debate", State.SCHEDULED, created_ms=0)
    await spaces.create(space.moved(State.ON_AIR, wall_ms=1_700_000_000_000))
    settings = Settings(nats_url=nats_url, data_dir=tmp_path)
    path = tmp_path / "recording" / space_id / "programme.opus32.mp4"
    expected = init_segment(Codec.OPUS) + silence(36, Codec.OPUS) + silence(37, Codec.OPUS)
    async with running("stentor.scribe.main", settings, "--alone", patience_s=3), asyncio.timeout(20):
        # Another process: nothing but its file tells how far it is.
        while not path.exists() or path.read_bytes() != expected:
            await asyncio.sleep(0.05)
    assert path.read_bytes() == expected
