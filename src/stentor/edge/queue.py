"""How busy a gate is: how late its loop, and whether that is its own doing.

Comes in: the loop itself, the kernel's account of this thread. Goes out: numbers, ten times a second. Never:
a question to anybody; CPU use as a measure of overload: a full core without a queue is a good evening.
"""

import asyncio
import os
import statistics
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

from stentor.admission.shedding import STEP_S

_PROBES: Final = 10
_SCHEDSTAT: Final = "/proc/thread-self/schedstat"


class Step(Protocol):
    """Whoever wants to know each time."""

    def __call__(self, *, late_ms: float, busy: float, elapsed_s: float) -> None: ...


@dataclass(slots=True)
class Queue:
    """How long a request waits for this gate's loop, by knocking ten times a second."""

    _late_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_PROBES))
    _tells: list[Step] = field(default_factory=list)

    @property
    def late_ms(self) -> float:
        """The median of the last second: one long answer is no queue."""
        return statistics.median(self._late_ms) if self._late_ms else 0.0

    def take(self, late_ms: float) -> None:
        self._late_ms.append(late_ms)

    def tells(self, step: Step) -> None:
        """`step` is called at each knock from now on."""
        self._tells.append(step)

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        with Occupation() as occupation:
            at_s = loop.time()
            while True:
                due_s = loop.time() + STEP_S
                await asyncio.sleep(STEP_S)
                now_s = loop.time()
                late_ms, elapsed_s, at_s = 1000 * max(0.0, now_s - due_s), now_s - at_s, now_s
                self.take(late_ms)
                busy = occupation.since_s() / elapsed_s
                for step in self._tells:
                    step(late_ms=late_ms, busy=min(busy, 1.0), elapsed_s=elapsed_s)


class Occupation:
    """The time in which this thread ran or waited for a core: what is left over it slept.

    Waiting counts: a gate that gets a third of a core is as full with a third of the work. Where the kernel
    does not tell (no `/proc`), only what it ran counts.
    """

    def __init__(self) -> None:
        self._fd: int | None = None
        with suppress(OSError):
            self._fd = os.open(_SCHEDSTAT, os.O_RDONLY)
        self._before_s = self._total_s()

    def __enter__(self) -> "Occupation":
        return self

    def __exit__(self, *_: object) -> None:
        if self._fd is not None:
            os.close(self._fd)

    def since_s(self) -> float:
        """Since the last time."""
        total_s = self._total_s()
        since_s, self._before_s = total_s - self._before_s, total_s
        return since_s

    def _total_s(self) -> float:
        if self._fd is None:
            return time.thread_time()
        ran_ns, waited_ns, _ = os.pread(self._fd, 64, 0).split()
        return (int(ran_ns) + int(waited_ns)) / 1e9
