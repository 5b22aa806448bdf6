"""The house: its edges and their ladders, what it can carry, what it did by itself. For operators."""

from typing import Annotated

from fastapi import APIRouter, Path

from stentor.backstage.access.asker import Operator
from stentor.backstage.api.house_models import (
    Capacity,
    EdgeTold,
    HouseFigures,
    HouseTold,
    LadderTold,
    LadderWanted,
    NoteTold,
)
from stentor.backstage.api.pages_of import Page, PageWanted, paged
from stentor.backstage.door import DoorHere
from stentor.errors import NoAnswer, NotFound
from stentor.log.house_log import read_house_log

_EDGES_TOLD_MAX = 500
_ORDER_TIMEOUT_S = 2.0

routes = APIRouter(prefix="/api/house", tags=["house"])

EdgeName = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,100}$")]


@routes.get("")
async def read_house(who: Operator, door: DoorHere) -> HouseTold:  # noqa: ARG001
    """The edges as their last beats say, and their sum."""
    now_s = door.clock.monotonic_s()
    edges = [EdgeTold.of(edge, now_s=now_s) for edge in door.edges.edges]
    speaking = [edge for edge in edges if not edge.is_lost]
    seated = [edge for edge in speaking if edge.seats is not None]
    return HouseTold(
        at_ms=door.clock.wall_ms(),
        edges=edges[:_EDGES_TOLD_MAX],
        figures=HouseFigures(
            admitted=sum(edge.admitted for edge in speaking),
            hearing=sum(edge.hearing + edge.estimated for edge in speaking),
            estimated=sum(edge.estimated for edge in speaking),
            edges=len(speaking),
            unknown=len(edges) - len(speaking),
        ),
        capacity=Capacity(
            seats=sum(edge.seats or 0 for edge in seated),
            taken=sum(edge.admitted for edge in seated),
            room=sum(edge.room or 0 for edge in speaking),
            is_whole=len(seated) == len(speaking),
        ),
    )


@routes.post("/edges/{edge}/ladder")
async def order_ladder(edge: EdgeName, wanted: LadderWanted, who: Operator, door: DoorHere) -> LadderTold:
    """Forces a step of the ladder at one edge, or gives it back. 404: no such edge speaks."""
    if not door.edges.has(edge):
        raise NotFound(f"No edge called {edge!r} speaks.")
    wish = wanted.model_dump(exclude_none=True)
    try:
        told = await door.bus.request(f"edge.{edge}.ladder", wish, timeout_s=_ORDER_TIMEOUT_S)
    except NoAnswer:
        raise NotFound(f"The edge {edge!r} does not answer.") from None
    door.house_log.note("ladder_order", edge=edge, by=who.id, **wish)
    return LadderTold(**told)


@routes.get("/log")
async def read_log(who: Operator, door: DoorHere, cut: PageWanted) -> Page[NoteTold]:  # noqa: ARG001
    """What the house did by itself and why, the newest first; of the whole house, the last 300."""
    notes = await read_house_log(door.bus)
    return paged(notes.notes, cut, key=lambda note: (note.n,), tell=NoteTold.of, newest_first=True)
