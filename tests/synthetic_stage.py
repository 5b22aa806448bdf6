"""A stage without people: real encoders, a known tone, the real log.

Comes in: a number of chunks. Goes out: `space.<id>.chunk.*` and ticks, as fast as the log takes them or in
real time. What the tests of the edge and the crowd need from a stage, and nothing else.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from types import TracebackType
from typing import Self

import av
import numpy as np

from stentor.clock import Clock, SystemClock
from stentor.formats.cmaf import chunk
from stentor.limits import CHUNK_MS, CHUNK_SAMPLES, RUNWAY_CHUNKS, SAMPLE_RATE_HZ
from stentor.log.bus import Bus
from stentor.log.state import SpaceStore
from stentor.log.subjects import chunk_subject, tick_subject
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.space.rung import BEST_RUNG, Codec, Rung
from stentor.space.tick import TickWriter

TONE_HZ = 440.0
LOOP_CHUNKS = 25
"""16 s of audio, encoded once; 440 Hz fits a chunk 281.6 times, so the loop has a phase jump and no gap."""
PEOPLE = [{"id": "ada", "name": "Ada", "role": "host", "muted": False}]


CAPTION_CHUNKS = 4


def caption(number: int) -> dict[str, object]:
    """The line that stands at a chunk of a stage with captions."""
    line = number // CAPTION_CHUNKS
    return {"id": str(line), "person": "ada", "text": f"Line {line}", "is_final": True}


@cache
def encoded_loop(rung: Rung) -> tuple[tuple[bytes, ...], ...]:
    """LOOP_CHUNKS chunks of encoder packets."""
    codec = rung.codec
    context = av.CodecContext.create("libopus" if codec is Codec.OPUS else "aac", "w")
    context.sample_rate = SAMPLE_RATE_HZ
    context.layout = "mono"
    context.format = "flt" if codec is Codec.OPUS else "fltp"
    context.bit_rate = rung.bitrate_bps
    context.time_base = Fraction(1, SAMPLE_RATE_HZ)
    context.open()
    size = codec.frame_samples
    packets: list[bytes] = []
    wanted = LOOP_CHUNKS * codec.frames_per_chunk
    for start in range(0, (LOOP_CHUNKS + 1) * CHUNK_SAMPLES, size):
        t = np.arange(start, start + size) / SAMPLE_RATE_HZ
        samples = (0.3 * np.sin(2 * np.pi * TONE_HZ * t)).astype(np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format=context.format.name, layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.pts = start
        frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
        packets += [bytes(packet) for packet in context.encode(frame)]
    return tuple(
        tuple(packets[i : i + codec.frames_per_chunk]) for i in range(0, wanted, codec.frames_per_chunk)
    )


def programme_chunk(codec: Codec, number: int) -> bytes:
    """What the synthetic stage writes as chunk `number`, a pure function of it."""
    return rung_chunk(BEST_RUNG[codec], number)


def rung_chunk(rung: Rung, number: int) -> bytes:
    """The same of any rung."""
    return chunk(number, rung.codec, encoded_loop(rung)[number % LOOP_CHUNKS])


@dataclass(slots=True)
class SyntheticStage:
    """Writes a Space's log.

    Args:
        next_number: the chunk that is written next.
        has_captions: its ticks carry a line of captions, another one every CAPTION_CHUNKS.
    """

    bus: Bus
    space_id: str
    store: SpaceStore
    ticks: TickWriter
    clock: Clock
    epoch_ms: int
    next_number: int = 0
    has_captions: bool = False

    @classmethod
    async def open(
        cls,
        bus: Bus,
        space_id: str,
        *,
        state: State = State.ON_AIR,
        chunks: int = RUNWAY_CHUNKS,
        has_captions: bool = False,
    ) -> Self:
        """A Space on the air with `chunks` chunks behind it, the last of which has just been spoken."""
        clock = SystemClock()
        now_ms = clock.wall_ms()
        await bus.ensure_stream(space_id, age_s=3600)
        space = Space(space_id, f"The Space {space_id}", State.SCHEDULED, created_ms=now_ms)
        if state is not State.SCHEDULED:
            space = space.moved(State.ON_AIR, wall_ms=now_ms)
            space = replace(space, epoch_ms=now_ms - chunks * CHUNK_MS, state=state)
        store = await SpaceStore.open(bus)
        await store.create(space)
        epoch_ms = space.epoch_ms or now_ms
        stage = cls(bus, space_id, store, TickWriter(), clock, epoch_ms, has_captions=has_captions)
        await stage.write(chunks)
        return stage

    @property
    def head(self) -> int:
        return self.next_number - 1

    async def write(self, count: int) -> None:
        """Chunks as fast as the log takes them; each number whole before the next, in batches."""
        numbers = list(range(self.next_number, self.next_number + count))
        for start in range(0, count, 64):
            batch = [m for n in numbers[start : start + 64] for m in self.messages(n)]
            await asyncio.gather(*(self.bus.append(subject, data) for subject, data in batch))
        self.next_number += count

    def leave_out(self, count: int) -> None:
        """The stage is away for `count` chunks."""
        self.next_number += count

    def messages(self, number: int) -> Iterator[tuple[str, bytes]]:
        for rung in Rung:
            yield chunk_subject(self.space_id, rung, number), rung_chunk(rung, number)
        speaking = {"ada": -12} if number % 5 else {}
        facts: dict[str, object] = {
            "state": "on_air",
            "title": "A tone",
            "people": PEOPLE,
            "speaking": speaking,
        }
        if self.has_captions:
            facts["captions"] = [caption(number)]
        wall_ms = self.epoch_ms + number * CHUNK_MS
        yield (
            tick_subject(self.space_id, number),
            self.ticks.write(number=number, wall_ms=wall_ms, facts=facts),
        )

    async def move(self, state: State) -> None:
        await self.store.change(self.space_id, lambda s: s.moved(state, wall_ms=self.clock.wall_ms()))

    def live(self, *, speed: float = 1.0) -> AbstractAsyncContextManager[None]:
        """Writes on in the background, a chunk each 0.64 s / `speed`, for as long as the block runs."""
        return _Live(self, speed)


class _Live:
    def __init__(self, stage: SyntheticStage, speed: float) -> None:
        self._stage = stage
        self._interval_s = CHUNK_MS / 1000 / speed

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._write())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await self._stage.write(1)
            due += self._interval_s
            await asyncio.sleep(max(0.0, due - loop.time()))
