"""What a bad line does to datagrams: loss, bursts of it, delay, jitter, reordering, duplicates. Pure.

Comes in: that a datagram sets out, and when. Goes out: when it arrives, each time that it does. Never: chance
that cannot be repeated (one seed, one line), the datagram itself, a clock.

Source: the two states are those of Gilbert (1960): in the good one everything passes, in the bad one nothing.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Faults:
    """One direction of a line.

    Args:
        loss: share of datagrams that never arrive, 0…0.9.
        burst: how many are lost in a row on average; None: each is lost by itself.
        delay_ms: what every datagram takes.
        jitter_ms: at most so much longer, each datagram by itself; above the packet time they overtake.
        keeps_order: a queue instead: none overtakes, all behind a late one are late with it.
        duplicates: share that arrives twice.
    """

    loss: float = 0.0
    burst: float | None = None
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    keeps_order: bool = False
    duplicates: float = 0.0

    def __post_init__(self) -> None:
        assert 0 <= self.loss <= 0.9, "beyond, it is no line"  # noqa: PLR2004
        assert self.burst is None or self.burst >= 1 / (1 - self.loss), "shorter bursts than chance makes"
        assert self.delay_ms >= 0 <= self.jitter_ms
        assert 0 <= self.duplicates <= 1


PERFECT = Faults()


class BadLine:
    """One direction of a line, datagram by datagram.

    Args:
        seed: the same seed and the same times of departure make the same line.
    """

    def __init__(self, faults: Faults, *, seed: int) -> None:
        self.faults = faults
        """May be changed on the way: the weather turns."""
        self.passed_count = self.lost_count = self.overtaking_count = 0
        self._chance = random.Random(seed)  # noqa: S311  # it must be repeatable, not secret
        self._is_losing = False
        self._latest_ms = 0.0

    def arrivals(self, now_ms: float) -> tuple[float, ...]:
        """When the datagram that sets out now arrives: never, once or twice."""
        faults, chance = self.faults, self._chance
        if self._loses():
            self.lost_count += 1
            return ()
        self.passed_count += 1
        times = [self._arrival_ms(now_ms)]
        if faults.duplicates and chance.random() < faults.duplicates:
            times.append(self._arrival_ms(now_ms))
        return tuple(times)

    def _loses(self) -> bool:
        """Steps the two states, whose mean stay and share are what `Faults` says."""
        loss = self.faults.loss
        if loss == 0:
            self._is_losing = False
            return False
        burst = self.faults.burst or 1 / (1 - loss)
        stays = 1 - 1 / burst if self._is_losing else loss / ((1 - loss) * burst)
        self._is_losing = self._chance.random() < stays
        return self._is_losing

    def _arrival_ms(self, now_ms: float) -> float:
        faults = self.faults
        at_ms = now_ms + faults.delay_ms
        if faults.jitter_ms:
            at_ms += self._chance.random() * faults.jitter_ms
        if faults.keeps_order:
            at_ms = max(at_ms, self._latest_ms)
        elif at_ms < self._latest_ms:
            self.overtaking_count += 1
        self._latest_ms = max(at_ms, self._latest_ms)
        return at_ms
