"""A brief: what was said, in a page, every line with its second. Pure.

Nothing in it stands for itself: each line cites turns of one version of the transcript, and `proof.py` finds
each quote word for word in the turn that it cites.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

from stentor.errors import BadInput
from stentor.record.fields import list_of, number, object_at, object_of, text, text_or_none

SUMMARY_LINES_MAX: Final = 7
CLAIM_KINDS: Final = (
    *("figure", "date", "superlative", "comparison", "cause", "denial", "event"),
    *("projection", "promise"),
)
"""The last two are about what is to come: not true or false yet, and shown apart."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words as the transcript has them.

    Args:
        text: a run of whole words of the turn.
        start_ms, end_ms: of its first and last word, record time.
        confidence: the least sure word's; the page marks what is low.
        original: for a translation the words that were said; `text` is then the translation.
    """

    turn_id: str
    person_id: str
    text: str
    start_ms: int
    end_ms: int
    confidence: float
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence about what was said.

    Args:
        text: for the extractive engine the quote's own words; else reported speech.
        quotes: what it rests on, at least one.
    """

    text: str
    quotes: tuple[Quote, ...]

    @property
    def start_ms(self) -> int:
        return self.quotes[0].start_ms

    @property
    def is_quote(self) -> bool:
        """It is somebody's words and nothing else."""
        return len(self.quotes) == 1 and self.text == self.quotes[0].text

    def quotes_any(self, people: Collection[str]) -> bool:
        return any(quote.person_id in people for quote in self.quotes)

    def tells_of(self, names: Sequence[str]) -> bool:
        """Whether a line in reported speech names one of these."""
        return not self.is_quote and any(name in self.text for name in names)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that can be checked.

    Args:
        kind: one of CLAIM_KINDS. `superlative`: also «the only» and «every»; `denial`: that something is
            not, or never was; `event`: that somebody did or said something.
        figures: the numbers, dates and names in it, as they were said.
        note: an editor's finding; empty until somebody wrote one.
        source: an address that the note rests on.
    """

    quote: Quote
    kind: str
    figures: tuple[str, ...] = ()
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A topic."""

    heading: str
    start_ms: int
    end_ms: int
    lines: tuple[Line, ...]

    def unnaming(self, names: Sequence[str]) -> Self:
        """With a heading that names none of these."""
        heading = self.heading
        for name in names:
            heading = heading.replace(name, "…")
        return replace(self, heading=heading)


@dataclass(frozen=True, slots=True)
class Brief:
    """One version of it.

    Args:
        version: 1 is the machine's first; each edit or new making is one more.
        transcript: the version of the transcript that it cites.
        language: BCP 47.
        engine: `extractive`, or the name of the model.
        names: person id → name as shown.
        summary: at most SUMMARY_LINES_MAX.
        figures: figures and names that were said, each with a quote.
        is_machine: nobody has changed it.
        translated_from: the language it was made in, when this is a translation.
    """

    version: int
    transcript: int
    language: str
    engine: str
    title: str
    names: Mapping[str, str]
    summary: tuple[Line, ...]
    sections: tuple[Section, ...]
    claims: tuple[Claim, ...]
    figures: tuple[Line, ...] = ()
    is_machine: bool = True
    by: str = "machine"
    made_ms: int = 0
    translated_from: str | None = None

    def without(self, people: Collection[str]) -> Self:
        """The same version without what these persons said, and without a sentence of ours that names them.

        A line that tells what they said goes, also where it quotes others too. What others said of them
        stays: those are the others' words.
        """
        gone = [name for person, name in self.names.items() if person in people]

        def lines(found: tuple[Line, ...]) -> tuple[Line, ...]:
            return tuple(line for line in found if not (line.quotes_any(people) or line.tells_of(gone)))

        sections = (replace(section, lines=lines(section.lines)) for section in self.sections)
        return replace(
            self,
            names={person: name for person, name in self.names.items() if person not in people},
            summary=lines(self.summary),
            sections=tuple(section.unnaming(gone) for section in sections if section.lines),
            claims=tuple(claim for claim in self.claims if claim.quote.person_id not in people),
            figures=lines(self.figures),
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"names": dict(self.names)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises: BadInput: not a brief; says what is wrong where."""
        return cls(
            version=number(data, "version"),
            transcript=number(data, "transcript"),
            language=text(data, "language"),
            engine=text(data, "engine"),
            title=text(data, "title"),
            names={str(person): str(name) for person, name in object_at(data, "names").items()},
            summary=tuple(map(_line, list_of(data, "summary"))),
            sections=tuple(map(_section, list_of(data, "sections"))),
            claims=tuple(map(_claim, list_of(data, "claims"))),
            figures=tuple(map(_line, list_of(data, "figures", if_missing=()))),
            is_machine=data.get("is_machine") is not False,
            by=text(data, "by", if_missing="machine"),
            made_ms=number(data, "made_ms", if_missing=0),
            translated_from=text_or_none(data, "translated_from"),
        )


def _line(data: Any) -> Line:
    return Line(text(data, "text"), tuple(map(_quote, list_of(data, "quotes"))))


def _section(data: Any) -> Section:
    return Section(
        heading=text(data, "heading"),
        start_ms=number(data, "start_ms"),
        end_ms=number(data, "end_ms"),
        lines=tuple(map(_line, list_of(data, "lines"))),
    )


def _claim(data: Any) -> Claim:
    kind = text(data, "kind")
    if kind not in CLAIM_KINDS:
        raise BadInput(f"A claim's kind is one of {', '.join(CLAIM_KINDS)}; this one's is {kind[:40]!r}.")
    figures = list_of(data, "figures", if_missing=())
    if not all(isinstance(figure, str) for figure in figures):
        raise BadInput("A claim's figures are texts.")
    return Claim(
        quote=_quote(object_at(data, "quote")),
        kind=kind,
        figures=tuple(figures),
        note=text(data, "note", if_missing=""),
        source=text(data, "source", if_missing=""),
    )


def _quote(data: Any) -> Quote:
    confidence = object_of(data).get("confidence", 1.0)
    if isinstance(confidence, bool) or not isinstance(confidence, int | float):
        raise BadInput("A quote's confidence is a number from 0 to 1.")
    return Quote(
        turn_id=text(data, "turn_id"),
        person_id=text(data, "person_id"),
        text=text(data, "text"),
        start_ms=number(data, "start_ms", if_missing=0),
        end_ms=number(data, "end_ms", if_missing=0),
        confidence=float(confidence),
        original=text_or_none(data, "original"),
    )
