"""Who is asking: an account by its session or the owner's token, or a person by their invitation.

Comes in: a request. Goes out: the Asker, if the table in `rights.py` lets them. Never: a token in an error.

A route says what it needs: `who: Annotated[Asker, Depends(allowed(Action.LEAD))]`, or one of the names below.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from stentor.backstage.access.accounts import OWNER, Account
from stentor.backstage.access.cookies import present, session_token_of
from stentor.backstage.access.rights import Action, Standing, may
from stentor.backstage.door import Door, DoorHere
from stentor.errors import BadInvitation, NotAllowed
from stentor.space.invitation import Invitation
from stentor.space.people import Role

_TOKEN_LENGTH_MAX = 128


@dataclass(frozen=True, slots=True)
class Asker:
    """Exactly one of the two is set."""

    account: Account | None = None
    invitation: Invitation | None = None

    @property
    def id(self) -> str:
        """How the event log calls them."""
        if self.account is not None:
            return self.account.id
        assert self.invitation is not None
        return self.invitation.person_id or self.invitation.id

    @property
    def person_id(self) -> str | None:
        """Who they are on stage; None: nobody."""
        return None if self.invitation is None else self.invitation.person_id


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a personal invitation makes its holder, as it stands in the crew now."""

    space_id: str
    person_id: str
    name: str
    role: Role
    invitation_id: str


async def holder(request: Request, door: DoorHere) -> Holder:
    """Raises: as `holder_of`."""
    return await holder_of(bearer_of(request), door)


async def holder_of(token: str, door: Door) -> Holder:
    """Who holds a personal invitation's token; the first time counts as its use.

    Raises: BadInvitation. Gone: it expired before anybody came. NotAllowed: removed, or a shared invitation
        that wants to be claimed first. LogAway.
    """
    invitation = await _opened(token, door)
    if invitation.person_id is None:
        raise NotAllowed("This invitation is for several people. Give your name first (POST /api/me/claim).")
    member = (await door.crews.get(invitation.space_id)).find(invitation.person_id)
    if member is None or member.is_out:
        raise NotAllowed(_REFUSALS[Action.TAKE_PART])
    return Holder(invitation.space_id, member.id, member.name, member.role, invitation.id)


async def asker_of(request: Request, door: DoorHere) -> Asker:
    """The owner's token or an invitation, if the request names one; else the browser's session.

    Raises: BadInvitation: nobody, or an invitation that is no longer one. NotSignedIn: the session is over.
        NotAllowed: a change by session that does not come from our own page. LogAway.
    """
    if "authorization" not in request.headers and session_token_of(request, door) is not None:
        return Asker(account=(await present(request, door)).account)
    token = bearer_of(request)
    if door.owner.is_owner(token):
        return Asker(account=OWNER)
    return Asker(invitation=await _opened(token, door))


async def _opened(token: str, door: Door) -> Invitation:
    """The first time that a personal invitation is shown is its one use, by whichever route.

    Raises: BadInvitation. Gone: it expired before anybody came. LogAway.
    """
    invitation = await door.invitations.by_token(token)
    if invitation.is_shared or invitation.uses:
        return invitation
    return await door.invitations.used(token, wall_ms=door.clock.wall_ms())


def bearer_of(request: Request) -> str:
    """The token of the Authorization header. Raises: BadInvitation: there is none, or it is no token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 1 <= len(token) <= _TOKEN_LENGTH_MAX or not token.isascii():
        raise BadInvitation
    return token


def allowed(action: Action) -> Callable[..., Awaitable[Asker]]:
    """A dependency that lets nobody by who may not do `action`; the Space is the path's `space_id`."""

    async def check(request: Request, door: DoorHere) -> Asker:
        asker = await asker_of(request, door)
        standing = await standing_of(asker, door, request.path_params.get("space_id"), action)
        if may(standing, action):
            return asker
        if asker.invitation is not None and action in {Action.KEEP_HOUSE, Action.OPERATE, Action.CREATE}:
            # An invitation's holder learns no more of the house than a stranger.
            raise BadInvitation
        raise NotAllowed(_REFUSALS[action])

    check.stentor_action = action  # type: ignore[attr-defined]  # read by the test of every route's right
    return check


async def standing_of(asker: Asker, door: Door, space_id: str | None, action: Action) -> Standing:
    """What the asker is for this Space. The role is the crew's, which may have changed since the invitation.

    Raises: NoSuchSpace. LogAway.
    """
    if asker.account is not None:
        is_theirs = False
        if space_id is not None and asker.account is not OWNER:
            is_theirs = (await door.spaces.get(space_id)).account_id == asker.account.id
        return Standing(rank=asker.account.rank, is_theirs=is_theirs)
    invitation = asker.invitation
    if invitation is None or invitation.person_id is None:
        return Standing()
    if space_id is not None and invitation.space_id != space_id:
        raise NotAllowed(f"This invitation is for the Space {invitation.space_id!r}.")
    member = (await door.crews.get(invitation.space_id)).find(invitation.person_id)
    if member is None or member.is_out:
        return Standing()
    leads = action is Action.END and await door.leads(invitation.space_id, invitation.person_id)
    return Standing(role=member.role, leads=leads)


_REFUSALS = {
    Action.KEEP_HOUSE: "Only the owner of this house may do this.",
    Action.OPERATE: "Only the owner and operators of this house may do this.",
    Action.CREATE: "Only accounts of this house may do this.",
    Action.LEAD: "Only the host, a co-host, an operator or the owner may do this.",
    Action.END: "Only who leads this Space may do this: its host, or a co-host while the host is away.",
    Action.TAKE_PART: "This is for people with an invitation to this Space who have not been removed.",
}

Keeper = Annotated[Asker, Depends(allowed(Action.KEEP_HOUSE))]
Operator = Annotated[Asker, Depends(allowed(Action.OPERATE))]
Creator = Annotated[Asker, Depends(allowed(Action.CREATE))]
Leader = Annotated[Asker, Depends(allowed(Action.LEAD))]
Ender = Annotated[Asker, Depends(allowed(Action.END))]
Invited = Annotated[Asker, Depends(allowed(Action.TAKE_PART))]
Personal = Annotated[Holder, Depends(holder)]
