"""A tone that somebody says all the time, and where it is missing: gaps as the others hear them. Pure."""

import numpy as np
from numpy.typing import NDArray

from stentor.limits import OPUS_FRAME_SAMPLES, SAMPLE_RATE_HZ
from stentor.sound.opus import Decoder
from stentor.stage.rtp import parse_rtp

Samples = NDArray[np.float32]

STEP_SAMPLES = 480
WINDOW_SAMPLES = 960
_GONE_DB = -18.0
"""Below its own median. Noise at full scale beside it makes the limiter take 12 dB from all."""


def tone(pitch_hz: float, *, seconds: float = 2.0, level: float = 0.15) -> Samples:
    """A whole number of periods, so that it can be said over and over."""
    time = np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (level * np.sin(2 * np.pi * pitch_hz * time)).astype(np.float32)


def longest_gap_ms(samples: Samples, pitch_hz: float) -> float:
    """The longest time without the tone, between two times with it."""
    count = (len(samples) - WINDOW_SAMPLES) // STEP_SAMPLES
    if count < 1:
        return float("inf")
    turn = np.exp(-2j * np.pi * pitch_hz * np.arange(WINDOW_SAMPLES) / SAMPLE_RATE_HZ) * np.hanning(
        WINDOW_SAMPLES
    )
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW_SAMPLES)[::STEP_SAMPLES]
    strength = np.abs(windows @ turn)
    is_there = strength > np.median(strength) * 10 ** (_GONE_DB / 20)
    if not is_there.any():
        return float("inf")
    edges = np.flatnonzero(is_there)
    return float((np.diff(edges).max(initial=1) - 1) * STEP_SAMPLES * 1000 / SAMPLE_RATE_HZ)


def as_heard(received: list[tuple[float, bytes]]) -> Samples:
    """Packets in their order, each decoded; what never came is silence: no jitter buffer flatters here."""
    packets = {}
    for _, data in received:
        packet = parse_rtp(data)
        if packet is not None:
            packets[packet.sequence] = packet.payload
    if not packets:
        return np.zeros(0, np.float32)
    # A drill is shorter than the 20 minutes after which the numbers begin anew; its start may be anywhere.
    first = min(packets) if max(packets) - min(packets) < 0x8000 else min(n for n in packets if n > 0x8000)
    decoder = Decoder()
    blocks = []
    for number in range(first, first + len(packets) + 1_000):
        payload = packets.pop(number & 0xFFFF, None)
        if payload is not None:
            blocks.append(decoder.decode(payload))
        elif packets:
            blocks.append(np.zeros(OPUS_FRAME_SAMPLES, np.float32))
        else:
            break
    return np.concatenate(blocks)


def longest_wait_ms(received: list[tuple[float, bytes]]) -> float:
    """The longest time between two packets; 20 when all is well. The ear may be late too."""
    times = np.array([at_s for at_s, _ in received])
    return float(np.diff(times).max(initial=0.0) * 1000) if len(times) else float("inf")
