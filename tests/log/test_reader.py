import asyncio
from collections.abc import Callable
from typing import cast

from stentor.formats.cmaf import silence
from stentor.log.assembler import LogChunk
from stentor.log.bus import Bus
from stentor.log.reader import SpaceReader, chunk_from_log
from stentor.log.subjects import chunk_subject, number_of, tick_subject
from stentor.space.rung import Codec, Rung

RUNGS = frozenset({Rung.OPUS32, Rung.AAC64})


class Ear:
    """Collects what a reader hands out and lets a test wait for a number."""

    def __init__(self) -> None:
        self.chunks: list[LogChunk] = []
        self._news = asyncio.Event()

    def __call__(self, chunk: LogChunk) -> None:
        self.chunks.append(chunk)
        self._news.set()

    async def heard(self, number: int) -> None:
        async with asyncio.timeout(10):
            while not self.chunks or self.chunks[-1].number < number:
                self._news.clear()
                await self._news.wait()

    @property
    def numbers(self) -> list[int]:
        return [c.number for c in self.chunks if c.rung is Rung.AAC64]


async def say(bus: Bus, space_id: str, number: int) -> None:
    await bus.append(tick_subject(space_id, number), b'{"n":%d}' % number)
    for rung in RUNGS:
        await bus.append(chunk_subject(space_id, rung, number), silence(number, rung.codec))


async def test_a_reader_gets_the_past_then_the_present_in_order(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    for number in range(30):
        await say(bus, space_id, number)
    ear = Ear()
    reader = SpaceReader(bus, space_id, rungs=RUNGS, on_chunk=ear, backlog_chunks=10)
    task = asyncio.create_task(reader.run())
    await ear.heard(29)
    for number in range(30, 33):
        await say(bus, space_id, number)
    await ear.heard(32)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert ear.numbers == list(range(18, 33))  # 20 rounded down to its segment's first chunk
    assert not any(c.is_hole for c in ear.chunks)


async def test_a_number_that_live_missed_is_fetched_and_a_hole_is_silence(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    await say(bus, space_id, 0)
    ear = Ear()
    reader = SpaceReader(bus, space_id, rungs=RUNGS, on_chunk=ear)
    task = asyncio.create_task(reader.run())
    await ear.heard(0)
    # Number 2 never existed; number 1 reaches the log late, as a resend after a stage's restart does.
    await say(bus, space_id, 3)
    await say(bus, space_id, 1)
    await ear.heard(3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert ear.numbers == [0, 1, 2, 3]
    assert [c.number for c in ear.chunks if c.is_hole] == [2, 2]
    hole = next(c for c in ear.chunks if c.is_hole and c.rung is Rung.AAC64)
    assert hole.data == silence(2, Codec.AAC)
    assert reader.hole_count == 1


class HardOfHearing:
    """A bus whose live messages from a number on are lost on their way."""

    def __init__(self, bus: Bus, *, lost_from: int) -> None:
        self._bus = bus
        self._lost_from = lost_from

    def __getattr__(self, name: str) -> object:
        return getattr(self._bus, name)

    async def subscribe(
        self, subject: str, handler: Callable[[str, bytes], None], *, pending_max: int
    ) -> object:
        def heard(subject: str, payload: bytes) -> None:
            if number_of(subject) < self._lost_from:
                handler(subject, payload)

        return await self._bus.subscribe(subject, heard, pending_max=pending_max)


async def test_last_chunks_that_were_lost_are_found_when_the_space_ends(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    await say(bus, space_id, 0)
    ear = Ear()
    deaf = cast("Bus", HardOfHearing(bus, lost_from=2))
    reader = SpaceReader(deaf, space_id, rungs=RUNGS, on_chunk=ear)
    task = asyncio.create_task(reader.run())
    await ear.heard(0)
    for number in range(1, 4):
        await say(bus, space_id, number)
    async with asyncio.timeout(10):
        await reader.finish()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert ear.numbers == [0, 1, 2, 3]
    assert not any(c.is_hole for c in ear.chunks)


async def test_a_space_without_a_word_has_nothing_to_finish(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    reader = SpaceReader(bus, space_id, rungs=RUNGS, on_chunk=Ear())
    task = asyncio.create_task(reader.run())
    async with asyncio.timeout(10):
        await reader.finish()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_old_chunk_is_found_with_its_tick(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    await say(bus, space_id, 4)
    chunk = await chunk_from_log(bus, space_id, Rung.AAC64, 4)
    assert chunk is not None
    assert chunk.tick == b'{"n":4}'
    assert await chunk_from_log(bus, space_id, Rung.AAC64, 5) is None
