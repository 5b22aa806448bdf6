"""What the stage door answers. Made by `make docs` from its OpenAPI document; not written by hand.

Fields that this client does not know are passed over, so that an older client works with a newer door.
"""

from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list. `next` is the `cursor` of the next page; None: this was the last."""

    items: tuple[T, ...]
    next: str | None = None


BanKind = Literal["person", "invitation", "network"]
Doors = Literal["lobby", "open", "held", "over"]
DoorsOrder = Literal["auto", "held", "open"]
Rank = Literal["owner", "operator", "host"]
Removal = Literal["none", "waiting", "done"]
Role = Literal["host", "cohost", "speaker", "listener"]
Silence = Literal["none", "muted", "locked"]
State = Literal["scheduled", "green_room", "on_air", "paused", "ending", "ended", "deleted"]
Why = Literal["none", "seats", "line", "joins", "host"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMade:
    """A new account and the one-time link with which its person comes in first."""

    id: str
    name: str
    rank: Rank
    created_ms: int
    seen_ms: int | None
    way: str
    link: str
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTold:
    """Somebody of this house. `way`: how they come in."""

    id: str
    name: str
    rank: Rank
    created_ms: int
    seen_ms: int | None
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BanTold:
    """What stays out."""

    kind: BanKind
    value: str
    name: str
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTold:
    """A personal invitation, told once."""

    token: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTold:
    """One person of the crew."""

    id: str
    name: str
    role: Role
    silence: Silence
    is_waiting: bool
    asked_ms: int | None
    note: str
    is_out: bool
    is_source: bool
    is_here: bool
    is_away: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewTold:
    """A Space's people as those who lead it see them."""

    members: tuple[MemberTold, ...]
    line: tuple[str, ...]
    lead: str | None
    bans: tuple[BanTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTold:
    """One try to tell an endpoint one event."""

    message_id: str
    type: str
    at_ms: int
    try_number: int
    took_ms: int
    status: int | None
    failure: str | None
    again_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNow:
    """The line's last clock; a moment old."""

    at_ms: int
    doors: Doors
    why: Why
    doors_ms: int | None
    waiting: int
    admitted: int
    room: int
    admits_per_s: float
    leaves_per_s: float
    show: float
    wait_low_s: float | None
    wait_high_s: float | None
    heat: int
    hears: bool
    commitment: str
    seed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorsTold:
    """A Space's line as those who lead it see it."""

    doors: DoorsOrder
    listeners_max: int | None
    words: str
    now: LineNow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAskedTold:
    """Somebody wants to end a Space that many are hearing; somebody else must agree within a minute."""

    by: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTold:
    """One line of the event log."""

    at_ms: int
    kind: str
    by: str | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Health."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationTold:
    """An invitation. `link` is told once, when it is made."""

    id: str
    role: Role
    name: str
    is_shared: bool
    person: str | None
    uses: int
    uses_max: int
    expires_ms: int | None
    is_source: bool
    is_revoked: bool
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTold:
    """A one-time link. It is told once."""

    link: str
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MyRecord:
    """What is kept of what somebody says, as they may know it."""

    removal: Removal
    is_own_wish: bool
    is_published: bool
    has_replay: bool
    keep_until_ms: int | None
    is_unwanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceInBrief:
    """A Space as its speakers see it."""

    id: str
    title: str
    state: State
    over_at_ms: int | None
    is_recorded: bool
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who an invitation makes its holder, and where."""

    space: SpaceInBrief
    person: str | None
    name: str
    role: Role
    silence: Silence = "none"
    is_waiting: bool = False
    note: str = ""
    place: int | None = None
    is_source: bool = False
    is_shared: bool = False
    record: MyRecord | None = None
    sent_to: str | None = None
    listen_url: str
    ice_servers: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTold:
    """One question. Where it came from stays here: a ban by it is asked for with the question's id."""

    id: str
    text: str
    name: str
    at_ms: int
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsTold:
    """A Space's questions, the oldest first."""

    is_open: bool
    on_screen: str | None
    items: tuple[QuestionTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesTold:
    """The audience over time. Point k of each list held at `from_ms + k · step_s`; null: not known."""

    step_s: int
    from_ms: int | None
    hearing: tuple[int | None, ...]
    admitted: tuple[int | None, ...]
    arrived: tuple[int | None, ...]
    unknown: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundTold:
    """A file that can be played into the Space."""

    id: str
    name: str
    size_bytes: int
    added_ms: int
    is_playing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceLinks:
    """Where people go. `host` is told once, when the Space is made: only its hash is kept."""

    listen: str
    host: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceTold:
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
    over_at_ms: int | None
    is_private: bool
    speakers_max: int | None
    account_id: str | None
    is_recorded: bool
    language: str
    is_off_shelf: bool
    end_asked: EndAskedTold | None
    links: SpaceLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTold:
    """An endpoint. `secret` is told when it is made and when it is replaced, and never again."""

    id: str
    url: str
    events: tuple[str, ...]
    space: str | None
    created_ms: int
    is_on: bool
    off_ms: int | None
    off_because: str | None
    old_secret_until_ms: int | None
    secret: str | None = None
