"""The relay: what a listener wants of the hosts goes on to the stage door, by NATS, few at a time.

Comes in: questions and wishes to speak, as many as the crowd sends. Goes out: at most five a second per Space
and sixteen at once. Never: a queue; who comes above is told when to come back. The stage door has to be
reachable for hosts while the whole crowd presses one button.
"""

from typing import Any, Final

from stentor.admission.pace import Pace
from stentor.clock import Clock
from stentor.errors import Full
from stentor.log.bus import Bus

PER_SECOND_MAX: Final = 5
PENDING_MAX: Final = 16
DEADLINE_S: Final = 2.0
_SPACES_MAX: Final = 4096


class Relay:
    """One per gate.

    Bounds: PER_SECOND_MAX per Space, PENDING_MAX open questions, DEADLINE_S each.
    """

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._pace = Pace(burst=PER_SECOND_MAX, interval_s=1 / PER_SECOND_MAX, clients_max=_SPACES_MAX)
        self._pending = 0

    async def ask(self, subject: str, space_id: str, question: dict[str, Any]) -> dict[str, Any]:
        """The stage door's answer.

        Raises: Full: too many at once. NoAnswer: not in time. RemoteProblem: it said no.
        """
        if self._pending >= PENDING_MAX:
            raise Full("The way to the hosts", limit=PENDING_MAX, retry_after_s=DEADLINE_S)
        wait_s = self._pace.wait_s(space_id, now_s=self._clock.monotonic_s())
        if wait_s:
            raise Full("The way to the hosts", limit=PER_SECOND_MAX, retry_after_s=max(1.0, wait_s))
        self._pending += 1
        try:
            return await self._bus.request(subject, {"space": space_id, **question}, timeout_s=DEADLINE_S)
        finally:
            self._pending -= 1
