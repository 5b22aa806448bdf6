"""What one person is saying, kept as sound until it can be recognised. Pure.

Comes in: chunks of one voice with the probabilities of speech. Goes out: finished utterances, and the one
that is running. Never: more sound than one utterance of each person.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from stentor.scribe.speech.activity import FRAME_SAMPLES, Probabilities
from stentor.scribe.speech.cutting import Cutter, Span
from stentor.scribe.speech.decoding import CHUNK_HEARD_SAMPLES
from stentor.scribe.speech.port import HEARING_RATE_HZ, Samples

CHUNK_FRAMES: Final = CHUNK_HEARD_SAMPLES // FRAME_SAMPLES
_SILENCE: Final = np.zeros(CHUNK_HEARD_SAMPLES, np.float32)
_QUIET: Final = np.zeros(CHUNK_FRAMES, np.float32)
_HOLE_CHUNKS_MAX: Final = 4
"""A longer hole ends what was being said; a shorter one is silence in it."""

assert CHUNK_HEARD_SAMPLES % FRAME_SAMPLES == 0


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of one voice.

    Args:
        id: the same for all partial texts of an utterance and for its final one.
        until_chunk: the chunk in which it ends so far.
    """

    id: str
    person_id: str
    samples: Samples
    until_chunk: int
    is_final: bool

    @property
    def length_ms(self) -> int:
        return 1000 * len(self.samples) // HEARING_RATE_HZ


class Ear:
    """One voice's. Chunks come in order; a number that was heard already is passed over."""

    def __init__(self, person_id: str) -> None:
        self._person_id = person_id
        self._next: int | None = None
        self._begin(0)

    def is_new(self, number: int) -> bool:
        return self._next is None or number >= self._next

    def hear(self, number: int, samples: Samples, probabilities: Probabilities) -> list[Utterance]:
        """A chunk. Returns: the utterances that it ends."""
        if not self.is_new(number):
            return []
        ended = self.hear_nothing(number - 1)
        if self._next is None:
            self._begin(number)
        self._next = number + 1
        return ended + self._heard(samples, probabilities)

    def hear_nothing(self, through: int) -> list[Utterance]:
        """Nothing came of this voice up to a chunk. Returns: the utterances that this silence ends."""
        ended: list[Utterance] = []
        while self._next is not None and self._next <= through:
            if through - self._next >= _HOLE_CHUNKS_MAX:
                span = self._cutter.finish()
                ended += [] if span is None else [self._utterance(span, is_final=True)]
                self._next = None
                break
            self._next += 1
            ended += self._heard(_SILENCE, _QUIET)
        return ended

    def running(self) -> Utterance | None:
        """What is being said now."""
        span = self._cutter.running
        return None if span is None else self._utterance(span, is_final=False)

    def _begin(self, number: int) -> None:
        self._cutter = Cutter()
        self._origin = number
        self._sound = np.zeros(0, np.float32)
        self._sound_from = 0
        """The frame with which the kept sound begins, counted like the cutter's."""

    def _heard(self, samples: Samples, probabilities: Probabilities) -> list[Utterance]:
        self._sound = np.concatenate([self._sound, samples])
        spans = [span for p in probabilities if (span := self._cutter.push(float(p))) is not None]
        ended = [self._utterance(span, is_final=True) for span in spans]
        unneeded = self._cutter.keep_from - self._sound_from
        self._sound = self._sound[unneeded * FRAME_SAMPLES :]
        self._sound_from += unneeded
        return ended

    def _utterance(self, span: Span, *, is_final: bool) -> Utterance:
        first, end = (frame - self._sound_from for frame in (span.first, span.last + 1))
        return Utterance(
            f"{self._person_id}.{self._origin * CHUNK_FRAMES + span.first}",
            self._person_id,
            self._sound[first * FRAME_SAMPLES : end * FRAME_SAMPLES],
            self._origin + span.last // CHUNK_FRAMES,
            is_final,
        )
