"""The data directory has no byte left: the talk goes on; when there is room again, so does the log."""

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from house.house import DEBATE, ROLE_MODULES, House, eventually, running_house
from house.listener import Listener
from house.test_deaths import nats_url_of
from stentor.errors import LogAway
from stentor.log.bus import connected
from stentor.log.subjects import chunk_subject
from stentor.space.rung import Rung

pytestmark = pytest.mark.alone
SPACE = "debate"
DISK_MIB = 400


@pytest.mark.parametrize("small_disk", [DISK_MIB], indirect=True)
def test_a_full_disk_costs_no_listener_a_word(small_disk: Path) -> None:
    with running_house(small_disk) as house:
        house.open_space(SPACE)
        house.speak(SPACE, {"Maya": DEBATE / "maya.opus", "Daniel": DEBATE / "daniel.opus"})
        house.until_speaking(SPACE, "Maya", "Daniel")
        pids = {role: house.pid_of(role) for role in ROLE_MODULES if role != "nats"}
        listener = Listener(f"{house.edge_url}/s/{SPACE}/live.mp4").start()
        eventually(lambda: len(listener.heard) >= 3, "the listener hears")
        fill(small_disk / "fill")
        count = len(listener.heard)
        eventually(lambda: len(listener.heard) >= count + 12, "it is heard on", timeout_s=12)
        spoken_while_full = listener.numbers[-6:]
        (small_disk / "fill").unlink()
        eventually(lambda: kept(house, spoken_while_full), "what was said is kept after all", timeout_s=60)
        listener.stop()
        numbers = listener.numbers
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert not any(heard.is_silence for heard in listener.heard[3:])
        assert listener.joins == 1
        assert {role: house.pid_of(role) for role in pids} == pids


def fill(path: Path) -> None:
    """To the last byte."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(descriptor, bytes(1 << 16))
    with contextlib.suppress(OSError):
        while True:
            os.write(descriptor, b"x")
    os.close(descriptor)


def kept(house: House, numbers: list[int]) -> bool:
    async def ask() -> bool:
        async with connected(nats_url_of(house.data_dir), name="test") as bus:
            found = [await bus.fetch(SPACE, chunk_subject(SPACE, Rung.OPUS32, n)) for n in numbers]
            return None not in found

    try:
        return asyncio.run(ask())
    except LogAway:  # its server is being restarted
        return False
