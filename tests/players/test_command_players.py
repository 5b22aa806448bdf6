"""FFmpeg, mpv, VLC and GStreamer play every form of a Space: no complaint, and the sound is the stage's.

Each plays all addresses side by side, in real time. What FFmpeg and GStreamer and VLC wrote down is
listened to; mpv says its position.
"""

import asyncio
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from caches.debian import need, need_packages
from players.conftest import PLAY_S, OnAir
from players.sound import read_pcm, troubles_of

pytestmark = pytest.mark.timeout(PLAY_S + 90)
ADDRESSES = ("hls/master.m3u8", "hls/index.m3u8", "hls/plain.m3u8", "live.aac")
START_S = 3.0
"""What a player may take to begin, and to stop."""
FFMPEGS_OWN = ("Found duplicated MOOV Atom. Skipped it", "Can't support the subtitle(uri: captions.m3u8)")
"""See tests/edge/test_hls_routes.py: FFmpeg reads the init segment again after each reload of a live list,
and it takes no subtitles."""


@dataclass(frozen=True, slots=True)
class Played:
    """One run of a player. Args: took_s: until it ended by itself or was asked to."""

    code: int
    said: list[str]
    took_s: float


async def run(
    command: list[str],
    *,
    stop_after_s: float | None = None,
    user: str | None = None,
    home: Path | None = None,
) -> Played:
    """A player until its end; asked to stop after a time, killed if it does not."""
    began_s = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, user=user,
        env={**os.environ, "HOME": str(home)} if home else None, cwd=home,
    )  # fmt: skip
    telling = asyncio.create_task(process.communicate())
    try:
        if stop_after_s is not None:
            await asyncio.wait({telling}, timeout=stop_after_s)
            took_s = time.monotonic() - began_s
            if process.returncode is None:
                process.terminate()
        async with asyncio.timeout(PLAY_S + 30):
            out, _ = await telling
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if stop_after_s is None:
        took_s = time.monotonic() - began_s
    lines = re.split(r"[\r\n]+", out.decode(errors="replace"))
    return Played(process.returncode or 0, [line for line in lines if line.strip()], took_s)


async def test_ffmpeg_plays_all_forms_without_a_warning(on_air: OnAir, tmp_path: Path) -> None:
    program = need("ffmpeg", "ffmpeg")

    async def play(index: int) -> None:
        file = tmp_path / f"{index}.raw"
        played = await run(
            [program, "-v", "repeat+warning", "-nostdin", "-re", "-i", f"{on_air.space}/{ADDRESSES[index]}",
             "-t", str(PLAY_S), "-f", "s16le", "-ac", "1", "-ar", "48000", str(file)]
        )  # fmt: skip
        assert [line for line in played.said if not line.endswith(FFMPEGS_OWN)] == []
        assert played.code == 0
        assert PLAY_S - 1 < played.took_s < PLAY_S + START_S + 2
        assert troubles_of(read_pcm(file), seconds_min=PLAY_S - 0.1) == []

    await asyncio.gather(*(play(i) for i in range(len(ADDRESSES))))


async def test_mpv_plays_all_forms_and_its_position_advances(on_air: OnAir) -> None:
    program = need("mpv", "mpv")

    async def play(address: str) -> None:
        played = await run(
            [program, "--no-config", "--no-video", "--ao=null", f"--length={PLAY_S}",
             "--msg-level=all=warn,statusline=status", "--msg-color=no",
             "--term-status-msg=POS ${=time-pos}", f"{on_air.space}/{address}"]
        )  # fmt: skip
        assert played.code == 0
        places = [float(found) for line in played.said for found in re.findall(r"POS ([\d.]+)", line)]
        said = [line for line in played.said if "POS" not in line and not line.endswith(FFMPEGS_OWN)]
        assert [line for line in said if re.search(r"\w", re.sub(r"\x1b\[\w", "", line))] == []
        assert places == sorted(places)
        # One stall of a second would show: the position stands while the clock goes on.
        assert places[-1] - places[0] > PLAY_S - 2
        assert PLAY_S - 2 < played.took_s < PLAY_S + START_S + 2

    await asyncio.gather(*map(play, ADDRESSES))


async def test_vlc_plays_all_forms_without_an_error(on_air: OnAir, open_dir: Path) -> None:
    program = need("cvlc", "vlc-bin", "vlc-plugin-base")

    async def play(index: int) -> None:
        home = open_dir / str(index)
        home.mkdir()
        home.chmod(0o777)
        file = home / "sound.wav"
        played = await run(
            [program, "-I", "dummy", "--no-color", "--aout=afile", f"--audiofile-file={file}",
             f"{on_air.space}/{ADDRESSES[index]}"],
            stop_after_s=PLAY_S + START_S,
            user="nobody" if os.geteuid() == 0 else None,
            home=home,
        )  # fmt: skip
        assert played.took_s >= PLAY_S + START_S - 0.1, played.said
        # Without a desktop VLC misses its D-Bus and its hot keys; that is no matter of sound.
        assert [line for line in played.said if "error" in line.lower() and "interface" not in line] == []
        assert troubles_of(read_pcm(file, channels=2), seconds_min=PLAY_S) == []

    await asyncio.gather(*(play(i) for i in range(len(ADDRESSES))))


async def test_gstreamer_plays_all_forms_without_an_error(on_air: OnAir, tmp_path: Path) -> None:
    program = need("gst-launch-1.0", "gstreamer1.0-tools")
    need_packages(
        *(f"gstreamer1.0-{name}" for name in ("plugins-base", "plugins-good", "plugins-bad", "libav"))
    )

    async def play(index: int) -> None:
        file = tmp_path / f"{index}.raw"
        played = await run(
            [program, "-q", "uridecodebin", f"uri={on_air.space}/{ADDRESSES[index]}", "!", "queue", "!",
             "audioconvert", "!", "audioresample", "!", "audio/x-raw,format=S16LE,rate=48000,channels=1", "!",
             "filesink", "sync=true", "buffer-mode=unbuffered", f"location={file}"],
            stop_after_s=PLAY_S + START_S,
        )  # fmt: skip
        assert played.took_s >= PLAY_S + START_S - 0.1, played.said
        assert [line for line in played.said if "ERROR" in line or "WARN" in line] == []
        assert troubles_of(read_pcm(file), seconds_min=PLAY_S - 1) == []

    await asyncio.gather(*(play(i) for i in range(len(ADDRESSES))))
