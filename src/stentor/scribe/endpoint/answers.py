"""The forms that a model's answers must have. What stands in them is not believed: `drafting.py` reads it.

Lenient where a part can be left out, so that one wrong word does not cost the whole answer.
"""

from typing import Annotated

from pydantic import BaseModel, Field

from stentor.record.brief import CLAIM_KINDS


class Words(BaseModel):
    """A quotation."""

    turn: int = Field(description="The number in front of the turn.")
    words: str = Field(description="Words of this turn, copied letter by letter, without anything left out.")


class Told(BaseModel):
    """A sentence about what was said."""

    text: str = Field(description="One sentence in reported speech, with the name of who said it.")
    quotes: list[Words] = Field(description="One to three quotations that the sentence rests on.")


class Topic(BaseModel):
    """A stretch of the talk about one thing."""

    heading: str = Field(description="What it is about, in at most eight words.")
    first_turn: int = Field(description="The number of the turn where it begins.")
    lines: list[Told] = Field(description="Two to six sentences, different speakers in turn.")


class Checkable(BaseModel):
    """Something said that can be checked."""

    quote: Words
    kind: Annotated[str, Field(json_schema_extra={"enum": list(CLAIM_KINDS)})]
    figures: list[str] = Field(default=[], description="Numbers, dates and names in the quoted words.")


class PartAnswer(BaseModel):
    """What one part of a talk holds."""

    topics: list[Topic]
    claims: list[Checkable] = []


class InShort(BaseModel):
    """One line of the summary."""

    text: str = Field(description="One sentence.")
    lines: list[int] = Field(description="The numbers of the one to three lines that it rests on.")


class SummaryAnswer(BaseModel):
    """The whole talk in short."""

    summary: list[InShort]


class Translated(BaseModel):
    """One sentence in the other language."""

    number: int
    text: str


class TranslationAnswer(BaseModel):
    """All of them."""

    sentences: list[Translated]
