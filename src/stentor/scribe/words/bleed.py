"""Whose words they are when two microphones hear one mouth. Pure.

A guest without headphones gives the others' voices back, quieter. Two signs are believed: the same words at
the same time in a louder voice; and words far below this person's own level while somebody else is louder.
Never: one word alone, unless it is much quieter or all that was heard: two people say «yes» together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from statistics import median
from typing import Final

from stentor.record.transcript import bare
from stentor.scribe.words.spoken import Spoken

_TOGETHER_MS: Final = 1_200
"""By so much the times of one word in two voices differ: engines place a word's start loosely."""
_LOUDER_DB: Final = 3.0
_MUCH_LOUDER_DB: Final = 8.0
"""20 % of a voice is 14 dB below it; a person who turns away from their microphone drops by about 6."""
_RUN_WORDS_MIN: Final = 2
_LENGTH_MS_MAX: Final = 60_000
"""Twice the longest utterance: what began earlier is over."""


def without_bleed(utterances: Sequence[Spoken]) -> list[Spoken]:
    """The utterances by their beginnings, each word only in the voice that said it.

    Bounds: each utterance is compared with those that overlap it.
    """
    ordered = sorted(utterances, key=lambda one: (one.start_ms, one.person_id))
    own_db = {person: _own_level_db(ordered, person) for person in {one.person_id for one in ordered}}
    found = []
    for index, one in enumerate(ordered):
        marks = _marks(one, list(_overlapping(ordered, index)), own_db=own_db[one.person_id])
        kept = tuple(word for word, is_bleed in zip(one.words, marks, strict=True) if not is_bleed)
        if kept:
            found.append(one if len(kept) == len(one.words) else replace(one, words=kept))
    return found


def _marks(one: Spoken, others: Sequence[Spoken], *, own_db: float) -> list[bool]:
    """Which of the words are somebody else's."""
    sure, likely = [False] * len(one.words), [False] * len(one.words)
    for other in others:
        for at, their in _same_words(one, other):
            # While the other says it: their time is the exact one, this voice hears it from afar.
            louder_db = other.level_db(*their) - one.level_db(*their)
            sure[at] |= louder_db >= _MUCH_LOUDER_DB
            likely[at] |= louder_db >= _LOUDER_DB
        for at, word in enumerate(one.words):
            level_db = one.level_db(word.start_ms, word.end_ms)
            is_over_it = any(w.start_ms < word.end_ms and word.start_ms < w.end_ms for w in other.words)
            likely[at] |= (
                is_over_it
                and level_db <= own_db - _MUCH_LOUDER_DB
                and other.level_db(word.start_ms, word.end_ms) >= level_db + _MUCH_LOUDER_DB
            )
    both = [a or b for a, b in zip(sure, likely, strict=True)]
    return [a or b for a, b in zip(sure, _in_runs(both), strict=True)]


def _in_runs(marks: list[bool]) -> list[bool]:
    """The marks that stand together, or all when everything is marked."""
    if all(marks):
        return marks
    found = list(marks)
    first = 0
    for at in range(len(marks) + 1):
        if at == len(marks) or not marks[at]:
            if at - first < _RUN_WORDS_MIN:
                found[first:at] = [False] * (at - first)
            first = at + 1
    return found


def _same_words(one: Spoken, other: Spoken) -> Iterator[tuple[int, tuple[int, int]]]:
    """(index of a word, when the other says the same) for what both say at about the same time."""
    mine, theirs = ([bare(word.text) for word in words] for words in (one.words, other.words))
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            word, their = one.words[block.a + offset], other.words[block.b + offset]
            if abs(word.start_ms - their.start_ms) <= _TOGETHER_MS:
                yield block.a + offset, (their.start_ms, their.end_ms)


def _overlapping(ordered: Sequence[Spoken], index: int) -> Iterator[Spoken]:
    """Others' that sound at the same time as the one at `index`."""
    one = ordered[index]
    for other in reversed(ordered[:index]):
        if other.start_ms < one.start_ms - _LENGTH_MS_MAX:
            break
        if other.end_ms > one.start_ms and other.person_id != one.person_id:
            yield other
    for other in ordered[index + 1 :]:
        if other.start_ms >= one.end_ms:
            break
        if other.person_id != one.person_id:
            yield other


def _own_level_db(utterances: Sequence[Spoken], person_id: str) -> float:
    """How loud somebody is when they speak themselves: the median of the louder half of their utterances."""
    levels = sorted(
        (
            median(one.level_db(word.start_ms, word.end_ms) for word in one.words)
            for one in utterances
            if one.person_id == person_id and one.words
        ),
        reverse=True,
    )
    return median(levels[: len(levels) // 2 + 1]) if levels else 0.0
