"""The extractive brief: who said what about which topic, in their own words. Works offline, always the same.

Comes in: a transcript. Goes out: a draft of lines that are quotes. Never: a word of its own but the headings,
which are words of the talk too.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from stentor.record.brief import SUMMARY_LINES_MAX, Brief, Line, Section
from stentor.scribe.brief.balance import Candidate, by_lines, by_time, choose, excess, shares_of
from stentor.scribe.brief.claims import claims
from stentor.scribe.brief.headings import headings
from stentor.scribe.brief.lexicon import Lexicon, lexicon
from stentor.scribe.brief.likeness import MODEL_LANGUAGE, Likeness, SentenceModel, Vectors, WordCounts
from stentor.scribe.brief.mentions import mentions
from stentor.scribe.brief.passages import Passage, passages, sentences
from stentor.scribe.brief.port import Material
from stentor.scribe.brief.ranking import ranks
from stentor.scribe.brief.topics import Topic, topics

NAME: Final = "extractive"
CLAIMS_MAX: Final = 40
MENTIONS_MAX: Final = 24
PASSAGES_MAX: Final = 8_000
"""About ten hours of talk; of a longer one every second passage is judged, or every third."""
_LINES_MIN, _LINES_MAX = 2, 4
_LINE_EACH_MS: Final = 60_000
_SUMMARY_MIN: Final = 4
"""A talk of one topic still has a summary, as far as it has lines."""


class Extractive:
    """The engine that needs nothing.

    Args:
        model: folder of the sentence model (`weights.folder_of(MINILM, …)`); None: likeness by words.
    """

    def __init__(self, model: Path | None = None) -> None:
        self._folder = model

    @property
    def name(self) -> str:
        return NAME

    async def draft(self, material: Material) -> Brief:
        """Bounds: about 10 s of a core for an hour of talk, in a thread of its own."""
        return await asyncio.to_thread(self.drafted, material)

    def drafted(self, material: Material) -> Brief:
        """The draft, made by the calling thread."""
        transcript = material.transcript
        table = lexicon(transcript.language)
        said = sentences(transcript)
        found = _bounded(passages(said, table))
        vectors = self._likeness(transcript.language, table).vectors([passage.text for passage in found])
        end_ms = max((turn.end_ms for turn in transcript.turns), default=0)
        cut = topics(found, vectors, table, chapters=material.chapters, end_ms=end_ms)
        talk = _Talk(found, vectors, cut, table)
        return Brief(
            version=1,
            transcript=transcript.version,
            language=transcript.language,
            engine=NAME,
            title=material.title,
            names=dict(transcript.names),
            summary=talk.summary(),
            sections=talk.sections(tuple(transcript.names.values())),
            claims=tuple(claims(said, table, most=CLAIMS_MAX)),
            figures=mentions(said, table, speakers=transcript.names.values(), most=MENTIONS_MAX),
        )

    def _likeness(self, language: str, table: Lexicon) -> Likeness:
        if self._folder is not None and language.partition("-")[0] == MODEL_LANGUAGE:
            return self._model
        return WordCounts(table)

    @cached_property
    def _model(self) -> SentenceModel:
        assert self._folder is not None
        return SentenceModel(self._folder)


@dataclass
class _Talk:
    """Passages in their topics, and the lines chosen among them."""

    found: Sequence[Passage]
    vectors: Vectors
    cut: Sequence[Topic]
    table: Lexicon

    def sections(self, speakers: Sequence[str]) -> tuple[Section, ...]:
        named = headings(
            [self.found[topic.first : topic.end] for topic in self.cut], self.table, speakers=speakers
        )
        return tuple(
            Section(
                heading=topic.title or named[index],
                start_ms=topic.start_ms,
                end_ms=topic.end_ms,
                lines=tuple(self._line(line) for line in self.lines if line.topic == index),
            )
            for index, topic in enumerate(self.cut)
        )

    def summary(self) -> tuple[Line, ...]:
        """The best line of each of the longest topics, then what else is best, ordered by time.

        Nobody has more of it than their share of the talk and 20 points, as far as the lines allow it.
        """
        longest = sorted(range(len(self.cut)), key=lambda at: self.cut[at].start_ms - self.cut[at].end_ms)
        chosen: list[Candidate] = []
        for topic in sorted(longest[:SUMMARY_LINES_MAX]):
            chosen.append(self._next([line for line in self.lines if line.topic == topic], chosen))
        while len(chosen) < min(_SUMMARY_MIN, SUMMARY_LINES_MAX):
            left = [line for line in self.lines if line not in chosen]
            if not left:
                break
            chosen.append(self._next(left, chosen))
        return tuple(self._line(line) for line in sorted(chosen, key=lambda line: line.index))

    def _next(self, lines: Sequence[Candidate], chosen: Sequence[Candidate]) -> Candidate:
        """The best line that gives nobody too much; else the one that gives least."""
        shares = shares_of(self.candidates, by_time)
        return max(
            lines,
            key=lambda line: (
                -max(excess([*chosen, line], shares, by_lines)[0], 0.0),
                line.score,
                -line.index,
            ),
        )

    @cached_property
    def candidates(self) -> list[Candidate]:
        return [
            Candidate(at, index, passage.person_id, passage.end_ms - passage.start_ms, float(score))
            for index, topic in enumerate(self.cut)
            for at, passage, score in zip(
                range(topic.first, topic.end),
                self.found[topic.first : topic.end],
                ranks(self.found[topic.first : topic.end], self.vectors[topic.first : topic.end], self.table),
                strict=True,
            )
        ]

    @cached_property
    def lines(self) -> list[Candidate]:
        wanted = [
            min(max(round((topic.end_ms - topic.start_ms) / _LINE_EACH_MS), _LINES_MIN), _LINES_MAX)
            for topic in self.cut
        ]
        return choose(
            self.candidates, wanted=wanted, alike=lambda a, b: float(self.vectors[a] @ self.vectors[b])
        )

    def _line(self, line: Candidate) -> Line:
        quote = self.found[line.index].quote()
        return Line(quote.text, (quote,))


def _bounded(found: list[Passage]) -> list[Passage]:
    return found[:: -(-len(found) // PASSAGES_MAX) or 1]
