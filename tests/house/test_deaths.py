"""`kill -9` of each role and of nats-server under a running debate: the others stay, it comes back, nobody
has to do anything, no number is heard twice and nothing acknowledged is lost."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.house import DEBATE, House, eventually, running_house
from house.listener import Listener
from stentor.log.bus import connected
from stentor.log.subjects import chunk_subject
from stentor.space.rung import Rung

pytestmark = pytest.mark.alone
SPACE = "debate"


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("mortal")) as house:
        house.open_space(SPACE)
        house.speak(SPACE, {"Maya": DEBATE / "maya.opus", "Daniel": DEBATE / "daniel.opus"})
        house.until_speaking(SPACE, "Maya", "Daniel")
        yield house


@pytest.fixture
def listener(mortal: House) -> Iterator[Listener]:
    listener = Listener(f"{mortal.edge_url}/s/{SPACE}/live.mp4").start()
    eventually(lambda: len(listener.heard) >= 3, "the listener hears")
    yield listener
    listener.stop()


def others(house: House, role: str) -> dict[str, int | None]:
    """Pids of everybody whose life does not hang on `role`."""
    with_it = {"keeper": {"keeper", "stage"}}.get(role, {role})
    everybody = {"backstage", "keeper", "stage", "edge", "scribe", "nats"}
    return {other: house.pid_of(other) for other in everybody - with_it}


@pytest.mark.parametrize(
    ("role", "back_within_s"),
    [("edge", 2), ("stage", 5), ("nats", 5), ("keeper", 5), ("backstage", 5), ("scribe", 5)],
)
def test_a_role_dies_and_listening_goes_on(
    mortal: House, listener: Listener, role: str, back_within_s: float
) -> None:
    before = others(mortal, role)
    heard_before = len(listener.heard)
    killed_s = time.monotonic()
    dead = mortal.kill(role)
    eventually(lambda: mortal.pid_of(role) not in {None, dead}, f"{role} is back")
    # Whatever was under way when it died may still arrive; what comes after half a second is the new life.
    again_s = killed_s + 0.5
    eventually(lambda: listener.heard_after(again_s) is not None, "sound again")
    silent_s = (listener.heard_after(again_s) or 0) - killed_s
    eventually(lambda: len(listener.heard) >= heard_before + 8, "it goes on")
    assert silent_s <= back_within_s + 0.64, f"{role}: sound after {silent_s:.1f} s"
    assert others(mortal, role) == before
    numbers = listener.numbers
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), "a number is missing or was heard twice"
    mortal.until_speaking(SPACE, "Maya", "Daniel")
    print(f"{role}: heard again {silent_s:.2f} s after its death")  # noqa: T201


def test_everything_acknowledged_is_still_in_the_log(mortal: House, listener: Listener) -> None:
    """Runs after the deaths above: every number that is not a hole can be fetched, byte for byte."""
    listener.stop()
    url = nats_url_of(mortal.data_dir)
    kept = [h.number for h in listener.heard if not h.is_silence]

    async def missing() -> list[int]:
        async with connected(url, name="test") as bus:
            found = {n: await bus.fetch(SPACE, chunk_subject(SPACE, Rung.OPUS32, n)) for n in kept}
            last = await bus.last_subject(SPACE, f"space.{SPACE}.tick.*")
            assert last is not None
            everything = range(int(last.rpartition(".")[2]) + 1)
            ticks = [await bus.fetch(SPACE, f"space.{SPACE}.tick.{n}") for n in everything]
            holes = [n for n in everything if ticks[n] is None]
            # The stage died twice (once with its keeper); each death is one hole of a few numbers.
            assert len(holes) <= 2 * 8, holes
            return [n for n, data in found.items() if data is None]

    assert asyncio.run(missing()) == []


def nats_url_of(data_dir: Path) -> str:
    password = (data_dir / "nats" / "password").read_text()
    port = (data_dir / "nats" / "port").read_text()
    return f"nats://stentor:{password}@127.0.0.1:{port}"
