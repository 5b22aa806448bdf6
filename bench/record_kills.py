"""The record under `kill -9`: a real scribe and a real NATS server die at random while a stage writes.

    python bench/record_kills.py        50 deaths (STENTOR_KILLS=200 for more)

Every chunk and voice that NATS has acknowledged must be in the sealed programme and the sealed voice, byte
for byte, each once.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from pathlib import Path

from stentor.clock import SystemClock
from stentor.config import Settings
from stentor.errors import LogAway
from stentor.formats.cmaf import chunk
from stentor.formats.ogg_opus import packets_of_ogg
from stentor.formats.programme_index import ProgrammeIndex
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.log.bus import Bus, connected
from stentor.log.server import EmbeddedServer
from stentor.log.state import RecordingStore, SpaceStore
from stentor.log.subjects import chunk_subject, voice_subject
from stentor.process import die_with_parent, end_tasks
from stentor.shelf import layout
from stentor.shelf.store import Shelf
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.space.rung import BEST_RUNG, Codec
from stentor.space.timeline import RECORD_FIRST

SPACE = "drill"
PERSON = "ada"
_WRITE_S = 0.02
_SEALED_WITHIN_S = 60.0


@dataclass(slots=True)
class Drill:
    """One run.

    Args:
        kills: deaths, in turn of whoever the dice name.
        apart_s: the longest life between two.
    """

    folder: Path
    kills: int
    seed: int
    apart_s: float = 1.2
    acknowledged: list[int] = field(default_factory=list)
    killed: dict[str, int] = field(default_factory=lambda: {"scribe": 0, "nats": 0})
    sealed_s: float = 0.0
    wrong: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Raises: TimeoutError: nothing was sealed."""
        server = EmbeddedServer(self.folder / "nats")
        await server.start()
        settings = Settings(nats_url=server.url, data_dir=self.folder / "data")
        scribe = await _scribe(settings)
        try:
            async with connected(server.url, name="drill") as bus:
                await self._run(bus, server, scribe, settings)
        finally:
            await server.stop()

    async def _run(
        self, bus: Bus, server: EmbeddedServer, scribe: asyncio.subprocess.Process, settings: Settings
    ) -> None:
        spaces, recordings = await SpaceStore.open(bus), await RecordingStore.open(bus)
        await bus.ensure_stream(SPACE)
        # Long ago, so that nobody waits for what a hole might still bring.
        space = Space(SPACE, "A drill", State.SCHEDULED, created_ms=1)
        await spaces.create(space.moved(State.ON_AIR, wall_ms=1_700_000_000_000))
        dice = random.Random(self.seed)
        writing = asyncio.create_task(self._write(bus))
        try:
            for _ in range(self.kills):
                await asyncio.sleep(dice.uniform(0.05, self.apart_s))
                victim = dice.choice(("scribe", "nats"))
                self.killed[victim] += 1
                if victim == "nats":
                    await server.kill()
                    await server.start()
                else:
                    scribe.kill()
                    await scribe.wait()
                    scribe = await _scribe(settings)
            await asyncio.sleep(self.apart_s)
            await end_tasks(writing)
            now_ms = SystemClock().wall_ms()
            ended = partial(replace, state=State.ENDED, ended_ms=now_ms)
            await _until_done(partial(spaces.change, SPACE, ended))
            began_s = time.monotonic()
            async with asyncio.timeout(_SEALED_WITHIN_S):
                async for recording in recordings.watch(SPACE):
                    # Tags come with the voices and the rest.
                    if recording.made.tags_of:
                        break
            self.sealed_s = time.monotonic() - began_s
            await self._compare(Shelf.configured(settings))
        finally:
            await end_tasks(writing)
            scribe.kill()
            await scribe.wait()

    async def _write(self, bus: Bus) -> None:
        number = RECORD_FIRST
        while True:
            for subject, data in _messages(number):
                await _until_done(partial(bus.append, subject, data))
            self.acknowledged.append(number)
            number += 1
            await asyncio.sleep(_WRITE_S)

    async def _compare(self, shelf: Shelf) -> None:
        files = shelf.of(SPACE)
        for rung in BEST_RUNG.values():
            data = await files.get(layout.programme(rung.value, 1))
            index = ProgrammeIndex.from_bytes(await files.get(layout.programme_index(rung.value, 1)))
            for number in self.acknowledged:
                start, end = index.span(number, number + 1) if number < index.end else (0, 0)
                if data[start:end] != _chunk(number, rung.codec):
                    self.wrong.append(f"chunk {rung.value} {number}")
        voice = list(packets_of_ogg(BytesIO(await files.get(layout.voice(PERSON)))))
        said = [packet for packet in voice if len(packet) > len(_SILENT)]
        expected = [_packet(number) for number in self.acknowledged]
        if said[: len(expected)] != expected or len(said) > len(expected) + 1:
            self.wrong.append(f"voice: {len(said)} packets, {len(expected)} acknowledged")


_SILENT = b"\xf8\xff\xfe"


def _messages(number: int) -> list[tuple[str, bytes]]:
    voice = voice_bytes([VoicePacket(0, _packet(number))])
    return [
        *((chunk_subject(SPACE, rung, number), _chunk(number, rung.codec)) for rung in BEST_RUNG.values()),
        (voice_subject(SPACE, PERSON, number), voice),
    ]


def _chunk(number: int, codec: Codec) -> bytes:
    return chunk(number, codec, [b"%08d" % number] * codec.frames_per_chunk)


def _packet(number: int) -> bytes:
    """20 ms by its first byte; the rest tells it apart."""
    return _SILENT[:1] + b"%08d" % number


async def _scribe(settings: Settings) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stentor.scribe.main", "--alone"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **settings.as_environment()},
        preexec_fn=die_with_parent,
    )


async def _until_done(ask: Callable[[], Awaitable[object]]) -> None:
    """As the stage's writer does: again until NATS has taken it."""
    while True:
        try:
            await ask()
        except LogAway:
            await asyncio.sleep(_WRITE_S)
        else:
            return


def main() -> int:
    """Returns the exit code."""
    kills, seed = int(os.environ.get("STENTOR_KILLS", "50")), int(os.environ.get("STENTOR_SEED", "5"))
    with tempfile.TemporaryDirectory() as folder:
        drill = Drill(Path(folder), kills=kills, seed=seed)
        asyncio.run(drill.run())
    wrong = len(drill.wrong)
    print(f"record_kills: died: {drill.killed}, seed {seed}")
    print(f"record_kills: {len(drill.acknowledged)} chunks acknowledged, {wrong} lost or changed")
    print(f"record_kills: on the shelf {drill.sealed_s:.1f} s after the end")
    for each in drill.wrong[:20]:
        print(f"record_kills: {each}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
