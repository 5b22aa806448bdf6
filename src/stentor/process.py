"""What every process of Stentor does around its work: ends with its parent, hears signals, ends its tasks.

The one file that touches prctl.
"""

import asyncio
import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_CANCEL_AGAIN_S = 0.1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Asks the kernel for SIGKILL when the parent ends, however it ends. Runs between fork and exec."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def set_name(name: str) -> None:
    """What `ps` and `top` show of this process; the kernel keeps 15 bytes."""
    if _libc is not None:
        _libc.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def give_way(*, nice: int) -> None:
    """This process and its threads-to-be run when nobody else wants the core, in long slices.

    SCHED_BATCH beside niceness: a batch process never preempts one that wakes up, such as the mixer.

    Args:
        nice: 0…19 on top of what it has.
    """
    os.nice(nice)
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def limit_memory(more_bytes: int) -> None:
    """From now on this process may have so much more memory than it has; what asks for more fails there."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + more_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def stop_event() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; call it inside the running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def until(stop: asyncio.Event, work: asyncio.Task[None]) -> None:
    """Waits for `stop`, or for work that ends, which it does only by a fault. Raises: that fault."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({stopping, work}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
    if work.done():
        work.result()


async def first_to_end(*tasks: asyncio.Task[None]) -> None:
    """Waits for the first that ends, and takes the others along. Raises: its fault."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end_tasks(*tasks)


class Process(Protocol):
    """asyncio's, or one that was forked."""

    @property
    def returncode(self) -> int | None: ...

    def send_signal(self, signal: int) -> None: ...

    def kill(self) -> None: ...

    async def wait(self) -> int: ...


async def end_process(process: Process, *, patience_s: float) -> None:
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
