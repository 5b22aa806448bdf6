"""The crew as it crosses the stage door: everybody who is more than a listener, and who is there."""

from pydantic import BaseModel, Field

from stentor.backstage.presence import Presence
from stentor.space.crew import Ban, BanKind, Crew, Member, Silence
from stentor.space.people import Role


class MemberTold(BaseModel):
    """One person of the crew."""

    id: str
    name: str
    role: Role
    silence: Silence = Field(description="`locked`: only a host may open this microphone.")
    is_waiting: bool = Field(description="In the line of people who want to speak.")
    asked_ms: int | None = Field(description="When they asked to speak.")
    note: str = Field(description="What they want to say.")
    is_out: bool = Field(description="Removed: not on stage by whichever link.")
    is_source: bool = Field(description="No person but a programme: an encoder, a file.")
    is_here: bool = Field(description="Connected to the stage right now.")
    is_away: bool = Field(description="On stage with a lost connection, since a moment ago.")

    @classmethod
    def of(cls, member: Member, presence: Presence) -> "MemberTold":
        return cls(
            id=member.id,
            name=member.name,
            role=member.role,
            silence=member.silence,
            is_waiting=member.is_waiting,
            asked_ms=member.asked_ms,
            note=member.note,
            is_out=member.is_out,
            is_source=member.is_source,
            is_here=member.id in presence.here,
            is_away=member.id in presence.away,
        )


class BanTold(BaseModel):
    """What stays out."""

    kind: BanKind
    value: str
    name: str
    by: str
    at_ms: int

    @classmethod
    def of(cls, ban: Ban) -> "BanTold":
        return cls(kind=ban.kind, value=ban.value, name=ban.name, by=ban.by, at_ms=ban.at_ms)


class CrewTold(BaseModel):
    """A Space's people as those who lead it see them."""

    members: list[MemberTold]
    line: list[str] = Field(description="Ids of who waits to speak, in the order in which they asked.")
    lead: str | None = Field(description="Who leads on stage now; null: nobody who may is connected.")
    bans: list[BanTold]

    @classmethod
    def of(cls, crew: Crew, presence: Presence) -> "CrewTold":
        return cls(
            members=[MemberTold.of(member, presence) for member in crew.members],
            line=[member.id for member in crew.line],
            lead=presence.lead,
            bans=[BanTold.of(ban) for ban in crew.bans],
        )


class MyselfTold(BaseModel):
    """One person as they are told of themselves."""

    id: str
    name: str
    role: Role
    silence: Silence
    is_waiting: bool
    asked_ms: int | None
    note: str
    is_source: bool
    place: int | None = Field(description="In the line, from 1; null: not waiting.")

    @classmethod
    def of(cls, member: Member, crew: Crew) -> "MyselfTold":
        return cls(
            id=member.id,
            name=member.name,
            role=member.role,
            silence=member.silence,
            is_waiting=member.is_waiting,
            asked_ms=member.asked_ms,
            note=member.note,
            is_source=member.is_source,
            place=crew.place_of(member.id),
        )
