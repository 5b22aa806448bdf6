"""The mixer's clock: which 20 ms tick is due. Pure.

Comes in: wall time. Goes out: what to do now. Never: a sleep, a burst, a tick twice.

Tick t begins at epoch + 20·t ms and is mixed then. Small lateness is made up for (five ticks: a browser's
jitter buffer takes 100 ms, and the crowd, a chunk behind anyway, hears nothing of it); after more, the ticks
that were missed are silence and the timeline stays exact to the sample; after a chunk or more, whole chunks
are left out and are a known hole.
"""

from dataclasses import dataclass
from typing import Final

from stentor.limits import CHUNK_MS, OPUS_FRAMES_PER_CHUNK

TICK_MS: Final = CHUNK_MS // OPUS_FRAMES_PER_CHUNK
CATCH_UP_TICKS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do now.

    Args:
        silent_ticks: how many ticks, from the next one on, are silence.
        is_due: then mix one tick.
        skipped_chunks: then leave out so many whole chunks (only at a chunk's border).
        wait_ms: then come back; 0: at once.
    """

    silent_ticks: int = 0
    is_due: bool = False
    skipped_chunks: int = 0
    wait_ms: float = 0.0


class Clockwork:
    """Walks along the grid of one Space, tick by tick.

    Args:
        epoch_ms: wall time of tick 0.
        first_tick: where to begin.
    """

    def __init__(self, *, epoch_ms: float, first_tick: int) -> None:
        self._epoch_ms = epoch_ms
        self._next = first_tick

    @property
    def next_tick(self) -> int:
        """The tick that the next turn begins with."""
        return self._next

    def turn(self, now_ms: float) -> Turn:
        """Moves on to what is due at `now_ms` and says what that is."""
        now_tick = int((now_ms - self._epoch_ms) // TICK_MS)
        behind = now_tick - self._next
        if behind < 0:
            return Turn(wait_ms=self._starts_ms(self._next) - now_ms)
        if behind <= CATCH_UP_TICKS_MAX:
            self._next += 1
            return Turn(is_due=True, wait_ms=self._wait_ms(now_ms))
        if behind < OPUS_FRAMES_PER_CHUNK:
            self._next = now_tick + 1
            return Turn(silent_ticks=behind, is_due=True, wait_ms=self._wait_ms(now_ms))
        silent = -self._next % OPUS_FRAMES_PER_CHUNK
        border = self._next + silent
        # The chunk that is running already would begin with a hole inside: start with the next one.
        self._next = (now_tick // OPUS_FRAMES_PER_CHUNK + 1) * OPUS_FRAMES_PER_CHUNK
        skipped = (self._next - border) // OPUS_FRAMES_PER_CHUNK
        return Turn(silent_ticks=silent, skipped_chunks=skipped, wait_ms=self._wait_ms(now_ms))

    def _wait_ms(self, now_ms: float) -> float:
        return max(0.0, self._starts_ms(self._next) - now_ms)

    def _starts_ms(self, tick: int) -> float:
        return self._epoch_ms + tick * TICK_MS
