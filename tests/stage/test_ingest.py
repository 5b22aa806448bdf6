"""The ingest worker as a process of its own: what comes by its input is heard in the programme."""

import asyncio
import io
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, BinaryIO, cast

import numpy as np
import psutil
import pytest

from stage.one_space import House, programme
from stage.sounds import packed, stereo, typical_amplitude
from stentor.errors import BadInput
from stentor.limits import RUNWAY_CHUNKS
from stentor.space.lifecycle import State
from stentor.space.rung import Rung
from stentor.stage.ingest import BUFFER_PACKETS, Packets

Process = asyncio.subprocess.Process


@asynccontextmanager
async def worker(
    house: House, nats_url: str, person: str, *arguments: str, session: str = "s1"
) -> AsyncIterator[Process]:
    """A worker with its input and its log open; gone afterwards."""
    settings = house.settings.model_copy(update={"nats_url": nats_url})
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stentor.stage.ingest", "--space", house.space_id),
        *("--person", person, "--session", session, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **settings.as_environment()},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def give(process: Process, data: bytes) -> None:
    """Everything, and the end."""
    assert process.stdin is not None
    process.stdin.write(data)
    process.stdin.close()


async def ending_of(process: Process) -> tuple[int, list[dict[str, Any]]]:
    """Its code and what it said: lines of JSON, or this fails."""
    assert process.stderr is not None
    async with asyncio.timeout(15):
        said = await process.stderr.read()
        return await process.wait(), [json.loads(line) for line in said.splitlines()]


def speaking(house: House) -> dict[str, int]:
    """Who is heard in the newest chunk; a tick that does not say is as the one before."""
    told = [tick["speaking"] for _, tick in sorted(house.ticks.items()) if "speaking" in tick]
    return told[-1] if told else {}


@pytest.mark.alone
async def test_ogg_mp3_and_aac_are_heard_as_they_came_and_leave_at_their_end(
    house: House, nats_url: str
) -> None:
    """Three programmes at once, each with a tone of its own on each side: folded to mono, not levelled.

    They take nobody's place.
    """
    forms = {"ogg": ("ogg", 440, 660), "mp3": ("mp3", 880, 1100), "aac": ("adts", 1320, 1760)}
    for person in forms:
        await house.invite(person, is_source=True)
    async with house.stage(speakers_max=1) as stage:
        await house.move(State.ON_AIR)
        async with (
            worker(house, nats_url, "ogg", "--format", "ogg") as ogg,
            worker(house, nats_url, "mp3", "--format", "mp3", "-") as mp3,
            worker(house, nats_url, "aac", "--format", "aac") as aac,
        ):
            for process, (container, left, right) in zip((ogg, mp3, aac), forms.values(), strict=True):
                give(process, packed(stereo(3, left_hz=left, right_hz=right, gain=0.2), container))
            for process in (ogg, mp3, aac):
                assert await ending_of(process) == (0, [])
        assert stage.people == []
        last = max(house.ticks)
        await house.until(lambda: max(house.ticks) > last)
    told = [person for tick in house.ticks.values() for person in tick.get("people", [])]
    assert {person["id"] for person in told if person["source"]} == set(forms)
    heard = await programme(house, Rung.AAC64, range(RUNWAY_CHUNKS, last + 1))
    for _, left, right in forms.values():
        assert typical_amplitude(heard, left) == pytest.approx(0.1, rel=0.1)
        assert typical_amplitude(heard, right) == pytest.approx(0.1, rel=0.1)


async def test_broken_input_ends_the_worker_with_one_sentence_and_nothing_else(
    house: House, nats_url: str
) -> None:
    """A page, and a sound of another kind than was said."""
    await house.invite("jingle", is_source=True)
    other = packed(stereo(2, left_hz=440, right_hz=440), "flac")
    async with house.stage() as stage:
        await house.move(State.ON_AIR)
        for data in (b"<html>no sound</html>" * 50, other):
            async with worker(house, nats_url, "jingle", "--format", "ogg") as process:
                give(process, data)
                code, said = await ending_of(process)
                assert (code, [line["error"] for line in said]) == (1, ["BadInput"])
                assert said[0]["detail"].endswith(".")
        assert stage.people == []
        before = max(house.ticks, default=0)
        await house.until(lambda: max(house.ticks) > before + 1)


async def test_a_source_that_the_record_does_not_allow_ends(house: House, nats_url: str) -> None:
    """One that was never invited, one that is removed while it plays; its worker goes with it."""
    await house.invite("obs", is_source=True)
    sound = packed(stereo(30, left_hz=440, right_hz=440), "ogg")
    async with house.stage() as stage:
        async with worker(house, nats_url, "nobody") as stranger:
            give(stranger, sound)
            code, said = await ending_of(stranger)
            assert code == 1
            assert "invitation" in said[-1]["detail"]
        await house.move(State.ON_AIR)
        async with worker(house, nats_url, "obs") as process:
            give(process, sound)
            await house.until(lambda: "obs" in speaking(house))
            await house.crew(lambda crew: crew.removed("obs"))
            code, _ = await ending_of(process)
            assert code == 1
        assert stage.people == []
        last = max(house.ticks)
        await house.until(lambda: max(house.ticks) >= last + 2)
    heard = await programme(house, Rung.OPUS32, range(last + 1, last + 3))
    assert np.abs(heard[4_800:]).max() < 0.01


@pytest.mark.alone
async def test_a_source_comes_back_after_its_stage_and_gives_way_to_a_newer_one(
    house: House, nats_url: str
) -> None:
    """The stage is started again; then another connection with the same invitation."""
    await house.invite("obs", is_source=True)
    sound = packed(stereo(60, left_hz=440, right_hz=440), "ogg")
    await house.move(State.ON_AIR)
    async with worker(house, nats_url, "obs") as first:
        give(first, sound)
        async with house.stage():
            await house.until(lambda: "obs" in speaking(house))
        before = max(house.ticks)
        async with house.stage():
            await house.until(lambda: "obs" in speaking(house) and max(house.ticks) > before)
            assert max(house.ticks) > before >= RUNWAY_CHUNKS
            # Not before: whichever of the two asked the new stage first would have had the place.
            async with worker(house, nats_url, "obs", session="s2") as second:
                give(second, sound)
                code, said = await ending_of(first)
                assert (code, said[-1]["error"]) == (1, "Conflict")
                assert second.returncode is None


async def test_a_worker_does_not_outlive_its_parent(house: House, nats_url: str) -> None:
    """Whoever started it may be killed at any moment."""
    await house.invite("obs", is_source=True)
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'stentor.stage.ingest', *sys.argv[1:]],"
        " stdin=subprocess.PIPE)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    settings = house.settings.model_copy(update={"nats_url": nats_url})
    async with house.stage() as stage:
        parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code, "--space", house.space_id, "--person", "obs", "--session", "s"),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **settings.as_environment()},
        )
        assert parent.stdout is not None
        child = psutil.Process(int(await parent.stdout.readline()))
        async with asyncio.timeout(10):
            while not stage.people:
                await asyncio.sleep(0.05)
            parent.kill()
            await parent.wait()
            while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
                await asyncio.sleep(0.05)


def drained(packets: Packets, ending: type[Exception]) -> int:
    """How many packets came before the end that is expected."""
    count = 0
    packets.start()
    try:
        while True:
            assert packets.waiting_count <= BUFFER_PACKETS
            count += packets.next() is not None
    except ending:
        return count


def test_a_long_file_waits_in_a_small_buffer() -> None:
    """Whatever its length, two seconds of it are in memory, and all of it comes."""
    file = io.BytesIO(packed(stereo(5, left_hz=440, right_hz=660), "wav"))
    assert drained(Packets(file, form=None), EOFError) == 250


class Torn(io.RawIOBase):
    """A file whose disk breaks."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found = self._data.read(size)
        if not found:
            raise OSError(5, "Input/output error")
        return found


def test_a_fault_comes_after_what_was_good() -> None:
    torn = cast("BinaryIO", Torn(packed(stereo(5, left_hz=440, right_hz=660), "wav")))
    assert drained(Packets(torn, form=None), BadInput) > 200
