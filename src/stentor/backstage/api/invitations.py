"""Invitations: links that bring people on stage. Whoever leads a Space makes and revokes them."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from stentor.backstage.access.asker import Asker, Leader
from stentor.backstage.api.idempotency import OnceHere
from stentor.backstage.api.models import Name, Strict
from stentor.backstage.api.over_leaders import leads_all
from stentor.backstage.api.pages_of import Page, PageWanted, paged
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.inviting import Guest, Made, invite, invite_many
from stentor.backstage.moves import changed_crew, living_space
from stentor.errors import BadInput, Full, NoAnswer, NotAllowed, RemoteProblem
from stentor.limits import INVITATION_USES_MAX, INVITATIONS_PER_SPACE_MAX, STAGE_ANSWER_TIMEOUT_S
from stentor.space.crew import Crew
from stentor.space.invitation import Invitation
from stentor.space.people import Role

_DEFAULT_NAMES = {Role.HOST: "Host", Role.COHOST: "Co-host", Role.SPEAKER: "Speaker", Role.LISTENER: "Guest"}

InvitationId = Annotated[str, Path(min_length=1, max_length=60, description="As the list names it.")]

routes = APIRouter(prefix="/api/spaces/{space_id}/invitations", tags=["invitations"])


class InvitationWanted(Strict):
    """A link to be made: for one person, or with `uses_max` over 1 for several who give their names."""

    role: Role
    name: Name | None = Field(default=None, examples=["Maya"])
    person: str | None = Field(
        default=None, max_length=60, description="Somebody of the crew who lost their link; the old one ends."
    )
    uses_max: int = Field(default=1, ge=1, le=INVITATION_USES_MAX, description="Over 1: a shared link.")
    expires_ms: int | None = Field(default=None, ge=0, description="From then on it lets nobody new in.")
    is_source: bool = Field(default=False, description="For an encoder or a file, mixed as it comes.")


class InvitationTold(BaseModel):
    """An invitation. `link` is told once, when it is made."""

    id: str
    role: Role
    name: str
    is_shared: bool
    person: str | None = Field(description="Whose it is; null: shared.")
    uses: int = Field(description="People who have used it.")
    uses_max: int
    expires_ms: int | None
    is_source: bool
    is_revoked: bool
    link: str | None = None

    @classmethod
    def of(cls, invitation: Invitation, *, link: str | None = None) -> "InvitationTold":
        return cls(
            id=invitation.id,
            role=invitation.role,
            name=invitation.name,
            is_shared=invitation.is_shared,
            person=invitation.person_id,
            uses=invitation.uses,
            uses_max=invitation.uses_max,
            expires_ms=invitation.expires_ms,
            is_source=invitation.is_source,
            is_revoked=invitation.is_revoked,
            link=link,
        )


@routes.post("", status_code=201)
async def create_invitation(
    space_id: str, wanted: InvitationWanted, who: Leader, door: DoorHere, once: OnceHere
) -> InvitationTold:
    """Makes a link. Only accounts make another host's; only who leads makes a co-host's."""
    return await once.told(InvitationTold, by=who.id, make=lambda: _told(space_id, wanted, who, door))


async def _told(space_id: str, wanted: InvitationWanted, who: Asker, door: Door) -> InvitationTold:
    await _must_be_allowed(door, space_id, wanted, who)
    await living_space(door, space_id)
    if len(await _made_by_hosts(door, space_id)) >= INVITATIONS_PER_SPACE_MAX:
        raise Full("The list of invitations", limit=INVITATIONS_PER_SPACE_MAX)
    made = await _made(door, space_id, wanted)
    door.events.note(
        space_id, "invited", by=who.id, invitation=made.invitation.id, role=made.invitation.role.value
    )
    return InvitationTold.of(made.invitation, link=door.invitation_link(made.token))


@routes.get("")
async def list_invitations(
    space_id: str,
    who: Leader,  # noqa: ARG001
    door: DoorHere,
    cut: PageWanted,
) -> Page[InvitationTold]:
    """Those that hosts have made, revoked ones too, without their links; the oldest first.

    What people got by a shared link or by asking to speak is theirs alone and not listed.
    """
    await door.spaces.get(space_id)
    return paged(
        await _made_by_hosts(door, space_id),
        cut,
        key=lambda invitation: (invitation.created_ms, invitation.id),
        tell=InvitationTold.of,
    )


@routes.delete("/{invitation_id}", status_code=204)
async def revoke_invitation(space_id: str, invitation_id: InvitationId, who: Leader, door: DoorHere) -> None:
    """The link ends, those who came by it too, and so does their stay on stage. Again is no error.

    403: the link of a host or a co-host, by another co-host while the host is there.
    """
    await _must_be_over(door, space_id, invitation_id, who)
    host = (await door.crews.get(space_id)).host
    revoked = await door.invitations.revoke(space_id, invitation_id)
    ids = {invitation.id for invitation in revoked}

    def without(crew: Crew) -> Crew:
        # A person who was given a new link meanwhile stays; a host is never taken out by a link.
        gone = [m.id for m in crew.members if m.invitation_id in ids and m.role is not Role.HOST]
        return crew.forgotten(gone).without_links(ids)

    await changed_crew(door, space_id, without, kind="revoked", by=who.id, invitation=invitation_id)
    if host is not None and host.invitation_id in ids:
        await _off_stage(door, space_id, host.id)


async def _must_be_over(door: Door, space_id: str, invitation_id: str, who: Asker) -> None:
    """Raises: NotAllowed: it is, or has brought, a host or a co-host, who is not the asker."""
    crew = await door.crews.get(space_id)
    meant = [i for i in await door.invitations.of_space(space_id) if invitation_id in {i.id, i.parent_id}]
    ids = {i.id for i in meant}
    is_about_leaders = any(i.role.may_lead and i.person_id != who.person_id for i in meant) or any(
        m.invitation_id in ids and m.role.may_lead and m.id != who.person_id for m in crew.members
    )
    if is_about_leaders and not await leads_all(who, door, space_id):
        raise NotAllowed("Only who leads this Space takes back a host's or a co-host's link.")


async def _must_be_allowed(door: Door, space_id: str, wanted: InvitationWanted, who: Asker) -> None:
    """Raises: NotAllowed. BadInput: a combination that cannot mean anything."""
    is_shared = wanted.uses_max > 1
    if is_shared and (wanted.person or wanted.is_source or wanted.role is Role.HOST):
        raise BadInput("A shared invitation (uses_max over 1) is for new speakers, co-hosts or guests only.")
    if wanted.is_source and wanted.role is not Role.SPEAKER:
        raise BadInput("A source (is_source) is a speaker: a programme neither leads nor listens.")
    role = wanted.role
    if wanted.person is not None:
        role = (await door.crews.get(space_id)).member(wanted.person).role
    if role is Role.HOST and who.account is None:
        raise NotAllowed("A Space has one host; only an account of this house may make a host's link.")
    if role is Role.COHOST and not await leads_all(who, door, space_id):
        raise NotAllowed("Only who leads this Space may make a co-host's link.")


async def _made(door: Door, space_id: str, wanted: InvitationWanted) -> Made:
    name = wanted.name or _DEFAULT_NAMES[wanted.role]
    if wanted.uses_max > 1:
        return await invite_many(
            door,
            space_id,
            name=name,
            role=wanted.role,
            uses_max=wanted.uses_max,
            expires_ms=wanted.expires_ms,
        )
    person_id = wanted.person
    if wanted.role is Role.HOST and person_id is None:
        # A Space has one host: another link for the role is another link for the same person.
        host = (await door.crews.get(space_id)).host
        person_id = None if host is None else host.id
    old = None if person_id is None else (await door.crews.get(space_id)).find(person_id)
    guest = Guest(name, wanted.role, person_id, expires_ms=wanted.expires_ms, is_source=wanted.is_source)
    made = await invite(door, space_id, guest)
    if old is not None:
        # Whoever holds the link that has ended may be on stage by it, an encoder too.
        await door.ingests.cut(f"{space_id}/{old.invitation_id}")
        await _off_stage(door, space_id, old.id)
    return made


async def _made_by_hosts(door: Door, space_id: str) -> list[Invitation]:
    return [i for i in await door.invitations.of_space(space_id) if i.parent_id is None]


async def _off_stage(door: Door, space_id: str, person_id: str) -> None:
    """Whatever connection this person has is closed; a stage that does not run has nobody on it."""
    question = {"person": person_id, "session": None}
    try:
        await door.bus.request(f"stage.{space_id}.leave", question, timeout_s=STAGE_ANSWER_TIMEOUT_S)
    except (NoAnswer, RemoteProblem):
        return
