"""What a topic is called: the phrase that is typical of it, or that somebody announced. Pure.

Comes in: the passages of each topic. Goes out: a heading for each, in the words and the spelling of the talk,
no two the same. Never: the name of one who speaks in it; a list of key words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log1p
from typing import Final

from stentor.limits import TITLE_LENGTH_MAX
from stentor.scribe.brief.lexicon import Lexicon, plain
from stentor.scribe.brief.likeness import stem
from stentor.scribe.brief.passages import Passage
from stentor.scribe.brief.phrases import Phrase, announced, phrases

_BY_LENGTH: Final = (0.0, 0.75, 1.3, 1.25, 0.9)
"""A pair of words names most topics; one is vague, four are a sentence."""
_ANNOUNCED: Final = 5.0
"""A phrase that was announced in a topic's first passages wins over all that is only frequent."""
_EARLY: Final = 1.25
"""What is said in a topic's first third rather names it."""
_PROPER: Final = 1.4
"""A name that is typical of a topic names it well."""
_SECOND: Final = 0.45
"""A single word is joined by a second one that has so much of its score."""
_QUESTION_WORDS: Final = (4, 9)
_QUESTION_TYPICAL: Final = 2
_FALLBACK_WORDS: Final = 7


@dataclass(slots=True)
class _Found:
    """What was found of one phrase in one topic."""

    weight: float = 0.0
    count: int = 0
    led: int = 0
    whole: int = 0
    is_announced: bool = False
    spelled: Counter[str] = field(default_factory=Counter)


_Key = tuple[str, ...]


def headings(topics: Sequence[Sequence[Passage]], lexicon: Lexicon, *, speakers: Iterable[str]) -> list[str]:
    """A heading for each topic.

    Args:
        topics: the passages of each, at least one.
        speakers: names as shown.
    """
    not_these = {stem(plain(word)) for name in speakers for word in name.split()}
    proper = _proper(topics, lexicon)
    found = [
        _phrases_of(topic, lexicon, not_these, proper, greets=index == 0)
        for index, topic in enumerate(topics)
    ]
    spread = Counter(key for mine in found for key in mine)
    taken: set[str] = set()
    result = []
    for topic, mine in zip(topics, found, strict=True):
        heading = _heading(topic, _scores(mine, spread, len(topics)), mine, lexicon, taken)
        taken.add(heading.casefold())
        result.append(heading[:TITLE_LENGTH_MAX])
    return result


def _heading(
    topic: Sequence[Passage],
    scores: Mapping[_Key, float],
    found: Mapping[_Key, _Found],
    lexicon: Lexicon,
    taken: set[str],
) -> str:
    ordered = sorted(scores, key=lambda key: (-scores[key], key))
    free = [key for key in ordered if _spelled(found[key]).casefold() not in taken]
    best = free[0] if free else None
    is_announced = best is not None and found[best].is_announced
    if (
        not is_announced
        and (question := _question(topic, free[:8], lexicon))
        and question.casefold() not in taken
    ):
        return _capital(question)
    if best is None:
        return _capital(" ".join(topic[0].text.split()[:_FALLBACK_WORDS]).rstrip(" ,.;:?!")) + " …"
    if len(best) == 1 and not is_announced and (second := _second(best, free, scores)):
        joining = next(iter(lexicon.words.get("conjunction", ())), "/")
        return _capital(f"{_spelled(found[best])} {joining} {_spelled(found[second])}")
    return _capital(_spelled(found[best]))


def _second(best: _Key, free: Sequence[_Key], scores: Mapping[_Key, float]) -> _Key | None:
    return next(
        (key for key in free[1:] if not set(key) & set(best) and scores[key] >= _SECOND * scores[best]), None
    )


def _phrases_of(
    topic: Sequence[Passage],
    lexicon: Lexicon,
    not_these: set[str],
    proper: frozenset[str],
    *,
    greets: bool,
) -> dict[_Key, _Found]:
    found: dict[_Key, _Found] = defaultdict(_Found)
    early_end = max(1, len(topic) // 3)
    # A Space's first topic comes after greetings.
    announced_end = early_end + 1 if greets else max(2, len(topic) // 6)
    for place, passage in enumerate(topic):
        named = announced(passage, lexicon)
        for phrase in (*phrases(passage, lexicon), *((named,) if named else ())):
            if not_these & set(phrase.key):
                continue
            entry = found[phrase.key]
            entry.count += 1
            entry.weight += _EARLY if place < early_end else 1.0
            entry.led += phrase.is_led
            entry.whole += phrase.is_whole
            entry.is_announced |= phrase.is_announced and place < announced_end
            entry.spelled[_as_written(phrase, proper)] += 1
    return found


def _scores(found: Mapping[_Key, _Found], spread: Mapping[_Key, int], topics: int) -> dict[_Key, float]:
    """How typical each phrase is: often here, seldom in other topics, led and whole like a noun phrase."""
    return {
        key: entry.weight
        * log1p(topics / spread[key])
        * _BY_LENGTH[min(len(key), len(_BY_LENGTH) - 1)]
        * (0.5 + (1.0 if _is_name(entry) else entry.led / entry.count))
        * (0.4 + entry.whole / entry.count)
        * (_ANNOUNCED if entry.is_announced else 1.0)
        * (_PROPER if _is_name(entry) else 1.0)
        for key, entry in found.items()
    }


def _question(topic: Sequence[Passage], typical: Sequence[_Key], lexicon: Lexicon) -> str | None:
    """A question early in a topic that can be understood alone and has its words."""
    stems = {part for key in typical for part in key}
    for passage in topic[: max(1, len(topic) // 3)]:
        clause = _last_clause(passage.text, lexicon)
        words = plain(clause).rstrip("?").split()
        fits = clause.endswith("?") and _QUESTION_WORDS[0] <= len(words) <= _QUESTION_WORDS[1]
        if not fits or any(lexicon.has("pointing", word) for word in words):
            continue
        if sum(stem(word) in stems for word in words) >= _QUESTION_TYPICAL:
            return clause
    return None


def _last_clause(text: str, lexicon: Lexicon) -> str:
    """The last sentence, or what it asks after a colon or a comma: «It is simple, *should we go?*»"""
    sentence = text[max(text[:-1].rfind(mark) for mark in (". ", "! ", "? ")) + 1 :].strip()
    for mark in (": ", ", "):
        clause = sentence.rpartition(mark)[2]
        if lexicon.has("asking", plain(clause.partition(" ")[0])):
            return clause
    return lexicon.pattern("opening").sub("", sentence)


def _proper(topics: Sequence[Sequence[Passage]], lexicon: Lexicon) -> frozenset[str]:
    """Words that have a capital inside of sentences, in lower case."""
    seen = set()
    for topic in topics:
        for passage in topic:
            words = passage.text.split()
            seen |= {
                plain(word).strip('.,;:?!…"“”«»()')
                for before, word in pairwise(words)
                if word[:1].isupper() and not before.endswith((".", "?", "!", "…", ":"))
            }
    return frozenset(word for word in seen if not lexicon.has("stop", word))


def _as_written(phrase: Phrase, proper: frozenset[str]) -> str:
    return " ".join(word if plain(word) in proper else word[:1].lower() + word[1:] for word in phrase.words)


def _spelled(entry: _Found) -> str:
    return min(entry.spelled, key=lambda text: (-entry.spelled[text], text))


def _is_name(entry: _Found) -> bool:
    return any(letter.isupper() for letter in _spelled(entry))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
