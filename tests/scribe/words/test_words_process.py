"""The words' process without an engine: it does what can be done, and stops when it is told."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from role_process import running
from stentor.config import Settings
from stentor.log.bus import Bus
from stentor.record.chapters import Chapter
from stentor.record.recording import Stage
from stentor.scribe.main import desk_of
from stentor.shelf import layout
from stentor.shelf.manifest import Manifest
from stentor.space.lifecycle import State
from stentor.space.record import Space


async def test_hosts_chapters_are_on_the_shelf_though_nobody_hears_the_voices(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    settings = Settings(nats_url=nats_url, data_dir=tmp_path, transcript_engine="off")
    desk = await desk_of(bus, settings)
    space = Space(space_id, "Buses", State.SCHEDULED, created_ms=0)
    (settings.recording_dir / space_id).mkdir(parents=True)
    await desk.spaces.create(replace(space, state=State.ENDED, epoch_ms=0, on_air_ms=0, ended_ms=1))
    manifest = Manifest(space_id, space.title, "", "en", 0, 1, 1, 10, 6_400)
    await desk.publish(manifest, facts=lambda made: replace(made, has_all=True))
    await desk.recordings.change(space_id, lambda r: r.wished(chapters=(Chapter(1_000, "No"),)))
    # Niced as far as it goes: on a busy machine its goodbye takes its time.
    async with running("stentor.scribe.words.main", settings, patience_s=30):
        async with asyncio.timeout(90):
            async for recording in desk.recordings.watch(space_id):
                if recording.made.chapters_of:
                    break
        assert recording.transcript is Stage.NONE
        listed = json.loads(await desk.files(space_id).get(layout.CHAPTERS))["chapters"]
        assert listed == [{"startTime": 1.0, "title": "No"}]
