"""Invitations: links that bring people on stage. Whoever leads a Space makes and revokes them."""

from fastapi import APIRouter

from stentor.backstage.access.asker import Leader
from stentor.backstage.api.models import InvitationTold, InvitationWanted
from stentor.backstage.api.spaces import invite
from stentor.backstage.door import DoorHere
from stentor.errors import Full, NoAnswer, NotAllowed, RemoteProblem
from stentor.limits import INVITATIONS_PER_SPACE_MAX, STAGE_ANSWER_TIMEOUT_S
from stentor.space.people import Role, checked_name

_DEFAULT_NAMES = {Role.HOST: "Host", Role.COHOST: "Co-host", Role.SPEAKER: "Speaker"}

routes = APIRouter(prefix="/api/spaces/{space_id}/invitations", tags=["invitations"])


@routes.post("", status_code=201)
async def create_invitation(
    space_id: str, wanted: InvitationWanted, who: Leader, door: DoorHere
) -> InvitationTold:
    """Makes a link for one person. Only the owner makes another host."""
    if wanted.role is Role.HOST and who.account is None:
        raise NotAllowed("A Space has one host; only the owner may invite another.")
    await door.spaces.get(space_id)
    if len(await door.invitations.of_space(space_id)) >= INVITATIONS_PER_SPACE_MAX:
        raise Full("The list of invitations", limit=INVITATIONS_PER_SPACE_MAX)
    name = checked_name(wanted.name or _DEFAULT_NAMES[wanted.role])
    made = await invite(door, space_id, role=wanted.role, name=name)
    door.events.note(space_id, "invited", by=who.id, invitation=made.invitation.id, role=wanted.role.value)
    return InvitationTold.of(made.invitation, link=door.invitation_link(made.token))


@routes.get("")
async def list_invitations(space_id: str, who: Leader, door: DoorHere) -> list[InvitationTold]:  # noqa: ARG001
    """All of them, revoked ones too, without their links."""
    await door.spaces.get(space_id)
    return [InvitationTold.of(invitation) for invitation in await door.invitations.of_space(space_id)]


@routes.delete("/{invitation_id}", status_code=204)
async def revoke_invitation(space_id: str, invitation_id: str, who: Leader, door: DoorHere) -> None:
    """The link ends, and so does its holder's stay on stage. Again is no error."""
    revoked = await door.invitations.revoke(space_id, invitation_id)
    door.events.note(space_id, "revoked", by=who.id, invitation=invitation_id)
    for invitation in revoked:
        try:
            # No session: whatever connection this person has is closed.
            await door.bus.request(
                f"stage.{space_id}.leave",
                {"person": invitation.person_id, "session": None},
                timeout_s=STAGE_ANSWER_TIMEOUT_S,
            )
        except (NoAnswer, RemoteProblem):
            return  # nobody is on a stage that does not run
