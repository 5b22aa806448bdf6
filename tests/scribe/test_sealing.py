"""From the last word to the shelf: what is sealed is what the log acknowledged, in time, once."""

import asyncio
import subprocess
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from scribe.scribing import desk_in, scribing, until
from stentor.formats.cmaf import init_segment
from stentor.formats.count_log import FIRST, line, verify
from stentor.formats.ogg_opus import packets_of_ogg
from stentor.formats.programme_index import ProgrammeIndex
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.log.bus import Bus
from stentor.log.subjects import chunk_subject, voice_subject
from stentor.record.activity import Activity
from stentor.record.chapters import Chapter
from stentor.record.recording import FileFormat, Stage
from stentor.scribe.recording.desk import Desk, Quiet
from stentor.shelf import layout
from stentor.shelf.manifest import Manifest
from stentor.space.lifecycle import State
from stentor.space.rung import Codec, Rung
from synthetic_stage import SyntheticStage, encoded_loop, rung_chunk

CHUNKS = 20


async def spoken(bus: Bus, space_id: str, people: tuple[str, ...] = ("ada",)) -> SyntheticStage:
    """A Space of 20 chunks with everybody's voice, and a hole of two."""
    stage = await SyntheticStage.open(bus, space_id, chunks=36 + CHUNKS - 10)
    # A minute ago, so that nobody waits for what the hole might still bring.
    await stage.store.change(space_id, lambda s: replace(s, epoch_ms=stage.epoch_ms - 60_000))
    stage.leave_out(2)
    await stage.write(8)
    packets = encoded_loop(Rung.OPUS32)
    for number in range(40, 44):
        own = [VoicePacket(960 * at, packet) for at, packet in enumerate(packets[number % 25])]
        for person in people:
            await bus.append(voice_subject(space_id, person, number), voice_bytes(own))
    await bus.append_event(space_id, {"at_ms": 5, "kind": "muted", "by": "ada"})
    return stage


async def manifest_of(desk: Desk, space_id: str) -> Manifest:
    return Manifest.from_bytes(await desk.files(space_id).get(layout.MANIFEST))


async def test_a_space_that_has_ended_is_sealed_whole_and_playable_within_ten_seconds(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    desk = await desk_in(bus, tmp_path, quiet=Quiet(first_s=3.0, last_s=5.0))
    stage = await spoken(bus, space_id)
    await desk.recordings.change(
        space_id, lambda r: r.wished(formats=(FileFormat.MP3,), chapters=(Chapter(0, "Début"),))
    )
    prev, counts = FIRST, []
    for at_ms in (1, 2):
        data, prev = line(prev=prev, at_ms=at_ms, figures={"hearing": 3})
        counts.append(data)
        await bus.append(f"space.{space_id}.count.{at_ms}", data)
    async with scribing(desk):
        await until(desk, space_id, lambda r: r.programme is Stage.RUNNING)
        await stage.move(State.ENDED)
        ended_s = time.monotonic()
        sealed = await until(desk, space_id, lambda r: r.is_sealed)
        assert time.monotonic() - ended_s < 10
        assert (sealed.made.edition, sealed.made.chunks, sealed.has_replay) == (1, CHUNKS, True)
        # While it waits for what is late, something late comes: another edition, with it.
        await until(desk, space_id, lambda r: bool(r.made.tags_of))
        await stage.write(1)
        complete = await until(desk, space_id, lambda r: r.made.has_all)
        made = await until(desk, space_id, lambda r: r.made.formats == (FileFormat.MP3,))
    assert (complete.made.edition, complete.made.chunks) == (2, CHUNKS + 1)
    assert made.problem is None

    files, manifest = desk.files(space_id), await manifest_of(desk, space_id)
    assert made.made.manifest_sha256 == manifest.sha256
    assert manifest.duration_ms == (CHUNKS + 1) * 640
    names = {layout.MANIFEST, *manifest.files}
    assert set(await files.names()) == names
    assert {"programme.aac64.e2.mp4", "recording.m4a", "recording.mp3", "voices/ada.opus"} <= names

    data = await files.get("programme.aac64.e2.mp4")
    index = ProgrammeIndex.from_bytes(await files.get("programme.aac64.e2.idx"))
    assert data.startswith(init_segment(Codec.AAC))
    assert (index.first, index.count, index.size_bytes) == (36, CHUNKS + 1, len(data))
    for number in (36, 45, 48, 56):
        start, end = index.span(number, number + 1)
        assert data[start:end] == rung_chunk(Rung.AAC64, number)

    voice = list(packets_of_ogg(BytesIO(await files.get("voices/ada.opus"))))
    assert voice == [packet for number in range(40, 44) for packet in encoded_loop(Rung.OPUS32)[number % 25]]
    ada = next(person for person in manifest.people if person.id == "ada")
    assert (ada.name, ada.role, ada.voice_start_ms, ada.voice_ms) == ("Ada", "host", 4 * 640, 4 * 640)
    activity = Activity.from_bytes(await files.get(layout.ACTIVITY))
    # 40, 45, 50 and 55 are silent, 46 and 47 a hole.
    assert activity.speaking == {"ada": ((0, 3), (5, 8), (12, 13), (15, 18), (20, 20))}
    assert verify((await files.get(layout.COUNTS)).splitlines()).lines == 2
    assert b'"kind":"muted"' in await files.get(layout.EVENTS)

    for name in ("recording.m4a", "recording.mp3"):
        (tmp_path / name).write_bytes(await files.get(name))
        facts = probed(tmp_path / name)
        assert facts["duration"] == pytest.approx((CHUNKS + 1) * 0.64, abs=0.06)
        assert facts["chapters"] == ["Début"]

    # Only now may the log expire; until then it has no age limit.
    assert await age_of(bus, space_id) == 3600


async def test_what_was_not_sealed_never_expires_by_itself(bus: Bus, space_id: str, tmp_path: Path) -> None:
    await bus.ensure_stream(space_id)
    assert await age_of(bus, space_id) == 0


async def test_a_space_that_is_not_to_be_recorded_leaves_nothing(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    desk = await desk_in(bus, tmp_path)
    stage = await spoken(bus, space_id)
    await desk.spaces.change(space_id, lambda s: replace(s, is_recorded=False))
    async with scribing(desk):
        await stage.move(State.ENDED)
        await until(desk, space_id, lambda r: r.made.has_all)
    assert not desk.folder(space_id).exists()
    assert await desk.files(space_id).names() == [layout.EVENTS]
    assert await bus.fetch(space_id, chunk_subject(space_id, Rung.AAC64, 40)) is None


async def test_a_record_goes_when_its_time_is_over_and_it_is_said(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    desk = await desk_in(bus, tmp_path, keep_ms=2_500)
    stage = await spoken(bus, space_id)
    async with scribing(desk):
        await stage.move(State.ENDED)
        kept = await until(desk, space_id, lambda r: r.wishes.keep_until_ms is not None)
        space = await desk.spaces.get(space_id)
        assert kept.wishes.keep_until_ms == (space.ended_ms or 0) + 2_500
        gone = await until(desk, space_id, lambda r: r.made.is_gone)
        while not (events := await bus.history(space_id).events(after=0, limit=9)):
            await asyncio.sleep(0.02)
    assert (gone.is_sealed, gone.has_replay, gone.programme) == (False, False, Stage.NONE)
    assert [event.facts["kind"] for event in events] == ["recording_removed"]
    assert await desk.files(space_id).names() == [layout.EVENTS]
    assert not desk.folder(space_id).exists()
    assert await bus.fetch(space_id, chunk_subject(space_id, Rung.AAC64, 40)) is None


def probed(path: Path) -> dict[str, object]:
    wanted = ["-show_entries", "format=duration:chapter_tags=title", "-of", "default=nw=1:nk=1"]
    told = subprocess.run(
        ["ffprobe", "-v", "error", *wanted, path], capture_output=True, check=True, timeout=30, text=True
    ).stdout.split("\n")
    return {"chapters": told[:-2], "duration": float(told[-2])}


async def age_of(bus: Bus, space_id: str) -> float:
    """The age limit of a Space's stream; 0: none."""
    return await bus.history(space_id).age_s()
