"""What a gate may send of the line: what live leaves. Pure: time is an argument.

Comes in: the edge's word, once a second; what was sent. Goes out: whether more may be. Never: a bound on the
fan-outs, whose listeners come first; a bound where nobody knows what the line carries.

Segments are fetched as fast as the line goes. On a line that is full of them the kernel shares by
connection, so that a dozen downloads would take from hundreds of live listeners what they need (the siege
measured it: a quarter of the time they heard nothing).
"""

from enum import Enum
from typing import Final

from stentor.edge.ladder import LINE_FULL
from stentor.errors import LineFull

LEAST: Final = 0.05
"""Of the line: players of HLS are listeners too, and a record that cannot be had at all is not there."""
BURST_S: Final = 2.0
DEBT_S: Final = 10.0
"""One large text is sent whole; it is paid back for no longer than this."""
_AGAIN_S: Final = 2.0


class Use(Enum):
    """What is sent, by who gives way."""

    LIVE = "live"
    """HLS at the live edge."""
    REPLAY = "replay"
    """Replays, files, clips: they leave half of the bucket to the others."""


def left_by_live(line_bits_per_s: int, *, live_bits_per_s: float, gates: int) -> int | None:
    """Bits that each gate may send per second. None: nobody knows what the line carries."""
    if not line_bits_per_s:
        return None
    left = max(LEAST * line_bits_per_s, LINE_FULL * line_bits_per_s - live_bits_per_s)
    return int(left / max(1, gates))


class Egress:
    """One per gate: a bucket that fills with what the edge allows."""

    def __init__(self) -> None:
        self._bytes_per_s: float | None = None
        self._level = 0.0
        self._at_s = 0.0

    def told(self, bits_per_s: int | None, *, now_s: float) -> None:
        """The edge's word. None: it does not say, and the last one stands."""
        if bits_per_s is None:
            return
        is_first = self._bytes_per_s is None
        self._fill(now_s)
        self._bytes_per_s = bits_per_s / 8
        if is_first:
            self._level, self._at_s = BURST_S * self._bytes_per_s, now_s

    def may(self, use: Use, *, now_s: float) -> bool:
        """Whether one more may be sent; its size is taken when it is."""
        self._fill(now_s)
        if self._bytes_per_s is None:
            return True
        return self._level > (0.0 if use is Use.LIVE else BURST_S * self._bytes_per_s / 2)

    def check(self, use: Use, *, now_s: float) -> None:
        """Raises: LineFull."""
        if not self.may(use, now_s=now_s):
            raise LineFull(retry_after_s=_AGAIN_S)

    def took(self, size_bytes: int) -> None:
        if self._bytes_per_s is not None:
            self._level = max(self._level - size_bytes, -DEBT_S * self._bytes_per_s)

    def _fill(self, now_s: float) -> None:
        if self._bytes_per_s is not None:
            grown = self._level + self._bytes_per_s * max(0.0, now_s - self._at_s)
            self._level = min(grown, BURST_S * self._bytes_per_s)
            self._at_s = now_s
