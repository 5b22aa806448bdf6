"""What hosts ask of a record, as JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from stentor.backstage.api.models import Language, Moment, Strict, Title
from stentor.limits import CHAPTERS_MAX, DESCRIPTION_LENGTH_MAX
from stentor.record.brief import SUMMARY_LINES_MAX
from stentor.record.editing import TURN_LENGTH_MAX
from stentor.record.recording import FileFormat

_ID_LENGTH_MAX = 60
_TURNS_MAX = 50_000
_LINES_MAX = 500
_TEXT_LENGTH_MAX = 2_000
_URL_LENGTH_MAX = 2_000
_RECORD_MS_MAX = 1_000_000_000
"""Eleven days."""

Id = Annotated[str, Field(min_length=1, max_length=_ID_LENGTH_MAX)]
RecordMs = Annotated[int, Field(ge=0, le=_RECORD_MS_MAX, description="Milliseconds of record time.")]
Text = Annotated[str, Field(max_length=_TEXT_LENGTH_MAX)]
Version = Annotated[int, Field(ge=1, le=1_000_000, description="The one that was read and changed.")]


class RecordChanges(Strict):
    """What is to change; what is not named stays."""

    is_published: bool = Field(default=True, description="Listeners have the replay.")
    keep_until_ms: Moment | None = Field(default=None, description="Then all of it goes; null: never.")


class FormatWanted(Strict):
    format: FileFormat


class LanguageWanted(Strict):
    language: Language


class ChapterWanted(Strict):
    start_ms: RecordMs
    title: Title


class ChaptersWanted(Strict):
    """All of them. None at all: those that the brief has found."""

    chapters: list[ChapterWanted] = Field(max_length=CHAPTERS_MAX)


class MarkWanted(Strict):
    title: Title


class TurnWanted(Strict):
    """What is to become of one turn; what is not named stays."""

    id: Id
    text: str | None = Field(default=None, min_length=1, max_length=TURN_LENGTH_MAX)
    person: Id | None = Field(default=None, description="It was said by somebody else.")
    removed: bool = False


class TranscriptWanted(Strict):
    version: Version
    turns: list[TurnWanted] = Field(max_length=_TURNS_MAX, description="Those that change.")


class Passing(BaseModel):
    """Takes what the door has told, changed: what is the machine's is passed over."""

    model_config = ConfigDict(extra="ignore")


class QuoteWanted(Passing):
    """Words of a turn, in their order; times and confidence are the transcript's."""

    turn_id: Id
    person_id: Id
    text: Text
    start_ms: RecordMs = Field(description="Where about; of two places with these words the nearer is meant.")
    original: Text | None = Field(default=None, description="In a translation: the words that were said.")


class LineWanted(Passing):
    text: Text
    quotes: list[QuoteWanted] = Field(min_length=1, max_length=20)


class BriefClaimWanted(Passing):
    quote: QuoteWanted
    kind: Annotated[str, Field(max_length=20)]
    figures: list[Annotated[str, Field(max_length=140)]] = Field(default=[], max_length=20)
    note: str = Field(default="", max_length=DESCRIPTION_LENGTH_MAX)
    source: str = Field(default="", max_length=_URL_LENGTH_MAX, description="What the note rests on.")


class SectionWanted(Passing):
    heading: Title
    start_ms: RecordMs
    end_ms: RecordMs
    lines: list[LineWanted] = Field(max_length=_LINES_MAX)


class BriefWanted(Passing):
    """All of it, as it was told, with changes. Each quote is proved again."""

    version: Version
    title: Title
    summary: list[LineWanted] = Field(max_length=SUMMARY_LINES_MAX)
    sections: list[SectionWanted] = Field(max_length=100)
    claims: list[BriefClaimWanted] = Field(max_length=_LINES_MAX)
    figures: list[LineWanted] = Field(max_length=_LINES_MAX)
