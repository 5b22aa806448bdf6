"""A person is taken out of a record by the real processes: no byte on disk has their words, name or voice."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from structlog.testing import capture_logs

from debate_voices import chunks_of
from scribe.scribing import SOON, scribing, until
from stentor.config import Settings
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.limits import OPUS_FRAME_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.log.bus import Bus
from stentor.log.subjects import chunk_subject, tick_subject, voice_subject
from stentor.record.recording import FileFormat
from stentor.scribe.main import desk_of
from stentor.scribe.recording.desk import Desk
from stentor.shelf import layout
from stentor.sound.loudness import Leveller, Limiter
from stentor.sound.opus import Decoder
from stentor.sound.programme import Programme
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.space.tick import TickWriter
from stentor.space.timeline import RECORD_FIRST

CHUNKS = 30
"""19.2 s: Maya asks, Daniel speaks of 82 million from 7.5 to 18 s."""
NAMES = {"maya": "Maya Okafor", "daniel": "Quentin Zanzibar"}
THEIRS = (b"zanzibar", b"82 million", b"million euros")
TITLE = "Should buses cost nothing?"


async def held(bus: Bus, desk: Desk, space_id: str) -> None:
    """What a stage leaves in the log of the debate's beginning."""
    await bus.ensure_stream(space_id)
    now_ms = desk.clock.wall_ms()
    space = Space(space_id, TITLE, State.SCHEDULED, created_ms=now_ms).moved(State.ON_AIR, wall_ms=now_ms)
    await desk.spaces.create(replace(space, epoch_ms=(space.epoch_ms or 0) - 60_000))
    programme, limiter, ticks = Programme(), Limiter(), TickWriter()
    voices = {person: chunks_of(person, end=CHUNKS) for person in NAMES}
    decoders = {person: (Decoder(), Leveller()) for person in NAMES}
    people = [{"id": person, "name": name, "role": "speaker"} for person, name in NAMES.items()]
    caption = {"id": "daniel-1", "person": "daniel", "text": "eighty-two, no: 82 million euros"}
    for at in range(CHUNKS):
        number = RECORD_FIRST + at
        spoken = {person: chunks[at][1] for person, chunks in voices.items()}
        mix = np.zeros(OPUS_FRAMES_PER_CHUNK * OPUS_FRAME_SAMPLES, np.float32)
        for person, packets in spoken.items():
            mix += levelled(*decoders[person], packets)
            await bus.append(voice_subject(space_id, person, number), voice_bytes(packets))
        for frame in mix.reshape(-1, OPUS_FRAME_SAMPLES):
            programme.push(limiter.limit(frame))
        for rung, data in programme.take(number).items():
            await bus.append(chunk_subject(space_id, rung, number), data)
        talker = "daniel" if 12 <= at < 28 else "maya"
        facts = {"people": people, "speaking": {talker: -12}, "captions": [caption] if at >= 20 else []}
        tick = ticks.write(number=number, wall_ms=now_ms, facts=facts)
        await bus.append(tick_subject(space_id, number), tick)
    await desk.spaces.change(space_id, lambda s: s.moved(State.ENDED, wall_ms=now_ms))


def levelled(decoder: Decoder, leveller: Leveller, packets: Iterable[VoicePacket]) -> NDArray[np.float32]:
    return np.concatenate([leveller.level(decoder.decode(packet.payload)) for packet in packets])


@asynccontextmanager
async def words(settings: Settings, log: Path) -> AsyncIterator[None]:
    """The words' process, which writes its log into a file."""
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "stentor.scribe.words.main"),
            env={**os.environ, **settings.as_environment()},
            stdout=file,
            stderr=file,
        )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


def with_theirs(folder: Path) -> list[str]:
    """The files with a word of theirs, or their name."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(word in path.read_bytes().lower() for word in THEIRS)
    ]


def level_db(path: Path, *, start_s: int, length_s: int) -> float:
    command = ["ffmpeg", "-v", "error", "-ss", f"{start_s}", "-t", f"{length_s}", "-i", str(path), "-ac", "1"]
    raw = subprocess.run([*command, "-f", "f32le", "-"], capture_output=True, check=True, timeout=30).stdout
    return float(20 * np.log10(np.sqrt(np.mean(np.square(np.frombuffer(raw, "<f4")))) + 1e-9))


async def test_who_was_removed_is_in_no_file_and_no_log_had_a_word(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    data, log = tmp_path / "data", tmp_path / "words.log"
    settings = Settings(nats_url=nats_url, data_dir=data)
    desk = replace(await desk_of(bus, settings), quiet=SOON)
    await held(bus, desk, space_id)
    await desk.recordings.change(space_id, lambda r: r.wished(formats=(FileFormat.MP3,)))
    with capture_logs() as logged:
        async with words(settings, log), scribing(desk):
            made = await until(desk, space_id, lambda r: bool(r.made.brief and r.made.formats))
            async with asyncio.timeout(20):
                while "recording/search.sqlite" not in (before := with_theirs(data)):
                    await asyncio.sleep(0.1)
            shelf = f"shelf/{space_id}"
            assert {f"{shelf}/transcript/1.json", f"{shelf}/brief.html", f"{shelf}/manifest.json"} <= {
                *before
            }
            assert made.made.edition == 1

            await desk.recordings.change(space_id, lambda r: r.without(["daniel"]))
            made = await until(
                desk, space_id, lambda r: bool(r.made.removed and r.made.tags_of) and not r.waits_for_removal
            )
            assert with_theirs(data / "shelf") == [], "it is said to be done"
            async with asyncio.timeout(10):
                while with_theirs(data):
                    await asyncio.sleep(0.1)
    assert made.made.edition == 2
    names = await desk.files(space_id).names()
    assert not any(".e1." in name or "daniel" in name for name in names)
    assert b"Maya" in await desk.files(space_id).get("transcript.txt")
    assert not list(data.rglob("*daniel*"))
    assert await bus.fetch(space_id, voice_subject(space_id, "daniel", RECORD_FIRST + 20)) is None
    assert await bus.fetch(space_id, tick_subject(space_id, RECORD_FIRST + 20)) is None
    for name in ("recording.m4a", "recording.mp3", layout.programme("opus32", 2)):
        path = data / shelf / name
        assert level_db(path, start_s=9, length_s=6) < -55, name
        assert level_db(path, start_s=2, length_s=4) > -40, name
    told = log.read_bytes() + repr(logged).encode()
    assert b"people were removed from a record" in told
    assert b"words are on the shelf" in told
    for word in (*THEIRS, TITLE.encode().lower(), b"okafor", b"question is simple"):
        assert word not in told.lower(), word
