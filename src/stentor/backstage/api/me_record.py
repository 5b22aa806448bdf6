"""What somebody who spoke may ask of the record: to be in it no more."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from stentor.backstage.access.asker import bearer_of
from stentor.backstage.api.models import MyRecord
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.moves import changed_recording, living_space
from stentor.errors import NotAllowed, NotFound
from stentor.record.recording import Recording
from stentor.space.invitation import Invitation

routes = APIRouter(prefix="/api/me/record", tags=["me"])


async def _who_spoke(request: Request, door: DoorHere) -> tuple[str, str]:
    """The Space and the person of an invitation, also of who was taken off the stage: their voice is kept.

    Raises: BadInvitation. NotAllowed: a shared invitation, which is nobody's voice. LogAway.
    """
    invitation: Invitation = await door.invitations.by_token(bearer_of(request))
    if invitation.person_id is None:
        raise NotAllowed("This invitation is for several people; nobody's voice belongs to it.")
    return invitation.space_id, invitation.person_id


WhoSpoke = Annotated[tuple[str, str], Depends(_who_spoke)]


@routes.get("")
async def read_my_record(who: WhoSpoke, door: DoorHere) -> MyRecord:
    """What is kept of one's own voice, also for who was taken off the stage. 404: not recorded."""
    space_id, person_id = who
    if not (await living_space(door, space_id)).is_recorded:
        raise NotFound("This Space is not recorded; nothing is kept of your voice.")
    return MyRecord.of(await door.recordings.get(space_id), person_id)


@routes.delete("", status_code=202)
async def remove_me_from_record(who: WhoSpoke, door: DoorHere) -> MyRecord:
    """One's own voice, words and quotes go out of the record. Until that is done it can be taken back.

    No host can take it back. 409: the Space is not recorded. 429: too often.
    """
    return await _wished(who, door, lambda r: r.without([who[1]], is_own_wish=True), kind="removal_asked")


@routes.put("")
async def keep_me_in_record(who: WhoSpoke, door: DoorHere) -> MyRecord:
    """Takes the wish to be removed back. 409: it is done; what is gone stays gone. 429: too often."""
    return await _wished(who, door, lambda r: r.with_again(who[1], is_own_wish=True), kind="removal_undone")


async def _wished(
    who: tuple[str, str], door: Door, move: Callable[[Recording], Recording], *, kind: str
) -> MyRecord:
    space_id, person_id = who
    door.personal.take(f"{space_id}/{person_id}", now_s=door.clock.monotonic_s())
    recording = await changed_recording(door, space_id, move, kind=kind, by=person_id, person=person_id)
    return MyRecord.of(recording, person_id)
