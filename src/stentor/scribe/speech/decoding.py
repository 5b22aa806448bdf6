"""One person's logged Opus packets → what engines hear: 16 kHz, mono, silence where nothing came.

Comes in: chunk numbers and their packets. Goes out: for each chunk exactly CHUNK_HEARD_SAMPLES, so time is
kept by counting. Never: an error for a packet that is no Opus; it is silence.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from stentor.errors import BadInput
from stentor.formats.voice import VoicePacket
from stentor.limits import CHUNK_SAMPLES, SAMPLE_RATE_HZ
from stentor.scribe.speech.port import HEARING_RATE_HZ, Samples
from stentor.sound.opus import Decoder

_FACTOR: Final = SAMPLE_RATE_HZ // HEARING_RATE_HZ
CHUNK_HEARD_SAMPLES: Final = CHUNK_SAMPLES // _FACTOR
_SPILL_SAMPLES_MAX: Final = HEARING_RATE_HZ * 120 // 1000
"""Opus has packets of up to 120 ms: so far one may reach into the next chunk."""
_STEP_SAMPLES: Final = HEARING_RATE_HZ * 5 // 2000
"""libopus mends holes in steps of 2.5 ms."""
_MENDED_SAMPLES_MAX: Final = HEARING_RATE_HZ * 60 // 1000
"""A longer hole is silence: what was said in it is not to be guessed."""

assert CHUNK_SAMPLES % _FACTOR == 0


class VoiceDecoder:
    """One voice's. Chunk after chunk; a number that does not follow the last one begins anew."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._decoder = Decoder(rate_hz=HEARING_RATE_HZ)
        self._spill: Samples = np.zeros(_SPILL_SAMPLES_MAX, np.float32)
        self._heard_until: int | None = None
        """Where the last packet ended, in samples from the beginning of the chunk."""

    def take(self, number: int, packets: Sequence[VoicePacket]) -> Samples:
        """The sound of chunk `number`, CHUNK_HEARD_SAMPLES long.

        Bounds: 2 ms of a core, libopus.
        """
        if number != self._next:
            self._begin_anew()
        self._next = number + 1
        sound = np.zeros(CHUNK_HEARD_SAMPLES + _SPILL_SAMPLES_MAX, np.float32)
        sound[:_SPILL_SAMPLES_MAX] = self._spill
        for packet in packets:
            self._place(packet, sound)
        self._spill = sound[CHUNK_HEARD_SAMPLES:]
        if self._heard_until is not None:
            self._heard_until -= CHUNK_HEARD_SAMPLES
        return sound[:CHUNK_HEARD_SAMPLES]

    def _begin_anew(self) -> None:
        self._decoder = Decoder(rate_hz=HEARING_RATE_HZ)
        self._spill = np.zeros(_SPILL_SAMPLES_MAX, np.float32)
        self._heard_until = None

    def _place(self, packet: VoicePacket, sound: Samples) -> None:
        at = packet.offset_samples // _FACTOR
        try:
            if (mended := self._mended(packet.payload, at)) is not None:
                begin = max(0, at - len(mended))
                sound[begin:at] = mended[len(mended) - (at - begin) :]
            decoded = self._decoder.decode(packet.payload)[: len(sound) - at]
        except BadInput:
            return
        sound[at : at + len(decoded)] = decoded
        self._heard_until = at + len(decoded)

    def _mended(self, following: bytes, at: int) -> Samples | None:
        """What a short hole in front of a packet held, from the packet's own redundancy or a guess."""
        if self._heard_until is None:
            return None
        hole = (at - self._heard_until) // _STEP_SAMPLES * _STEP_SAMPLES
        return self._decoder.recover(following, samples=hole) if 0 < hole <= _MENDED_SAMPLES_MAX else None


def heard(chunks: Iterable[tuple[int, Sequence[VoicePacket]]]) -> Iterator[tuple[int, Samples]]:
    """A stored voice, chunk by chunk; chunks without a packet are not among them.

    Args:
        chunks: by number.
    """
    decoder = VoiceDecoder()
    for number, packets in chunks:
        yield number, decoder.take(number, packets)
