"""A person is taken out of a sealed record: not to be heard any more, and nothing else is another."""

import asyncio
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from scribe.scribing import desk_in, scribing, until
from stentor.formats.programme_index import ProgrammeIndex
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.limits import CHUNK_MS, CHUNK_SAMPLES, OPUS_FRAME_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.log.bus import Bus
from stentor.log.subjects import chunk_subject, tick_subject, voice_subject
from stentor.record.activity import Activity
from stentor.record.recording import FileFormat
from stentor.scribe.recording.desk import Desk
from stentor.shelf import layout
from stentor.shelf.manifest import Manifest
from stentor.sound.loudness import Leveller, Limiter
from stentor.sound.opus import Decoder, Encoder
from stentor.sound.programme import Programme
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.space.tick import TickWriter
from stentor.space.timeline import RECORD_FIRST

Samples = NDArray[np.float32]
CHUNKS = 14
HERTZ = {"ada": 440.0, "bob": 1500.0}
SPEAKS = {"ada": (*range(5), *range(8, 14)), "bob": range(3, 10)}


async def spoken(bus: Bus, desk: Desk, space_id: str) -> Space:
    """What a stage makes of two people, one of them a tone of 440 Hz, the other of 1,500 Hz."""
    await bus.ensure_stream(space_id)
    now_ms = desk.clock.wall_ms()
    space = Space(space_id, "Two", State.SCHEDULED, created_ms=now_ms).moved(State.ON_AIR, wall_ms=now_ms)
    await desk.spaces.create(replace(space, epoch_ms=(space.epoch_ms or 0) - 60_000))
    programme, limiter, ticks = Programme(), Limiter(), TickWriter()
    encoders = {person: Encoder(bitrate_bps=32_000) for person in HERTZ}
    decoders = {person: Decoder() for person in HERTZ}
    levellers = {person: Leveller() for person in HERTZ}
    people = [{"id": person, "name": person.title(), "role": "speaker"} for person in HERTZ]
    for chunk in range(CHUNKS):
        number = RECORD_FIRST + chunk
        talkers = [person for person in HERTZ if chunk in SPEAKS[person]]
        packets: dict[str, list[VoicePacket]] = {person: [] for person in talkers}
        for at in range(OPUS_FRAMES_PER_CHUNK):
            mix = np.zeros(OPUS_FRAME_SAMPLES, np.float32)
            for person in talkers:
                start = chunk * CHUNK_SAMPLES + at * OPUS_FRAME_SAMPLES
                payload = encoders[person].encode(tone(HERTZ[person], start))
                packets[person].append(VoicePacket(at * OPUS_FRAME_SAMPLES, payload))
                mix += levellers[person].level(decoders[person].decode(payload))
            programme.push(limiter.limit(mix))
        for rung, data in programme.take(number).items():
            await bus.append(chunk_subject(space_id, rung, number), data)
        for person in talkers:
            await bus.append(voice_subject(space_id, person, number), voice_bytes(packets[person]))
        facts = {"people": people, "speaking": dict.fromkeys(talkers, -12)}
        tick = ticks.write(number=number, wall_ms=now_ms, facts=facts)
        await bus.append(tick_subject(space_id, number), tick)
    return await desk.spaces.change(space_id, lambda s: s.moved(State.ENDED, wall_ms=now_ms))


def tone(hertz: float, start: int) -> Samples:
    at = np.arange(start, start + OPUS_FRAME_SAMPLES) / 48_000
    return (0.1 * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


async def test_a_removed_person_is_not_heard_again_and_the_programme_keeps_time(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    desk = await desk_in(bus, tmp_path)
    files = desk.files(space_id)
    await spoken(bus, desk, space_id)
    await desk.recordings.change(space_id, lambda r: r.wished(formats=(FileFormat.OPUS,)))
    async with scribing(desk):
        await until(desk, space_id, lambda r: r.made.formats == (FileFormat.OPUS,))
        before = {rung: await files.get(layout.programme(rung, 1)) for rung in ("aac64", "opus32")}
        index_before = ProgrammeIndex.from_bytes(await files.get(layout.programme_index("aac64", 1)))
        for name in (layout.programme("opus32", 7), layout.voice("bob-before")):
            await files.put(name, b"what a kill has left, which no list names")
        wished = await desk.recordings.change(space_id, lambda r: r.without(["bob"]))
        assert wished.waits_for_removal
        done = await until(desk, space_id, lambda r: not r.waits_for_removal and bool(r.made.tags_of))
        async with asyncio.timeout(10):
            while not (events := await bus.history(space_id).events(after=0, limit=9)):
                await asyncio.sleep(0.02)
    assert done.made.removed == ("bob",)
    assert (done.made.edition, done.made.chunks) == (2, CHUNKS)
    assert [event.facts["kind"] for event in events] == ["removed_from_record"]

    manifest = Manifest.from_bytes(await files.get(layout.MANIFEST))
    assert manifest.sha256 == done.made.manifest_sha256
    assert [person.id for person in manifest.people] == ["ada"]
    assert set(await files.names()) == {layout.MANIFEST, *manifest.files}
    assert not any("bob" in name or ".e1." in name for name in manifest.files)
    activity = await files.get(layout.ACTIVITY)
    assert b"bob" not in activity.lower()
    assert list(Activity.from_bytes(activity).speaking) == ["ada"]
    assert await bus.fetch(space_id, voice_subject(space_id, "bob", RECORD_FIRST + 4)) is None
    assert not list(desk.folder(space_id).glob("*bob*"))
    assert not list(desk.folder(space_id).glob("programme*"))

    after = await files.get(layout.programme("aac64", 2))
    index = ProgrammeIndex.from_bytes(await files.get(layout.programme_index("aac64", 2)))
    # Bob spoke in 3 to 9; the codec's delay carries sound into 10.
    for chunk in range(CHUNKS):
        start, end = index.span(RECORD_FIRST + chunk, RECORD_FIRST + chunk + 1)
        old_start, old_end = index_before.span(RECORD_FIRST + chunk, RECORD_FIRST + chunk + 1)
        is_same = after[start:end] == before["aac64"][old_start:old_end]
        assert is_same is (chunk not in range(3, 11)), chunk
    for rung in ("aac64", "opus32"):
        was = powers(before[rung], tmp_path)
        now = powers(await files.get(layout.programme(rung, 2)), tmp_path)
        assert min(was["bob"][4:9]) > -20
        assert max(now["bob"]) < -55, rung
        for chunk in SPEAKS["ada"]:
            assert now["ada"][chunk] == pytest.approx(was["ada"][chunk], abs=1.0), (rung, chunk)
    for name in ("recording.m4a", "recording.opus"):
        found = powers(await files.get(name), tmp_path)
        assert max(found["bob"]) < -55, name
        assert len(found["ada"]) == CHUNKS


def powers(data: bytes, folder: Path) -> Mapping[str, list[float]]:
    """Each one's tone in each chunk, in dB of full scale."""
    path = folder / "decoded"
    path.write_bytes(data)
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", "48000", "-f", "f32le", "-"]
    sound = np.frombuffer(subprocess.run(command, capture_output=True, check=True, timeout=30).stdout, "<f4")
    found: dict[str, list[float]] = {person: [] for person in HERTZ}
    window = np.hanning(CHUNK_SAMPLES)
    for chunk in range(round(len(sound) / CHUNK_SAMPLES)):
        part = sound[chunk * CHUNK_SAMPLES : (chunk + 1) * CHUNK_SAMPLES]
        spectrum = np.abs(np.fft.rfft(part * window[: len(part)], CHUNK_SAMPLES)) / (CHUNK_SAMPLES / 4)
        for person, hertz in HERTZ.items():
            at = round(hertz * CHUNK_MS / 1000)
            found[person].append(float(20 * np.log10(spectrum[at - 3 : at + 4].max() + 1e-9)))
    return found
