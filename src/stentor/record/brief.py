"""A brief: what was said, in a page, every line with its second. Pure.

Nothing in it stands for itself: each line cites turns of one version of the transcript, and `proof.py` finds
each quote word for word in the turn that it cites.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from stentor.errors import BadInput

SUMMARY_LINES_MAX = 7


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


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that can be checked.

    Args:
        kind: `figure`, `date`, `superlative`, `comparison`, `projection`, `promise` or `cause`.
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

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"names": dict(self.names)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises: BadInput: not a brief."""
        try:
            return cls(
                **{
                    **data,
                    "summary": tuple(map(_line, data["summary"])),
                    "sections": tuple(
                        Section(**{**section, "lines": tuple(map(_line, section["lines"]))})
                        for section in data["sections"]
                    ),
                    "claims": tuple(
                        Claim(
                            **{
                                **claim,
                                "quote": Quote(**claim["quote"]),
                                "figures": tuple(claim.get("figures", ())),
                            }
                        )
                        for claim in data["claims"]
                    ),
                    "figures": tuple(map(_line, data.get("figures", ()))),
                }
            )
        except (KeyError, TypeError) as error:
            raise BadInput(f"This is no brief: {error}.") from None


def _line(data: dict[str, Any]) -> Line:
    return Line(data["text"], tuple(Quote(**quote) for quote in data["quotes"]))
