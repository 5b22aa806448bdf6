"""Real WebRTC people on stage behind bad lines, and an ear on the programme, for the stage's drills.

Comes in: a running stage's Space on its bus, speech as a browser encodes it. Goes out: that speech through a
relay onto the stage, and the programme as the log has it. Never: a shortcut: offer, ICE, DTLS and SRTP are
real, and all of their datagrams go through the bad line.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stage_house import let_on_stage
from stentor.clock import Clock, SteadyClock
from stentor.formats import cmaf
from stentor.limits import CHUNK_SAMPLES, OPUS_FRAME_SAMPLES
from stentor.log.bus import Bus
from stentor.log.subjects import ChunkName, chunk_subject
from stentor.rehearsal.bad_line import PERFECT, BadLine, Faults
from stentor.rehearsal.opus_file import Speech, speech_of
from stentor.rehearsal.peer import Peer, SpeechTrack
from stentor.rehearsal.relay import Relay, relayed, without_candidates
from stentor.sound.loudness import k_weighted_power
from stentor.sound.opus import Decoder
from stentor.space.rung import Rung

Samples = NDArray[np.float32]

DEBATE = Path(__file__).resolve().parent.parent / "src" / "stentor" / "data" / "debate"
_DECODER_SILENCE = np.zeros(CHUNK_SAMPLES, np.float32)


def debate_samples(name: str) -> Samples:
    """One voice of the built-in debate, decoded."""
    decoder = Decoder()
    return np.concatenate([decoder.decode(packet) for packet in speech_of(DEBATE / f"{name}.opus").packets])


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is on stage.

    Args:
        connected_s: from the answer to the moment when the connection stood.
        heard_back: set once something has come back, sound or silence.
    """

    peer: Peer
    relay: Relay
    connected_s: float
    heard_back: asyncio.Event


@asynccontextmanager
async def on_stage(
    bus: Bus,
    space_id: str,
    person: str,
    packets: Sequence[bytes],
    *,
    up: Faults = PERFECT,
    down: Faults = PERFECT,
    start_ms: int | None = None,
    seed: int = 1,
    clock: Clock | None = None,
) -> AsyncIterator[Guest]:
    """A person of the Space's crew who speaks through a bad line, and leaves.

    Args:
        start_ms: wall time of the first packet; people with one start stay in step.
        clock: what the person's machine takes for the time; None: the truth.
    """
    clock = clock or SteadyClock()
    await let_on_stage(bus, space_id, person)
    begin_ms = clock.wall_ms() if start_ms is None else start_ms
    track = SpeechTrack(Speech(tuple(packets), len(packets)), start_ms=begin_ms, clock=clock)
    heard_back = asyncio.Event()
    peer = Peer(track, hear=lambda _samples, _at_s: heard_back.set(), clock=clock)
    question = {"person": person, "name": person.title(), "role": "speaker", "session": f"{person}-{seed}"}
    try:
        question["offer"] = without_candidates(await peer.offer())
        reply = await bus.request(f"stage.{space_id}.join", question, timeout_s=5)
        lines = BadLine(up, seed=seed), BadLine(down, seed=seed + 1)
        with relayed(reply["answer"], up=lines[0], down=lines[1], clock=clock) as (relay, answer):
            answered_s = clock.monotonic_s()
            await peer.connect(answer)
            try:
                yield Guest(peer, relay, clock.monotonic_s() - answered_s, heard_back)
            finally:
                await bus.request(f"stage.{space_id}.leave", question, timeout_s=5)
    finally:
        await peer.close()


class ProgrammeEar:
    """Keeps the programme of one rung as the log's live readers get it."""

    def __init__(self) -> None:
        self._chunks: dict[int, bytes] = {}
        self._news = asyncio.Event()

    def take(self, subject: str, data: bytes) -> None:
        self._chunks[ChunkName.parse(subject).number] = data
        self._news.set()

    @property
    def latest(self) -> int:
        return max(self._chunks, default=-1)

    async def until(self, number: int, *, within_s: float = 30.0) -> None:
        """Waits for a chunk. Raises: TimeoutError."""
        async with asyncio.timeout(within_s):
            while self.latest < number:
                self._news.clear()
                await self._news.wait()

    def samples(self, numbers: range) -> Samples:
        """Decoded in one go; a chunk that never came is silence."""
        decoder = Decoder()
        blocks = []
        for number in numbers:
            chunk = self._chunks.get(number)
            packets = [] if chunk is None else cmaf.packets_of(chunk)
            blocks += [decoder.decode(packet) for packet in packets] or [_DECODER_SILENCE]
        return np.concatenate(blocks)


@asynccontextmanager
async def programme_ear(bus: Bus, space_id: str) -> AsyncIterator[ProgrammeEar]:
    """An ear on the rung that browsers get."""
    ear = ProgrammeEar()
    pattern = chunk_subject(space_id, Rung.OPUS32, 0).rpartition(".")[0] + ".*"
    subscription = await bus.subscribe(pattern, ear.take)
    try:
        yield ear
    finally:
        await subscription.close()


def integrated_lufs(powers: NDArray[np.float64]) -> float:
    """Loudness of the whole with both gates of ITU-R BS.1770-5, in overlapping blocks of 400 ms.

    Args:
        powers: K-weighted mean square of each 20 ms.
    """
    blocks = np.convolve(powers, np.full(20, 1 / 20), "valid")[::5]
    loud = blocks[_lufs(blocks) > -70]
    if not len(loud):
        return float("-inf")
    kept = loud[_lufs(loud) > _lufs(loud.mean()) - 10]
    return float(_lufs(kept.mean()))


def powers_of(samples: Samples) -> NDArray[np.float64]:
    """K-weighted mean square of each 20 ms."""
    whole = samples[: len(samples) // OPUS_FRAME_SAMPLES * OPUS_FRAME_SAMPLES]
    return np.array([k_weighted_power(frame) for frame in whole.reshape(-1, OPUS_FRAME_SAMPLES)])


def _lufs(power: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(-0.691 + 10 * np.log10(power))
