"""Every line's last clock, as its leader published it: for who looks at a line, and for who leads next.

Comes in: `line.<id>`. Goes out: clocks. Never: the clock of a Space that nobody keeps any more.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.clock import Clock
from stentor.errors import BadInput
from stentor.log.bus import Bus, Subscription

log = structlog.get_logger()

CLOCKS_MAX: Final = 1_000
"""Spaces with a line at a time; one costs its controller 0.1 ms a second, held 0.3 ms."""
STALE_AFTER_S: Final = 5.0
"""A clock is told each second; what is older is nobody's word any more."""


@dataclass(frozen=True, slots=True)
class _Heard:
    clock: LineClock
    at_s: float


class LineClocks:
    """Hears from `listen` on. Bounds: CLOCKS_MAX Spaces; a clock that is silent makes room for another."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard: dict[str, _Heard] = {}

    async def listen(self, bus: Bus) -> Subscription:
        """Returns: what to close. Raises: LogAway."""
        return await bus.subscribe("line.*", self._take, pending_max=2 * CLOCKS_MAX)

    def last(self, space_id: str) -> LineClock | None:
        """However old it is: the next leader goes on from it."""
        heard = self._heard.get(space_id)
        return None if heard is None else heard.clock

    def heard_s(self, space_id: str) -> float:
        """When that was, on this process's own clock; long ago if never."""
        heard = self._heard.get(space_id)
        return float("-inf") if heard is None else heard.at_s

    def current(self, space_id: str) -> LineClock | None:
        """None: there is no line, or nobody has told it for STALE_AFTER_S."""
        heard = self._heard.get(space_id)
        if heard is None or self._clock.monotonic_s() - heard.at_s > STALE_AFTER_S:
            return None
        return heard.clock

    def _take(self, subject: str, payload: bytes) -> None:
        try:
            clock = LineClock.parse(payload)
        except BadInput as error:
            log.warning("a line's clock was not read", detail=error.detail)
            return
        if clock.doors is Doors.OVER or subject != f"line.{clock.space_id}":
            self._heard.pop(clock.space_id, None)
            return
        known = self._heard.get(clock.space_id)
        if known is not None and clock.number <= known.clock.number:
            return
        if known is None and len(self._heard) >= CLOCKS_MAX:
            oldest = min(self._heard, key=lambda space_id: self._heard[space_id].at_s)
            del self._heard[oldest]
        self._heard[clock.space_id] = _Heard(clock, self._clock.monotonic_s())
