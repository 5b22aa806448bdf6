"""A sound card that nobody hears: PulseAudio with a null sink, which takes samples at the pace of a real one.

Firefox gives up an element that has no device to play on; Chromium brings a silent one of its own.
"""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from caches.debian import need

START_WAIT_S = 10.0


@asynccontextmanager
async def silent_sound_card(directory: Path) -> AsyncIterator[dict[str, str]]:
    """What a program's environment needs to find it."""
    program = need("pulseaudio", "pulseaudio")
    socket = directory / "pulse.socket"
    process = await asyncio.create_subprocess_exec(
        program, "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit",
        "-L", "module-null-sink", "-L", f"module-native-protocol-unix auth-anonymous=1 socket={socket}",
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(directory), "XDG_RUNTIME_DIR": str(directory)},
    )  # fmt: skip
    try:
        async with asyncio.timeout(START_WAIT_S):
            while not socket.exists():
                assert process.returncode is None, "PulseAudio ended before it listened"
                await asyncio.sleep(0.05)
        yield {"PULSE_SERVER": f"unix:{socket}"}
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
