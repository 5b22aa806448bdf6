"""The crew: everybody of one Space who is more than a listener, and who may do what. Pure.

Comes in: what hosts and people want, with its time. Goes out: the crew after it, or why not. Never: who is
connected (the stage knows), a token, an address.

One record per Space, changed by compare-and-set: the stage follows it, the pages are told of it. Whatever is
not allowed by the record is not on stage, whichever page, token or packet says otherwise.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from stentor.errors import BadInput, Conflict, Full, NotAllowed, NotFound
from stentor.limits import BANS_MAX, LINE_LENGTH_MAX, MEMBERS_MAX, NOTE_LENGTH_MAX
from stentor.space.people import Role, checked_name, plain_text


class Silence(StrEnum):
    """Who closed a microphone, and who may open it."""

    NONE = "none"
    MUTED = "muted"
    """By whomever; the person may open it again, a host only what a host has closed."""
    LOCKED = "locked"
    """By a host; only a host may open it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the crew.

    Args:
        invitation_id: the personal invitation that is this person's capability.
        asked_ms: when they asked to speak last; kept off the line, so that who is put back stands where they
            stood.
        is_waiting: in the line.
        note: what they want to say, a line of text.
        is_source: no person but a programme (an encoder, a file); takes nobody's place on stage.
        is_out: removed: not on stage and not in the line any more, by whichever link.
        has_closed: the person themselves has closed their microphone: nobody else opens it.
        network: keyed hash of where they came from last, for a ban; empty: not known.
    """

    id: str
    name: str
    role: Role
    invitation_id: str
    silence: Silence = Silence.NONE
    asked_ms: int | None = None
    is_waiting: bool = False
    note: str = ""
    is_out: bool = False
    is_source: bool = False
    has_closed: bool = False
    network: str = ""

    @property
    def may_be_on_stage(self) -> bool:
        return self.role.may_speak and not self.is_out

    @property
    def makes_room(self) -> bool:
        """In the audience and nothing else: whoever comes when the crew is full takes this place."""
        return self.role is Role.LISTENER and not self.is_waiting and not self.is_out

    @property
    def is_muted(self) -> bool:
        return self.silence is not Silence.NONE

    def silenced(self, silence: Silence) -> Self:
        """As a host wants it: opened is what a host has closed, never what its owner has."""
        is_kept_closed = silence is Silence.NONE and self.has_closed
        return replace(self, silence=Silence.MUTED if is_kept_closed else silence)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "role": self.role.value, "silence": self.silence.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "role": Role(data["role"]), "silence": Silence(data["silence"])})


class BanKind(StrEnum):
    PERSON = "person"
    INVITATION = "invitation"
    NETWORK = "network"
    """A keyed hash of an address's network, never the address."""


@dataclass(frozen=True, slots=True)
class Ban:
    """What stays out.

    Args:
        name: for people who read the list.
    """

    kind: BanKind
    value: str
    name: str
    by: str
    at_ms: int

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "kind": self.kind.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "kind": BanKind(data["kind"])})


@dataclass(frozen=True, slots=True)
class Crew:
    """One Space's crew.

    Bounds: 600 members (people who have gone make room), 200 in the line, 1,000 bans.
    """

    space_id: str
    members: tuple[Member, ...] = ()
    bans: tuple[Ban, ...] = ()

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────

    def member(self, person_id: str) -> Member:
        """Raises: NotFound."""
        found = self.find(person_id)
        if found is None:
            raise NotFound(f"Nobody with the id {person_id[:60]!r} belongs to this Space.")
        return found

    def find(self, person_id: str) -> Member | None:
        return next((member for member in self.members if member.id == person_id), None)

    @property
    def host(self) -> Member | None:
        return next((m for m in self.members if m.role is Role.HOST and not m.is_out), None)

    @property
    def line(self) -> list[Member]:
        """Who waits to speak, in the order in which they asked."""
        return sorted((m for m in self.members if m.is_waiting), key=lambda m: (m.asked_ms or 0, m.id))

    def place_of(self, person_id: str) -> int | None:
        """In the line, from 1; None: not waiting."""
        return next((n for n, m in enumerate(self.line, 1) if m.id == person_id), None)

    def leader(self, present: Iterable[str]) -> str | None:
        """Who leads: the host while connected, else the co-host who came first.

        Args:
            present: the people who are connected, in order of arrival.
        """
        here = [member for person in present if (member := self.find(person)) and not member.is_out]
        for role in (Role.HOST, Role.COHOST):
            for member in here:
                if member.role is role:
                    return member.id
        return None

    def is_banned(
        self, *, person_id: str = "", invitation_ids: Iterable[str] = (), network: str = ""
    ) -> bool:
        looked_for = {(BanKind.PERSON, person_id), (BanKind.NETWORK, network)}
        looked_for |= {(BanKind.INVITATION, invitation_id) for invitation_id in invitation_ids}
        return any((ban.kind, ban.value) in looked_for for ban in self.bans if ban.value)

    def require_stage(self, person_id: str) -> Member:
        """Raises: NotAllowed: not one who may be on stage."""
        member = self.find(person_id)
        if member is None or member.is_out or self.is_banned(person_id=person_id):
            raise NotAllowed("You were taken out of this Space. Ask the host for a new invitation.")
        if not member.role.may_speak:
            raise NotAllowed("You are in the audience. Ask to speak; the host will bring you on stage.")
        return member

    # ── coming ───────────────────────────────────────────────────────────────────────────────────────

    def invited(
        self, person_id: str, *, name: str, role: Role, invitation_id: str, is_source: bool = False
    ) -> Self:
        """With somebody new, or with another invitation for somebody who is there.

        Raises: Full. BadInput. Conflict: a second host.
        """
        known = self.find(person_id)
        if known is not None:
            return self._with(replace(known, invitation_id=invitation_id), person_id)
        if role is Role.HOST and self.host is not None:
            raise Conflict("A Space has one host. Hand over the host's role, or remove the host first.")
        crew = self._with_room()
        member = Member(person_id, checked_name(name), role, invitation_id, is_source=is_source)
        return replace(crew, members=(*crew.members, member))

    def asked(self, person_id: str, *, note: str, at_ms: int) -> Self:
        """In the line; asking again changes the note and keeps the place.

        Raises: Full: the line. NotAllowed: on stage already, or out. BadInput: the note is too long.
        """
        member = self.member(person_id)
        if member.is_out:
            raise NotAllowed("You were taken out of this Space.")
        if member.role.may_speak:
            raise Conflict("You may speak already.")
        if not member.is_waiting and len(self.line) >= LINE_LENGTH_MAX:
            raise Full("The line of people who want to speak", limit=LINE_LENGTH_MAX)
        asked_ms = member.asked_ms if member.is_waiting else at_ms
        return self._with(
            replace(member, is_waiting=True, asked_ms=asked_ms, note=checked_note(note)), person_id
        )

    def seen(self, person_id: str, *, network: str) -> Self:
        """With where they came from last. Raises: NotFound."""
        return self._with(replace(self.member(person_id), network=network), person_id)

    def forgotten(self, person_ids: Iterable[str]) -> Self:
        """Without these people: their invitation was revoked, so they have no way in. Bans stay."""
        gone = frozenset(person_ids)
        return replace(self, members=tuple(m for m in self.members if m.id not in gone))

    def without_links(self, invitation_ids: Collection[str]) -> Self:
        """These invitations are nobody's any more; whoever had one and stays needs a new one."""
        members = (
            replace(m, invitation_id="") if m.invitation_id in invitation_ids else m for m in self.members
        )
        return replace(self, members=tuple(members))

    # ── the line ─────────────────────────────────────────────────────────────────────────────────────

    def accepted(self, person_id: str, *, speakers_max: int) -> Self:
        """From the line, or the audience, to the stage. Raises: Full: the stage. NotFound. Conflict."""
        member = self._in_crew(person_id)
        if member.role.may_speak:
            return self
        if sum(m.may_be_on_stage and not m.is_source for m in self.members) >= max(speakers_max, 1):
            raise Full("The stage", limit=speakers_max)
        asked_ms = member.asked_ms if member.is_waiting else None
        return self._with(replace(member, role=Role.SPEAKER, is_waiting=False, asked_ms=asked_ms), person_id)

    def declined(self, person_id: str) -> Self:
        """Out of the line, by a host or by themselves; they may ask again, at the end. Raises: NotFound.

        When they asked stays known, so that a host who puts them back gives them the place they had.
        """
        return self._with(replace(self.member(person_id), is_waiting=False), person_id)

    def put_back(self, person_id: str, *, at_ms: int) -> Self:
        """To the line, at the place they had, if any. Raises: NotFound. Conflict: the host; out."""
        self._in_crew(person_id)
        member = self._but_the_host(person_id)
        asked_ms = at_ms if member.asked_ms is None else member.asked_ms
        return self._with(replace(member, role=Role.LISTENER, is_waiting=True, asked_ms=asked_ms), person_id)

    # ── the stage ────────────────────────────────────────────────────────────────────────────────────

    def to_audience(self, person_id: str) -> Self:
        """Off the stage; they may ask to speak again. Raises: NotFound. Conflict: the host."""
        member = self._but_the_host(person_id)
        return self._with(replace(member, role=Role.LISTENER, is_waiting=False, asked_ms=None), person_id)

    def silenced(self, person_id: str, silence: Silence) -> Self:
        """As a host wants it. Raises: NotFound."""
        return self._with(self.member(person_id).silenced(silence), person_id)

    def all_silenced(self, silence: Silence, *, but: str | None, leaders_too: bool = True) -> Self:
        """Everybody but one, usually who asks for it; who is locked stays so unless all are opened.

        Args:
            leaders_too: False: who leads too is neither locked nor unlocked; they are muted like others.
        """

        def changed(member: Member) -> Member:
            wanted, is_locked = silence, member.silence is Silence.LOCKED
            if member.role.may_lead and not leaders_too:
                wanted = Silence.MUTED if is_locked or wanted is Silence.LOCKED else wanted
            stays_locked = wanted is Silence.MUTED and is_locked
            return member if member.is_source or member.id == but or stays_locked else member.silenced(wanted)

        return replace(self, members=tuple(changed(member) for member in self.members))

    def muted_self(self, person_id: str, *, is_muted: bool) -> Self:
        """As the person wants it. Raises: NotFound. NotAllowed: a host has locked their microphone."""
        member = self.member(person_id)
        if member.silence is Silence.LOCKED:
            if is_muted:
                return self._with(replace(member, has_closed=True), person_id)
            raise NotAllowed("A host has closed your microphone. Only a host can open it again.")
        silence = Silence.MUTED if is_muted else Silence.NONE
        return self._with(replace(member, silence=silence, has_closed=is_muted), person_id)

    def with_role(self, person_id: str, role: Role) -> Self:
        """A speaker becomes a co-host, or back. Raises: NotFound. Conflict: about the host; a source."""
        member = self._but_the_host(person_id)
        if role is Role.HOST:
            raise Conflict("A Space has one host: hand over the role.")
        if member.is_out:
            raise Conflict(f"{member.name} was removed.")
        if member.is_source and role.may_lead:
            raise Conflict(f"{member.name} is a programme and cannot lead.")
        is_waiting = member.is_waiting and role is Role.LISTENER
        return self._with(replace(member, role=role, is_waiting=is_waiting), person_id)

    def handed_over(self, to: str) -> Self:
        """The host's role goes to somebody who may be on stage; who had it is a co-host.

        Raises: NotFound. Conflict: not one of the stage.
        """
        heir = self.member(to)
        if heir.is_source:
            raise Conflict(f"{heir.name} is a programme and cannot lead.")
        if not heir.may_be_on_stage:
            raise Conflict(f"{heir.name} may not be on stage. Bring them on stage first.")

        def changed(member: Member) -> Member:
            if member.id == to:
                return replace(member, role=Role.HOST)
            return replace(member, role=Role.COHOST) if member.role is Role.HOST else member

        return replace(self, members=tuple(changed(member) for member in self.members))

    def removed(self, person_id: str) -> Self:
        """Off the stage and out of the line, whichever link they hold.

        Raises: NotFound. Conflict: the host.
        """
        member = self._but_the_host(person_id)
        return self._with(replace(member, is_out=True, is_waiting=False, silence=Silence.LOCKED), person_id)

    def let_back(self, person_id: str) -> Self:
        """Undoes a removal, with every ban of the person; they are in the audience. Raises: NotFound."""
        member = self.member(person_id)
        if not member.is_out:
            return self
        bans = tuple(ban for ban in self.bans if (ban.kind, ban.value) != (BanKind.PERSON, person_id))
        back = replace(member.silenced(Silence.NONE), is_out=False, role=Role.LISTENER)
        return replace(self._with(back, person_id), bans=bans)

    def banned(self, ban: Ban) -> Self:
        """With a ban; a person's takes them out too. Raises: Full. NotFound. Conflict: the host."""
        crew = self.removed(ban.value) if ban.kind is BanKind.PERSON else self
        if any((known.kind, known.value) == (ban.kind, ban.value) for known in crew.bans):
            return crew
        if len(crew.bans) >= BANS_MAX:
            raise Full("The list of bans", limit=BANS_MAX)
        return replace(crew, bans=(*crew.bans, ban))

    def unbanned(self, kind: BanKind, value: str) -> Self:
        return replace(self, bans=tuple(b for b in self.bans if (b.kind, b.value) != (kind, value)))

    # ── within ───────────────────────────────────────────────────────────────────────────────────────

    def _in_crew(self, person_id: str) -> Member:
        member = self.member(person_id)
        if member.is_out:
            raise Conflict(f"{member.name} was removed. Let them back first.")
        return member

    def _but_the_host(self, person_id: str) -> Member:
        member = self.member(person_id)
        if member.role is Role.HOST and not member.is_out:
            raise Conflict("This is the host. Hand over the host's role first.")
        return member

    def _with(self, member: Member, person_id: str) -> Self:
        return replace(self, members=tuple(member if m.id == person_id else m for m in self.members))

    def _with_room(self) -> Self:
        """Who is neither on stage nor waiting makes room, the earliest first; who is out after all others.

        Whoever is out stays so without a record: their link is nobody's, and bans stay. Otherwise a crowd of
        made-up people, all of them removed, would keep everybody else out.

        Raises: Full.
        """
        if len(self.members) < MEMBERS_MAX:
            return self
        first = next((m for m in self.members if m.makes_room), None)
        first = first or next((m for m in self.members if m.is_out), None)
        if first is None:
            raise Full("The list of people of this Space", limit=MEMBERS_MAX)
        return replace(self, members=tuple(m for m in self.members if m is not first))

    def as_json(self) -> dict[str, Any]:
        return {
            "space_id": self.space_id,
            "members": [member.as_json() for member in self.members],
            "bans": [ban.as_json() for ban in self.bans],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            space_id=data["space_id"],
            members=tuple(Member.from_json(m) for m in data["members"]),
            bans=tuple(Ban.from_json(b) for b in data["bans"]),
        )


def checked_note(text: str) -> str:
    """One plain line. Raises: BadInput: too long."""
    note = plain_text(text)
    if len(note) > NOTE_LENGTH_MAX:
        raise BadInput(f"The note has {len(note)} characters; the limit is {NOTE_LENGTH_MAX}. Shorten it.")
    return note
