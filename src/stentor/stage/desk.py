"""The mixing desk: one turn each 20 ms, from everybody's packets to everybody's packets.

Comes in: the people's voices, the tick's place in its chunk. Goes out: the programme's frame, an RTP packet
for each person, and at a chunk's end who spoke and the voices as they came. Never: I/O, time, the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stentor.limits import OPUS_FRAME_SAMPLES
from stentor.sound.loudness import Limiter
from stentor.stage.mixer import TalkMeter, mixed
from stentor.stage.return_feed import ReturnFeed, return_encoder
from stentor.stage.speaker import Speaker
from stentor.stage.voices import VoiceCollector

Samples = NDArray[np.float32]


@dataclass(slots=True)
class Seat:
    """One person at the desk.

    Args:
        feed: None: nobody listens at the other end.
        is_silenced: sends what is no sound, or too much (`conduct.py`): not heard, not logged.
        is_programme: always in the mix, however quiet; hears the mix with itself in it, as its monitor.
    """

    speaker: Speaker
    feed: ReturnFeed | None
    is_muted: bool = False
    is_silenced: bool = False
    is_programme: bool = False


@dataclass(frozen=True, slots=True)
class TickOut:
    """What one turn made.

    Args:
        programme: float32 (960,), limited.
        returns: person → RTP packet.
    """

    programme: Samples
    returns: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class ChunkOut:
    """What a chunk adds to the programme.

    Args:
        speaking: person → level in dB, in steps.
        voices: person → logged voice.
    """

    speaking: Mapping[str, int]
    voices: Mapping[str, bytes]


class Desk:
    """Everybody's seats and what is shared between them."""

    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}
        self._meter = TalkMeter()
        self._voices = VoiceCollector()
        self._limiter = Limiter()
        self._shared = return_encoder()

    @property
    def seats(self) -> Mapping[str, Seat]:
        return self._seats

    def seat(self, person_id: str, seat: Seat) -> None:
        """Gives a person a place; a second connection of the same person takes the first one's."""
        self._seats[person_id] = seat

    def unseat(self, person_id: str) -> None:
        self._seats.pop(person_id, None)
        self._meter.forget(person_id)

    def turn(self, *, tick_in_chunk: int, is_logged: bool) -> TickOut:
        """Mixes one tick.

        Args:
            tick_in_chunk: 0…31.
            is_logged: the voices belong to the programme (on the air, not in the green room or a pause).
        """
        frames = {}
        for person, seat in self._seats.items():
            heard = seat.speaker.pull(is_wanted=not seat.is_muted)
            if heard is None or seat.is_silenced:
                continue
            frames[person] = heard.frame
            if is_logged:
                for packet in heard.packets:
                    offset = tick_in_chunk * OPUS_FRAME_SAMPLES + packet.offset_samples
                    self._voices.add(person, offset_samples=offset, payload=packet.payload)
        talkers = self._meter.hear(frames)
        mix = mixed({p: frame for p, frame in frames.items() if p in talkers or self._seats[p].is_programme})
        programme = self._limiter.limit(mix.programme)
        returns = self._returns(programme, mix.minus)
        return TickOut(programme, returns)

    def skip(self, ticks: int) -> None:
        """Ticks that were missed: nobody is sent anything, time goes on."""
        for seat in self._seats.values():
            if seat.feed is not None:
                seat.feed.skip(ticks)

    def end_chunk(self) -> ChunkOut:
        """The chunk that ends now; starts the next one."""
        return ChunkOut(self._meter.end_chunk(), self._voices.end_chunk())

    def _returns(self, programme: Samples, minus: Mapping[str, Samples]) -> dict[str, bytes]:
        if not self._seats:
            return {}
        # Encoded even if all are talking: its state must be that of the programme when one falls silent.
        shared = self._shared.encode(programme)
        returns = {}
        for person, seat in self._seats.items():
            if seat.feed is not None:
                has_own = person in minus and not seat.is_programme
                returns[person] = seat.feed.own(minus[person]) if has_own else seat.feed.shared(shared)
        return returns
