"""The wheel: calls the fan-out's turns, one slot after the other, on a time grid of its own.

Comes in: the loop's clock. Goes out: `turn(index)`, and how late the latest one was. Never: a turn left out;
a wheel that has fallen behind catches up turn by turn, and everything else in the loop gets its time between.

A callback of the loop, not a task that sleeps: a turn without listeners makes no future and wakes no task.
"""

import asyncio
from collections.abc import Callable

from stentor.edge.slots import SLOTS


class Wheel:
    """Made inside a running loop.

    Args:
        turn: called with the slot's index; its fault ends the wheel.
        revolution_s: SLOTS turns take so long. More than that behind, the grid begins anew.
        at_once: how many turns the next tick takes together. With few listeners waking up costs more than
            writing, and their writes are no burst.
    """

    def __init__(
        self, turn: Callable[[int], None], *, revolution_s: float, at_once: Callable[[], int] = lambda: 1
    ) -> None:
        self._turn = turn
        self._at_once = at_once
        self._count = 1
        self._revolution_s = revolution_s
        self._slot_s = revolution_s / SLOTS
        self._loop = asyncio.get_running_loop()
        self._index = 0
        self._due_s = 0.0
        self._late_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._fault: asyncio.Future[None] = self._loop.create_future()

    async def run(self) -> None:
        """Until cancelled. Raises: whatever a turn raises."""
        self._due_s = self._loop.time() + self._slot_s
        self._timer = self._loop.call_at(self._due_s, self._tick)
        try:
            await self._fault
        finally:
            self._timer.cancel()

    def take_late_s(self) -> float:
        """The latest turn since the last call."""
        late_s, self._late_s = self._late_s, 0.0
        return late_s

    def _tick(self) -> None:
        late_s = self._loop.time() - self._due_s
        self._late_s = max(self._late_s, late_s)
        if late_s > self._revolution_s:
            self._due_s += late_s  # a whole revolution is lost: slots go on with twice the chunks
        try:
            for _ in range(self._count):
                self._index = (self._index + 1) % SLOTS
                self._turn(self._index)
        except Exception as fault:  # noqa: BLE001  # told to whoever runs the wheel, who cannot go on either
            if not self._fault.done():
                self._fault.set_exception(fault)
            return
        self._count = self._at_once()
        self._due_s += self._slot_s * self._count
        self._timer = self._loop.call_at(self._due_s, self._tick)
