"""A wait in the line: reads the clock that everybody reads, says «here», bids while it is hot.

Comes in: a place, edges. Goes out: where one stands, each clock; at last that one is called. Never: a
question about this very place; a request sooner than the house dictates; a clock that the house has not
signed.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.client.bidding import solved
from stentor.client.clock_check import HOUSE_PATH, ClockCheck, key_of
from stentor.client.edges import Edges
from stentor.client.front_door import FrontDoor
from stentor.client.in_line import Held, Standing
from stentor.errors import BadInput, Broken

_SPREAD: Final = 1 / 3
_POLL_S: Final = 5.0
_PATIENCE_S: Final = 15.0
_PATIENCE_SPREAD_S: Final = 30.0


class Waiting:
    """One listener's waits for one Space.

    Args:
        on_wait: told each clock. chance: 0…1, for everything that is spread.
    """

    def __init__(
        self, edges: Edges, *, on_wait: Callable[[Standing], None], chance: Callable[[], float]
    ) -> None:
        self._edges = edges
        self._on_wait = on_wait
        self._chance = chance
        self._check = ClockCheck()
        self._has_bid = 0
        """The heat that was bid for, whatever came of it: once each."""

    async def standing(self, http: FrontDoor, told: object, held: Held) -> Standing | None:
        """Where one stands by the clock that came with a place. None: none came, or it is not the house's."""
        await self._learn_key(http)
        if not isinstance(told, dict):
            return None
        try:
            # As the house has written it: what is signed are these bytes.
            clock = self._check.read(json.dumps(told, separators=(",", ":")).encode())
        except BadInput:
            return None
        return self._standing(clock, held)

    async def until_called(self, http: FrontDoor, standing: Standing | None, held: Held) -> tuple[bool, Held]:
        """Until the place is called or it is over; the ticket may be worth more by then.

        Returns: False: no news for so long that one knocks again.
        """
        loop = asyncio.get_running_loop()
        patience_s = _PATIENCE_S + _PATIENCE_SPREAD_S * self._chance()
        told_s, here_due_s, number = loop.time(), 0.0, -1
        while True:
            poll_s = _POLL_S
            if standing is not None:
                self._on_wait(standing)
                if standing.is_called or standing.doors is Doors.OVER:
                    return True, held
                poll_s = standing.poll_s
                held = await self._bid(http, standing.heat, held)
                # The first one at any moment of its time: a crowd does not speak in chorus.
                here_due_s = here_due_s or loop.time() + standing.here_s * self._chance()
            await asyncio.sleep(poll_s * (1 + _SPREAD * (2 * self._chance() - 1)))
            if standing is not None and standing.here_s > 0 and loop.time() >= here_due_s:
                here_due_s = loop.time() + standing.here_s
                await self._say_here(http, held)
            clock = await self._clock(http)
            if clock is not None and clock.number != number:
                standing, number, told_s = self._standing(clock, held), clock.number, loop.time()
            elif loop.time() - told_s > max(patience_s, 2 * poll_s):
                return False, held

    def _standing(self, clock: LineClock, held: Held) -> Standing:
        return replace(Standing.of(clock, held), is_draw_true=self._check.is_draw_true(clock))

    async def _clock(self, http: FrontDoor) -> LineClock | None:
        with suppress(Broken, BadInput):  # RemoteProblem too; or an edge that lies, or is of another version
            return self._check.read(await http.read(self._edges.url("line.json")))
        self._edges.next()
        return None

    async def _learn_key(self, http: FrontDoor) -> None:
        """From the edge that the link names; a house that tells none is believed as it is."""
        if self._check.key is None:
            with suppress(Broken, BadInput):
                self._check.key = key_of(await http.read(self._edges.first + HOUSE_PATH))

    async def _say_here(self, http: FrontDoor, held: Held) -> None:
        """Only so that the house knows how many still wait; who does not say it loses nothing."""
        with suppress(Broken):
            await http.post(self._edges.url("here"), {"ticket": held.token})

    async def _bid(self, http: FrontDoor, heat: int, held: Held) -> Held:
        """The ticket after proof of work, once for each heat. What goes wrong leaves it as it is."""
        if heat <= max(held.effort, self._has_bid):
            return held
        self._has_bid = heat
        with suppress(Broken, BadInput):
            asked: dict[str, Any] = await http.post(self._edges.url("bid"), {"ticket": held.token})
            found = await asyncio.to_thread(solved, asked.get("challenge") or {})
            if found is not None:
                proof, effort = found
                given = await http.post(self._edges.url("bid"), {"ticket": held.token, "proof": proof})
                return replace(held, token=str(given["ticket"]), effort=effort) if "ticket" in given else held
        return held
