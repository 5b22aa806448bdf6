"""Figures and names that were said, each with the sentence where it was said best. Pure.

Comes in: sentences. Goes out: a line for each figure or name, its text the words themselves. Never: a number
that is none («two things»), the name of one who is in the Space.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from stentor.record.brief import Line
from stentor.scribe.brief.claims import meant_words
from stentor.scribe.brief.figures import figures, names
from stentor.scribe.brief.lexicon import Lexicon, plain
from stentor.scribe.brief.passages import NOISE_WORDS_MAX, Passage

_NAMED_AGAIN: Final = 0.5
"""A name that comes often matters more; a figure is said once."""


@dataclass(slots=True, eq=False)
class _Mention:
    text: str
    passage: Passage
    weight: float


def mentions(
    sentences: Sequence[Passage], lexicon: Lexicon, *, speakers: Iterable[str], most: int
) -> tuple[Line, ...]:
    """The weightiest, in the order in which they were said first."""
    not_these = {plain(word) for name in speakers for word in (name, *name.split())}
    found: dict[str, _Mention] = {}
    for passage in sentences:
        if passage.words_count <= NOISE_WORDS_MAX:
            continue
        words = passage.text.split()
        for text in figures(meant_words(words, lexicon), lexicon):
            _note(found, text, passage, weight=1.0, again=0.0)
        for text in names(words, lexicon):
            if plain(text) not in not_these:
                _note(found, text, passage, weight=0.8, again=_NAMED_AGAIN)
    heaviest = sorted(found.values(), key=lambda one: -one.weight)[:most]
    return tuple(Line(one.text, (one.passage.quote(),)) for one in found.values() if one in heaviest)


def _note(found: dict[str, _Mention], text: str, passage: Passage, *, weight: float, again: float) -> None:
    if known := found.get(plain(text)):
        known.weight += again
    else:
        found[plain(text)] = _Mention(text, passage, weight)
