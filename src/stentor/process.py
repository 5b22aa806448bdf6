"""What every process of Stentor does around its work: ends with its parent, hears signals, ends its tasks.

The one file that touches prctl.
"""

import asyncio
import ctypes
import os
import signal
import sys
from contextlib import suppress
from typing import Any

_PR_SET_PDEATHSIG = 1
_CANCEL_AGAIN_S = 0.1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Asks the kernel for SIGKILL when the parent ends, however it ends. Runs between fork and exec."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def stop_event() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; call it inside the running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def end_process(process: asyncio.subprocess.Process, *, patience_s: float) -> None:
    """TERM, then KILL for whoever has not ended in time; it has ended when this returns."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), patience_s)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def end_tasks(*tasks: asyncio.Task[Any]) -> None:
    """Cancels and waits until every task has ended; what they raise is theirs.

    Asks again each tenth of a second: before Python 3.12 `asyncio.wait_for`, which the NATS client uses, can
    lose a cancellation that meets its result (python/cpython#86296), and the loop around it goes on: a stage
    that was stopped while it read its record stayed for ever.
    """
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=_CANCEL_AGAIN_S)


def is_alive(pid: int) -> bool:
    """Whether a process of that number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
