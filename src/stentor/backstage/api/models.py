"""What crosses the stage door as JSON. The OpenAPI document is made from these; pages' types follow it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from stentor.limits import NAME_LENGTH_MAX, SPACE_ID_LENGTH_MAX, TITLE_LENGTH_MAX
from stentor.space.invitation import Invitation
from stentor.space.lifecycle import State
from stentor.space.people import Role
from stentor.space.record import Space

Title = Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH_MAX)]
Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]


class _Strict(BaseModel):
    """A field that nobody knows is a mistake of the caller, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


class SpaceWanted(_Strict):
    """A Space to be made. Without an id the title makes one."""

    id: Annotated[str, Field(max_length=SPACE_ID_LENGTH_MAX)] | None = None
    title: Title


class StateWanted(_Strict):
    state: State


class InvitationWanted(_Strict):
    role: Role
    name: Name | None = None


class MuteWanted(_Strict):
    muted: bool


class SpaceLinks(BaseModel):
    """Where people go. `host` is told once, when the Space is made: only its hash is kept."""

    listen: str
    host: str | None = None


class SpaceTold(BaseModel):
    """A Space as the owner and its host see it."""

    id: str
    title: str
    state: State
    created_ms: int
    epoch_ms: int | None
    on_air_ms: int | None
    ended_ms: int | None
    links: SpaceLinks

    @classmethod
    def of(cls, space: Space, links: SpaceLinks) -> "SpaceTold":
        return cls(**space.as_json(), links=links)


class InvitationTold(BaseModel):
    """An invitation. `link` is told once, when it is made."""

    id: str
    role: Role
    name: str
    is_revoked: bool = False
    link: str | None = None

    @classmethod
    def of(cls, invitation: Invitation, *, link: str | None = None) -> "InvitationTold":
        return cls(
            id=invitation.id,
            role=invitation.role,
            name=invitation.name,
            is_revoked=invitation.is_revoked,
            link=link,
        )


class SpaceInBrief(BaseModel):
    id: str
    title: str
    state: State


class Me(BaseModel):
    """Who an invitation makes its holder, and where."""

    space: SpaceInBrief
    person: str
    name: str
    role: Role
    listen_url: str
    ice_servers: list[dict[str, Any]]


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    retry_after_s: float | None = None


class Health(BaseModel):
    status: str
