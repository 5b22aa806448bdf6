"""A model's answers become a draft in the record's own nouns. Pure.

Comes in: what a model said of each part. Goes out: lines, topics and claims whose turns exist and whose
persons are those of the turns. Never: a link, a line that tells of somebody and quotes only others, more
lines than a reader takes. Whether the words were said is for `record/proof.py`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from stentor.record.brief import CLAIM_KINDS, Claim, Line, Quote, Section
from stentor.record.chapters import Chapter
from stentor.record.transcript import Transcript
from stentor.scribe.endpoint.answers import Checkable, InShort, PartAnswer, Told, Topic, Words
from stentor.scribe.endpoint.asking import Part

SECTIONS_MAX: Final = 40
LINES_MAX: Final = 8
"""Of one topic."""
CLAIMS_MAX: Final = 60
_QUOTES_MAX: Final = 3
_TEXT_CHARS_MAX: Final = 400
_HEADING_CHARS_MAX: Final = 90
_FIGURES_MAX: Final = 8
_LINK: Final = re.compile(r"://|\bwww\.|\w@\w", re.IGNORECASE)
_NAME_CHARS_MIN: Final = 3


@dataclass
class Drafting:
    """What the parts of one transcript have given so far.

    Args:
        given: how many lines and claims the model has written, those that are left out here included.
    """

    transcript: Transcript
    sections: list[Section] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    given: int = 0

    def add(self, answer: PartAnswer, part: Part) -> None:
        """What a model said of this part; of other turns it says nothing."""
        for topic in answer.topics:
            self.given += len(topic.lines)
            if section := self._section(topic, part):
                self._join(section)
        self.given += len(answer.claims)
        self.claims += [claim for given in answer.claims if (claim := self._claim(given, part))]

    def finished(self, chapters: Sequence[Chapter] = ()) -> tuple[tuple[Section, ...], tuple[Claim, ...]]:
        """By time. Args: chapters: hosts' own; where there are some, they are the topics."""
        end_ms = max((turn.end_ms for turn in self.transcript.turns), default=0)
        ordered = sorted(self.sections, key=lambda section: section.start_ms)[:SECTIONS_MAX]
        if chapters:
            ordered = list(_in_chapters(ordered, chapters))
        ends = [*(later.start_ms for _, later in pairwise(ordered)), end_ms]
        sections = [
            replace(section, end_ms=max(end, section.start_ms))
            for section, end in zip(ordered, ends, strict=True)
        ]
        unique = {(claim.quote.turn_id, claim.quote.text): claim for claim in self.claims}
        by_time = sorted(unique.values(), key=lambda claim: claim.quote.start_ms)
        return tuple(sections), tuple(by_time[:CLAIMS_MAX])

    def _join(self, section: Section) -> None:
        """A topic that goes over the border of two parts is one."""
        last = self.sections[-1] if self.sections else None
        if last is not None and last.heading.casefold() == section.heading.casefold():
            self.sections[-1] = replace(last, lines=(last.lines + section.lines)[:LINES_MAX])
        else:
            self.sections.append(section)

    def _section(self, topic: Topic, part: Part) -> Section | None:
        heading = _plain(topic.heading, chars_max=_HEADING_CHARS_MAX)
        lines = [line for told in topic.lines if (line := self._line(told, part))]
        if heading is None or not lines:
            return None
        lines = sorted(lines[:LINES_MAX], key=lambda line: line.start_ms)
        start_ms = lines[0].start_ms
        if part.first <= topic.first_turn - 1 < part.end:
            start_ms = min(start_ms, self.transcript.turns[topic.first_turn - 1].start_ms)
        return Section(heading, start_ms, start_ms, tuple(lines))

    def _line(self, told: Told, part: Part) -> Line | None:
        text = _plain(told.text, chars_max=_TEXT_CHARS_MAX)
        quotes = tuple(self._quotes(told.quotes[:_QUOTES_MAX], part))
        if text is None or not quotes or tells_of_others(text, quotes, self.transcript):
            return None
        return Line(text, quotes)

    def _claim(self, given: Checkable, part: Part) -> Claim | None:
        quote = next(self._quotes([given.quote], part), None)
        if quote is None or given.kind not in CLAIM_KINDS:
            return None
        return Claim(quote, given.kind, tuple(given.figures[:_FIGURES_MAX]))

    def _quotes(self, given: Iterable[Words], part: Part) -> Iterator[Quote]:
        """Those whose turn is in the part; person and time are the turn's, whatever the model says."""
        for words in given:
            if part.first <= words.turn - 1 < part.end and words.words.strip():
                turn = self.transcript.turns[words.turn - 1]
                yield Quote(turn.id, turn.person_id, words.words, turn.start_ms, turn.end_ms, 1.0)


def summary_of(given: Sequence[InShort], lines: Sequence[Line], transcript: Transcript) -> tuple[Line, ...]:
    """A summary that rests on the quotes of lines.

    Args:
        lines: as they were numbered for the model, from 1.
    """
    found: list[Line] = []
    for short in given:
        text = _plain(short.text, chars_max=_TEXT_CHARS_MAX)
        cited = [lines[number - 1] for number in short.lines if 1 <= number <= len(lines)]
        quotes = tuple(dict.fromkeys(quote for line in cited for quote in line.quotes[:1]))[:_QUOTES_MAX]
        if text and quotes and not tells_of_others(text, quotes, transcript):
            found.append(Line(text, quotes))
    return tuple(found)


def tells_of_others(text: str, quotes: Iterable[Quote], transcript: Transcript) -> bool:
    """Whether a sentence names speakers of the talk, and none of them is quoted under it."""
    quoted = {quote.person_id for quote in quotes}
    named = {person for person in transcript.names if _is_named(person, text, transcript)}
    return bool(named) and not named & quoted


def _is_named(person: str, text: str, transcript: Transcript) -> bool:
    """By the whole name, or by its first word where nobody else has it."""
    name = transcript.names[person]
    firsts = [other.partition(" ")[0] for other in transcript.names.values()]
    first = name.partition(" ")[0]
    called = {name, first} if firsts.count(first) == 1 and len(first) >= _NAME_CHARS_MIN else {name}
    return any(re.search(rf"\b{re.escape(each)}\b", text) for each in called if each)


def _in_chapters(sections: Iterable[Section], chapters: Sequence[Chapter]) -> Iterator[Section]:
    """All lines under the chapters in which they were said; what is before the first with it."""
    lines = sorted((line for section in sections for line in section.lines), key=lambda line: line.start_ms)
    starts = [0, *(chapter.start_ms for chapter in chapters[1:])]
    for at, chapter in enumerate(chapters):
        end_ms = starts[at + 1] if at + 1 < len(starts) else None
        own = tuple(
            line
            for line in lines
            if line.start_ms >= starts[at] and (end_ms is None or line.start_ms < end_ms)
        )
        if own:
            yield Section(chapter.title, chapter.start_ms, chapter.start_ms, own)


def _plain(text: str, *, chars_max: int) -> str | None:
    """One line of text; None: it is empty, far too long, or holds an address to click."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return None if not plain or len(plain) > chars_max or _LINK.search(plain) else plain
