"""What a long evening does to a stage: wrong clocks for half an hour, two hundred joins and leaves.

    python bench/stage_soak.py [--joins 200] [--real-seconds 180]

1. Half an hour on a virtual clock: a sender whose clock is 100 ppm off (a bad sound card), on a good and on a
   bad line, through the stage's jitter buffer, decoder and leveller: how late and how loud at the end.
2. Three minutes in real time on real stages, over WebRTC: senders whose clocks are 1000 ppm fast and slow.
3. Joins and leaves, five at a time, at one stage process: its memory, sockets, threads; and how long a join
   takes over a line that loses a tenth both ways.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil

from likeness import place_in_loop
from stage_house import Result, RunningStage, report, running_stage
from stage_people import Samples, debate_samples, integrated_lufs, on_stage, programme_ear
from stentor.clock import SteadyClock
from stentor.limits import CHUNK_MS, RUNWAY_CHUNKS, SAMPLE_RATE_HZ
from stentor.log.server import EmbeddedServer
from stentor.log.state import SpaceStore
from stentor.rehearsal.bad_line import PERFECT, Faults
from virtual_line import browser_packets, heard_through

HALF_AN_HOUR_S = 1800
WRONG_PPM = 100
WRONG_PPM_REAL = 1000
"""In three minutes as much as 100 ppm in half an hour: 180 ms."""
LINES = {"good": PERFECT, "bad": Faults(loss=0.05, jitter_ms=50)}
AT_ONCE = 5
BAD_JOINS = 40
BAD_LINE = Faults(loss=0.10, delay_ms=20, jitter_ms=50)
WINDOW_S = 30
SETTLED_MS = 20_000
"""Until then the leveller is finding the voice's level, and an envelope is not what it was."""


class WrongClock:
    """A clock that runs too fast by some millionths."""

    def __init__(self, *, wrong_ppm: float) -> None:
        self._base = SteadyClock()
        self._start = self._base.wall_ms(), self._base.monotonic_s()
        self._rate = 1 + wrong_ppm / 1e6

    def wall_ms(self) -> int:
        return int(self._start[0] + (self._base.monotonic_s() - self._start[1]) * 1000 * self._rate)

    def monotonic_s(self) -> float:
        return self._start[1] + (self._base.monotonic_s() - self._start[1]) * self._rate


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--joins", type=int, default=200)
    parser.add_argument("--real-seconds", type=float, default=180)
    arguments = parser.parse_args()
    said = debate_samples("maya")
    packets = browser_packets(said, expected_loss_percent=10)
    results = half_an_hour(packets)
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "nats")
        await server.start()
        try:
            results += await joins(server.url, Path(folder), packets, arguments.joins)
            results += await joins_on_bad_lines(server.url, Path(folder), packets)
            real = (
                in_real_time(
                    server.url,
                    Path(folder),
                    packets,
                    said,
                    name=name,
                    ppm=ppm,
                    seconds=arguments.real_seconds,
                )
                for name, ppm in (("fast", WRONG_PPM_REAL), ("slow", -WRONG_PPM_REAL))
            )
            results += [result for results_of_one in await asyncio.gather(*real) for result in results_of_one]
        finally:
            await server.stop()
    report("stage_soak", results)


def half_an_hour(packets: Sequence[bytes]) -> list[Result]:
    """The first and the last five minutes of the virtual half hours."""
    results: list[Result] = []
    for name, ppm in (("fast", WRONG_PPM), ("slow", -WRONG_PPM)):
        for line, faults in LINES.items():
            run = heard_through(
                packets, faults, seconds=HALF_AN_HOUR_S, wrong_ppm=ppm, keeps_frames=False, seed=4
            )
            part = len(run.delays_ms) // 6
            delays = np.array(run.delays_ms)
            first, last = float(np.median(delays[:part])), float(np.median(delays[-part:]))
            loop = len(packets)
            powers = np.array(run.powers)
            grown = integrated_lufs(powers[-loop:]) - integrated_lufs(powers[loop : 2 * loop])
            what = f"half_hour_{name}_{line}"
            results += [
                (f"{what}_drift", last - first, "ms later at the end", "<= 20"),
                (f"{what}_delay_max", float(delays.max()), "ms", "<= 240"),
                (f"{what}_target_max", float(max(run.targets)), "packets", "<= 5"),
                (f"{what}_dropped", float(run.line.dropped), "packets of 20 ms", "<= 20"),
                (f"{what}_loudness_grown", grown, "LU", "<= 1"),
            ]
    return results


async def in_real_time(
    url: str, folder: Path, packets: Sequence[bytes], said: Samples, *, name: str, ppm: float, seconds: float
) -> list[Result]:
    """How late the voice is in the programme in the first and in the last seconds, on a real stage."""
    space_id = f"bench-drift-{name}"
    async with running_stage(url, folder, space_id) as stage, programme_ear(stage.bus, space_id) as ear:
        clock = WrongClock(wrong_ppm=ppm)
        start_ms = clock.wall_ms()
        async with on_stage(stage.bus, space_id, "maya", packets, clock=clock, start_ms=start_ms):
            await ear.until(RUNWAY_CHUNKS)
            first = ear.latest + round(SETTLED_MS / CHUNK_MS)
            last = first + round(seconds * 1000 / CHUNK_MS)
            await ear.until(last, within_s=seconds + 60)
        store = await SpaceStore.open(stage.bus)
        timeline = (await store.get(space_id)).timeline
        assert timeline is not None
        heard = ear.samples(range(first, last + 1))
        late_ticks = stage.late_ticks()
    since_start_ms = timeline.epoch_ms + first * CHUNK_MS - start_ms
    size = WINDOW_S * SAMPLE_RATE_HZ
    delays = []
    for at in (0, len(heard) - size):
        spoken_ms = place_in_loop(heard[at : at + size], said).at_ms
        # The sender says the k-th millisecond of its speech when its own clock has counted k.
        heard_ms = (since_start_ms + at * 1000 / SAMPLE_RATE_HZ) * (1 + ppm / 1e6)
        loop_ms = len(packets) * 20
        delays.append((heard_ms - spoken_ms + loop_ms / 2) % loop_ms - loop_ms / 2)
    return [
        (f"real_{name}_delay", delays[0], "ms in the programme", "<= 120"),
        (f"real_{name}_drift", delays[1] - delays[0], f"ms later after {seconds:.0f} s", "<= 30"),
        (f"real_{name}_late_ticks", float(late_ticks), "silent ticks", "<= 0"),
    ]


async def joins(url: str, folder: Path, packets: Sequence[bytes], count: int) -> list[Result]:
    """People come, speak for a moment and go; the stage stays."""
    async with running_stage(url, folder, "bench-joins") as stage:
        process = psutil.Process(stage.pid)
        await come_and_go(stage, packets, first=0, count=2 * AT_ONCE)
        before = process.num_fds(), process.num_threads()
        memory_kib = [process.memory_info().rss / 1024]
        at = [0]
        for first in range(0, count, AT_ONCE):
            await come_and_go(stage, packets, first=first, count=AT_ONCE)
            memory_kib.append(process.memory_info().rss / 1024)
            at.append(first + AT_ONCE)
        await until_as_before(process, before)
        after = process.num_fds(), process.num_threads()
    half = len(at) // 2
    slope = float(np.polyfit(at[half:], memory_kib[half:], 1)[0])
    return [
        ("joins", float(count), "joins and leaves", ""),
        ("joins_memory_first", memory_kib[0] / 1024, "MiB after 10 joins", ""),
        ("joins_memory_last", memory_kib[-1] / 1024, "MiB at the end", ""),
        ("joins_memory_slope", slope, "KiB per join in the second half", "<= 20"),
        ("joins_sockets_grown", float(after[0] - before[0]), "file descriptors", "<= 0"),
        ("joins_threads_grown", float(after[1] - before[1]), "threads", "<= 0"),
    ]


async def joins_on_bad_lines(url: str, folder: Path, packets: Sequence[bytes]) -> list[Result]:
    """From the answer to the connection, all of ICE and DTLS through the bad line."""
    took_s: list[float] = []
    async with running_stage(url, folder, "bench-bad-joins") as stage:

        async def one(index: int) -> None:
            with suppress(TimeoutError):
                async with on_stage(
                    *(stage.bus, stage.space_id, f"guest-{index}", packets),
                    up=BAD_LINE,
                    down=BAD_LINE,
                    seed=2 * index,
                ) as guest:
                    took_s.append(guest.connected_s)

        for start in range(0, BAD_JOINS, AT_ONCE):
            await asyncio.gather(*(one(index) for index in range(start, start + AT_ONCE)))
    return [
        ("bad_joins_p50", float(np.median(took_s)), "s from the answer, a tenth lost", ""),
        ("bad_joins_p95", float(np.percentile(took_s, 95)), "s", "<= 5"),
        ("bad_joins_failed", float(BAD_JOINS - len(took_s)), f"of {BAD_JOINS}", "<= 0"),
    ]


async def come_and_go(stage: RunningStage, packets: Sequence[bytes], *, first: int, count: int) -> None:
    """So many people, `AT_ONCE` at a time, each until they have heard something back."""

    async def one(index: int) -> None:
        # A few names, over and over: a person who comes again is the usual case, and a crew is bounded.
        person = f"guest-{index % (4 * AT_ONCE)}"
        async with on_stage(stage.bus, stage.space_id, person, packets, seed=index) as guest:
            async with asyncio.timeout(10):
                await guest.heard_back.wait()

    for start in range(first, first + count, AT_ONCE):
        async with asyncio.TaskGroup() as group:
            for index in range(start, min(start + AT_ONCE, first + count)):
                group.create_task(one(index))


async def until_as_before(process: psutil.Process, before: tuple[int, int]) -> None:
    """Connections close within moments; whatever is left after 10 s has leaked."""
    for _ in range(100):
        if process.num_fds() <= before[0] and process.num_threads() <= before[1]:
            return
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main())
