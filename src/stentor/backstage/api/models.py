"""What crosses the stage door as JSON. The OpenAPI document is made from these; pages' types follow it."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from stentor.errors import BadInput
from stentor.limits import (
    DESCRIPTION_LENGTH_MAX,
    NAME_LENGTH_MAX,
    SPACE_ID_LENGTH_MAX,
    TITLE_LENGTH_MAX,
)
from stentor.record.recording import Recording
from stentor.space.crew import Silence
from stentor.space.lifecycle import State
from stentor.space.names import checked_language
from stentor.space.people import Role, plain_lines, plain_text
from stentor.space.record import Space

MOMENT_MS_MAX = 4_102_444_800_000
"""The year 2100: what is later was meant in other units."""
SPEAKERS_MAX = 60
"""As the setting `speakers_max` allows at most."""
LANGUAGE_LENGTH_MAX = 12
"""Language, script and region: `zh-Hant-TW`."""


def _one_line(text: str) -> str:
    line = plain_text(text)
    if not line:
        raise ValueError("there is no letter in it")
    return line


def _language(text: str) -> str:
    try:
        return checked_language(text)
    except BadInput as error:
        raise ValueError(error.detail) from None


Title = Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH_MAX), AfterValidator(_one_line)]
Description = Annotated[str, Field(max_length=DESCRIPTION_LENGTH_MAX), AfterValidator(plain_lines)]
Moment = Annotated[int, Field(ge=0, le=MOMENT_MS_MAX, description="Milliseconds since 1970.")]
Speakers = Annotated[int, Field(ge=1, le=SPEAKERS_MAX)]
Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
Language = Annotated[
    str,
    Field(max_length=LANGUAGE_LENGTH_MAX, description="BCP 47.", examples=["en", "pt-BR"]),
    AfterValidator(_language),
]


class Strict(BaseModel):
    """A field that nobody knows is a mistake of the caller, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


class SpaceWanted(Strict):
    """A Space to be made. Without an id the title makes one."""

    id: Annotated[str, Field(max_length=SPACE_ID_LENGTH_MAX)] | None = Field(
        default=None, examples=["town-hall"]
    )
    title: Title = Field(examples=["Should our city make its buses free?"])
    description: Description = ""
    starts_ms: Moment | None = Field(default=None, description="When it is announced for.")
    is_private: bool = Field(default=False, description="Listeners need the link with its key.")
    speakers_max: Speakers | None = Field(default=None, description="On its stage; null: the house's limit.")
    is_recorded: bool = Field(default=True, description="Its speakers are told before they join.")
    language: Language = Field(default="en", description="What is spoken: captions listen for it.")


class SpaceChanges(Strict):
    """What is to change; what is not named stays."""

    title: Title = ""
    description: Description = ""
    starts_ms: Moment | None = None
    is_private: bool = False
    speakers_max: Speakers | None = None
    is_recorded: bool = Field(default=True, description="Until it has been on the air; then 409.")
    language: Language = Field(default="en", description="Of what is heard from then on.")


class StateAsked(StrEnum):
    """What can be asked for; `ending` and `deleted` come about by `ended` and DELETE."""

    SCHEDULED = "scheduled"
    GREEN_ROOM = "green_room"
    ON_AIR = "on_air"
    PAUSED = "paused"
    ENDED = "ended"


class StateWanted(Strict):
    state: StateAsked


class MuteWanted(Strict):
    muted: bool


class SpaceLinks(BaseModel):
    """Where people go. `host` is told once, when the Space is made: only its hash is kept."""

    listen: str
    host: str | None = None


class EndAskedTold(BaseModel):
    """Somebody wants to end a Space that many are hearing; somebody else must agree within a minute."""

    by: str
    at_ms: int


class SpaceTold(BaseModel):
    """A Space as those who lead it see it."""

    id: str
    title: str
    description: str
    state: State
    created_ms: int
    starts_ms: int | None
    epoch_ms: int | None
    on_air_ms: int | None
    ended_ms: int | None
    over_at_ms: int | None = Field(description="`ending`, `deleted`: until then it can be undone.")
    is_private: bool
    speakers_max: int | None
    account_id: str | None = Field(description="Whose it is; null: the house's own.")
    is_recorded: bool
    language: str = Field(description="What is spoken, BCP 47.")
    is_off_shelf: bool = Field(
        description="`deleted`: its recording is gone everywhere; the rest goes with the record of the Space."
    )
    end_asked: EndAskedTold | None
    links: SpaceLinks

    @classmethod
    def of(cls, space: Space, links: SpaceLinks) -> "SpaceTold":
        known = space.as_json()
        del known["listen_key"]
        return cls(**known, is_private=space.is_private, links=links)


class SpaceInBrief(BaseModel):
    """A Space as its speakers see it."""

    id: str
    title: str
    state: State
    over_at_ms: int | None = Field(description="`ending`: when it becomes `ended`, unless that is undone.")
    is_recorded: bool = Field(description="What is said on its stage is kept: to be told before one joins.")
    language: str = Field(description="What is spoken, BCP 47.")

    @classmethod
    def of(cls, space: Space) -> "SpaceInBrief":
        return cls(
            id=space.id,
            title=space.title,
            state=space.state,
            over_at_ms=space.over_at_ms,
            is_recorded=space.is_recorded,
            language=space.language,
        )


class Removal(StrEnum):
    """Whether somebody is taken out of the record."""

    NONE = "none"
    WAITING = "waiting"
    """Until it is done it can be taken back by who asked for it."""
    DONE = "done"


class MyRecord(BaseModel):
    """What is kept of what somebody says, as they may know it."""

    removal: Removal
    is_own_wish: bool = Field(description="They asked for the removal, not a host.")
    is_published: bool = Field(description="Listeners have the replay, once it is made.")
    has_replay: bool
    keep_until_ms: int | None = Field(description="When all of it goes by itself; null: no such time is set.")
    is_unwanted: bool = Field(description="The record is being deleted, or was.")

    @classmethod
    def of(cls, recording: Recording, person_id: str) -> "MyRecord":
        wishes = recording.wishes
        removal = Removal.WAITING if person_id in wishes.removed else Removal.NONE
        return cls(
            removal=Removal.DONE if person_id in recording.are_out else removal,
            is_own_wish=person_id in wishes.withdrawn,
            is_published=wishes.is_published,
            has_replay=recording.has_replay and not recording.waits_for_removal,
            keep_until_ms=wishes.keep_until_ms,
            is_unwanted=wishes.is_unwanted or recording.made.is_gone,
        )


class Me(BaseModel):
    """Who an invitation makes its holder, and where."""

    space: SpaceInBrief
    person: str | None = Field(description="null: a shared invitation; give a name first.")
    name: str
    role: Role
    silence: Silence = Silence.NONE
    is_waiting: bool = False
    note: str = ""
    place: int | None = Field(default=None, description="In the line, from 1.")
    is_source: bool = False
    is_shared: bool = False
    record: MyRecord | None = Field(default=None, description="null: not recorded, or a shared invitation.")
    sent_to: str | None = Field(
        default=None,
        description="The host whose language model is sent what is said and by whom; null: nobody's.",
        examples=["llm.example.org"],
    )
    listen_url: str
    ice_servers: list[dict[str, Any]] = []


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    retry_after_s: float | None = None


class Health(BaseModel):
    status: str
