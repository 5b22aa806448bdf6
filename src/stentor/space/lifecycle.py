"""The life of a Space: which states there are and which moves are allowed. The only place that knows."""

from enum import StrEnum

from stentor.errors import Conflict


class State(StrEnum):
    """Where a Space is in its life."""

    SCHEDULED = "scheduled"
    """It has a page; nobody is on stage."""
    GREEN_ROOM = "green_room"
    """People on stage hear each other; nothing is heard outside or recorded."""
    ON_AIR = "on_air"
    PAUSED = "paused"
    """The audience stays connected and hears silence."""
    ENDING = "ending"
    """As paused, for the seconds in which an end can be undone; then the house ends it."""
    ENDED = "ended"
    """Over; what there is of it is the replay."""
    DELETED = "deleted"
    """Nobody sees it any more; after the seconds in which that can be undone its things are removed."""

    @property
    def has_stage(self) -> bool:
        """A stage process runs."""
        return self in {State.GREEN_ROOM, State.ON_AIR, State.PAUSED, State.ENDING}

    @property
    def has_programme(self) -> bool:
        """Chunks are being written."""
        return self in {State.ON_AIR, State.PAUSED, State.ENDING}

    @property
    def is_over(self) -> bool:
        """Nothing more will be heard live."""
        return self in {State.ENDED, State.DELETED}


_MOVES: dict[State, frozenset[State]] = {
    State.SCHEDULED: frozenset({State.GREEN_ROOM, State.ON_AIR, State.ENDED, State.DELETED}),
    State.GREEN_ROOM: frozenset({State.SCHEDULED, State.ON_AIR, State.ENDED}),
    State.ON_AIR: frozenset({State.PAUSED, State.ENDING, State.ENDED}),
    State.PAUSED: frozenset({State.ON_AIR, State.ENDING, State.ENDED}),
    State.ENDING: frozenset({State.ON_AIR, State.PAUSED, State.ENDED}),
    State.ENDED: frozenset({State.DELETED}),
    State.DELETED: frozenset({State.SCHEDULED, State.ENDED}),
}


def checked_move(now: State, then: State) -> State:
    """Returns `then`. Raises: Conflict: the move is not one of the allowed ones; staying is allowed."""
    if then is now or then in _MOVES[now]:
        return then
    allowed = ", ".join(sorted(s.value for s in _MOVES[now]))
    raise Conflict(f"This Space is {now.value!r} and cannot become {then.value!r}. Possible: {allowed}.")
