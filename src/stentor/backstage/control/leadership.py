"""Whether this process is the controller, by a lease that it renews each second.

Comes in: the lease. Goes out: yes or no. Never: two at a time who both may say yes; a wait that the lines'
clocks would feel.
"""

import asyncio
from typing import Final

from stentor.clock import Clock
from stentor.errors import LogAway
from stentor.limits import BEAT_INTERVAL_S, LEASE_TTL_S
from stentor.log.state import Leases

LEASE_KEY: Final = "controller"
_MARGIN_S: Final = 1.0
"""Before its lease can be somebody else's a leader stops: the turn that it has begun takes less."""


class Leadership:
    """Asked once a second.

    What was taken is held for its time: while the log elects its own leader (4.5 to 8 s, measured) and renews
    nothing, nobody else can take it either, and the gates go on getting clocks.
    """

    def __init__(self, leases: Leases, *, owner: str, clock: Clock) -> None:
        self._leases = leases
        self._owner = owner
        self._clock = clock
        self._until_s = float("-inf")

    async def renewed(self) -> bool:
        """Whether it leads now. Bounds: waits half a second."""
        asked_s = self._clock.monotonic_s()
        try:
            async with asyncio.timeout(BEAT_INTERVAL_S / 2):
                is_taken = await self._leases.take(LEASE_KEY, self._owner)
        except (LogAway, TimeoutError):
            return self._clock.monotonic_s() < self._until_s
        self._until_s = asked_s + LEASE_TTL_S - _MARGIN_S if is_taken else float("-inf")
        return is_taken
