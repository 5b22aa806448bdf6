"""What is done to a stage in a siege: floods at a media port, and guests with an invitation and no manners.

Comes in: the guests on stage, a number of seconds. Goes out: packets. Never: anything beyond the loopback, or
beyond its seconds.
"""

import asyncio
import random
import struct
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pylibsrtp

from raw_guest import RawGuest
from stage_house import RunningStage
from stentor.errors import RemoteProblem
from stentor.sound.opus import APPLICATION_AUDIO, Encoder

FLOOD = Path(__file__).resolve().parent / "stage_flood.py"
FRAME = 960


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there.

    Args:
        victim: an honest guest, at whose port the floods go.
        troll: a guest who has an invitation.
        sent: how many datagrams each flood has sent, which may be fewer than it was told to.
    """

    stage: RunningStage
    victim: RawGuest
    troll: RawGuest
    seconds: float
    per_second: int
    sent: list[int] = field(default_factory=list)


Attack = Callable[[Scene], Awaitable[object]]


def flood(kind: str, *, is_forged: bool = False, share: float = 1.0) -> Attack:
    """A flood from a process of its own; `is_forged`: in the victim's name."""

    async def attack(scene: Scene) -> None:
        host, port = scene.victim.stage
        arguments = ["--to", f"{host}:{port}", "--kind", kind, "--seconds", str(scene.seconds)]
        arguments += ["--per-second", str(max(50, int(scene.per_second * share)))]
        name = next(line for line in scene.victim.answer.splitlines() if line.startswith("a=ice-ufrag:"))
        arguments += ["--name", name.partition(":")[2]]
        if is_forged:
            own = scene.victim.address
            arguments += ["--as", f"{own[0]}:{own[1]}"]
        process = await asyncio.create_subprocess_exec(
            *("nice", sys.executable, str(FLOOD), *arguments), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        assert int(said) > 0, "nothing was sent"
        scene.sent.append(int(said))

    return attack


def together(*attacks: Attack) -> Attack:
    """All at once."""

    async def attack(scene: Scene) -> None:
        await asyncio.gather(*(one(scene) for one in attacks))

    return attack


async def nothing(scene: Scene) -> None:
    """For comparison."""
    await asyncio.sleep(scene.seconds)


def packets(make: Callable[[int], tuple[bytes, int, int]], *, per_second: int = 50) -> Attack:
    """RTP from the troll: `make` gives payload, sequence and timestamp of packet n."""

    async def attack(scene: Scene) -> None:
        start_s, number = time.monotonic(), 0
        while scene.troll.is_connected and (passed_s := time.monotonic() - start_s) < scene.seconds:
            while number < passed_s * per_second:
                payload, sequence, timestamp = make(number)
                with suppress(pylibsrtp.Error):
                    scene.troll.send(payload, sequence=sequence, timestamp=timestamp)
                number += 1
            await asyncio.sleep(min(0.02, 1 / per_second))

    return attack


def noise_packets(*, bitrate_bps: int, frames: int = 1) -> list[bytes]:
    """White noise at full scale; `frames` of 20 ms each in one packet (RFC 6716 3.2.5, constant rate)."""
    encoder = Encoder(bitrate_bps=bitrate_bps, application=APPLICATION_AUDIO)
    chance = np.random.default_rng(1)
    made = []
    for _ in range(50):
        one = encoder.encode(chance.uniform(-1, 1, FRAME).astype(np.float32))
        if frames == 1:
            made.append(one)
        else:
            made.append(bytes([one[0] | 3, frames]) + one[1 : 1 + 1_200 // frames] * frames)
    return made


def in_turn(made: list[bytes], *, ticks: int = 1) -> Callable[[int], tuple[bytes, int, int]]:
    """One after the other, with honest numbers."""
    return lambda n: (made[n % len(made)], n, n * ticks * FRAME)


def malformed(number: int) -> tuple[bytes, int, int]:
    """Opus by its first byte only, each a little different."""
    return b"\xfb\x03" + random.randbytes(random.randint(1, 60)), number, number * FRAME


def clock_lies(number: int) -> tuple[bytes, int, int]:
    """Jumps, repeats, the far future."""
    sequence = random.choice((number, number, random.getrandbits(16), number - 3, number + 90))
    return _SPOKEN[number % len(_SPOKEN)], sequence, random.getrandbits(32)


def gaps_and_jumps(number: int) -> tuple[bytes, int, int]:
    """Each second packet is missing, each hundredth jumps: all is loss, redundancy and beginning anew."""
    at = 2 * number + 3_000 * (number // 100)
    return _SPOKEN[number % len(_SPOKEN)], at, at * FRAME


def dtx_storm(number: int) -> tuple[bytes, int, int]:
    """Silence of one byte and speech in turn, and time that runs between them."""
    at = number * 7
    return (b"\xf8" if number % 2 else _SPOKEN[0]), number, at * FRAME


async def sources(scene: Scene) -> None:
    """Each packet from another source."""
    start_s, number = time.monotonic(), 0
    while scene.troll.is_connected and time.monotonic() - start_s < scene.seconds:
        for _ in range(20):
            number += 1
            scene.troll.send(_SPOKEN[0], sequence=1, timestamp=0, ssrc=random.getrandbits(32))
        await asyncio.sleep(0.01)


async def reports(scene: Scene) -> None:
    """Fifty sender reports in each datagram, two thousand datagrams a second."""
    start_s = time.monotonic()
    while scene.troll.is_connected and time.monotonic() - start_s < scene.seconds:
        for _ in range(20):
            report = b"".join(
                struct.pack("!BBHIQIII", 0x80, 200, 6, random.getrandbits(32), 2**64 - 1, 0, 0, 0)
                for _ in range(45)
            )
            scene.troll.send_rtcp(report)
        await asyncio.sleep(0.01)


async def offers(scene: Scene) -> None:
    """A thousand offers of one person, ten at once. Those that are answered are never connected."""
    guest = RawGuest()
    question = {"person": "troll", "session": "again", "offer": await guest.offer()}
    deadline_s = time.monotonic() + scene.seconds

    async def one() -> None:
        while time.monotonic() < deadline_s:
            with suppress(RemoteProblem, TimeoutError):
                await scene.stage.bus.request(f"stage.{scene.stage.space_id}.join", question, timeout_s=5)
            await asyncio.sleep(0.06)

    try:
        await asyncio.gather(*(one() for _ in range(10)))
    finally:
        await guest.close()


_SPOKEN = noise_packets(bitrate_bps=32_000)

ATTACKS: dict[str, Attack] = {
    "nothing": nothing,
    "STUN, unknown name": flood("stun"),
    "STUN, bare": flood("bare-stun"),
    "STUN, torn": flood("torn-stun"),
    "STUN, our name, wrong password": flood("named-stun"),
    "DTLS from strangers": flood("dtls"),
    "RTP from strangers": flood("rtp"),
    "anything from strangers": flood("random"),
    "RTP in a speaker's name": flood("rtp", is_forged=True, share=0.25),
    "DTLS in a speaker's name": flood("dtls", is_forged=True, share=0.25),
    "RTCP of 2,000 bytes in a speaker's name": flood("large-rtcp", is_forged=True, share=0.02),
    "noise at full scale, 510 kbit/s": packets(in_turn(noise_packets(bitrate_bps=510_000))),
    "packets of 120 ms": packets(in_turn(noise_packets(bitrate_bps=64_000, frames=6), ticks=6), per_second=8),
    "malformed Opus": packets(malformed),
    "clock lies": packets(clock_lies),
    "gaps and jumps": packets(gaps_and_jumps),
    "DTX storm": packets(dtx_storm),
    "3,000 packets a second": packets(in_turn(_SPOKEN), per_second=3_000),
    "a source for each packet": sources,
    "reports of a million sources": reports,
    "1,000 offers a minute and more": offers,
}
