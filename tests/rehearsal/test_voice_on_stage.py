"""Two voices, the real stage in its own process, the scribe: from a file to the recording and back."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import stentor
from stage_door import OpenDoor, opened_door
from stentor.clock import SteadyClock
from stentor.config import Settings
from stentor.formats.voice import voice_packets
from stentor.limits import OPUS_FRAMES_PER_CHUNK
from stentor.log.bus import Bus
from stentor.log.subjects import number_of
from stentor.rehearsal.opus_file import in_step, speech_of
from stentor.rehearsal.voice import Part, Voice
from stentor.scribe.recording.recorder import Recorder
from stentor.scribe.recording.voice_file import voices_of
from stentor.space.record import Space

DEBATE = Path(stentor.__file__).parent / "data" / "debate"


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


class Stage:
    """The stage's process of one Space."""

    def __init__(self, space_id: str, settings: Settings) -> None:
        self._command = [sys.executable, "-m", "stentor.stage.space_stage", "--space", space_id]
        self._environment = {**os.environ, **settings.as_environment()}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(*self._command, env=self._environment)

    async def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()


class Loudness:
    """Hears 20 ms frames; `reaches` waits for sound."""

    def __init__(self) -> None:
        self._sound = asyncio.Event()

    def __call__(self, samples: npt.NDArray[np.int16], _at_s: float) -> None:
        if np.abs(samples).max() > 2_000:
            self._sound.set()

    async def sound(self) -> None:
        self._sound.clear()
        async with asyncio.timeout(30):
            await self._sound.wait()


@asynccontextmanager
async def speaking(
    door: OpenDoor, space_id: str, host: dict[str, str], ears: Sequence[Loudness]
) -> AsyncIterator[list[Voice]]:
    """Maya and Daniel on their way to the stage."""
    speeches = in_step([speech_of(DEBATE / f"{name}.opus") for name in ("maya", "daniel")])
    # Five seconds into the debate: Maya is ending, Daniel's answer is near.
    start_ms = SteadyClock().wall_ms() - 5_000
    voices = []
    for name, speech, ear in zip(("Maya", "Daniel"), speeches, ears, strict=True):
        token = (await door.invite(space_id, host, name=name))["link"].rpartition("/")[2]
        part = Part(f"{door.url}/whip/{space_id}", token, speech, start_ms)
        voices.append(Voice(part, clock=SteadyClock(), hear=ear))
    tasks = [asyncio.create_task(voice.run()) for voice in voices]
    try:
        yield voices
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_voices_hear_each_other_are_recorded_and_come_back_to_a_killed_stage(
    door: OpenDoor, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    host = await door.space(space_id, state="on_air")
    space: Space = await door.door.spaces.get(space_id)
    assert space.timeline is not None
    stage = Stage(space_id, door.door.settings)
    await stage.start()
    kept: asyncio.Queue[str] = asyncio.Queue()
    shelf = tmp_path / "shelf"
    recorder = Recorder(
        bus, space_id, space.timeline, directory=shelf, clock=SteadyClock(), on_kept=kept.put_nowait
    )
    recording = asyncio.create_task(recorder.run())
    ears = [Loudness(), Loudness()]
    try:
        async with speaking(door, space_id, host, ears) as voices:
            # Daniel hears Maya, and Maya hears Daniel when his turn comes.
            await asyncio.gather(*(ear.sound() for ear in ears))
            await stage.kill()
            await stage.start()
            await asyncio.gather(*(ear.sound() for ear in ears))
            assert [voice.join_count for voice in voices] == [2, 2]
            async with asyncio.timeout(30):
                latest = number_of(await heard_voice(kept))
                while number_of(await heard_voice(kept)) <= latest:
                    pass
    finally:
        await stage.kill()
        recording.cancel()
        await asyncio.gather(recording, return_exceptions=True)
    spoken = set(speech_of(DEBATE / "maya.opus").packets) | set(speech_of(DEBATE / "daniel.opus").packets)
    files = sorted(shelf.glob("voice.*.svf"))
    assert len(files) == 2
    for path in files:
        packets = [packet.payload for _, body in voices_of(path) for packet in voice_packets(body)]
        assert len(packets) > OPUS_FRAMES_PER_CHUNK  # of more than one chunk
        assert set(packets) <= spoken
    await decodes_without_a_gap(shelf / "programme.aac64.mp4")
    await decodes_without_a_gap(shelf / "programme.opus32.mp4")


async def heard_voice(kept: "asyncio.Queue[str]") -> str:
    """The next voice that is on the disk."""
    while ".voice." not in (subject := await kept.get()):
        pass
    return subject


async def decodes_without_a_gap(path: Path) -> None:
    """ffmpeg says nothing, and the decode times step evenly over the stage's death."""
    process = await asyncio.create_subprocess_exec(
        *("ffmpeg", "-v", "warning", "-i", str(path), "-f", "null", "-"), stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert said == b""
    process = await asyncio.create_subprocess_exec(
        *("ffprobe", "-v", "error", "-show_entries", "packet=dts", "-of", "csv=p=0", str(path)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    times = np.array([int(line.split(b",")[0]) for line in out.split()])
    assert len(set(np.diff(times).tolist())) == 1
