"""Time as an argument: everything that decides gets a clock, everything that sleeps lives in a shell.

Comes in: nothing. Goes out: wall time in milliseconds, monotonic seconds. Never: a sleep.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """Two clocks that are never mixed up: one names moments to people, one measures."""

    def wall_ms(self) -> int:
        """Milliseconds since 1970, may step when the machine's clock is set."""
        ...

    def monotonic_s(self) -> float:
        """Seconds from an unknown start, never steps back."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()


class SteadyClock:
    """Wall time read once and then carried by the monotonic clock.

    The stage numbers chunks by the wall clock; an NTP step during a talk must not make it repeat or skip
    numbers, so a step takes effect only when the process starts again.
    """

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._offset_ms = self._base.wall_ms() - self._base.monotonic_s() * 1000

    def wall_ms(self) -> int:
        return int(self._base.monotonic_s() * 1000 + self._offset_ms)

    def monotonic_s(self) -> float:
        return self._base.monotonic_s()


class HandClock:
    """A clock moved by hand, for tests and simulations."""

    def __init__(self, wall_ms: int = 1_700_000_000_000, monotonic_s: float = 0.0) -> None:
        self._wall_ms = wall_ms
        self._monotonic_s = monotonic_s

    def wall_ms(self) -> int:
        return self._wall_ms

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        self._monotonic_s += seconds
        self._wall_ms += round(seconds * 1000)

    def step_wall(self, milliseconds: int) -> None:
        """Sets the wall clock only, as NTP or an operator would."""
        self._wall_ms += milliseconds
