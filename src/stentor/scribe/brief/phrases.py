"""Noun phrases without a grammar: runs of words that carry a topic, bounded by those that do not. Pure.

Comes in: passages, a language's table. Goes out: phrases with what speaks for them. Never: a choice among
them (headings.py).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from stentor.scribe.brief.lexicon import Lexicon, plain
from stentor.scribe.brief.likeness import stem
from stentor.scribe.brief.passages import Passage

_WORDS_MAX: Final = 4
_ANNOUNCED_WORDS_MAX: Final = 12
_EDGES: Final = re.compile(r"^\W+|\W+$")
_BREAKS: Final = (".", ",", ";", ":", "?", "!", "…")


_Said = tuple[Sequence[str], Sequence[str], Sequence[bool]]
"""The words of a passage: as they stand, as the tables have them, whether each carries a topic."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One occurrence.

    Args:
        words: as they were said, without the punctuation at the edges.
        key: the same for «Bus lane» and «bus lanes».
        is_led: an article, a preposition or the like stands before it, as before a noun.
        is_whole: it is not a part of a longer run.
        is_announced: somebody named it as what comes next.
    """

    words: tuple[str, ...]
    key: tuple[str, ...]
    is_led: bool
    is_whole: bool
    is_announced: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)


def phrases(passage: Passage, lexicon: Lexicon) -> Iterator[Phrase]:
    """All phrases of a passage, overlapping ones too."""
    tokens = passage.text.split()
    bare = [_bare(token) for token in tokens]
    carries = [_carries(word, lexicon) for word in bare]
    for first in range(len(tokens)):
        if not carries[first]:
            continue
        for end in range(first + 1, min(first + _WORDS_MAX, len(tokens)) + 1):
            if end > first + 1 and tokens[end - 2].endswith(_BREAKS):
                break
            if not carries[end - 1]:
                if lexicon.has("joiners", bare[end - 1]) and end > first + 1:
                    continue
                break
            yield _phrase((tokens, bare, carries), first, end, lexicon)


def announced(passage: Passage, lexicon: Lexicon) -> Phrase | None:
    """What somebody says comes next: «Let's talk about *air quality* then.»"""
    match = lexicon.pattern("announce").search(passage.plain)
    if match is None:
        return None
    tokens = passage.text[match.end() :].split()[:_ANNOUNCED_WORDS_MAX]
    bare = [_bare(token) for token in tokens]
    first = next((at for at, word in enumerate(bare) if not _is_article(word, lexicon)), len(bare))
    end = first
    for at in range(first, len(tokens)):
        is_inner = at > first and (lexicon.has("joiners", bare[at]) or lexicon.has("determiners", bare[at]))
        if lexicon.has("stop", bare[at]) and not is_inner:
            break
        if not is_inner:
            end = at + 1
        if tokens[at].endswith(_BREAKS):
            break
    words = tuple(_trimmed(token) for token in tokens[first:end])
    if not words or not any(_carries(word, lexicon) for word in bare[first:end]):
        return None
    return Phrase(words, _key(bare[first:end]), is_led=True, is_whole=True, is_announced=True)


def _phrase(said: _Said, first: int, end: int, lexicon: Lexicon) -> Phrase:
    tokens, bare, carries = said
    before, after = first - 1, end
    joins_before = before >= 0 and carries[before] and not tokens[before].endswith(_BREAKS)
    joins_after = after < len(tokens) and carries[after] and not tokens[end - 1].endswith(_BREAKS)
    is_led = before >= 0 and lexicon.has("determiners", bare[before])
    return Phrase(
        tuple(_trimmed(token) for token in tokens[first:end]),
        _key(bare[first:end]),
        is_led=is_led,
        is_whole=not (joins_before or joins_after),
    )


def _carries(word: str, lexicon: Lexicon) -> bool:
    is_word = len(word) > 1 and not any(character.isdigit() for character in word)
    parts = {word, stem(word), *word.split("-")}
    return is_word and not any(
        lexicon.has(kind, part) for part in parts for kind in ("stop", "weak", "unnamed", "numbers")
    )


def _is_article(word: str, lexicon: Lexicon) -> bool:
    return lexicon.has("determiners", word) and lexicon.has("stop", word)


def _key(bare: Sequence[str]) -> tuple[str, ...]:
    return tuple(stem(word) for word in bare)


def _bare(token: str) -> str:
    return _EDGES.sub("", plain(token)).removesuffix("'s")


def _trimmed(token: str) -> str:
    return _EDGES.sub("", token)
