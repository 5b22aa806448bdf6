"""The jitter buffer: packets in any order in, one decision per packet time out. Pure.

Comes in: sequence number, timestamp, payload. Goes out, on each pull: play this packet, this one is lost
(with its successor where forward error correction may help), nothing has come yet, or nobody is sending.
Never: a packet out of order or twice, more than `CAPACITY` packets, an opinion about samples.

How deep it is (`target`) follows the line: a packet that comes too late deepens it by as much as it was
late; five seconds without one take away what was never needed in them. What is deeper than the target for
a second (drift of the two clocks, a burst) is taken out one packet at a time, in a quiet moment if there is
one.
"""

from dataclasses import dataclass
from typing import Final

from stentor.limits import OPUS_FRAME_SAMPLES

TARGET_MIN: Final = 1
TARGET_MAX: Final = 12
"""240 ms of 20 ms packets: deeper, people begin to talk into each other."""
TARGET_AT_START: Final = 2
CAPACITY: Final = 64
STALL_MAX: Final = 5
"""After so many packet times with nothing the sender has stopped (muted, DTX): no more concealment."""
_JUMP: Final = 100
"""A sequence number so far off is a sender that started anew, if the next one follows it."""
_HALF_RANGE: Final = 0x8000
_BURST: Final = 10
_CALM_PULLS: Final = 250
_EXCESS_PULLS: Final = 50
_EXCESS_PULLS_LOUD: Final = 150


@dataclass(frozen=True, slots=True)
class Play:
    """Decode this."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """A packet is missing and later ones are here: repair it from `following`, its direct successor, or
    conceal."""

    following: bytes | None


@dataclass(frozen=True, slots=True)
class Stalled:
    """Nothing is here, it may still come: conceal one packet time and ask again."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is sending, or the buffer is filling."""


Decision = Play | Lost | Stalled | Idle
_STALLED, _IDLE = Stalled(), Idle()


@dataclass(slots=True)
class Counts:
    """What the line did, for figures and logs."""

    received: int = 0
    duplicate: int = 0
    late: int = 0
    lost: int = 0
    dropped: int = 0
    """Taken out because the buffer was too deep or full."""
    restarted: int = 0


@dataclass(frozen=True, slots=True)
class _Waiting:
    timestamp: int
    samples: int
    payload: bytes
    is_quiet: bool


class JitterBuffer:
    """One sender's packets between the network's time and ours."""

    def __init__(self) -> None:
        self.target = TARGET_AT_START
        self.counts = Counts()
        self._waiting: dict[int, _Waiting] = {}
        self._next: int | None = None
        """Sequence number to play next, counted on without wrapping."""
        self._is_filling = True
        self._stalls = 0
        self._timestamp_due: int | None = None
        self._strange: int | None = None
        self._calm = self._excess = 0
        self._least_left, self._most_waiting = CAPACITY, 0
        self._target_max = TARGET_MAX
        self._owed = 0
        """Packet times to wait, in the next hole or quiet moment, to become as deep as the target."""

    @property
    def depth(self) -> int:
        return len(self._waiting)

    def push(
        self, *, sequence: int, timestamp: int, samples: int, payload: bytes, is_quiet: bool = False
    ) -> None:
        """Takes a packet.

        Args:
            sequence: 16 bits, wraps.
            timestamp: 32 bits, wraps; with `samples`, the packet's duration, it tells a sender that paused
                from one that was late.
            is_quiet: dropping this one would hardly be heard.
        """
        self.counts.received += 1
        number = self._unwrapped(sequence)
        if number is None:
            return
        if self._next is not None and number < self._next and not self._has_not_begun():
            self.counts.late += 1
            self._owed = min(self._owed + 1, max(0, self._target_max - self.target))
            self._deepen(1)
            return
        if number in self._waiting:
            self.counts.duplicate += 1
            return
        if number == self._next and 0 < self._stalls <= STALL_MAX and timestamp == self._timestamp_due:
            # It did come, later than the buffer was deep; a pause would have moved the timestamp on.
            self._deepen(self._stalls)
        self._target_max = max(TARGET_MIN + 1, min(TARGET_MAX, TARGET_MAX * OPUS_FRAME_SAMPLES // samples))
        self._waiting[number] = _Waiting(timestamp, samples, payload, is_quiet)
        self._next = number if self._next is None else min(self._next, number)
        while len(self._waiting) > CAPACITY:
            self._drop_first()

    def pull(self) -> Decision:
        """What to do with the packet time that begins now."""
        if self._is_filling:
            if len(self._waiting) < self.target:
                return _IDLE
            self._is_filling = False
        if self._next is None:
            return _IDLE
        self._learn_calm()
        self._shed_excess()
        self._skip_what_was_concealed()
        first = self._waiting.get(self._next)
        if self._owed and (first is None or first.is_quiet):
            self._owed -= 1
            return _STALLED
        if first is not None:
            del self._waiting[self._next]
            self._stalls = 0
            self._next += 1
            self._timestamp_due = (first.timestamp + first.samples) & 0xFFFFFFFF
            return Play(first.payload)
        if self._waiting:
            self.counts.lost += 1
            self._next += 1
            self._timestamp_due = None
            following = self._waiting.get(self._next)
            return Lost(following.payload if following else None)
        self._stalls += 1
        if self._stalls > STALL_MAX:
            self._is_filling = True
            return _IDLE
        return _STALLED

    def restart(self) -> None:
        """Forgets the stream, keeps what was learned about the line."""
        self._waiting.clear()
        self._next, self._strange, self._timestamp_due = None, None, None
        self._is_filling, self._stalls, self._excess, self._owed = True, 0, 0, 0

    def _unwrapped(self, sequence: int) -> int | None:
        """The sequence number counted on from `_next`; None: far off, kept out until a second one agrees."""
        if self._next is None:
            return sequence
        distance = (sequence - self._next + _HALF_RANGE) % (2 * _HALF_RANGE) - _HALF_RANGE
        if abs(distance) <= _JUMP:
            self._strange = None
            return self._next + distance
        if self._strange is not None and sequence == (self._strange + 1) & 0xFFFF:
            self.restart()
            self.counts.restarted += 1
            return sequence
        self._strange = sequence
        return None

    def _has_not_begun(self) -> bool:
        """Before anything was played the first packet to come need not be the first that was sent."""
        return self._is_filling and self._stalls == 0 and bool(self._waiting)

    def _deepen(self, packets: int) -> None:
        self.target = max(self.target, min(self._target_max, self.target + packets))
        self._calm = self._excess = 0
        self._least_left, self._most_waiting = CAPACITY, 0

    def _learn_calm(self) -> None:
        """Every five seconds without lateness: what was never needed meanwhile is not needed.

        The last spare packet is given up only after ten seconds, for it is the margin. A target that the
        buffer was never as deep as was not needed either: a sender with a slow clock runs it empty once in a
        while, and each time it comes back one packet "late" (half an hour at 100 ppm: target 11 of 12,
        harmless until the next pause, after which the voice was 200 ms late).
        """
        self._calm += 1
        self._least_left = min(self._least_left, max(0, len(self._waiting) - 1))
        self._most_waiting = max(self._most_waiting, len(self._waiting))
        if self._calm % _CALM_PULLS:
            return
        spare, self._least_left = self._least_left, CAPACITY
        most, self._most_waiting = self._most_waiting, 0
        if most < self.target:
            self.target, self._owed = max(TARGET_MIN, most), 0
            return
        if spare > 1:
            self.target = max(TARGET_MIN, self.target - (spare - 1))
        elif spare == 1 and self._calm >= 2 * _CALM_PULLS:
            self.target, self._calm = max(TARGET_MIN, self.target - 1), 0

    def _skip_what_was_concealed(self) -> None:
        """Time that a stall has already filled is not filled again for the packets lost meanwhile; after a
        black-out the voice goes on at once instead of a black-out later."""
        assert self._next is not None
        if not self._waiting or self._next in self._waiting:
            return
        gap = min(self._waiting) - self._next
        skipped = gap if gap > TARGET_MAX or self._stalls > STALL_MAX else min(gap, self._stalls)
        self.counts.lost += skipped
        self._next += skipped
        self._stalls = 0

    def _shed_excess(self) -> None:
        """After this pull `depth − 1` packets stay; if that was never below the target, one is too many."""
        if len(self._waiting) - 1 < self.target:
            self._excess = 0
            return
        if len(self._waiting) > self.target + _BURST:
            # A line that was blocked delivers all at once; to play that would be to stay late for minutes.
            while len(self._waiting) > self.target:
                self._drop_first()
            return
        self._excess += 1
        first = self._waiting.get(self._next) if self._next is not None else None
        is_quiet = first is not None and first.is_quiet
        if self._excess >= (_EXCESS_PULLS if is_quiet else _EXCESS_PULLS_LOUD):
            self._excess = 0
            self._drop_first()

    def _drop_first(self) -> None:
        first = min(self._waiting)
        del self._waiting[first]
        self._next = first + 1
        self.counts.dropped += 1
