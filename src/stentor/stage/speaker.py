"""One voice: RTP in, a frame of 20 ms on each tick out.

Comes in: decrypted RTP as the transport hands it over. Goes out: levelled frames, and the Opus packets they
came from. Never: another codec, a wait, a second of sound that nobody asked for, a sample that is no number.

Packets may be of any Opus duration (10, 20, 40, 60 ms): what is decoded goes through a small store of samples
that the ticks are cut from. A voice that has sent silence for a second is not decoded (with 60 people on
stage decoding all would be a third of a core).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stentor.errors import BadInput
from stentor.formats.opus_packet import opus_duration_samples
from stentor.limits import OPUS_FRAME_SAMPLES
from stentor.sound.loudness import Leveller
from stentor.sound.opus import Decoder
from stentor.stage.conduct import Ration
from stentor.stage.jitter import Counts, Idle, JitterBuffer, Lost, Play
from stentor.stage.rtp import parse_rtp

Samples = NDArray[np.float32]

_QUIET_BELOW_DB: Final = 55
_QUIET_PACKETS: Final = 50
_PEAK_MAX: Final = 4.0
"""12 dB over full scale. Clipped speech decodes to 1.5 at most; one sample that is no number would stay in
the leveller, the limiter and everybody's mix."""
_EMPTY: Final = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class PlayedPacket:
    """A packet that went into this tick's decoder.

    Args:
        offset_samples: where its first sample stands, counted from the tick's first.
    """

    offset_samples: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """One tick of a voice.

    Args:
        frame: float32 (960,), levelled unless it is a programme's.
    """

    frame: Samples
    packets: tuple[PlayedPacket, ...]


class Speaker:
    """The way of one connection's voice from RTP to frames.

    Args:
        payload_type: the one that the answer gave to Opus; others are not ours.
        level_id: the audio level extension's id, if negotiated.
        is_programme: somebody else has set its level; it is mixed as it comes, quiet passages too.
    """

    def __init__(self, *, payload_type: int, level_id: int | None, is_programme: bool = False) -> None:
        self._payload_type = payload_type
        self._level_id = None if is_programme else level_id
        self._ssrc: int | None = None
        self._jitter = JitterBuffer()
        self._decoder = Decoder()
        self._leveller = None if is_programme else Leveller()
        self._store: Samples = _EMPTY
        self._packet_samples = OPUS_FRAME_SAMPLES
        self._quiet_packets = 0
        self._ration = Ration()
        self.received_count = 0
        self.foreign_count = 0
        """Datagrams that were not RTP or not Opus."""
        self.broken_count = 0
        """Opus packets that libopus refused, or made no sound of."""

    @property
    def line(self) -> Counts:
        """What the line did to this voice."""
        return self._jitter.counts

    @property
    def excess_count(self) -> int:
        """Packets above what one voice may send; nothing was done with them."""
        return self._ration.excess_count

    @property
    def buffered_packets_target(self) -> int:
        return self._jitter.target

    def receive(self, data: bytes) -> None:
        """Takes a datagram; whatever it is, it raises nothing."""
        if not self._ration.takes(len(data)):
            return
        packet = parse_rtp(data, level_id=self._level_id)
        if packet is None or packet.payload_type != self._payload_type:
            self.foreign_count += 1
            return
        samples = opus_duration_samples(packet.payload)
        if samples == 0:
            self.foreign_count += 1
            return
        self.received_count += 1
        if packet.ssrc != self._ssrc:
            # The page has changed its microphone: another stream, with numbers of its own.
            self._ssrc = packet.ssrc
            self._jitter.restart()
        is_quiet = packet.level_db is not None and packet.level_db > _QUIET_BELOW_DB
        self._quiet_packets = self._quiet_packets + 1 if is_quiet else 0
        self._jitter.push(
            sequence=packet.sequence,
            timestamp=packet.timestamp,
            samples=samples,
            payload=packet.payload,
            is_quiet=is_quiet,
        )

    def pull(self, *, is_wanted: bool = True) -> Heard | None:
        """The next 20 ms; None: nothing is being sent, or it is silence.

        Args:
            is_wanted: False for somebody muted: time goes on, nothing is decoded.
        """
        self._ration.tick()
        if not is_wanted or self._quiet_packets > _QUIET_PACKETS:
            self._pass_by()
            return None
        played = []
        while len(self._store) < OPUS_FRAME_SAMPLES:
            decision = self._jitter.pull()
            if isinstance(decision, Idle):
                if not len(self._store):
                    return None
                self._keep(np.zeros(OPUS_FRAME_SAMPLES - len(self._store), np.float32))
                break
            if isinstance(decision, Play):
                at = len(self._store)
                if self._play(decision.payload):
                    played.append(PlayedPacket(at, decision.payload))
            elif isinstance(decision, Lost) and decision.following is not None:
                self._recover(decision.following)
            else:
                self._conceal()
        frame, self._store = self._store[:OPUS_FRAME_SAMPLES], self._store[OPUS_FRAME_SAMPLES:]
        return Heard(frame if self._leveller is None else self._leveller.level(frame), tuple(played))

    def _play(self, payload: bytes) -> bool:
        """False: it cannot be decoded; then it is concealed, and not logged either."""
        try:
            samples = self._decoder.decode(payload)
        except BadInput:
            self.broken_count += 1
            self._conceal()
            return False
        self._packet_samples = len(samples)
        return self._keep(samples)

    def _recover(self, following: bytes) -> None:
        try:
            self._keep(self._decoder.recover(following, samples=self._packet_samples))
        except BadInput:
            self._conceal()

    def _conceal(self) -> None:
        self._keep(self._decoder.conceal(samples=self._packet_samples))

    def _keep(self, samples: Samples) -> bool:
        """False: this is no sound; then it is silence, and what comes next is decoded afresh."""
        # A comparison with what is no number is false.
        is_sound = bool(np.abs(samples).max(initial=0.0) <= _PEAK_MAX)
        if not is_sound:
            self.broken_count += 1
            self._decoder, samples = Decoder(), np.zeros_like(samples)
        self._store = np.concatenate((self._store, samples)) if len(self._store) else samples
        return is_sound

    def _pass_by(self) -> None:
        """Takes from the buffer what this tick would have played, and forgets it."""
        passed = len(self._store)
        self._store = _EMPTY
        while passed < OPUS_FRAME_SAMPLES:
            if isinstance(self._jitter.pull(), Idle):
                return
            passed += self._packet_samples
        # With packets longer than a tick the rest belongs to the next ticks, as silence.
        self._store = np.zeros(passed - OPUS_FRAME_SAMPLES, np.float32)
