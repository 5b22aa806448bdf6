"""Ending helper tasks for certain."""

import asyncio
from typing import Any, Final

_ASK_AGAIN_S: Final = 0.1


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancels until every task has ended; their results and errors are not looked at.

    One `cancel` is not enough on Python 3.11: `asyncio.wait_for` swallows a cancellation that meets its
    result (python/cpython#86296), and nats-py waits with it. A stage that was stopped while it read its
    record stayed for ever.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_ASK_AGAIN_S)
