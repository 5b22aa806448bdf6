"""Which passages say most: LexRank inside of a topic, and what a reader looks for. Pure.

Comes in: passages of one topic, their vectors. Goes out: a score for each, about 1 on average. Never: a
choice; that is `balance.py`'s, which also knows who has spoken how long.

Source: Erkan and Radev, LexRank (2004).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from stentor.scribe.brief.claims import judge
from stentor.scribe.brief.figures import figures, names
from stentor.scribe.brief.lexicon import Lexicon, content_words
from stentor.scribe.brief.likeness import Vectors
from stentor.scribe.brief.passages import SHORT_WORDS, Passage

Scores = npt.NDArray[np.float64]

_DAMPING: Final = 0.85
_ROUNDS: Final = 40
_ALIKE_MIN: Final = 0.15
_NEIGHBOURS_MAX: Final = 600
"""Beyond it a topic's passages are compared with the nearest ones in time only: bounds the square."""
_CONTENT_WORDS: Final = 4
"""With fewer words that carry something a passage leans on what came before: «Last year it was six hours.»"""
_LONG_WORDS: Final = 30
_ANNOUNCEMENT_WORDS: Final = 12
_UNSURE: Final = 0.5


def ranks(found: Sequence[Passage], vectors: Vectors, lexicon: Lexicon) -> Scores:
    """A score for each passage of a topic."""
    central = np.concatenate(
        [
            _centrality(vectors[at : at + _NEIGHBOURS_MAX])
            for at in range(0, max(len(found), 1), _NEIGHBOURS_MAX)
        ]
    )
    return central + np.array([cues(passage, lexicon) for passage in found], np.float64)


def cues(passage: Passage, lexicon: Lexicon) -> float:
    """What speaks for and against a passage as a line of a brief."""
    words, said = passage.text.split(), passage.plain
    count = passage.words_count
    return (
        0.35 * bool(figures(words, lexicon))
        + 0.5 * lexicon.found("stance", said)
        + 0.15 * bool(names(words, lexicon))
        + 0.35 * (judge(passage.text, lexicon).kind is not None)
        - 0.55 * lexicon.found("leaning", said)
        - 0.5 * passage.is_question
        - 0.5 * lexicon.found("procedure", said)
        - 0.8 * (lexicon.found("announce", said) and count < _ANNOUNCEMENT_WORDS)
        - 0.8 * (count < SHORT_WORDS)
        - 0.2 * max(_CONTENT_WORDS - len(content_words(passage.text, lexicon)), 0)
        - 0.03 * max(count - _LONG_WORDS, 0)
        - 0.6 * (passage.quote().confidence < _UNSURE) * (count > 0)
    )


def _centrality(vectors: Vectors) -> Scores:
    """Whom the others are like; 1 on average."""
    count = len(vectors)
    if count == 0:
        return np.zeros(0)
    alike = np.asarray(vectors @ vectors.T, np.float64)
    alike = np.where(alike > _ALIKE_MIN, alike, 0.0)
    np.fill_diagonal(alike, 0.0)
    sums = alike.sum(axis=1, keepdims=True)
    steps = np.where(sums > 0, alike / np.where(sums > 0, sums, 1), 1.0 / count)
    rank = np.full(count, 1.0 / count)
    for _ in range(_ROUNDS):
        rank = (1 - _DAMPING) / count + _DAMPING * (steps.T @ rank)
    return np.asarray(rank * count, np.float64)
