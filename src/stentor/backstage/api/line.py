"""A Space's line: who waits to come in and why; the host's word about its doors."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.backstage.access.asker import Leader
from stentor.backstage.api.models import Strict
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.line_words import outlook, words_of
from stentor.backstage.moves import living_space
from stentor.errors import Gone
from stentor.space.doors import DoorsOrder
from stentor.space.record import Space

LISTENERS_MAX = 100_000_000

routes = APIRouter(prefix="/api/spaces/{space_id}/line", tags=["line"])


class DoorsWanted(Strict):
    """What is to change; what is not named stays."""

    doors: DoorsOrder = Field(
        default=DoorsOrder.AUTO,
        description="`held`: nobody new comes in, who is in stays; `open`: nobody waits for a place; `auto`: "
        "the line decides.",
    )
    listeners_max: Annotated[int, Field(ge=0, le=LISTENERS_MAX)] | None = Field(
        default=None, description="Seats of this Space on all edges together; null: as many as there are."
    )


class LineNow(BaseModel):
    """The line's last clock; a moment old."""

    at_ms: int
    doors: Doors
    why: Why = Field(description="Why they are held.")
    doors_ms: int | None = Field(description="When they opened first.")
    waiting: int = Field(description="People, by estimate: tickets of whom still asks.")
    admitted: int = Field(description="Open streams.")
    room: int = Field(description="Seats that are free now, for this Space.")
    admits_per_s: float
    leaves_per_s: float
    show: float = Field(description="Share of those called who come, as measured.")
    wait_low_s: float | None = Field(description="Of who comes now, the earliest; null: nobody can tell.")
    wait_high_s: float | None = Field(description="The latest.")
    heat: int = Field(description="From 1 on, devices are asked for proof of work.")
    hears: bool = Field(description="Who waits may hear the low rung.")
    commitment: str = Field(description="SHA-256 of the draw's seed.")
    seed: str | None = Field(description="Once the doors have opened.")

    @classmethod
    def of(cls, clock: LineClock) -> "LineNow":
        low_s, high_s = outlook(clock).wait_s or (None, None)
        told = {name: getattr(clock, name) for name in cls.model_fields if not name.startswith("wait_")}
        return cls(**told, wait_low_s=low_s, wait_high_s=high_s)


class DoorsTold(BaseModel):
    """A Space's line as those who lead it see it."""

    doors: DoorsOrder = Field(description="What a host or an operator has said.")
    listeners_max: int | None
    words: str = Field(description="The line in a sentence, in English.")
    now: LineNow | None = Field(description="null: no lobby yet, over, or no controller has told it for 5 s.")


@routes.get("")
async def read_line(space_id: str, who: Leader, door: DoorHere) -> DoorsTold:  # noqa: ARG001
    """The doors and who waits before them."""
    return _told(await living_space(door, space_id), door)


@routes.patch("")
async def change_line(space_id: str, wanted: DoorsWanted, who: Leader, door: DoorHere) -> DoorsTold:
    """Holds or opens the doors, or leaves them to the line; limits the seats. Felt within a second or two.

    Never: somebody who is in is sent out, also when there are more than `listeners_max` of them. 410: over.
    """
    await living_space(door, space_id)
    named: dict[str, Any] = wanted.model_dump(exclude_unset=True)
    before = await door.spaces.get(space_id)
    space = await door.spaces.change(space_id, lambda space: _changed(space, named))
    if (before.doors, before.listeners_max) != (space.doors, space.listeners_max):
        facts = {"doors": space.doors.value, "listeners_max": space.listeners_max}
        door.events.note(space_id, "doors", by=who.id, **facts)
    return _told(space, door)


def _changed(space: Space, named: dict[str, Any]) -> Space:
    """Raises: Gone."""
    if space.state.is_over:
        raise Gone(f"The Space {space.id!r} is over; it has no line any more.")
    return replace(space, **named)


def _told(space: Space, door: Door) -> DoorsTold:
    clock = door.lines.current(space.id)
    return DoorsTold(
        doors=space.doors,
        listeners_max=space.listeners_max,
        words=words_of(clock),
        now=None if clock is None else LineNow.of(clock),
    )
