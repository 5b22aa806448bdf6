"""What a listener hears is the debate: every format, decoded by a program that no one here wrote.

The strict checker of LL-HLS watches for thirteen seconds, which is two segments and twenty parts; a minute
with STENTOR_LONG=1 (`make drills`).
"""

import asyncio
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest

from house.house import House, eventually
from house.sound import Samples, aligned, decoded, longest_gap_ms, packet_steps
from stentor.rehearsal.hls_watch import watch

WATCH_S = 60 if os.environ.get("STENTOR_LONG") == "1" else 13
FORMATS = ["live.mp4?codec=opus", "live.mp4?codec=aac", "live.aac", "hls/index.m3u8", "hls/plain.m3u8"]


def test_watching_low_latency_hls_finds_no_broken_rule(house: House) -> None:
    findings = asyncio.run(watch(f"{house.edge_url}/s/debate/hls/index.m3u8", seconds=WATCH_S))
    assert list(findings.violations) == []
    assert findings.part_count >= 1.5 * WATCH_S
    assert findings.delta_count >= WATCH_S // 6


@pytest.mark.alone
@pytest.mark.parametrize("form", FORMATS)
def test_ffmpeg_hears_the_debate_without_a_warning_or_a_gap(
    settled: House, debate: list[Samples], form: str
) -> None:
    heard = decoded(f"{settled.edge_url}/s/debate/{form}", seconds=6)
    assert len(heard) >= 5.5 * 48_000
    mix = max(debate, key=lambda mix: aligned(heard, mix).correlation)
    alignment = aligned(heard, mix)
    assert alignment.correlation >= 0.9
    assert longest_gap_ms(heard, mix, alignment) <= 40


@pytest.mark.parametrize(("codec", "step"), [("opus", 960), ("aac", 1024)])
def test_steps_of_decode_time_are_all_equal(house: House, tmp_path: Path, codec: str, step: int) -> None:
    path = tmp_path / "live.mp4"
    url = f"{house.edge_url}/s/debate/live.mp4?codec={codec}"
    with urllib.request.urlopen(url, timeout=10) as stream, path.open("wb") as file:
        while file.tell() < 50_000:
            file.write(stream.read1(65_536))
    # The cut came in the middle of a chunk; ffprobe reads what is whole.
    assert packet_steps(path) == {step}


def test_the_recording_is_the_programme_too(house: House, tmp_path: Path) -> None:
    recording = house.data_dir / "recording" / "debate" / "programme.aac64.mp4"
    eventually(lambda: recording.exists() and recording.stat().st_size > 60_000, "the recording grows")
    copy = tmp_path / "recording.mp4"
    copy.write_bytes(recording.read_bytes())
    subprocess.run(["ffmpeg", "-v", "error", "-i", copy, "-f", "null", "-"], check=True, timeout=60)
    assert packet_steps(copy) == {1024}
