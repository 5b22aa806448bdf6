"""The proof of a brief: each quote is found word for word in the turn that it cites, or it goes. Pure.

Comes in: a brief that nobody believes (an engine's draft, an editor's version) and the transcript. Goes out:
the brief that the transcript carries, and what was dropped and why. Never: between quotation marks a word
that was not said; an engine's times, confidences or attributions: all are taken from the transcript.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from stentor.errors import BadInput
from stentor.record.brief import SUMMARY_LINES_MAX, Brief, Claim, Line, Quote, Section
from stentor.record.transcript import Transcript, Turn, Word

_EMBEDDED: Final = re.compile(r'[“"]([^”"]+)[”"]|«\s*([^»]+?)\s*»')
_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")
_EDGES: Final = re.compile(r"^\W+|\W+$")
_APOSTROPHES: Final = str.maketrans("’ʼ‘", "'''")


@dataclass(frozen=True, slots=True)
class Dropped:
    """What did not stand the proof.

    Args:
        text: the words that were to be quoted, or the line that would have rested on nothing.
        turn_id: which turn it named; empty for a line.
        reason: a sentence.
    """

    text: str
    turn_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A brief whose every line can be played, and what is missing from the draft."""

    brief: Brief
    dropped: tuple[Dropped, ...]


def proved(brief: Brief, transcript: Transcript) -> Proof:
    """What of a brief the transcript carries.

    A quote may differ from the transcript in case and in the punctuation around words: it comes out as the
    transcript has it. Lines without a quote that stands, and sections without a line, go.
    """
    proving = _Proving({turn.id: turn for turn in transcript.turns}, brief.translated_from is not None)
    summary = tuple(proving.lines(brief.summary))
    for line in summary[SUMMARY_LINES_MAX:]:
        proving.drop(line.text, "", f"A summary has at most {SUMMARY_LINES_MAX} lines.")
    sections = tuple(proving.sections(brief.sections))
    claims = tuple(proving.claims(brief.claims))
    figures = tuple(proving.lines(brief.figures))
    carried = replace(
        brief,
        transcript=transcript.version,
        names=dict(transcript.names),
        summary=summary[:SUMMARY_LINES_MAX],
        sections=sections,
        claims=claims,
        figures=figures,
    )
    return Proof(carried, tuple(proving.dropped))


def required(brief: Brief, transcript: Transcript) -> Brief:
    """The brief as the transcript has its words.

    Raises: BadInput: a quote or a line does not stand; names the first one.
    """
    proof = proved(brief, transcript)
    if proof.dropped:
        first = proof.dropped[0]
        where = f" (turn {first.turn_id})" if first.turn_id else ""
        raise BadInput(f"“{first.text}”{where} cannot be proved: {first.reason}")
    return proof.brief


def quote(turn: Turn, first: int, end: int) -> Quote:
    """The words [first, end) of a turn as a quote."""
    words = turn.words[first:end]
    return Quote(
        turn_id=turn.id,
        person_id=turn.person_id,
        text=" ".join(word.text for word in words),
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        confidence=min(word.confidence for word in words),
    )


@dataclass(slots=True)
class _Proving:
    """One brief's proof under way."""

    turns: dict[str, Turn]
    is_translation: bool
    dropped: list[Dropped] = field(default_factory=list)

    def drop(self, text: str, turn_id: str, reason: str) -> None:
        self.dropped.append(Dropped(text, turn_id, reason))

    def sections(self, sections: Iterable[Section]) -> Iterator[Section]:
        for section in sections:
            if lines := tuple(self.lines(section.lines)):
                yield replace(section, lines=lines)
            else:
                self.drop(section.heading, "", "None of its lines can be proved.")

    def lines(self, lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            quotes = tuple(stands for quote in line.quotes if (stands := self.quote(quote)))
            if not quotes:
                self.drop(line.text, "", "No quote of it stands in the transcript.")
            elif (unsaid := self._unsaid(line.text, quotes)) is not None:
                self.drop(line.text, "", f"“{unsaid}” is not in the turns that it cites.")
            else:
                yield Line(quotes[0].text if line.is_quote else line.text, quotes)

    def claims(self, claims: Iterable[Claim]) -> Iterator[Claim]:
        for claim in claims:
            if stands := self.quote(claim.quote):
                said = tuple(map(_plain, stands.text.split()))
                figures = tuple(
                    figure
                    for figure in claim.figures
                    if _run(said, tuple(map(_plain, figure.split()))) is not None
                )
                yield replace(claim, quote=stands, figures=figures)

    def quote(self, quote: Quote) -> Quote | None:
        """The quote with the transcript's spelling, times and confidence; None: it does not stand."""
        said = quote.original if self.is_translation and quote.original is not None else quote.text
        turn = self.turns.get(quote.turn_id)
        if turn is None:
            self.drop(quote.text, quote.turn_id, "The transcript has no such turn.")
            return None
        if turn.person_id != quote.person_id:
            self.drop(quote.text, quote.turn_id, "Somebody else said that turn.")
            return None
        found = found_in(turn, said, near_ms=quote.start_ms)
        if found is None:
            self.drop(quote.text, quote.turn_id, "The turn does not have these words in this order.")
            return None
        if self.is_translation and quote.original is not None:
            return replace(found, text=quote.text, original=found.text)
        return found

    def _unsaid(self, text: str, quotes: Sequence[Quote]) -> str | None:
        """A figure, or words between quotation marks, in a line that nobody said in the turns it cites."""
        if self.is_translation:
            return None
        turns = [self.turns[quote.turn_id] for quote in quotes]
        said = {figure for turn in turns for figure in _figures(turn.text)}
        if said and (unsaid := _figures(text) - said):
            # Where figures were said in words, digits cannot be compared, and pass.
            return min(unsaid)
        for match in _EMBEDDED.finditer(text):
            inner = match[1] or match[2]
            if all(found_in(turn, inner, near_ms=0) is None for turn in turns):
                return inner
        return None


def found_in(turn: Turn, text: str, *, near_ms: int) -> Quote | None:
    """The run of whole words of a turn that says this text; of several the one that begins nearest."""
    said = [(index, part) for index, word in enumerate(turn.words) for part in _parts(word)]
    plain = tuple(_plain(part) for _, part in said)
    wanted = tuple(map(_plain, text.split()))
    places = [
        (said[at][0], said[at + len(wanted) - 1][0] + 1)
        for at in _runs(plain, wanted)
        if _is_whole(said, at, at + len(wanted))
    ]
    if not places:
        return None
    first, end = min(places, key=lambda place: abs(turn.words[place[0]].start_ms - near_ms))
    return quote(turn, first, end)


def _figures(text: str) -> set[str]:
    """Figures in digits, «4.2» and «4,2» being the same."""
    return {match[0].replace(",", ".") for match in _FIGURE.finditer(text)}


def _parts(word: Word) -> list[str]:
    return word.text.split() or [word.text]


def _is_whole(said: Sequence[tuple[int, str]], first: int, end: int) -> bool:
    """Whether a run of parts begins and ends with the words of the transcript, not inside of one."""
    begins = first == 0 or said[first - 1][0] != said[first][0]
    return begins and (end == len(said) or said[end][0] != said[end - 1][0])


def _plain(word: str) -> str:
    """A word as it is compared. What has no letter and no figure stays as it is, and so must be there."""
    even = word.translate(_APOSTROPHES)
    return _EDGES.sub("", even).casefold() or even


def _run(said: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next(_runs(said, wanted), None)


def _runs(said: Sequence[str], wanted: Sequence[str]) -> Iterator[int]:
    size = len(wanted)
    if size:
        yield from (at for at in range(len(said) - size + 1) if tuple(said[at : at + size]) == tuple(wanted))
