"""The besieged: a whole house as `stentor serve` starts it, on cores of its own, with a tone on the air.

Comes in: how many seats, on which cores. Goes out: where its doors are, what it wrote to its log. Never: a
knob that an operator would not have.

The tone is the known signal. It comes in by WebRTC from a speaker's machine, which is neither the house's nor
the attackers' core, as a speaker's machine is in life; where there are two cores only, it shares the crowd's.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil

from crowd_load import Target
from house.house import House, eventually, get, running_house
from siege.field import HOUSE_ADDRESS, Field, Place
from stentor.limits import SAMPLE_RATE_HZ
from stentor.log.server import url_of
from stentor.process import die_with_parent

SPACE_ID = "siege"
TONE_S = 60
_FRAME = 960
_HEAD_CHUNKS = 3


@dataclass(frozen=True, slots=True)
class Cores:
    """Who may use which."""

    house: frozenset[int]
    others: frozenset[int]

    @classmethod
    def shared_out(cls) -> "Cores":
        """The house has the first half, everybody else the second; one core is everybody's."""
        cores = sorted(os.sched_getaffinity(0))
        half = max(1, len(cores) // 2)
        return cls(frozenset(cores[:half]), frozenset(cores[half:] or cores))


@contextmanager
def pinned(cores: frozenset[int]) -> Iterator[None]:
    """Processes that are started meanwhile stay on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True)
class Besieged:
    """A house on the air."""

    house: House
    field: Field
    cores: Cores

    @property
    def port(self) -> int:
        return self.house.edge_port

    @property
    def nats_url(self) -> str:
        return url_of(self.house.data_dir / "nats")

    @property
    def recording(self) -> Path:
        return self.house.data_dir / "recording" / SPACE_ID / "programme.aac64.mp4"

    def target(self, path: str = f"/s/{SPACE_ID}/live.mp4", *, port: int | None = None) -> Target:
        return Target(HOUSE_ADDRESS, port or self.port, path)

    @contextmanager
    def second_edge(self, port: int) -> Iterator[subprocess.Popen[bytes]]:
        """Another edge of the same house, to be killed."""
        environment = {
            **self.house.environment,
            "STENTOR_EDGE_PORT": str(port),
            "STENTOR_NATS_URL": self.nats_url,
            "STENTOR_FANOUTS": "1",
        }
        log = (self.house.data_dir.parent / "second-edge.log").open("ab")
        with self.field.within(Place.HOUSE), pinned(self.cores.house), log:
            edge = subprocess.Popen(
                [sys.executable, "-m", "stentor.edge.main"],
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509  # no threads here
            )
            try:
                url = f"http://127.0.0.1:{port}/readyz"
                eventually(lambda: get(url)[0] == 200, "the second edge is ready", timeout_s=30)
            except BaseException:
                edge.kill()
                edge.wait()
                raise
        try:
            yield edge
        finally:
            if edge.poll() is None:
                edge.terminate()
                edge.wait()


@contextmanager
def besieged(
    field: Field, folder: Path, *, seats: int, cores: Cores, line_bits_per_s: int = 0
) -> Iterator[Besieged]:
    """A house with room for so many, a Space on the air in it, and its tone at the edge."""
    fanouts = max(1, -(-seats // 17_000))
    tone = _tone(folder / "tone.opus")
    with field.within(Place.HOUSE):
        starting = running_house(
            folder,
            STENTOR_EDGE_HOST="0.0.0.0",
            STENTOR_FANOUTS=str(fanouts),
            STENTOR_LISTENERS_MAX=str(-(-seats // fanouts)),
            STENTOR_LINE_BITS_PER_S=str(line_bits_per_s),
            STENTOR_LOG_LEVEL="warning",
        )
        house = starting.__enter__()
    try:
        with field.within(Place.HOUSE):
            house.open_space(SPACE_ID, title="A tone under siege")
            with pinned(cores.others):
                house.speak(SPACE_ID, {"Tone": tone})
            house.until_speaking(SPACE_ID, "Tone")
            head = house.head(SPACE_ID)
            eventually(lambda: house.head(SPACE_ID) > head + _HEAD_CHUNKS, "the tone at the edge")
        # Not before: on all cores it starts in half the time. What it starts from now on inherits them.
        _pin(psutil.Process(house.serve_pid), cores.house)
        yield Besieged(house, field, cores)
    finally:
        starting.__exit__(None, None, None)


def _pin(house: psutil.Process, cores: frozenset[int]) -> None:
    """Every thread of the house."""
    for process in (house, *house.children(recursive=True)):
        for task in Path(f"/proc/{process.pid}/task").iterdir():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(task.name), cores)


def _tone(path: Path) -> Path:
    """A minute that repeats without a step: 440 Hz that swells and falls, as no machine's hum does.

    The stage takes a steady hum for noise.
    """
    time_s = np.arange(TONE_S * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * time_s)
    wave = (0.4 * swell * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32).reshape(1, -1)
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE_HZ, layout="mono")
        stream.bit_rate = 32_000
        for at in range(0, wave.shape[1], _FRAME):
            frame = av.AudioFrame.from_ndarray(wave[:, at : at + _FRAME], format="flt", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, at
            frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
