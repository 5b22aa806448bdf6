"""A voice against a real door and a real WebRTC peer: heard back, joins again, leaves nothing behind."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import stentor
from echo_stage import EchoStage
from stage_door import OpenDoor, opened_door
from stentor.clock import SteadyClock
from stentor.log.bus import Bus
from stentor.rehearsal.opus_file import speech_of
from stentor.rehearsal.voice import Part, Voice, main
from stentor.rehearsal.whip_client import WhipRefused

MAYA = Path(stentor.__file__).parent / "data" / "debate" / "maya.opus"


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


@pytest.fixture
async def stage() -> AsyncIterator[EchoStage]:
    stage = EchoStage()
    yield stage
    await stage.close()


class Ear:
    """Remembers what it hears; `heard(seconds)` waits for so much of it."""

    def __init__(self) -> None:
        self.frames: list[npt.NDArray[np.int16]] = []
        self._more = asyncio.Event()

    def __call__(self, samples: npt.NDArray[np.int16], _at_s: float) -> None:
        self.frames.append(samples.copy())
        self._more.set()

    async def heard(self, seconds: float) -> npt.NDArray[np.int16]:
        async with asyncio.timeout(20):
            while len(self.frames) * 0.02 < seconds:
                self._more.clear()
                await self._more.wait()
        return np.concatenate(self.frames)


async def part_in(door: OpenDoor, space_id: str) -> Part:
    host = await door.space(space_id, state="green_room")
    token = host["Authorization"].removeprefix("Bearer ")
    return Part(f"{door.url}/whip/{space_id}", token, speech_of(MAYA), start_ms=SteadyClock().wall_ms())


async def left(voice: "asyncio.Task[None]") -> None:
    voice.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await voice


async def test_a_voice_is_heard_and_leaves_within_a_second(
    door: OpenDoor, bus: Bus, space_id: str, stage: EchoStage
) -> None:
    await stage.open(bus, space_id)
    ear = Ear()
    tasks_before = asyncio.all_tasks()
    voice = Voice(await part_in(door, space_id), clock=SteadyClock(), hear=ear)
    running = asyncio.create_task(voice.run())
    samples = await ear.heard(3.0)
    assert samples.dtype == np.int16
    assert {len(frame) for frame in ear.frames} == {960}
    assert float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) > 300  # speech, no silence
    await left(running)
    assert [leave["session"] for leave in stage.leaves] == [stage.joins[0]["session"]]
    await stage.close()
    assert [t.name for t in threading.enumerate() if "decoder" in t.name] == []
    assert {t for t in asyncio.all_tasks() - tasks_before if "voice" in t.get_name()} == set()


async def test_a_voice_comes_back_when_the_stage_does(
    door: OpenDoor, bus: Bus, space_id: str, stage: EchoStage
) -> None:
    part = await part_in(door, space_id)
    ear = Ear()
    voice = Voice(part, clock=SteadyClock(), hear=ear)
    running = asyncio.create_task(voice.run())  # no stage yet: the door says 503
    await stage.open(bus, space_id)
    await ear.heard(0.5)
    await stage.close()
    second = EchoStage()
    await second.open(bus, space_id)
    ear.frames.clear()
    await ear.heard(0.5)
    assert voice.join_count == 2
    await left(running)
    await second.close()


async def test_an_invitation_that_is_not_valid_ends_the_voice(door: OpenDoor, space_id: str) -> None:
    part = await part_in(door, space_id)
    wrong = Part(part.url, "wrong", part.speech, part.start_ms)
    with pytest.raises(WhipRefused, match="401"):
        await Voice(wrong, clock=SteadyClock()).run()


def test_the_command_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--url", "http://127.0.0.1:1/whip/demo"]) == 1
    assert "--voice TOKEN=FILE" in capsys.readouterr().err
