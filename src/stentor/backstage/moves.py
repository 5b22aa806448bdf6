"""One move of a Space's crew through this door: done by compare-and-set, written into the event log.

Comes in: a pure move. Goes out: the crew after it. Never: a crew for a Space that is not there, an event for
a move that changed nothing: pages ask again after a lost answer, and the log would say it twice.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from stentor.backstage.door import Door
from stentor.errors import Conflict, Gone
from stentor.record.recording import Recording
from stentor.space.crew import Crew
from stentor.space.lifecycle import State
from stentor.space.questions import Questions
from stentor.space.record import Space

Move = Callable[[Crew], Crew]
R = TypeVar("R")


async def living_space(door: Door, space_id: str) -> Space:
    """Raises: NoSuchSpace. Gone: it was deleted. LogAway."""
    space = await door.spaces.get(space_id)
    if space.state is State.DELETED:
        raise Gone(f"The Space {space_id!r} was deleted.")
    return space


async def changed_crew(door: Door, space_id: str, move: Move, *, kind: str, by: str, **facts: object) -> Crew:
    """The crew after the move.

    Args:
        kind, facts: of the event; `by` is who wanted it.
    Raises: NoSuchSpace. Gone. LogAway. Whatever `move` raises.
    """
    await living_space(door, space_id)
    watched = _Watched(move)
    crew = await door.crews.change(space_id, watched)
    if watched.is_news:
        door.events.note(space_id, kind, by=by, **facts)
    return crew


async def changed_questions(
    door: Door, space_id: str, move: Callable[[Questions], Questions], *, kind: str, by: str, **facts: object
) -> Questions:
    """The same for the audience's questions."""
    await living_space(door, space_id)
    watched = _Watched(move)
    questions = await door.questions.change(space_id, watched)
    if watched.is_news:
        door.events.note(space_id, kind, by=by, **facts)
    return questions


async def changed_recording(
    door: Door, space_id: str, move: Callable[[Recording], Recording], *, kind: str, by: str, **facts: object
) -> Recording:
    """The same for what hosts wish of a Space's record.

    Raises: as `changed_crew`; Gone: the record was deleted. Conflict: the Space is not recorded.
    """
    space = await living_space(door, space_id)
    if not space.is_recorded:
        raise Conflict(f"The Space {space_id!r} is not recorded; there is nothing to change.")
    watched = _Watched(lambda recording: move(kept_record(recording)))
    recording = await door.recordings.change(space_id, watched)
    if watched.is_news:
        door.events.note(space_id, kind, by=by, **facts)
    return recording


def kept_record(recording: Recording) -> Recording:
    """Raises: Gone: it was deleted, is being deleted, or its time is over."""
    if recording.wishes.is_unwanted or recording.made.is_gone:
        raise Gone("The record of this Space was deleted, or its time is over.")
    return recording


class _Watched(Generic[R]):
    """A move that remembers whether it changed anything; compare-and-set may make it several times, and the
    last time is the one that counts."""

    def __init__(self, move: Callable[[R], R]) -> None:
        self._move = move
        self.is_news = False

    def __call__(self, record: R) -> R:
        then = self._move(record)
        self.is_news = then != record
        return then
