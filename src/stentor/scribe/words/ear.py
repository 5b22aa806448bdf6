"""One voice's ear: logged packets in, utterances as sound out, each once, in order.

Never: a whole voice decoded at once; two utterances joined over a hole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from stentor.formats.voice import VoicePacket
from stentor.scribe.speech.activity import FRAME_MS, FRAME_SAMPLES, VoiceActivity
from stentor.scribe.speech.cutting import Cutter, Rule, Span
from stentor.scribe.speech.decoding import CHUNK_HEARD_SAMPLES, VoiceDecoder
from stentor.scribe.speech.onnx import Model
from stentor.scribe.speech.port import HEARING_RATE_HZ, Samples
from stentor.space.timeline import RECORD_FIRST, record_ms_of

TRANSCRIPT_RULE: Final = Rule(pause_ms=800, length_ms_max=28_000, lead_ms=480, tail_ms=320)
"""Longer than for captions: an engine that has the whole thought hears it better, and Whisper's window is
30 s. With 300 ms of lead the base model made 9 errors in the debate, with 480 ms 5."""
_BRIDGED_CHUNKS: Final = 1
"""So long a hole is a lost message, not a microphone that was closed."""


@dataclass(frozen=True, slots=True)
class Sound:
    """An utterance to be recognised.

    Args:
        start_ms: record time.
        is_cut: it ended because it was long.
    """

    start_ms: int
    samples: Samples
    is_cut: bool


class Ear:
    """One voice's.

    Args:
        from_ms: what was before is heard already; its sound is taken for silence.
    Bounds: holds the sound of one utterance, 1.8 MB.
    """

    def __init__(self, activity: Model, *, from_ms: int = 0, rule: Rule = TRANSCRIPT_RULE) -> None:
        self._activity = VoiceActivity(activity)
        self._decoder = VoiceDecoder()
        self._rule = rule
        self._from_ms = from_ms
        self.next: int | None = None
        """The chunk that continues; None: nothing has come yet."""
        self._begin_anew(RECORD_FIRST)

    @property
    def is_open(self) -> bool:
        """An utterance has begun and not ended."""
        return self._cutter.running is not None

    @property
    def held_samples(self) -> int:
        """How much sound is kept for the utterance that goes on."""
        return len(self._kept)

    def take(self, number: int, packets: Sequence[VoicePacket]) -> Iterator[Sound]:
        """The next chunk of this voice. What is heard already or came too late is passed over."""
        if number < RECORD_FIRST or record_ms_of(number + 1) <= self._from_ms:
            return
        if self.next is None:
            self._begin_anew(number)
        elif number < self.next:
            return
        elif number - self.next > _BRIDGED_CHUNKS:
            yield from self.flush()
            self._begin_anew(number)
        else:
            for _ in range(self.next, number):
                yield from self._hear(np.zeros(CHUNK_HEARD_SAMPLES, np.float32))
        self.next = number + 1
        samples = self._decoder.take(number, packets)
        heard = max(0, self._from_ms - record_ms_of(number)) * HEARING_RATE_HZ // 1000
        if heard:
            samples = samples.copy()
            samples[:heard] = 0
        yield from self._hear(samples)

    def flush(self) -> Iterator[Sound]:
        """The voice has fallen silent without a silence: the microphone was closed, the Space is over."""
        if (span := self._cutter.finish()) is not None:
            yield self._sound(span, is_cut=False)

    def _begin_anew(self, number: int) -> None:
        self._base_ms = record_ms_of(number)
        self._cutter = Cutter(self._rule)
        self._sound_from = 0
        self._kept = np.zeros(0, np.float32)
        self._activity.reset()

    def _hear(self, samples: Samples) -> Iterator[Sound]:
        self._kept = np.concatenate([self._kept, samples])
        for probability in self._activity.feed(samples):
            if (span := self._cutter.push(float(probability))) is not None:
                # What was cut for its length goes on at once.
                yield self._sound(span, is_cut=self._cutter.running is not None)
        gone = self._cutter.keep_from - self._sound_from
        self._kept = self._kept[gone * FRAME_SAMPLES :]
        self._sound_from += gone

    def _sound(self, span: Span, *, is_cut: bool) -> Sound:
        first, end = span.first - self._sound_from, span.last + 1 - self._sound_from
        samples = self._kept[first * FRAME_SAMPLES : end * FRAME_SAMPLES]
        return Sound(self._base_ms + span.first * FRAME_MS, samples, is_cut)
