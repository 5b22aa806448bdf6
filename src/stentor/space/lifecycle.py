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
    ENDED = "ended"

    @property
    def has_stage(self) -> bool:
        """A stage process runs."""
        return self in {State.GREEN_ROOM, State.ON_AIR, State.PAUSED}

    @property
    def has_programme(self) -> bool:
        """Chunks are being written."""
        return self in {State.ON_AIR, State.PAUSED}


_MOVES: dict[State, frozenset[State]] = {
    State.SCHEDULED: frozenset({State.GREEN_ROOM, State.ON_AIR, State.ENDED}),
    State.GREEN_ROOM: frozenset({State.ON_AIR, State.ENDED}),
    State.ON_AIR: frozenset({State.PAUSED, State.ENDED}),
    State.PAUSED: frozenset({State.ON_AIR, State.ENDED}),
    State.ENDED: frozenset(),
}


def checked_move(now: State, then: State) -> State:
    """Returns `then`. Raises: Conflict: the move is not one of the allowed ones; staying is allowed."""
    if then is now or then in _MOVES[now]:
        return then
    allowed = ", ".join(sorted(s.value for s in _MOVES[now])) or "none: it has ended"
    raise Conflict(f"This Space is {now.value!r} and cannot become {then.value!r}. Possible: {allowed}.")
