"""One voice over a bad line on a virtual clock: the stage's own code, without sockets and without waiting.

Comes in: a sender's packets, a line, how wrong the sender's clock is. Goes out: what the mixer would have
got, tick by tick, and how late it was. Never: real time; half an hour takes as long as decoding it.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stentor.limits import OPUS_FRAME_SAMPLES
from stentor.rehearsal.bad_line import PERFECT, BadLine, Faults
from stentor.sound.loudness import k_weighted_power
from stentor.sound.opus import Encoder
from stentor.stage.jitter import Counts
from stentor.stage.rtp import rtp_header
from stentor.stage.speaker import Heard, Speaker

Samples = NDArray[np.float32]

PAYLOAD_TYPE = 96
PACKET_MS = 20.0
BITRATE_BPS = 32_000
"""What the stage's answer asks browsers for."""
_LOOK_AHEAD = 400


def browser_packets(said: Samples, *, expected_loss_percent: int) -> list[bytes]:
    """The packets that a browser makes of it; redundancy is inside as far as loss is expected."""
    encoder = Encoder(bitrate_bps=BITRATE_BPS, expected_loss_percent=expected_loss_percent)
    ends = range(OPUS_FRAME_SAMPLES, len(said) + 1, OPUS_FRAME_SAMPLES)
    return [encoder.encode(said[end - OPUS_FRAME_SAMPLES : end]) for end in ends]


@dataclass(slots=True)
class Run:
    """What came of it.

    Args:
        frames: float32 (960,) for each tick; silence where there was nothing.
        delays_ms: for each packet played, from its departure to the tick that it was mixed in.
        targets: how deep the jitter buffer wanted to be, once a second.
        powers: K-weighted mean square of each tick.
    """

    frames: list[Samples] = field(default_factory=list)
    delays_ms: list[float] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    powers: list[float] = field(default_factory=list)
    line: Counts = field(default_factory=Counts)

    @property
    def samples(self) -> Samples:
        return np.concatenate(self.frames)


def heard_through(
    packets: Sequence[bytes],
    faults: Faults = PERFECT,
    *,
    seconds: float,
    seed: int = 1,
    wrong_ppm: float = 0.0,
    keeps_frames: bool = True,
) -> Run:
    """Sends packets, over and over, and mixes for so long.

    Args:
        wrong_ppm: the sender's clock runs too fast by so many millionths; negative: too slow.
        keeps_frames: False for half an hour, whose samples would take 350 MB.
    """
    run, line = Run(), BadLine(faults, seed=seed)
    speaker = Speaker(payload_type=PAYLOAD_TYPE, level_id=None)
    apart_ms = PACKET_MS / (1 + wrong_ppm / 1e6)
    silence = np.zeros(OPUS_FRAME_SAMPLES, np.float32)
    on_the_way: list[tuple[float, int]] = []
    sent = played = 0
    for tick in range(int(seconds * 50)):
        # The mixer's ticks stand anywhere between two packets: in the middle.
        now_ms = (tick + 0.5) * PACKET_MS
        while sent * apart_ms <= now_ms:
            for at_ms in line.arrivals(sent * apart_ms):
                heapq.heappush(on_the_way, (at_ms, sent))
            sent += 1
        while on_the_way and on_the_way[0][0] <= now_ms:
            number = heapq.heappop(on_the_way)[1]
            speaker.receive(_rtp(number) + packets[number % len(packets)])
        heard = speaker.pull()
        played = _note_delays(run, heard, packets, played, now_ms=now_ms, apart_ms=apart_ms)
        frame = silence if heard is None else heard.frame
        run.powers.append(k_weighted_power(frame))
        if keeps_frames:
            run.frames.append(frame)
        if tick % 50 == 0:
            run.targets.append(speaker.buffered_packets_target)
    run.line = speaker.line
    return run


def _note_delays(
    run: Run, heard: Heard | None, packets: Sequence[bytes], played: int, *, now_ms: float, apart_ms: float
) -> int:
    """Finds each played packet among those that come next. Returns: the number after the last."""
    for packet in () if heard is None else heard.packets:
        ahead = range(played, played + _LOOK_AHEAD)
        number = next((n for n in ahead if packets[n % len(packets)] == packet.payload), None)
        if number is not None:
            run.delays_ms.append(now_ms - number * apart_ms)
            played = number + 1
    return played


def _rtp(number: int) -> bytes:
    return rtp_header(
        payload_type=PAYLOAD_TYPE, sequence=number, timestamp=number * OPUS_FRAME_SAMPLES, ssrc=7
    )
