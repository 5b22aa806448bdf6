"""Transcripts and briefs as they cross the stage door: the shelf's own JSON, described for the contract."""

from pydantic import BaseModel, Field

from stentor.record.brief import Brief
from stentor.record.transcript import Transcript


class WordTold(BaseModel):
    """A word with its punctuation. Times are record time."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float = Field(description="0 to 1; 1 where a person wrote it.")


class TurnTold(BaseModel):
    """What one person said without a longer pause."""

    id: str = Field(description="Lasting: quotes cite it.")
    person_id: str
    words: list[WordTold]
    sentences: list[int] = Field(description="Index of the first word of each sentence.")
    is_edited: bool


class TranscriptTold(BaseModel):
    """One version of it."""

    version: int
    language: str
    engine: str = Field(description="What heard it.")
    names: dict[str, str] = Field(description="Person → name.")
    turns: list[TurnTold]
    is_machine: bool = Field(description="Nobody has corrected it.")
    by: str
    made_ms: int
    translated_from: str | None


class QuoteTold(BaseModel):
    """Somebody's words as the transcript has them."""

    turn_id: str
    person_id: str
    text: str
    start_ms: int
    end_ms: int
    confidence: float
    original: str | None = Field(description="In a translation: the words that were said.")


class LineTold(BaseModel):
    """A sentence about what was said, and the words that it rests on."""

    text: str
    quotes: list[QuoteTold]


class BriefClaimTold(BaseModel):
    """Something that can be checked."""

    quote: QuoteTold
    kind: str
    figures: list[str]
    note: str
    source: str


class SectionTold(BaseModel):
    """A topic."""

    heading: str
    start_ms: int
    end_ms: int
    lines: list[LineTold]


class BriefTold(BaseModel):
    """One version of it."""

    version: int
    transcript: int = Field(description="The version that it cites.")
    language: str
    engine: str
    title: str
    names: dict[str, str]
    summary: list[LineTold]
    sections: list[SectionTold]
    claims: list[BriefClaimTold]
    figures: list[LineTold]
    is_machine: bool
    by: str
    made_ms: int
    translated_from: str | None


class VersionTold(BaseModel):
    """That there is a version, without its text."""

    version: int
    by: str
    made_ms: int
    is_machine: bool

    @classmethod
    def of(cls, text: Transcript | Brief) -> "VersionTold":
        return cls(version=text.version, by=text.by, made_ms=text.made_ms, is_machine=text.is_machine)
