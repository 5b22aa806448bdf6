"""Waiting for a chunk: one future per number, however many wait for it.

Comes in: «number n of this rung is here», «it is over». Goes out: the same, to everybody who waits.
Never: a future per waiter in the table, a wait without end.
"""

import asyncio
from collections.abc import Callable

from stentor.limits import CHUNKS_PER_SEGMENT
from stentor.space.rung import Rung

AHEAD_CHUNKS_MAX = 4 * CHUNKS_PER_SEGMENT
"""Nobody may wait for a number that is further away; the callers' own rules are narrower."""


class Arrivals:
    """The heads of one Space's rungs and those who wait for them to move.

    Args:
        head: the newest number of a rung, None before the first.

    Bounds: at most AHEAD_CHUNKS_MAX futures per rung.
    """

    def __init__(self, head: Callable[[Rung], int | None]) -> None:
        self._head = head
        self._coming: dict[tuple[Rung, int], asyncio.Future[None]] = {}
        self.is_over = False

    def came(self, rung: Rung) -> None:
        """Wakes whoever waits for a number up to the rung's head."""
        head = self._head(rung)
        if head is None:
            return
        for key in [k for k in self._coming if k[0] is rung and k[1] <= head]:
            self._wake(key)

    def end(self) -> None:
        """Nothing more will come: wakes everybody, for good."""
        self.is_over = True
        for key in list(self._coming):
            self._wake(key)

    async def wait(
        self, rung: Rung, number: int, *, timeout_s: float, unless: asyncio.Future[None] | None = None
    ) -> bool:
        """Waits until chunk `number` is here.

        Args:
            number: -1 is «any chunk at all».
            unless: ends the wait too, such as the listener's going away.
        Returns: whether it is here; False after `timeout_s`, after the end, or when `unless` is done.
        """
        if self._is_here(rung, number) or self.is_over:
            return self._is_here(rung, number)
        head = self._head(rung)
        if head is not None and number > head + AHEAD_CHUNKS_MAX:
            return False
        future = self._coming.get((rung, number))
        if future is None:
            future = self._coming[rung, number] = asyncio.get_running_loop().create_future()
        # `asyncio.wait` never cancels what it waits for, so one listener's end leaves the others waiting.
        waited_for = {future} if unless is None else {future, unless}
        await asyncio.wait(waited_for, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        return self._is_here(rung, number)

    def _is_here(self, rung: Rung, number: int) -> bool:
        head = self._head(rung)
        return head is not None and number <= head

    def _wake(self, key: tuple[Rung, int]) -> None:
        future = self._coming.pop(key)
        if not future.done():
            future.set_result(None)
