"""How far captions are behind the voice, what they cost, and whether the stage feels them.

    python bench/captions.py [--seconds 47] [--rounds 2] [--engines moonshine,whisper]

A real stage with the debate's two voices over WebRTC, and the captions' process beside it: without it and
with each engine by turns, in one run. Behind the voice: from the wall time of the last 32 ms of speech of
an utterance (found afterwards in the logged voice by the same rule) to the tick that carries its final text.
The stage's lateness is each tick's arrival against the end of its chunk.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from stage_house import Result, RunningStage, report, running_stage
from stage_load import PacketTrack, debate_packets, join
from stentor.clock import SystemClock
from stentor.config import Settings
from stentor.limits import CHUNK_MS
from stentor.log.server import EmbeddedServer
from stentor.log.state import SpaceStore
from stentor.log.subjects import number_of
from stentor.process import die_with_parent, end_process
from stentor.scribe.captions.ears import Ears
from stentor.scribe.speech.activity import FRAME_MS, loaded
from stentor.scribe.speech.cutting import Rule
from stentor.scribe.speech.weights import SILERO_VAD, folder_of
from stentor.space.timeline import Timeline

SPACE_ID = "bench-captions"
WARM_UP_S = 6.0
PATIENCE_MS = 8_000


@dataclass(slots=True)
class Heard:
    """What came out of the stage in one phase."""

    timeline: Timeline
    late_ms: list[float] = field(default_factory=list)
    finals_ms: dict[str, int] = field(default_factory=dict)
    """Utterance → wall time of the tick with its final text."""
    partials: set[tuple[str, str]] = field(default_factory=set)
    voices: list[tuple[str, int, bytes]] = field(default_factory=list)

    def take_tick(self, subject: str, payload: bytes) -> None:
        now_ms, number = SystemClock().wall_ms(), number_of(subject)
        self.late_ms.append(now_ms - self.timeline.wall_ms_of(number + 1))
        for line in json.loads(payload).get("captions", ()):
            if line["is_final"]:
                self.finals_ms.setdefault(line["id"].partition("/")[0], now_ms)
            else:
                self.partials.add((line["id"], line["text"]))

    def take_voice(self, subject: str, payload: bytes) -> None:
        self.voices.append((subject.split(".")[3], number_of(subject), payload))

    def behind_ms(self) -> tuple[list[float], int]:
        """Of each utterance with a final text; and how many that ended in time for one have none."""
        with tempfile.TemporaryDirectory() as made:
            ears = Ears(loaded(folder_of(SILERO_VAD, own=None, made=Path(made))))
        found: list[float] = []
        without, last_ms = 0, max(number for _, number, _ in self.voices) * CHUNK_MS
        for person, number, payload in self.voices:
            for ended in ears.hear(person, number, payload):
                first = int(ended.id.rpartition(".")[2])
                end_ms = first * FRAME_MS + ended.length_ms - Rule().tail_ms // FRAME_MS * FRAME_MS
                if (shown_ms := self.finals_ms.get(ended.id)) is not None:
                    found.append(shown_ms - self.timeline.epoch_ms - end_ms)
                elif end_ms < last_ms - PATIENCE_MS:
                    without += 1
        return found, without


@dataclass(slots=True)
class Sum:
    """All phases of one engine."""

    late_ms: list[float] = field(default_factory=list)
    behind_ms: list[float] = field(default_factory=list)
    without: int = 0
    missed: int = 0
    partials: int = 0
    stage_percent: list[float] = field(default_factory=list)
    captions_percent: list[float] = field(default_factory=list)
    memory_bytes: int = 0

    def results(self, engine: str) -> list[Result]:
        late, behind = sorted(self.late_ms), sorted(self.behind_ms)
        found: list[Result] = [
            (f"{engine}: stage, a tick after its chunk's end, median", statistics.median(late), "ms", ""),
            (
                f"{engine}: stage, a tick after its chunk's end, 99 of 100",
                late[int(0.99 * len(late))],
                "ms",
                "",
            ),
            (f"{engine}: stage, ticks of 20 ms missed", self.missed, "", "as without"),
            (f"{engine}: stage, share of a core", statistics.mean(self.stage_percent), "%", ""),
        ]
        if not self.captions_percent:
            return found
        p95_s = behind[int(0.95 * len(behind))] / 1000
        return [
            *found,
            (f"{engine}: final text behind the voice, median", statistics.median(behind) / 1000, "s", ""),
            (f"{engine}: final text behind the voice, 95 of 100", p95_s, "s", "≤ 4"),
            (f"{engine}: utterances with a final text", len(behind), "", ""),
            (f"{engine}: utterances without (back-channels are dropped)", self.without, "", ""),
            (f"{engine}: partial texts shown", self.partials, "", ""),
            (f"{engine}: captions, share of a core", statistics.mean(self.captions_percent), "%", ""),
            (f"{engine}: captions, memory", self.memory_bytes / (1 << 20), "MiB", ""),
        ]


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=47, help="of each phase")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--engines", default="moonshine,whisper")
    arguments = parser.parse_args()
    sums = {"none": Sum(), **{engine: Sum() for engine in arguments.engines.split(",")}}
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "nats")
        await server.start()
        try:
            async with running_stage(server.url, Path(folder), SPACE_ID) as stage, debate(stage):
                # By turns, so that whatever else the machine does meets all of them.
                for _ in range(arguments.rounds):
                    await phase(stage, sums["none"], arguments.seconds)
                    for engine in arguments.engines.split(","):
                        settings = Settings(
                            data_dir=Path(folder), nats_url=server.url, captions_engine=engine
                        )
                        async with captions(settings) as pid:
                            await phase(stage, sums[engine], arguments.seconds, pid=pid)
        finally:
            await server.stop()
    report("captions", [result for engine, found in sums.items() for result in found.results(engine)])


async def phase(stage: RunningStage, total: Sum, seconds: float, *, pid: int | None = None) -> None:
    """So many seconds of the debate."""
    space = await (await SpaceStore.open(stage.bus)).get(stage.space_id)
    assert space.timeline is not None
    heard = Heard(space.timeline)
    await asyncio.sleep(WARM_UP_S)
    log_bytes = stage.log.stat().st_size
    subscriptions = [
        await stage.bus.subscribe(f"space.{stage.space_id}.{subject}", handle)
        for subject, handle in (("tick.*", heard.take_tick), ("voice.*.*", heard.take_voice))
    ]
    stage_s, captions_s = cpu_s(stage.pid), 0.0 if pid is None else cpu_s(pid)
    await asyncio.sleep(seconds)
    total.stage_percent.append(100 * (cpu_s(stage.pid) - stage_s) / seconds)
    if pid is not None:
        total.captions_percent.append(100 * (cpu_s(pid) - captions_s) / seconds)
        total.memory_bytes = max(total.memory_bytes, psutil.Process(pid).memory_info().rss)
    for subscription in subscriptions:
        await subscription.close()
    total.late_ms += heard.late_ms
    total.missed += stage.late_ticks(since_byte=log_bytes)
    total.partials += len(heard.partials)
    behind_ms, without = await asyncio.to_thread(heard.behind_ms)
    total.behind_ms += behind_ms
    total.without += without


@contextlib.asynccontextmanager
async def debate(stage: RunningStage) -> AsyncIterator[None]:
    """Maya and Daniel on stage, in step."""
    tracks = {name: PacketTrack(debate_packets(name)) for name in ("maya", "daniel")}
    peers = [await join(stage.bus, stage.space_id, name, track) for name, track in tracks.items()]
    try:
        yield
    finally:
        await asyncio.gather(*(peer.close() for peer in peers))


@contextlib.asynccontextmanager
async def captions(settings: Settings) -> AsyncIterator[int]:
    """The process; ready when its engine is loaded. Yields its pid."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stentor.scribe.captions.main"),
        env={**os.environ, **settings.as_environment()},
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=die_with_parent,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            while b'"captions"' not in (line := await process.stderr.readline()):
                if not line or b"no captions" in line:
                    raise SystemExit(f"there are no captions: {line.decode()}")
        yield process.pid
    finally:
        await end_process(process, patience_s=5)


def cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    asyncio.run(main())
