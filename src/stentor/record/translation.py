"""A transcript and a brief in another language: whose words, when, and that a machine has translated. Pure.

Comes in: the texts of one version, and what each means in the other language. Goes out: the same turns, lines
and quotes with those words. Never: a time, a person or a version of its own; a quote without the words that
were said; a sentence that was not translated and does not say so.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from unicodedata import digit

from stentor.record.brief import Brief, Claim, Line, Quote, Section
from stentor.record.editing import spread
from stentor.record.transcript import Transcript, Turn, Word

_FIGURE: Final = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,’']\d+)*")
_LENGTH_TIMES_MAX: Final = 4
_LENGTH_MORE_MAX: Final = 80
"""Whoever makes much more of a sentence than it was has not translated it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What texts mean in another language.

    Args:
        language: that one, BCP 47.
        engine: what translated.
        texts: a text → its translation; None: it stays in the original.
    """

    language: str
    engine: str
    texts: Mapping[str, str | None]

    def of(self, text: str, *, source: str) -> str:
        """The translation; of what has none the original behind its language, such as `[en]`."""
        found = self.texts.get(text)
        if found is None:
            return f"[{source}] {text}" if _is_talk(text) else text
        return found


def texts_of(transcript: Transcript, brief: Brief) -> tuple[str, ...]:
    """Everything that is translated, each once, in the order in which it is read."""
    said = (text for turn in transcript.turns for text, _ in _sentences(turn))
    return tuple(dict.fromkeys(text for text in (*said, *_texts_of_brief(brief)) if _is_talk(text)))


def believed(text: str, translation: str) -> str | None:
    """An engine's translation as one line; None: it is none, far too long, or has other figures."""
    told = " ".join("".join(letter if letter.isprintable() else " " for letter in translation).split())
    is_long = len(told) > _LENGTH_TIMES_MAX * len(text) + _LENGTH_MORE_MAX
    return told if told and not is_long and keeps_figures(text, told) else None


def keeps_figures(text: str, translation: str) -> bool:
    """Whether the digits of a text are those of its translation, however thousands and decimals are marked.

    A figure said in words may come out in digits; one in digits may neither change, nor go, nor come.
    """
    said, told = _figures(text), _figures(translation)
    return not said or said == told


def translated_transcript(transcript: Transcript, meaning: Meaning) -> Transcript:
    """The same turns; a translated sentence's words share the time of what was said."""
    source = transcript.language
    return replace(
        transcript,
        language=meaning.language,
        engine=meaning.engine,
        turns=tuple(_turn(turn, meaning, source=source) for turn in transcript.turns),
        translated_from=source,
    )


def translated_brief(brief: Brief, meaning: Meaning) -> Brief:
    """The same lines; each quote has the words that were said in `original`."""
    source = brief.language

    def quote(said: Quote) -> Quote:
        return replace(said, text=meaning.of(said.text, source=source), original=said.text)

    def line(told: Line) -> Line:
        quotes = tuple(map(quote, told.quotes))
        text = quotes[0].text if told.is_quote else meaning.of(told.text, source=source)
        return Line(text, quotes)

    def claim(told: Claim) -> Claim:
        note = meaning.of(told.note, source=source) if told.note else ""
        return replace(told, quote=quote(told.quote), note=note)

    def section(told: Section) -> Section:
        heading = meaning.of(told.heading, source=source)
        return replace(told, heading=heading, lines=tuple(map(line, told.lines)))

    return replace(
        brief,
        language=meaning.language,
        engine=meaning.engine,
        summary=tuple(map(line, brief.summary)),
        sections=tuple(map(section, brief.sections)),
        claims=tuple(map(claim, brief.claims)),
        figures=tuple(map(line, brief.figures)),
        translated_from=source,
    )


def _turn(turn: Turn, meaning: Meaning, *, source: str) -> Turn:
    words: list[Word] = []
    sentences: list[int] = []
    for text, said in _sentences(turn):
        sentences.append(len(words))
        told = meaning.of(text, source=source).split() or [text]
        unsure = min(word.confidence for word in said)
        timed = spread(told, said[0].start_ms, said[-1].end_ms)
        words += (replace(word, confidence=unsure) for word in timed)
    return replace(turn, words=tuple(words), sentences=tuple(sentences), is_edited=False)


def _sentences(turn: Turn) -> Iterator[tuple[str, tuple[Word, ...]]]:
    ends = (*turn.sentences[1:], len(turn.words))
    for first, end in zip(turn.sentences, ends, strict=True):
        if words := turn.words[first:end]:
            yield " ".join(word.text for word in words), words


def _texts_of_brief(brief: Brief) -> Iterator[str]:
    yield from _texts_of_lines(brief.summary)
    for section in brief.sections:
        yield section.heading
        yield from _texts_of_lines(section.lines)
    for claim in brief.claims:
        yield from (claim.quote.text, claim.note)
    yield from _texts_of_lines(brief.figures)


def _texts_of_lines(lines: tuple[Line, ...]) -> Iterator[str]:
    for line in lines:
        yield line.text
        yield from (quote.text for quote in line.quotes)


def _is_talk(text: str) -> bool:
    """Whether there is anything to translate: a bare figure is the same everywhere."""
    return any(letter.isalpha() for letter in text)


def _figures(text: str) -> Counter[str]:
    """Each without what stands between its digits, in the digits of the Latin script."""
    return Counter(
        "".join(str(digit(letter)) for letter in match[0] if letter.isdecimal())
        for match in _FIGURE.finditer(text)
    )
