"""Bad networks, small: a real peer behind a relay, wrong clocks on a virtual one, people who come and go.

The long versions, with a recogniser and with hundreds of joins, are `make drill-stage`.
"""

import asyncio
from pathlib import Path

import numpy as np
import psutil
import pytest

from likeness import place_in_loop
from stage_house import running_stage
from stage_people import Samples, debate_samples, integrated_lufs, on_stage, powers_of, programme_ear
from stentor.limits import CHUNK_SAMPLES, RUNWAY_CHUNKS, SAMPLE_RATE_HZ
from stentor.rehearsal.bad_line import PERFECT, Faults
from virtual_line import browser_packets, heard_through

BAD = Faults(loss=0.10, delay_ms=20, jitter_ms=50, duplicates=0.02)
PART_CHUNKS = 8
SETTLING_CHUNKS = 4
JOINS, AT_ONCE = 20, 5
GROWN_BYTES_MAX = 12 << 20
"""What the first joins load and cache, and a margin; 200 joins are looked at by the drill."""


@pytest.fixture(scope="module")
def said() -> Samples:
    """As much speech without a long pause as a part of the test is long, said over and over."""
    start = SAMPLE_RATE_HZ
    return debate_samples("maya")[start : start + PART_CHUNKS * CHUNK_SAMPLES]


@pytest.fixture(scope="module")
def packets(said: Samples) -> list[bytes]:
    return browser_packets(said, expected_loss_percent=10)


@pytest.mark.alone
async def test_a_tenth_lost_and_50_ms_of_jitter_leave_the_programme_as_it_was(
    nats_url: str, tmp_path: Path, said: Samples, packets: list[bytes]
) -> None:
    """The weather turns while somebody speaks: the envelope still fits, the level is within 1 LU."""
    async with (
        running_stage(nats_url, tmp_path, "bad-network") as stage,
        programme_ear(stage.bus, stage.space_id) as ear,
        on_stage(stage.bus, stage.space_id, "maya", packets) as guest,
    ):
        await ear.until(RUNWAY_CHUNKS)  # the silence in front comes all at once
        clean = ear.latest + SETTLING_CHUNKS
        await ear.until(clean + PART_CHUNKS)
        guest.relay.up.faults = guest.relay.down.faults = BAD
        bad = ear.latest + 2
        await ear.until(bad + PART_CHUNKS)
        lost_count, passed_count = guest.relay.up.lost_count, guest.relay.up.passed_count
    before, after = (ear.samples(range(first, first + PART_CHUNKS)) for first in (clean, bad))
    assert lost_count > 10 < guest.relay.up.overtaking_count
    assert passed_count > 400
    assert place_in_loop(before, said).correlation > 0.9
    assert place_in_loop(after, said).correlation > 0.85
    levels = [integrated_lufs(powers_of(part)) for part in (before, after)]
    assert levels[1] == pytest.approx(levels[0], abs=1.0)


async def test_a_join_succeeds_over_a_line_that_loses_a_tenth(
    nats_url: str, tmp_path: Path, packets: list[bytes]
) -> None:
    """And twenty people who come and go leave no socket, no thread and little memory."""
    async with running_stage(nats_url, tmp_path, "come-and-go") as stage:
        process = psutil.Process(stage.pid)

        async def come_and_go(index: int, faults: Faults) -> None:
            guest = on_stage(
                stage.bus, stage.space_id, f"guest-{index}", packets, up=faults, down=faults, seed=index
            )
            async with guest as here, asyncio.timeout(10):
                await here.heard_back.wait()

        await asyncio.gather(*(come_and_go(index, BAD) for index in range(AT_ONCE)))
        before = process.num_fds(), process.num_threads(), process.memory_info().rss
        for start in range(0, JOINS, AT_ONCE):
            await asyncio.gather(*(come_and_go(index, PERFECT) for index in range(start, start + AT_ONCE)))
        async with asyncio.timeout(10):
            while process.num_fds() > before[0] or process.num_threads() > before[1]:
                await asyncio.sleep(0.05)
        assert process.memory_info().rss < before[2] + GROWN_BYTES_MAX


@pytest.mark.parametrize("wrong_ppm", [1000, -1000])
@pytest.mark.parametrize("faults", [PERFECT, Faults(loss=0.05, jitter_ms=50)])
def test_a_wrong_clock_makes_a_voice_neither_late_nor_quiet(
    packets: list[bytes], faults: Faults, wrong_ppm: float
) -> None:
    """Three minutes at ten times the worst sound card: as much as half an hour at 100 ppm."""
    run = heard_through(packets, faults, seconds=180, wrong_ppm=wrong_ppm, keeps_frames=False, seed=2)
    minute = len(run.delays_ms) // 3
    first, last = np.median(run.delays_ms[:minute]), np.median(run.delays_ms[-minute:])
    assert last - first < 20
    assert max(run.targets) <= 6
    loops = [run.powers[at : at + len(packets)] for at in (len(packets) * 4, len(run.powers) - len(packets))]
    begun, ended = (integrated_lufs(np.array(powers)) for powers in loops)
    assert ended == pytest.approx(begun, abs=1.0)
