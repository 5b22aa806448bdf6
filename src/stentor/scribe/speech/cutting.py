"""Where an utterance begins and ends. Pure: probabilities of speech in, stretches of frames out.

Captions and transcript cut by the same rule: a pause ends an utterance, and so does its length; a long one is
cut where the voice was quietest, not in the middle of a word.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stentor.scribe.speech.activity import FRAME_MS


@dataclass(frozen=True, slots=True)
class Rule:
    """What makes an utterance.

    Args:
        begin, end: probabilities; between them an utterance goes on and none begins.
        pause_ms: so much silence ends it.
        length_ms_max: it is cut after so long.
        lead_ms: taken along from before the first frame of speech: soft consonants are none to the model.
        tail_ms: and from the pause after it.
        speech_ms_min: less speech is a cough or a click and no utterance.
    """

    begin: float = 0.5
    end: float = 0.35
    pause_ms: int = 500
    length_ms_max: int = 12_000
    lead_ms: int = 300
    tail_ms: int = 200
    speech_ms_min: int = 96


@dataclass(frozen=True, slots=True)
class Span:
    """An utterance: frames [first, last], counted as they were pushed, from 0."""

    first: int
    last: int

    @property
    def length_ms(self) -> int:
        return (self.last - self.first + 1) * FRAME_MS


class Cutter:
    """One voice's. Bounds: keeps the frames of one utterance."""

    def __init__(self, rule: Rule | None = None) -> None:
        self._rule = rule or Rule()
        self._next = 0
        self._free_from = 0
        """The first frame that no utterance has yet."""
        self._first: int | None = None
        self._probabilities: deque[float] = deque()
        self._speech = 0
        self._last_speech = 0

    @property
    def running(self) -> Span | None:
        """What is being said now, up to its last speech."""
        if self._first is None or self._speech * FRAME_MS < self._rule.speech_ms_min:
            return None
        return Span(self._first, min(self._next - 1, self._last_speech + self._frames(self._rule.tail_ms)))

    @property
    def keep_from(self) -> int:
        """The first frame that may still be asked for: earlier sound can be forgotten."""
        if self._first is not None:
            return self._first
        return max(self._free_from, self._next - self._frames(self._rule.lead_ms))

    def push(self, probability: float) -> Span | None:
        """The next frame. Returns: the utterance that it ends."""
        at, self._next = self._next, self._next + 1
        if self._first is None:
            if probability < self._rule.begin:
                return None
            self._begin(at)
        self._probabilities.append(probability)
        if probability >= self._rule.end:
            self._speech += probability >= self._rule.begin
            self._last_speech = at
        if (at - self._last_speech) * FRAME_MS >= self._rule.pause_ms:
            return self._finish(min(at, self._last_speech + self._frames(self._rule.tail_ms)))
        assert self._first is not None
        if (at - self._first + 1) * FRAME_MS >= self._rule.length_ms_max:
            return self._cut(at)
        return None

    def finish(self) -> Span | None:
        """The voice is over. Returns: what was being said."""
        return None if self._first is None else self._finish(self._next - 1)

    def _begin(self, at: int) -> None:
        self._first = max(self._free_from, at - self._frames(self._rule.lead_ms))
        self._speech, self._last_speech = 0, at

    def _finish(self, last: int) -> Span | None:
        assert self._first is not None
        span, is_speech = Span(self._first, last), self._speech * FRAME_MS >= self._rule.speech_ms_min
        self._first, self._free_from = None, last + 1
        self._probabilities.clear()
        return span if is_speech else None

    def _cut(self, at: int) -> Span | None:
        """Ends a long utterance at the quietest frame of its last quarter; the rest is the next one's."""
        quarter = max(1, len(self._probabilities) // 4)
        tail = list(self._probabilities)[-quarter:]
        quietest = min(range(len(tail)), key=lambda index: (tail[index], -index))
        rest = tail[quietest + 1 :]
        span = self._finish(at - len(rest))
        if rest:
            self._first = self._free_from
            self._probabilities.extend(rest)
            self._speech = sum(p >= self._rule.begin for p in rest)
            self._last_speech = at
        return span

    def _frames(self, length_ms: int) -> int:
        return length_ms // FRAME_MS


def spans_of(probabilities: Iterable[float], rule: Rule | None = None) -> Iterator[Span]:
    """The utterances of a whole voice."""
    cutter = Cutter(rule)
    for probability in probabilities:
        if (span := cutter.push(float(probability))) is not None:
            yield span
    if (span := cutter.finish()) is not None:
        yield span
