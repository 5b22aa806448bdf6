"""One person's logged Opus packets → what engines hear: 16 kHz, mono, silence where nothing came.

Comes in: chunk numbers and their packets. Goes out: for each chunk exactly CHUNK_HEARD_SAMPLES, so time is
kept by counting. Never: an error for a packet that is no Opus; it is silence.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import av
import numpy as np

from stentor.formats.voice import VoicePacket
from stentor.limits import CHUNK_SAMPLES, SAMPLE_RATE_HZ
from stentor.scribe.speech.port import HEARING_RATE_HZ, Samples

_FACTOR: Final = SAMPLE_RATE_HZ // HEARING_RATE_HZ
CHUNK_HEARD_SAMPLES: Final = CHUNK_SAMPLES // _FACTOR
_SPILL_SAMPLES_MAX: Final = SAMPLE_RATE_HZ * 120 // 1000
"""Opus has packets of up to 120 ms: so far one may reach into the next chunk."""
_TAPS: Final = 97
_NOTHING: Final[Samples] = np.zeros(0, np.float32)

assert CHUNK_SAMPLES % _FACTOR == 0


def _low_pass() -> Samples:
    """A windowed sine that takes away what would fold back; its middle is one output sample's place."""
    at = np.arange(_TAPS) - _TAPS // 2
    taps = np.sinc(at / _FACTOR) * np.hanning(_TAPS + 2)[1:-1]
    scaled: Samples = (taps / taps.sum()).astype(np.float32)
    return scaled


class VoiceDecoder:
    """One voice's. Chunk after chunk; a number that does not follow the last one begins anew.

    The sound is 1 ms late (half the filter), which keeps borders without a look ahead.
    """

    def __init__(self) -> None:
        self._taps = _low_pass()
        self._next: int | None = None
        self._spill = _NOTHING
        self._begin_anew()

    def take(self, number: int, packets: Sequence[VoicePacket]) -> Samples:
        """The sound of chunk `number`, CHUNK_HEARD_SAMPLES long.

        Bounds: 5 ms of a core, mostly libopus.
        """
        if number != self._next:
            self._begin_anew()
        self._next = number + 1
        sound = np.zeros(CHUNK_SAMPLES + _SPILL_SAMPLES_MAX, np.float32)
        sound[:_SPILL_SAMPLES_MAX] = self._spill
        for packet in packets:
            decoded = self._decoded(packet.payload)[: len(sound) - packet.offset_samples]
            sound[packet.offset_samples : packet.offset_samples + len(decoded)] = decoded
        self._spill = sound[CHUNK_SAMPLES:]
        return self._at_hearing_rate(sound[:CHUNK_SAMPLES])

    def _begin_anew(self) -> None:
        self._codec: Any = av.CodecContext.create("libopus", "r")
        self._codec.sample_rate = SAMPLE_RATE_HZ
        self._spill = np.zeros(_SPILL_SAMPLES_MAX, np.float32)
        self._before = np.zeros(_TAPS - _FACTOR, np.float32)

    def _decoded(self, payload: bytes) -> Samples:
        try:
            frames = self._codec.decode(av.Packet(payload))
        except av.FFmpegError:
            return _NOTHING
        parts = [_mono(frame) for frame in frames]
        return np.concatenate(parts) if parts else _NOTHING

    def _at_hearing_rate(self, sound: Samples) -> Samples:
        known = np.concatenate([self._before, sound])
        self._before = known[-len(self._before) :]
        windows = np.lib.stride_tricks.sliding_window_view(known, _TAPS)[::_FACTOR]
        return (windows @ self._taps).astype(np.float32)


def heard(chunks: Iterable[tuple[int, Sequence[VoicePacket]]]) -> Iterator[tuple[int, Samples]]:
    """A stored voice, chunk by chunk; chunks without a packet are not among them.

    Args:
        chunks: by number.
    """
    decoder = VoiceDecoder()
    for number, packets in chunks:
        yield number, decoder.take(number, packets)


def _mono(frame: Any) -> Samples:
    """The mean of a frame's channels, −1…1."""
    planes = frame.to_ndarray()
    if not frame.format.is_planar:
        planes = planes.reshape(-1, frame.layout.nb_channels).T
    mono: Samples = planes.astype(np.float32).mean(axis=0)
    return mono / np.float32(32_768) if frame.format.name.startswith("s16") else mono
