"""A transcript as cues: what stands on the screen at once. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from stentor.record.transcript import Transcript, Turn, Word

LINE_LETTERS_MAX: Final = 42
LINES_MAX: Final = 2
CUE_MS_MAX: Final = 7_000
"""Two lines of 42 letters for at most 7 s. Source: EBU-TT-D and the BBC's subtitle guidelines."""
_CUE_MS_MIN: Final = 700
_PAUSE_MS: Final = 600


@dataclass(frozen=True, slots=True)
class Cue:
    """One person's words.

    Args:
        lines: at most two.
    """

    start_ms: int
    end_ms: int
    person_id: str
    lines: tuple[str, ...]


def cues(transcript: Transcript) -> tuple[Cue, ...]:
    """By their beginnings; cues of different people may overlap, as their voices did."""
    found = [cue for turn in transcript.turns for cue in _of_turn(turn)]
    return tuple(sorted(found, key=lambda cue: cue.start_ms))


def _of_turn(turn: Turn) -> Iterator[Cue]:
    ends = [*turn.sentences[1:], len(turn.words)]
    parts = [
        part
        for first, end in zip(turn.sentences, ends, strict=True)
        for part in _fitting(turn.words[first:end])
    ]
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        # A single short word would only flash; it may stay until the next cue comes.
        end_ms = max(part[-1].end_ms, part[0].start_ms + _CUE_MS_MIN)
        if following is not None:
            end_ms = max(part[0].start_ms + 1, min(end_ms, following[0].start_ms))
        yield Cue(part[0].start_ms, end_ms, turn.person_id, _lines([_one_line(word) for word in part]))


def _fitting(words: Sequence[Word]) -> list[Sequence[Word]]:
    """One sentence in parts of two lines and 7 s at most, halved where it reads best."""
    texts = [_one_line(word) for word in words]
    is_short = words[-1].end_ms - words[0].start_ms <= CUE_MS_MAX
    if len(words) == 1 or (is_short and len(_wrapped(texts)) <= LINES_MAX):
        return [words]
    at = max(range(1, len(words)), key=lambda at: _border_worth(words, at))
    return [*_fitting(words[:at]), *_fitting(words[at:])]


def _one_line(word: Word) -> str:
    """An empty line would end the cue, and what an engine or a translator has behind it be one of its own."""
    return " ".join(word.text.split())


def _border_worth(words: Sequence[Word], at: int) -> float:
    """How good a place before word `at` is to cut: near the middle, after a comma, in a pause."""
    distance = abs(at / len(words) - 0.5)
    is_after_mark = words[at - 1].text.endswith((",", ";", ":", "–", "—"))
    pause_ms = words[at].start_ms - words[at - 1].end_ms
    return 0.25 * is_after_mark + 0.2 * min(1.0, pause_ms / _PAUSE_MS) - distance


def _lines(texts: Sequence[str]) -> tuple[str, ...]:
    """As few lines as hold it; two of them about equally long."""
    whole = " ".join(texts)
    if len(whole) <= LINE_LETTERS_MAX or len(texts) == 1:
        return (whole,)
    halves = [(" ".join(texts[:at]), " ".join(texts[at:])) for at in range(1, len(texts))]
    return min(halves, key=lambda lines: max(map(len, lines)))


def _wrapped(texts: Sequence[str]) -> list[str]:
    lines = [""]
    for text in texts:
        joined = f"{lines[-1]} {text}".strip()
        if len(joined) <= LINE_LETTERS_MAX or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(text)
    return lines
