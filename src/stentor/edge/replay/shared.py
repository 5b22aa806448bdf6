"""One making for all who ask: whoever wants what is being made waits for it, what was made is kept a while.

Comes in: a key and how its value is made. Goes out: the value. Never: the same thing made twice at once; a
maker that ends because one who waited has left; more kept than the bound.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar

from stentor.errors import Full, StentorError

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_AT_ONCE_MAX = 256


class Shared(Generic[K, V]):
    """Values by key, the least lately used go first.

    Args:
        what: names the values, for whoever finds it full.
        cost_max: the sum of the costs that is kept.
        cost: of a value, such as its bytes; 1 each by default.

    Bounds: `cost_max`, and what at most 256 makers hold.
    """

    def __init__(self, what: str, *, cost_max: int, cost: Callable[[V], int] = lambda _: 1) -> None:
        self._what = what
        self._cost_max = cost_max
        self._cost = cost
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._costs = 0
        self._being_made: dict[K, asyncio.Task[V]] = {}

    async def get(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        """The value; made by `make` where it is not kept. The maker's error is everybody's, and not kept.

        Raises: Full: too much is being made. What `make` raises.
        """
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        task = self._being_made.get(key)
        if task is None:
            if len(self._being_made) >= _AT_ONCE_MAX:
                raise Full(self._what, limit=_AT_ONCE_MAX, retry_after_s=1.0)
            task = asyncio.ensure_future(self._made(key, make))
            self._being_made[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Ends what is being made."""
        tasks = list(self._being_made.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _made(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        value = await make()
        self._kept[key] = value
        self._costs += self._cost(value)
        while self._costs > self._cost_max and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._costs -= self._cost(gone)
        return value

    def _finished(self, key: K, task: asyncio.Task[V]) -> None:
        del self._being_made[key]
        if not task.cancelled():
            # Looked at here, so that an error which nobody waits for any more is not called unretrieved.
            with suppress(StentorError):
                task.result()
