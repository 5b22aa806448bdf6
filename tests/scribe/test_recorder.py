"""The recorder against a real log: order, holes, late chunks, a restart, a whole scribe."""

import asyncio
import time
from pathlib import Path

from scribe.scribing import desk_in
from stentor.clock import SystemClock
from stentor.formats.cmaf import chunk, chunk_number, init_segment, silence
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.log.bus import Bus
from stentor.log.subjects import chunk_subject, voice_subject
from stentor.process import end_tasks
from stentor.scribe.recording.lines_file import lines_of
from stentor.scribe.recording.recorder import Recorder
from stentor.scribe.recording.voice_file import voices_of
from stentor.scribe.scribe import Scribe
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.space.rung import Codec, Rung
from stentor.space.timeline import Timeline

LONG_AGO = Timeline(1_700_000_000_000)


def marked(number: int) -> bytes:
    return chunk(number, Codec.AAC, [b"%08d" % number] * 30)


def whole(*chunks: bytes) -> bytes:
    return init_segment(Codec.AAC) + b"".join(chunks)


async def append(bus: Bus, space_id: str, *numbers: int) -> None:
    for number in numbers:
        await bus.append(chunk_subject(space_id, Rung.AAC64, number), marked(number))


class Kept:
    """Waits until a subject is on the disk."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self._changed = asyncio.Event()

    def __call__(self, subject: str) -> None:
        self.subjects.append(subject.split(".", 2)[2])
        self._changed.set()

    async def until(self, subject: str) -> None:
        async with asyncio.timeout(20):
            while subject not in self.subjects:
                self._changed.clear()
                await self._changed.wait()


def recorder_of(
    bus: Bus, space_id: str, directory: Path, kept: Kept, timeline: Timeline = LONG_AGO
) -> Recorder:
    return Recorder(bus, space_id, timeline, directory=directory, clock=SystemClock(), on_kept=kept)


async def stopped(task: "asyncio.Task[None]") -> None:
    await end_tasks(task)
    assert task.cancelled()


async def test_what_the_log_holds_stands_in_the_files_with_holes_as_silence(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    await append(bus, space_id, 37, 40, 42)
    body = voice_bytes([VoicePacket(0, b"opus")])
    await bus.append(voice_subject(space_id, "maya", 40), body)
    await bus.append_event(space_id, {"at_ms": 1, "kind": "muted", "by": "ada"})
    await bus.append(f"space.{space_id}.tick.35", b'{"n":35}')
    tick = b'{"n":40,"t":1,"full":true,"speaking":{"maya":-12},"captions":[{"text":"words"}]}'
    await bus.append(f"space.{space_id}.tick.40", tick)
    kept = Kept()
    recording = asyncio.create_task(recorder_of(bus, space_id, tmp_path, kept).run())
    await kept.until("tick.40")
    await stopped(recording)
    holes = {number: silence(number, Codec.AAC) for number in (36, 38, 39, 41)}
    expected = whole(*(holes.get(number) or marked(number) for number in range(36, 43)))
    assert (tmp_path / "programme.aac64.mp4").read_bytes() == expected
    assert list(voices_of(tmp_path / "voice.maya.svf")) == [(40, body)]
    assert list(lines_of(tmp_path / "events.jsonl")) == [{"log": 5, "at_ms": 1, "kind": "muted", "by": "ada"}]
    assert list(lines_of(tmp_path / "activity.jsonl")) == [
        {"log": 7, "n": 40, "full": True, "speaking": {"maya": -12}}
    ]


async def test_a_chunk_that_was_overtaken_is_no_hole(bus: Bus, space_id: str, tmp_path: Path) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    now = Timeline(time.time_ns() // 1_000_000)
    await append(bus, space_id, 36)
    kept = Kept()
    recording = asyncio.create_task(recorder_of(bus, space_id, tmp_path, kept, now).run())
    await kept.until("chunk.aac64.36")
    await append(bus, space_id, 38, 37)
    await kept.until("chunk.aac64.38")
    await stopped(recording)
    assert (tmp_path / "programme.aac64.mp4").read_bytes() == whole(marked(36), marked(37), marked(38))


async def test_a_new_recorder_goes_on_where_the_last_one_stood(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    path = tmp_path / "programme.aac64.mp4"
    await append(bus, space_id, 36, 37)
    kept = Kept()
    first = asyncio.create_task(recorder_of(bus, space_id, tmp_path, kept).run())
    await kept.until("chunk.aac64.37")
    await stopped(first)
    assert path.read_bytes() == whole(marked(36), marked(37))
    path.write_bytes(path.read_bytes() + marked(38)[:100])
    await append(bus, space_id, 38, 39)
    second = asyncio.create_task(recorder_of(bus, space_id, tmp_path, kept).run())
    await kept.until("chunk.aac64.39")
    await stopped(second)
    assert path.read_bytes() == whole(marked(36), marked(37), marked(38), marked(39))


async def test_a_message_that_is_no_chunk_does_not_stop_the_recording(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    kept = Kept()
    recorder = recorder_of(bus, space_id, tmp_path, kept)
    await recorder.handle(f"space.{space_id}.chunk.aac64.36", b"noise")
    await recorder.handle(f"space.{space_id}.chunk.flac.36", marked(36))
    await recorder.handle(f"space.{space_id}.voice.a/b.36", voice_bytes([]))
    await recorder.handle(f"space.{space_id}.voice.maya.zero", voice_bytes([]))
    await recorder.handle(f"space.{space_id}.chunk.aac64.36", marked(36))
    await recorder.settle()
    recorder.close()
    assert kept.subjects == ["chunk.aac64.36"]
    assert [p.name for p in tmp_path.iterdir()] == ["programme.aac64.mp4"]


async def test_two_scribes_record_a_space_once(bus: Bus, space_id: str, tmp_path: Path) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    kept = Kept()
    space = Space(space_id, "A debate", State.SCHEDULED, created_ms=0)
    folders = [tmp_path / name for name in ("one", "two")]
    desks = [await desk_in(bus, folder, owner=folder.name, on_kept=kept) for folder in folders]
    await desks[0].spaces.create(space.moved(State.ON_AIR, wall_ms=LONG_AGO.epoch_ms))
    tasks = [asyncio.create_task(Scribe(desk).run()) for desk in desks]
    await append(bus, space_id, 36, 37, 38)
    await kept.until("chunk.aac64.38")
    assert [chunks_of(desk.folder(space_id)) for desk in desks].count([36, 37, 38]) == 1
    assert sum(desk.folder(space_id).exists() for desk in desks) == 1
    for task in tasks:
        await stopped(task)


def chunks_of(directory: Path) -> list[int]:
    path = directory / "programme.aac64.mp4"
    if not path.exists():
        return []
    data = path.read_bytes()[len(init_segment(Codec.AAC)) :]
    size = len(marked(36))
    return [chunk_number(data[at : at + size]) for at in range(0, len(data) - size + 1, size)]
