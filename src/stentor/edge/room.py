"""Room: how many more people an edge can take now, and how fast its gates can let them in. Pure.

Comes in: who sits, what the line carried in the last second, the ladder's step, an operator's word. Goes
out: newcomers, why there are none, joins per second. Never: a seat or a bit that belongs to those who come
back: of both a part is kept for them, so that a neighbour's listeners find a place on the evening it dies.

Bits are reckoned at the lowest rung, since the rung gives way before newcomers wait (DESIGN, section 9).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from stentor.edge.ladder import LINE_FULL, Door, Quality

RENEW_SEATS: Final = 0.05
RENEW_LINE: Final = 0.2
"""Of the seats and of the line, for those who come back: of five edges one may die."""
LOW_SHARE: Final = 0.55
"""Bits of a listener at the low rung, of those at the high one: half the audio, the same boxes and ticks."""
HIGH_BITS_PER_S: Final = 72_000
"""Of a listener, until there are enough to measure: `aac64` with boxes and ticks."""
HIGH_BITS_PER_S_MIN: Final = 33_000
"""`opus32`: what is measured below it is a stage that says nothing, not a cheaper listener."""
MEASURED_FROM: Final = 50
"""Fewer listeners say nothing about a listener; so many come in whatever the line."""
_MEMORY: Final = 0.1
"""What one second counts in the mean: newcomers get two chunks at once, a wave of them is no lasting load."""
RAMP_S: Final = 30.0
RAMP_SHARE: Final = 0.02
RAMP_MIN: Final = 10
"""After a hold by pressure, so many of those who sit may come per second: it is seen before it is back."""
JOINS_PER_GATE: Final = 1_000
"""A quarter of what a gate does when it does nothing else (4,000, docs/PERFORMANCE.md)."""
QUEUE_MS_TARGET: Final = 20.0


class Held(StrEnum):
    """Why an edge takes no newcomers."""

    SEATS = "seats"
    LINE = "line"
    JOINS = "joins"
    """The machine is late: more come than it can serve, whatever seats are free."""
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Load:
    """What an edge carries.

    Args:
        streams: open live streams; each has a seat. hls: players of HLS: bits without a seat.
        seats_per_fanout, fanouts: those that speak.
        bits_per_s: sent in the last second. line_bits_per_s: what the line carries; 0: not known.
        quality: in force now. lowest: as far down as an operator lets it go.
    """

    streams: int
    hls: int
    seats_per_fanout: int
    fanouts: int
    bits_per_s: float = 0.0
    line_bits_per_s: int = 0
    quality: Quality = Quality.HIGH
    lowest: Quality = Quality.LOW


@dataclass(frozen=True, slots=True)
class Room:
    """Args: newcomers: who would be seated. held: why fewer than there are seats and bits for."""

    newcomers: int
    held: Held | None = None


def seats_for_newcomers(seats: int) -> int:
    """Of a fan-out's seats, those that somebody without a pass may take."""
    return seats - int(seats * RENEW_SEATS)


@dataclass(slots=True)
class RoomGauge:
    """The room of one edge, asked once a second."""

    _high_bits: float = HIGH_BITS_PER_S
    _held_s: float | None = None
    _why: Held = Held.SEATS

    def feel(self, load: Load, *, door: Door, why: Held, now_s: float) -> Room:
        """Takes one second.

        Args:
            door: held: no newcomers. why: who or what holds it.
        """
        self._measure(load)
        if door is Door.HELD:
            self._held_s, self._why = None if why is Held.OPERATOR else now_s, why
            return Room(0, why)
        seats = seats_for_newcomers(load.seats_per_fanout) * load.fanouts - load.streams
        line = self._line_room(load)
        newcomers, held = (seats, Held.SEATS) if line is None or seats <= line else (line, Held.LINE)
        if newcomers <= 0:
            return Room(0, held)
        if self._held_s is not None and now_s - self._held_s <= RAMP_S:
            ramp = max(RAMP_MIN, int(RAMP_SHARE * load.streams))
            if ramp < newcomers:
                return Room(ramp, self._why)
        return Room(newcomers)

    def _measure(self, load: Load) -> None:
        listeners = load.streams + load.hls
        if load.line_bits_per_s and listeners >= MEASURED_FROM:
            each = load.bits_per_s / listeners / (1 if load.quality is Quality.HIGH else LOW_SHARE)
            self._high_bits += _MEMORY * (max(each, HIGH_BITS_PER_S_MIN) - self._high_bits)

    def _line_room(self, load: Load) -> int | None:
        """None: nobody knows what the line carries."""
        if not load.line_bits_per_s:
            return None
        each = self._high_bits * (1 if load.lowest is Quality.HIGH else LOW_SHARE)
        whole = LINE_FULL * (1 - RENEW_LINE) * load.line_bits_per_s
        return max(int(whole / each), MEASURED_FROM) - load.streams - load.hls


@dataclass(slots=True)
class JoinRate:
    """What the gates can let in per second: down quickly while requests wait in their loops, up slowly.

    Args:
        per_gate: when nothing waits.
    """

    per_gate: int
    _share: float = field(default=1.0)

    def feel(self, *, gates: int, queue_ms: float) -> float:
        """Takes one second's delay of the latest gate. Returns joins per second of all together."""
        if queue_ms > QUEUE_MS_TARGET:
            self._share = max(0.05, 0.8 * self._share)
        elif queue_ms < QUEUE_MS_TARGET / 2:
            self._share = min(1.0, self._share + 0.05)
        return self.per_gate * gates * self._share
