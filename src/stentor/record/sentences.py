"""Where sentences begin in a row of words. Pure.

An engine's punctuation decides; where it gives none (spontaneous talk, some languages), the longest pauses
do, so that captions, quotes and translations never get a sentence of a minute.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from stentor.record.transcript import Word

SENTENCE_WORDS_MAX: Final = 40
_PAUSE_MS: Final = 500
_STOPS: Final = (".", "?", "!", "…", "。", "？", "！", "।", "؟")
_CLOSERS: Final = "\"'’”»)]"
_ABBREVIATIONS: Final = frozenset(
    {
        *("mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "vs.", "etc.", "e.g.", "i.e.", "jr.", "sr."),
        *("mme.", "mlle.", "m.", "bzw.", "z.b.", "d.h."),
    }
)
"""Words whose full stop ends no sentence. Written by hand; a miss only splits a sentence in two."""


def ends_sentence(word: str) -> bool:
    """Whether this word, as it is written, is a sentence's last."""
    bare = word.rstrip(_CLOSERS)
    if not bare.endswith(_STOPS):
        return False
    is_initial = len(bare) == len("A.") and bare[0].isupper() and bare != "I."
    return not (is_initial or bare.lower() in _ABBREVIATIONS)


def sentence_starts(words: Sequence[Word]) -> tuple[int, ...]:
    """Index of the first word of each sentence; the first is 0.

    Bounds: no sentence has more than SENTENCE_WORDS_MAX words unless they follow one another without a pause.
    """
    borders = [0, *(at for at in range(1, len(words)) if ends_sentence(words[at - 1].text)), len(words)]
    starts: list[int] = []
    for first, end in pairwise(borders):
        starts += _split(words, first, end)
    return tuple(starts) or (0,)


def _split(words: Sequence[Word], first: int, end: int) -> list[int]:
    """One stretch without a full stop, cut at its longest pauses until every part is short enough."""
    if end - first <= SENTENCE_WORDS_MAX:
        return [first]
    pauses = [(words[at].start_ms - words[at - 1].end_ms, at) for at in range(first + 1, end)]
    longest_ms, at = max(pauses, key=lambda pause: pause[0])
    if longest_ms < _PAUSE_MS:
        return [first]
    return [*_split(words, first, at), *_split(words, at, end)]
