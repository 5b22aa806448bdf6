"""How a voice behaves: what it may send, when it is kept silent, when it is put away. Pure.

Comes in: sizes of packets, ticks, and twice a second what was too much or not to be decoded. Goes out: yes or
no for a packet, a verdict for a voice. Never: a look at the clock, a thought about what is said: whoever is
loud or rude is the hosts' affair.

No browser's Opus is ever refused by libopus, and none sends 200 packets a second: one bad packet is an
accident, two in half a second are not.
"""

from enum import StrEnum
from typing import Final

PACKETS_PER_TICK: Final = 4
"""200 a second: Opus in packets of 5 ms. Browsers send 50, at most 100."""
PACKETS_BURST: Final = 400
"""A line that was blocked for eight seconds delivers all at once."""
BYTES_PER_TICK: Final = 2_500
"""1 Mbit/s; Opus ends at 510 kbit/s."""
BYTES_BURST: Final = 250_000

LOOK_S: Final = 0.5
_EXCESS_MAX: Final = 25
_BROKEN_MAX: Final = 1
_SILENT_LOOKS: Final = 4
_WORSE: Final = 2
_BETTER: Final = 1
_PUT_AWAY_AT: Final = 20
"""Five seconds without a good look, or a quarter of a minute with two bad looks of three."""


class Ration:
    """What one voice may send: so much with each tick, and a store for bursts."""

    def __init__(self) -> None:
        self._packets = PACKETS_BURST
        self._bytes = BYTES_BURST
        self.excess_count = 0

    def tick(self) -> None:
        """20 ms have passed."""
        self._packets = min(PACKETS_BURST, self._packets + PACKETS_PER_TICK)
        self._bytes = min(BYTES_BURST, self._bytes + BYTES_PER_TICK)

    def takes(self, size_bytes: int) -> bool:
        """Whether one more packet may come in; counts it."""
        if self._packets < 1 or self._bytes < size_bytes:
            self.excess_count += 1
            return False
        self._packets -= 1
        self._bytes -= size_bytes
        return True


class Verdict(StrEnum):
    """What to do with a voice."""

    HEAR = "hear"
    SILENCE = "silence"
    PUT_AWAY = "put_away"


class Conduct:
    """Judges one voice, look by look."""

    def __init__(self) -> None:
        self._excess = self._broken = 0
        self._score = 0
        self._silent_looks = 0
        self.because = ""
        """`too_much` or `broken`: what the last bad look saw."""

    def look(self, *, excess: int, broken: int) -> Verdict:
        """To be asked each `LOOK_S`.

        Args:
            excess: packets above the ration, since the beginning.
            broken: packets that libopus refused, since the beginning.
        """
        is_too_much = excess - self._excess > _EXCESS_MAX
        is_broken = broken - self._broken > _BROKEN_MAX
        self._excess, self._broken = excess, broken
        if is_too_much or is_broken:
            self.because = "too_much" if is_too_much else "broken"
            self._score += _WORSE
            self._silent_looks = _SILENT_LOOKS
            return Verdict.PUT_AWAY if self._score >= _PUT_AWAY_AT else Verdict.SILENCE
        self._score = max(0, self._score - _BETTER)
        self._silent_looks = max(0, self._silent_looks - 1)
        return Verdict.SILENCE if self._silent_looks else Verdict.HEAR
