"""What the stage door answers about a record. Made by `make docs`; not written by hand."""

from dataclasses import dataclass
from typing import Any, Literal

Stage = Literal["none", "running", "made", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTold:
    """Somebody's words as the transcript has them."""

    turn_id: str
    person_id: str
    text: str
    start_ms: int
    end_ms: int
    confidence: float
    original: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefClaimTold:
    """Something that can be checked."""

    quote: QuoteTold
    kind: str
    figures: tuple[str, ...]
    note: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTold:
    """A sentence about what was said, and the words that it rests on."""

    text: str
    quotes: tuple[QuoteTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionTold:
    """A topic."""

    heading: str
    start_ms: int
    end_ms: int
    lines: tuple[LineTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefTold:
    """One version of it."""

    version: int
    transcript: int
    language: str
    engine: str
    title: str
    names: dict[str, Any]
    summary: tuple[LineTold, ...]
    sections: tuple[SectionTold, ...]
    claims: tuple[BriefClaimTold, ...]
    figures: tuple[LineTold, ...]
    is_machine: bool
    by: str
    made_ms: int
    translated_from: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterTold:
    """Where something new begins. `is_machine`: found by the brief, not set by a host."""

    start_ms: int
    title: str
    is_machine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaptersTold:
    """All of them, by their beginnings."""

    items: tuple[ChapterTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTold:
    """A file of the record."""

    name: str
    size_bytes: int
    sha256: str
    mime: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HitTold:
    """A turn in which everything was said."""

    space: str
    title: str
    turn: str
    person: str
    name: str
    start_ms: int
    text: str
    marks: tuple[tuple[Any, ...], ...]
    is_machine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HitsTold:
    """The best first."""

    items: tuple[HitTold, ...]
    listen_urls: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPerson:
    """Somebody who is heard in the record. Where their own file begins, and how long it is; 0: none yet."""

    id: str
    name: str
    role: str
    voice_start_ms: int = 0
    voice_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTold:
    """What is kept of a Space, what is being made of it, and what still waits."""

    is_recorded: bool
    programme: Stage
    transcript: Stage
    brief: Stage
    problem: str | None
    sealed_ms: int | None
    edition: int
    duration_ms: int
    is_published: bool
    is_unwanted: bool
    is_gone: bool
    keep_until_ms: int | None
    formats: dict[str, Any]
    languages: dict[str, Any]
    transcript_version: int
    brief_version: int
    removed: tuple[str, ...]
    removing: tuple[str, ...]
    withdrawn: tuple[str, ...]
    chapters: tuple[ChapterTold, ...]
    people: tuple[RecordedPerson, ...]
    files: tuple[FileTold, ...]
    listen_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordTold:
    """A word with its punctuation. Times are record time."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTold:
    """What one person said without a longer pause."""

    id: str
    person_id: str
    words: tuple[WordTold, ...]
    sentences: tuple[int, ...]
    is_edited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptTold:
    """One version of it."""

    version: int
    language: str
    engine: str
    names: dict[str, Any]
    turns: tuple[TurnTold, ...]
    is_machine: bool
    by: str
    made_ms: int
    translated_from: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTold:
    """That there is a version, without its text."""

    version: int
    by: str
    made_ms: int
    is_machine: bool
