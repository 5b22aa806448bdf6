"""What has happened in a Space and what happens: its event log, its audience over time, the live feed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from stentor.backstage.access.asker import Leader, allowed
from stentor.backstage.access.rights import Action
from stentor.backstage.api.pages_of import Key, Page, PageWanted, page_of_read
from stentor.backstage.api.sse import live_answer
from stentor.backstage.audience import STEP_S_MAX, Series, read_series
from stentor.backstage.control.count_logs import NAME
from stentor.backstage.door import DoorHere
from stentor.backstage.feed import Viewer
from stentor.backstage.moves import living_space
from stentor.backstage.past_events import events_after
from stentor.errors import BadInput
from stentor.log.history import Event

routes = APIRouter(prefix="/api/spaces/{space_id}", tags=["spaces"])


class EventTold(BaseModel):
    """One line of the event log."""

    at_ms: int
    kind: str = Field(examples=["muted"])
    by: str | None = Field(description="Who did it: an account's id, or a person's.")
    facts: dict[str, Any] = Field(description="What else belongs to it, such as the person or the state.")

    @classmethod
    def of(cls, event: Event) -> "EventTold":
        facts = dict(event.facts)
        at_ms, kind, by = facts.pop("at_ms", 0), facts.pop("kind", ""), facts.pop("by", None)
        return cls(at_ms=at_ms, kind=kind, by=by, facts=facts)


class SeriesTold(BaseModel):
    """The audience over time. Point k of each list held at `from_ms + k · step_s`; null: not known."""

    step_s: int
    from_ms: int | None = Field(description="null: nothing was counted.")
    hearing: list[int | None]
    admitted: list[int | None]
    arrived: list[int | None]
    unknown: list[int | None] = Field(description="Edges (not listeners) that were not heard from.")

    @classmethod
    def of(cls, series: Series) -> "SeriesTold":
        return cls(step_s=series.step_s, from_ms=series.from_ms, **series.columns)


@routes.get("/events")
async def list_events(
    space_id: str,
    who: Leader,  # noqa: ARG001
    door: DoorHere,
    cut: PageWanted,
) -> Page[EventTold]:
    """What was done in this Space and who did it, the oldest first."""
    space = await living_space(door, space_id)
    events = await events_after(
        door.bus.history(space_id),
        door.kept.of(space_id) if space.state.is_over else None,
        after=_sequence(cut.after),
        limit=cut.limit + 1,
    )
    return page_of_read(events, cut, key=lambda event: (event.sequence,), tell=EventTold.of)


@routes.get("/audience")
async def read_audience(
    space_id: str,
    who: Leader,  # noqa: ARG001
    door: DoorHere,
    step_s: Annotated[
        int, Query(ge=1, le=STEP_S_MAX, description="Finest step wanted; it grows until 720 points do.")
    ] = 1,
) -> SeriesTold:
    """The audience over time, from the count log that is kept with the recording."""
    await living_space(door, space_id)
    path = door.settings.counts_dir / space_id / NAME
    return SeriesTold.of(await run_in_threadpool(read_series, path, step_s=step_s))


@routes.get("/live", response_class=StreamingResponse)
async def follow_space(space_id: str, who: Leader, request: Request, door: DoorHere) -> StreamingResponse:
    """Server-sent events for those who lead: `state`, `tick`, `crew`, `questions`, `figures`, `notice`.

    First all that is known, then the news. `notice` is each new line of the event log. Ends when the page
    does not keep up, or the door closes; the page asks again and gets a fresh snapshot. Whoever loses the
    right to lead, or their session, is told nothing more within five seconds.
    """
    space = await living_space(door, space_id)
    may_lead = allowed(Action.LEAD)
    return await live_answer(
        door,
        space,
        Viewer(who.id, who.person_id, who.invitation.id if who.invitation else None),
        still_may=lambda: may_lead(request, door),
    )


def _sequence(after: Key | None) -> int:
    """Raises: BadInput: a cursor of another list."""
    if after is None:
        return 0
    if len(after) != 1 or not isinstance(after[0], int) or after[0] < 0:
        raise BadInput("The cursor is none of this list's. Begin without one.")
    return after[0]
