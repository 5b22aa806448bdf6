"""Making an invitation: its record, its holder's place in the crew, and the token that is told once.

Comes in: who is to come, as what. Goes out: the invitation and its token. Never: a token that is kept, a
personal invitation whose holder the crew does not know.
"""

from dataclasses import dataclass

from stentor.backstage.access.asker import Holder
from stentor.backstage.door import Door
from stentor.errors import NotAllowed
from stentor.space.crew import Crew
from stentor.space.invitation import Invitation
from stentor.space.names import new_id, new_token
from stentor.space.people import Role, checked_name


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation and its token, which is told once and kept by nobody."""

    invitation: Invitation
    token: str


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is to come.

    Args:
        person_id: somebody of the crew whose link was lost; None: somebody new.
        parent_id: the shared invitation that they came by.
        network: keyed hash of where they came from; empty: not known.
        asked_ms: they come to stand in the line, with their note.
    """

    name: str
    role: Role
    person_id: str | None = None
    parent_id: str | None = None
    expires_ms: int | None = None
    is_source: bool = False
    network: str = ""
    asked_ms: int | None = None
    note: str = ""


async def invite(door: Door, space_id: str, guest: Guest) -> Made:
    """Makes a personal invitation and its holder's place in the crew.

    A link that was lost is made again for the same person; the old one ends.

    Raises: Full. Conflict: a second host. BadInput: the name. NotFound: `person_id` is nobody's. LogAway.
    """
    old = (await door.crews.get(space_id)).member(guest.person_id) if guest.person_id else None
    invitation = Invitation(
        new_id(),
        space_id,
        new_id() if old is None else old.id,
        checked_name(guest.name) if old is None else old.name,
        guest.role if old is None else old.role,
        parent_id=guest.parent_id,
        created_ms=door.clock.wall_ms(),
        expires_ms=guest.expires_ms,
        is_source=guest.is_source if old is None else old.is_source,
    )
    await door.crews.change(space_id, lambda crew: _with_guest(crew, invitation, guest))
    made = Made(invitation, new_token())
    await door.invitations.create(invitation, token=made.token)
    if old is not None and old.invitation_id:
        await door.invitations.revoke_one(space_id, old.invitation_id)
    return made


async def invite_many(
    door: Door, space_id: str, *, name: str, role: Role, uses_max: int, expires_ms: int | None
) -> Made:
    """Makes a shared invitation: each who uses it gives a name and gets a personal one.

    Raises: BadInput: the name, or for too many. LogAway.
    """
    invitation = Invitation(
        new_id(),
        space_id,
        None,
        checked_name(name),
        role,
        uses_max=uses_max,
        created_ms=door.clock.wall_ms(),
        expires_ms=expires_ms,
    )
    made = Made(invitation, new_token())
    await door.invitations.create(invitation, token=made.token)
    return made


async def let_in(door: Door, who: Holder, *, network: str) -> None:
    """Notes where somebody comes from, and asks whether they may: for who joins or wants to speak.

    Who may lead is let in from a banned network: a host who shares one with a guest does not lock
    themselves out.

    Raises: NotAllowed: banned. LogAway.
    """
    crew = await door.crews.get(who.space_id)
    if not who.role.may_lead and crew.is_banned(person_id=who.person_id, network=network):
        raise NotAllowed("The host of this Space has closed it for you.")
    if network:
        await door.crews.change(who.space_id, lambda crew: crew.seen(who.person_id, network=network))


def _with_guest(crew: Crew, invitation: Invitation, guest: Guest) -> Crew:
    person_id = invitation.person_id
    assert person_id is not None
    crew = crew.invited(
        person_id,
        name=invitation.name,
        role=invitation.role,
        invitation_id=invitation.id,
        is_source=invitation.is_source,
    )
    if guest.network:
        crew = crew.seen(person_id, network=guest.network)
    if guest.asked_ms is not None:
        crew = crew.asked(person_id, note=guest.note, at_ms=guest.asked_ms)
    return crew
