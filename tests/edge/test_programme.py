"""A programme over a log that the test holds in its hands."""

import asyncio

import pytest

from stentor.edge.framing import Format, Shape
from stentor.edge.hls import KEPT_CHUNKS_MIN
from stentor.edge.programme import Programme, window_chunks
from stentor.errors import OutOfRange
from stentor.formats.cmaf import silence
from stentor.formats.emsg import ticks_of
from stentor.limits import CHUNKS_PER_SEGMENT
from stentor.log.assembler import LogChunk
from stentor.space.rung import Codec, Rung
from stentor.space.tick import TickWriter, decoded

SHAPE = Shape(Rung.AAC64, Format.MP4)


class Log:
    """Chunks first…last with ticks; counts what is asked of it."""

    def __init__(self, first: int, last: int) -> None:
        ticks = TickWriter()
        self.ask_count = self.at_once = self.at_once_max = 0
        self._chunks = {
            n: LogChunk(
                n,
                Rung.AAC64,
                silence(n, Codec.AAC),
                ticks.write(number=n, wall_ms=n, facts={"title": "One", "speaking": {"ada": -n % 60}}),
            )
            for n in range(first, last + 1)
        }

    async def fetch(self, rung: Rung, number: int) -> LogChunk | None:
        self.ask_count += 1
        self.at_once += 1
        self.at_once_max = max(self.at_once_max, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        return self._chunks.get(number)

    def of(self, number: int) -> LogChunk:
        return self._chunks[number]


def programme_of(log: Log, *, heard: range) -> Programme:
    programme = Programme("demo", chunks_max=100, first_chunk_s=0.1, fetch_old=log.fetch)
    for number in heard:
        programme.take(log.of(number), now_s=0.0)
    return programme


def test_the_window_is_what_was_asked_for_and_never_less_than_hls_needs() -> None:
    assert window_chunks(120) == KEPT_CHUNKS_MIN
    assert window_chunks(640) == 1000


async def test_what_is_in_the_window_is_not_asked_of_the_log() -> None:
    log = Log(0, 99)
    programme = programme_of(log, heard=range(50, 100))
    for number in range(50, 100):
        await programme.chunk(SHAPE, number, is_joining=number == 50)
    assert log.ask_count == 0


async def test_an_old_chunk_is_the_logs_with_its_own_tick() -> None:
    log = Log(0, 99)
    data = await programme_of(log, heard=range(50, 100)).chunk(SHAPE, 20)
    assert ticks_of(data) == [log.of(20).tick]
    assert data.endswith(log.of(20).data)


async def test_the_first_old_chunk_says_everything_that_was_known_then() -> None:
    data = await programme_of(Log(0, 99), heard=range(50, 100)).chunk(SHAPE, 20, is_joining=True)
    tick = decoded(ticks_of(data)[0])
    assert (tick["n"], tick["full"], tick["title"], tick["speaking"]) == (20, True, "One", {"ada": 40})


async def test_what_the_log_lacks_is_silence() -> None:
    assert await programme_of(Log(30, 99), heard=range(50, 100)).chunk(SHAPE, 5) == silence(5, Codec.AAC)


async def test_a_hole_shorter_than_a_segment_is_no_end_of_the_log() -> None:
    programme = programme_of(Log(30, 99), heard=range(50, 100))
    await programme.check_is_logged(Rung.AAC64, 30 - CHUNKS_PER_SEGMENT + 1)
    with pytest.raises(OutOfRange):
        await programme.check_is_logged(Rung.AAC64, 30 - CHUNKS_PER_SEGMENT)


async def test_a_crowd_that_comes_back_asks_the_log_sixteen_questions_at_a_time() -> None:
    log = Log(0, 99)
    programme = programme_of(log, heard=range(50, 100))
    await asyncio.gather(*(programme.chunk(SHAPE, n % 50) for n in range(500)))
    assert log.at_once_max <= 16
