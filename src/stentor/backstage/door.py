"""What the routes share: the parts of this process, and who is asking.

Comes in: a request. Goes out: the Door, the asker's invitation or the owner. Never: a token in an error.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from stentor.backstage.access.owner import OwnerKey
from stentor.backstage.api.models import SpaceLinks
from stentor.backstage.events import EventLog
from stentor.backstage.live import LiveHub
from stentor.backstage.metrics import DoorMetrics
from stentor.clock import Clock
from stentor.config import Settings
from stentor.errors import BadInvitation, NotAllowed
from stentor.log.bus import Bus
from stentor.log.state import InvitationStore, SpaceStore
from stentor.space.invitation import Invitation

_TOKEN_LENGTH_MAX = 128


@dataclass(frozen=True, slots=True)
class Door:
    """The parts of the stage door, made once in `main.py`."""

    bus: Bus
    spaces: SpaceStore
    invitations: InvitationStore
    owner: OwnerKey
    live: LiveHub
    events: EventLog
    metrics: DoorMetrics
    clock: Clock
    settings: Settings
    pages_dir: Path

    def links_of(self, space_id: str, *, host_token: str | None = None) -> SpaceLinks:
        host = None if host_token is None else self.invitation_link(host_token)
        return SpaceLinks(listen=f"{self.settings.listen_url}/s/{space_id}", host=host)

    def invitation_link(self, token: str) -> str:
        return f"{self.settings.stage_door_url}/i/{token}"


def door_of(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


DoorHere = Annotated[Door, Depends(door_of)]


def bearer_of(request: Request) -> str:
    """The token of the Authorization header. Raises: BadInvitation: there is none, or it is no token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 1 <= len(token) <= _TOKEN_LENGTH_MAX or not token.isascii():
        raise BadInvitation
    return token


Bearer = Annotated[str, Depends(bearer_of)]


async def invited(door: DoorHere, token: Bearer) -> Invitation:
    """Raises: BadInvitation."""
    return await door.invitations.by_token(token)


Invited = Annotated[Invitation, Depends(invited)]


def owner_only(door: DoorHere, token: Bearer) -> None:
    """Raises: BadInvitation: somebody else; an invitation's holder learns no more than a stranger."""
    if not door.owner.is_owner(token):
        raise BadInvitation


async def leader(door: DoorHere, token: Bearer, space_id: str) -> str:
    """Who may lead `space_id`: the owner, its host, a co-host.

    Returns: how the event log calls them. Raises: BadInvitation. NotAllowed: a speaker, or of another Space.
    """
    if door.owner.is_owner(token):
        return "owner"
    invitation = await door.invitations.by_token(token)
    if invitation.space_id != space_id:
        raise NotAllowed(f"This invitation is for the Space {invitation.space_id!r}.")
    if not invitation.role.may_lead:
        raise NotAllowed("Only the host, a co-host or the owner may do this.")
    return invitation.person_id


Leader = Annotated[str, Depends(leader)]
