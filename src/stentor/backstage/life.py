"""What the stage door decides about a Space's life beyond the record's own rules. Pure.

Comes in: a record, who asks, how many are hearing. Goes out: whether an end holds, a record with changes.
Never: a clock, a store.
"""

from collections.abc import Collection
from dataclasses import replace

from stentor.backstage.api.models import SpaceChanges
from stentor.errors import Conflict
from stentor.space.crew import Crew
from stentor.space.record import Space


def names_of(space: Space, crew: Crew, *, by: str) -> frozenset[str]:
    """What somebody is called who wants an end: a Space's account and its host are one of the two.

    The account made the host's link, so often both are in one hand. Somebody else is a co-host, who may agree
    once the end was asked for, or who operates the house. Two links that one person made for themselves look
    like two people; the event log says which they were.
    """
    sides = {name for name in (space.account_id, crew.host and crew.host.id) if name}
    return frozenset({by} | sides if by in sides else {by})


def is_end_agreed(space: Space, *, by: Collection[str], wall_ms: int, hearing: int, above: int) -> bool:
    """Whether one wish more ends a Space.

    Args:
        by: as `names_of` says.
        above: so many may be hearing without a second person being asked; 0: nobody ever is.
    """
    is_large = 0 < above < hearing and space.state.has_programme
    return not is_large or not space.end_needs_another(by=by, wall_ms=wall_ms)


def with_changes(space: Space, wanted: SpaceChanges, *, key: str) -> Space:
    """The record with what was named. A field that was not named stays, also where its value could be null.

    Args:
        key: for a Space that becomes private; one that is private already keeps its own.
    Raises: BadInput. Conflict: whether it is recorded, once it has been on the air: who spoke then was told
        otherwise.
    """
    named = wanted.model_dump(exclude_unset=True)
    is_private = named.pop("is_private", None)
    if is_private is not None:
        named["listen_key"] = (space.listen_key or key) if is_private else None
    is_recorded = named.get("is_recorded", space.is_recorded)
    if is_recorded != space.is_recorded and space.on_air_ms is not None:
        raise Conflict(
            "Whether a Space is recorded can change only before it is on the air: its speakers were told "
            f"that it is{'' if space.is_recorded else ' not'}. What there is can be deleted."
        )
    return replace(space, **named)
