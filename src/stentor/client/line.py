"""A Space's line and doors. Each verb is a route of docs/API.md."""

from typing import TypedDict, Unpack

from stentor.client.asking import Noun, at
from stentor.client.models import DoorsOrder, DoorsTold


class LineChanges(TypedDict, total=False):
    """What is left out stays; None takes the limit of seats away."""

    doors: DoorsOrder
    listeners_max: int | None


class Line(Noun):
    """Every verb may raise RemoteProblem and Broken."""

    async def read(self, space_id: str) -> DoorsTold:
        return await self._ask(DoorsTold, "GET", at("spaces", space_id, "line"))

    async def edit(self, space_id: str, **changes: Unpack[LineChanges]) -> DoorsTold:
        return await self._ask(DoorsTold, "PATCH", at("spaces", space_id, "line"), changes)
