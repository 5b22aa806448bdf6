"""Changes that reach who leads too: taking a host or a co-host off, locking their microphone, their link.

Comes in: a move of the crew and who wants it. Goes out: the same move, which refuses where it may not be.
Never: a co-host who turns the others out while the host is there; a lock that a co-host opens for themselves.
"""

from collections.abc import Callable

from stentor.backstage.access.asker import Asker, standing_of
from stentor.backstage.access.rights import Action, may
from stentor.backstage.door import Door
from stentor.backstage.moves import Move
from stentor.errors import Conflict, NotAllowed
from stentor.space.crew import Crew, Member, Silence
from stentor.space.people import Role


async def leads_all(who: Asker, door: Door, space_id: str) -> bool:
    """Whether somebody is over everybody here: an account, the host, a co-host while the host is away."""
    return may(await standing_of(who, door, space_id, Action.END), Action.END)


async def off_by_right(
    door: Door, at: tuple[str, str], who: Asker, move: Move, *, may_step_back: bool = True
) -> Move:
    """A move that takes somebody off the stage, or their role. A host's is refused by the crew itself.

    Args:
        may_step_back: whether a co-host may do it to themselves.
    """

    def is_over(member: Member) -> bool:
        is_oneself = may_step_back and member.id == who.person_id
        return member.role is Role.COHOST and not member.is_out and not is_oneself

    return await _by_right(door, at, who, move, is_over)


async def locked_by_right(door: Door, at: tuple[str, str], who: Asker, silence: Silence) -> Move:
    """A host's word about one microphone. A co-host's is locked, and opened again, by who leads all."""

    def is_over(member: Member) -> bool:
        is_about_lock = Silence.LOCKED in {silence, member.silence}
        return member.role.may_lead and not member.is_out and is_about_lock

    return await _by_right(door, at, who, lambda crew: crew.silenced(at[1], silence), is_over)


def must_be_another(who: Asker, person_id: str) -> None:
    """Raises: Conflict: whoever removes themselves by a slip could not come back by themselves."""
    if who.person_id == person_id:
        raise Conflict("This is you. Leave the stage, or hand over the host's role, instead.")


async def _by_right(
    door: Door, at: tuple[str, str], who: Asker, move: Move, is_over: Callable[[Member], bool]
) -> Move:
    """Who leads is asked for (the stage says it) only where it matters."""
    space_id, person_id = at
    member = (await door.crews.get(space_id)).find(person_id)
    has_right = member is not None and is_over(member) and await leads_all(who, door, space_id)

    def moved(crew: Crew) -> Crew:
        # Asked again of the record that is changed: they may have become a co-host meanwhile.
        found = crew.find(person_id)
        if found is not None and is_over(found) and not has_right:
            raise NotAllowed("Only who leads this Space takes a co-host off the stage or locks them.")
        return move(crew)

    return moved
