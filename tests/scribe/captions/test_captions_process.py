"""The process of captions: voices in the log become words for the stage."""

import asyncio
import json
import os
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import psutil

import stentor
from role_process import running
from stentor.config import Settings
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.limits import OPUS_FRAME_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.log.bus import Bus
from stentor.log.state import SpaceStore
from stentor.log.subjects import tick_subject, voice_subject
from stentor.rehearsal.opus_file import speech_of
from stentor.scribe.captions.main import NICE
from stentor.space.lifecycle import State
from stentor.space.record import Space

DEBATE = Path(stentor.__file__).parent / "data" / "debate"
FIRST = 36


def captions(settings: Settings) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    """The process, ended as it should end."""
    return running("stentor.scribe.captions.main", settings, patience_s=30, keeps_log=True)


async def on_air(bus: Bus, space_id: str, *, language: str = "en") -> None:
    space = Space(space_id, "Should our city make its buses free?", State.SCHEDULED, 0, language=language)
    store = await SpaceStore.open(bus)
    await store.create(space.moved(State.ON_AIR, wall_ms=1_700_000_000_000))


async def said(process: asyncio.subprocess.Process, event: str) -> dict[str, Any]:
    """A line of its log."""
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while True:
            line = json.loads(await process.stderr.readline())
            if line["event"] == event:
                return dict(line)


async def speak(bus: Bus, space_id: str, person: str, *, seconds: float) -> None:
    """A voice of the debate, a chunk at a time as the stage logs it, but faster than it was spoken."""
    packets = speech_of(DEBATE / f"{person}.opus").packets
    for number in range(int(seconds / 0.64)):
        chunk = packets[number * OPUS_FRAMES_PER_CHUNK :][:OPUS_FRAMES_PER_CHUNK]
        voice = [VoicePacket(at * OPUS_FRAME_SAMPLES, packet) for at, packet in enumerate(chunk)]
        await bus.publish(voice_subject(space_id, person, FIRST + number), voice_bytes(voice))
        await bus.publish(tick_subject(space_id, FIRST + number), json.dumps({"n": number}).encode())


async def test_what_is_said_becomes_one_final_line_by_a_process_that_gives_way(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    told: asyncio.Queue[list[dict[str, Any]]] = asyncio.Queue()
    await bus.subscribe(
        f"stage.{space_id}.captions",
        lambda _subject, payload: told.put_nowait(json.loads(payload)["lines"]),
    )
    await on_air(bus, space_id)
    settings = Settings(nats_url=nats_url, data_dir=tmp_path)
    async with captions(settings) as process:
        assert (await said(process, "captions"))["engine"] == "moonshine tiny"
        assert psutil.Process(process.pid).nice() >= NICE
        assert os.sched_getscheduler(process.pid) == os.SCHED_BATCH
        await speak(bus, space_id, "maya", seconds=8)
        async with asyncio.timeout(60):
            while not (lines := await told.get())[-1]["is_final"]:
                assert len(lines) == 1
    assert len(lines) == 1
    assert lines[0]["person"] == "maya"
    assert "welcome to tonight's space" in lines[0]["text"]
    assert lines[0]["text"].endswith("make its buses free?")


async def test_a_language_without_an_engine_is_said_once_and_the_process_lives_on(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    settings = Settings(nats_url=nats_url, data_dir=tmp_path, captions_engine="moonshine")
    await on_air(bus, space_id, language="fr")
    async with captions(settings) as process:
        complaint = await said(process, "no captions")
        assert "it hears en, not fr" in complaint["because"]
        assert "whisper-base" in complaint["because"]
