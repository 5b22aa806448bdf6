"""The recorder against a real log: order, holes, late chunks, a restart, a whole scribe."""

import asyncio
import time
from pathlib import Path

from stentor.clock import SystemClock
from stentor.formats.cmaf import chunk, chunk_number, init_segment, silence
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.log.bus import Bus
from stentor.log.state import Leases, SpaceStore
from stentor.log.subjects import chunk_subject, voice_subject
from stentor.process import end_tasks
from stentor.scribe.main import Scribe
from stentor.scribe.recording.recorder import Recorder
from stentor.scribe.recording.voice_file import voices_of
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
    await append(bus, space_id, 3, 4, 6)
    body = voice_bytes([VoicePacket(0, b"opus")])
    await bus.append(voice_subject(space_id, "maya", 4), body)
    await bus.append(f"space.{space_id}.tick.4", b'{"n":4}')
    kept = Kept()
    recording = asyncio.create_task(recorder_of(bus, space_id, tmp_path, kept).run())
    await kept.until("tick.4")
    await stopped(recording)
    expected = whole(marked(3), marked(4), silence(5, Codec.AAC), marked(6))
    assert (tmp_path / "programme.aac64.mp4").read_bytes() == expected
    assert list(voices_of(tmp_path / "voice.maya.svf")) == [(4, body)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["programme.aac64.mp4", "voice.maya.svf"]


async def test_a_chunk_that_was_overtaken_is_no_hole(bus: Bus, space_id: str, tmp_path: Path) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    now = Timeline(time.time_ns() // 1_000_000)
    await append(bus, space_id, 0)
    kept = Kept()
    recording = asyncio.create_task(recorder_of(bus, space_id, tmp_path, kept, now).run())
    await kept.until("chunk.aac64.0")
    await append(bus, space_id, 2, 1)
    await kept.until("chunk.aac64.2")
    await stopped(recording)
    assert (tmp_path / "programme.aac64.mp4").read_bytes() == whole(marked(0), marked(1), marked(2))


async def test_a_new_recorder_goes_on_where_the_last_one_stood(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    path = tmp_path / "programme.aac64.mp4"
    await append(bus, space_id, 0, 1)
    kept = Kept()
    first = asyncio.create_task(recorder_of(bus, space_id, tmp_path, kept).run())
    await kept.until("chunk.aac64.1")
    await stopped(first)
    assert path.read_bytes() == whole(marked(0), marked(1))
    path.write_bytes(path.read_bytes() + marked(2)[:100])
    await append(bus, space_id, 2, 3)
    second = asyncio.create_task(recorder_of(bus, space_id, tmp_path, kept).run())
    await kept.until("chunk.aac64.3")
    await stopped(second)
    assert path.read_bytes() == whole(marked(0), marked(1), marked(2), marked(3))


async def test_a_message_that_is_no_chunk_does_not_stop_the_recording(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    kept = Kept()
    recorder = recorder_of(bus, space_id, tmp_path, kept)
    await recorder.handle(f"space.{space_id}.chunk.aac64.0", b"noise")
    await recorder.handle(f"space.{space_id}.chunk.flac.0", marked(0))
    await recorder.handle(f"space.{space_id}.voice.a/b.0", voice_bytes([]))
    await recorder.handle(f"space.{space_id}.voice.maya.zero", voice_bytes([]))
    await recorder.handle(f"space.{space_id}.chunk.aac64.0", marked(0))
    await recorder.settle()
    recorder.close()
    assert kept.subjects == ["chunk.aac64.0"]
    assert [p.name for p in tmp_path.iterdir()] == ["programme.aac64.mp4"]


async def test_two_scribes_record_a_space_once(bus: Bus, space_id: str, tmp_path: Path) -> None:
    spaces, leases = await SpaceStore.open(bus), await Leases.open(bus)
    await bus.ensure_stream(space_id, age_s=3600)
    clock, kept = SystemClock(), Kept()
    space = Space(space_id, "A debate", State.SCHEDULED, created_ms=0)
    await spaces.create(space.moved(State.ON_AIR, wall_ms=LONG_AGO.epoch_ms))
    shelves = [tmp_path / name for name in ("one", "two")]
    scribes = [
        Scribe(bus, spaces, leases, shelf=shelf, owner=shelf.name, clock=clock, on_kept=kept)
        for shelf in shelves
    ]
    tasks = [asyncio.create_task(scribe.run()) for scribe in scribes]
    await append(bus, space_id, 36, 37, 38)
    await kept.until("chunk.aac64.38")
    assert [chunks_of(shelf / space_id) for shelf in shelves].count([36, 37, 38]) == 1
    assert sum((shelf / space_id).exists() for shelf in shelves) == 1
    for task in tasks:
        await stopped(task)


def chunks_of(directory: Path) -> list[int]:
    path = directory / "programme.aac64.mp4"
    if not path.exists():
        return []
    data = path.read_bytes()[len(init_segment(Codec.AAC)) :]
    size = len(marked(0))
    return [chunk_number(data[at : at + size]) for at in range(0, len(data) - size + 1, size)]
