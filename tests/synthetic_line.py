"""A line without a controller: clocks as a test wants them, signed and published on the real NATS.

Comes in: what the next clock shall say. Goes out: `line.<id>`. What the tests of the door need from a
controller, and nothing else.
"""

from dataclasses import dataclass, field
from typing import Any

import aiohttp

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.place import Place, commitment_of
from stentor.admission.line.signing import ClockSigner
from stentor.clock import Clock, SystemClock
from stentor.log.bus import Bus
from stentor.log.house_key import house_key

SEED = bytes(range(32))
NOBODY = Place(0, 0)
EVERYBODY = Place((1 << 32) - 1, 0)


@dataclass(slots=True)
class SyntheticLine:
    """One Space's line."""

    bus: Bus
    space_id: str
    clock: Clock = field(default_factory=SystemClock)
    number: int = 0
    raw: bytes = b""

    async def tell(self, http: aiohttp.ClientSession, doors: Doors, **facts: Any) -> None:
        """Publishes the next clock; returns when the gate behind `http` serves it."""
        self.number += 1
        has_opened = doors is not Doors.LOBBY
        clock = LineClock(
            self.space_id,
            self.number,
            self.clock.wall_ms(),
            doors,
            commitment=commitment_of(SEED),
            seed=SEED.hex() if has_opened else None,
            **facts,
        )
        self.raw = clock.encoded(ClockSigner(await house_key(self.bus, "clock")).sign)
        await self.bus.publish(f"line.{self.space_id}", self.raw)
        while True:
            async with http.get(f"/s/{self.space_id}/line.json") as answer:
                if await answer.read() == self.raw:
                    return
