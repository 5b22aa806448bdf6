"""A stage under siege: three honest speakers over real WebRTC, one attack at a time, what the others hear.

    python bench/stage_siege.py [--seconds 6] [--per-second 20000] [attack …]

One says a tone all the time, one says another and hears the first in the mix without their own voice, one
only listens. For each attack: the longest gap of the tone at both of them and in the programme, the longest
wait between two packets, late ticks, processor time, what the stage has grown by. The stage process is
new for each attack, so that what one leaves behind is not the next one's.
"""

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from raw_guest import RawGuest, raw_guest
from stage_attacks import ATTACKS, Attack, Scene
from stage_house import Result, report, running_stage
from stage_people import ProgrammeEar, programme_ear
from stentor.limits import CHUNK_SAMPLES, SAMPLE_RATE_HZ
from stentor.log.server import EmbeddedServer
from tone_ear import as_heard, longest_gap_ms, longest_wait_ms, tone
from virtual_line import browser_packets

TONE_HZ, OTHER_HZ = 450.0, 1_250.0
SETTLE_S = 2.0
AFTER_S = 1.0
CHUNK_S = CHUNK_SAMPLES / SAMPLE_RATE_HZ
HEADER = ("attack", "gap", "gap 2", "programme", "wait", "late", "CPU", "grown", "machine", "sent/s", "troll")


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one attack.

    Args:
        gap_ms: the tone's longest gap at the listener, at the other speaker, in the programme.
        wait_ms: the longest time between two packets at either.
        sent_per_s: datagrams of floods.
        machine_percent: of all cores, by everybody: near 100 the machine was late, not the stage.
    """

    gap_ms: tuple[float, float]
    programme_gap_ms: float
    wait_ms: float
    late_ticks: int
    cpu_percent: float
    grown_mib: float
    machine_percent: float
    sent_per_s: float
    is_troll_there: bool


async def attacked(
    url: str, folder: Path, attack: Attack, *, number: int, seconds: float, per_second: int
) -> Seen:
    """A stage of its own, attacked once."""
    first, second = (browser_packets(tone(hz), expected_loss_percent=0) for hz in (TONE_HZ, OTHER_HZ))
    quiet = browser_packets(tone(TONE_HZ, level=0), expected_loss_percent=0)
    async with (
        running_stage(url, folder, f"siege-{number}") as stage,
        programme_ear(stage.bus, stage.space_id) as ear,
    ):
        bus, space = stage.bus, stage.space_id
        async with (
            raw_guest(bus, space, "tone", packets=first) as speaker,
            raw_guest(bus, space, "other", packets=second) as other,
            raw_guest(bus, space, "listener", packets=quiet) as listener,
            raw_guest(bus, space, "troll") as troll,
        ):
            await asyncio.sleep(SETTLE_S)
            return await _watched(
                Scene(stage, victim=speaker, troll=troll, seconds=seconds, per_second=per_second),
                attack,
                ears=(listener, other),
                programme=ear,
            )


async def _watched(
    scene: Scene, attack: Attack, *, ears: tuple[RawGuest, RawGuest], programme: ProgrammeEar
) -> Seen:
    process = psutil.Process(scene.stage.pid)
    first = programme.latest + 1
    starts = [len(ear.received) for ear in ears]
    log_at = scene.stage.log.stat().st_size
    cpu, rss, began_s = sum(process.cpu_times()[:2]), process.memory_info().rss, time.monotonic()
    psutil.cpu_percent()
    await attack(scene)
    await asyncio.sleep(AFTER_S)
    passed_s = time.monotonic() - began_s
    used_s = sum(process.cpu_times()[:2]) - cpu
    received = [ear.received[start:] for ear, start in zip(ears, starts, strict=True)]
    await programme.until(first + int(passed_s / CHUNK_S))
    numbers = range(first, first + int(passed_s / CHUNK_S))
    gaps = [longest_gap_ms(as_heard(packets), TONE_HZ) for packets in received]
    return Seen(
        gap_ms=(gaps[0], gaps[1]),
        programme_gap_ms=longest_gap_ms(programme.samples(numbers), TONE_HZ),
        wait_ms=max(longest_wait_ms(packets) for packets in received),
        late_ticks=scene.stage.late_ticks(since_byte=log_at),
        cpu_percent=100 * used_s / passed_s,
        grown_mib=(process.memory_info().rss - rss) / (1 << 20),
        machine_percent=psutil.cpu_percent(),
        sent_per_s=sum(scene.sent) / scene.seconds,
        is_troll_there=_is_fed(scene.troll),
    )


def _is_fed(guest: RawGuest) -> bool:
    """Whether the stage still sends to them."""
    return bool(guest.received) and time.monotonic() - guest.received[-1][0] < AFTER_S / 2


def row(name: str, seen: Seen) -> str:
    return (
        f"{name:42} {seen.gap_ms[0]:6.0f} {seen.gap_ms[1]:6.0f} {seen.programme_gap_ms:9.0f} "
        f"{seen.wait_ms:6.0f} "
        f"{seen.late_ticks:5d} {seen.cpu_percent:5.0f}% {seen.grown_mib:6.1f} "
        f"{seen.machine_percent:6.0f}% {seen.sent_per_s:7.0f}  "
        f"{'there' if seen.is_troll_there else 'put away'}"
    )


def results_of(name: str, seen: Seen) -> list[Result]:
    key = "".join(c if c.isalnum() else "_" for c in name.lower())
    return [
        (f"{key}_gap", max(seen.gap_ms), "ms", "<= 40"),
        (f"{key}_programme_gap", seen.programme_gap_ms, "ms", "<= 40"),
        (f"{key}_wait", seen.wait_ms, "ms between packets", "<= 100"),
        (f"{key}_cpu", seen.cpu_percent, "% of a core", ""),
        (f"{key}_grown", seen.grown_mib, "MiB", "<= 8"),
    ]


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("attacks", nargs="*", metavar="attack", help=f"of: {', '.join(ATTACKS)}")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--per-second", type=int, default=20_000)
    arguments = parser.parse_args()
    names = [name for name in ATTACKS if not arguments.attacks or any(a in name for a in arguments.attacks)]
    results: list[Result] = []
    print(
        f"{HEADER[0]:42} {HEADER[1]:>6} {HEADER[2]:>6} {HEADER[3]:>9} {HEADER[4]:>6} {HEADER[5]:>5} ", end=""
    )
    print(f"{HEADER[6]:>6} {HEADER[7]:>6} {HEADER[8]} {HEADER[9]:>7}  {HEADER[10]}", flush=True)
    print("(ms, ms, ms, ms, ticks, of a core, MiB, of all cores)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "nats")
        await server.start()
        try:
            for number, name in enumerate(names):
                seen = await attacked(
                    *(server.url, Path(folder), ATTACKS[name]),
                    number=number,
                    seconds=arguments.seconds,
                    per_second=arguments.per_second,
                )
                print(row(name, seen), flush=True)
                results += results_of(name, seen)
        finally:
            await server.stop()
    report("stage_siege", results)


if __name__ == "__main__":
    asyncio.run(main())
