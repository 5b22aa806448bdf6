"""A lane: everybody in this fan-out who takes one programme in one codec and format.

Comes in: the programme's window, the ladder's step. Goes out: bytes that are shared by the lane's listeners,
and where each slot stands. Never: a socket; bytes of a listener's own.

Nearly all of a lane is *steady*: a slot's listeners all have everything up to the same number, so the slot
keeps one cursor and a list of descriptors. Who is not in step (a newcomer, a full socket) stands *apart*
with a cursor of their own until the two meet.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import count

from stentor.edge.framing import Format, Shape
from stentor.edge.listener import Listener, Write
from stentor.edge.programme import Programme
from stentor.edge.slots import QUIET_TURNS, SLOTS, first_phase, last_due, next_phase
from stentor.limits import CHUNK_MS
from stentor.space.rung import BEST_RUNG, Codec, Rung

TURN_S = CHUNK_MS / 1000 / SLOTS
_EARLY_TURNS = 8
"""A chunk that came so many turns before a slot's own time, or fewer, is early for it."""
_SHARED_MAX = 8
_BORDERS_MAX = 16
"""Changes of rung that are remembered; the window has seen no more of them with the ladder's waits."""


class Apart:
    """One listener who is not in step.

    Args:
        preface: what goes out before the next chunk: the answer's head and the init segment.
    """

    __slots__ = ("fd", "is_fed", "listener", "pending", "preface", "slot", "write")

    def __init__(self, fd: int, slot: int, listener: Listener, preface: bytes = b"") -> None:
        self.fd = fd
        self.slot = slot
        self.listener = listener
        self.preface = preface
        self.pending: memoryview | None = None
        self.write: Write | None = None
        self.is_fed = False

    @property
    def is_level(self) -> bool:
        """Has whole chunks and knows everything: like a steady one."""
        return self.pending is None and not self.preface and not self.listener.is_joining


@dataclass(slots=True, eq=False)
class Slot:
    """The steady listeners of one turn.

    Args:
        number: which of the lane's slots it is.
        next: they have everything before it.
        wrote_s, size: the last write to all of them.
        sure_s: whoever is trusted has acknowledged something of a write at that time or later.
        fresh: in step since the last write, so it was not to them.
    """

    number: int
    fds: list[int] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)
    next: int = 0
    wrote_s: float = 0.0
    size: int = 0
    sure_s: float = 0.0
    fresh: set[int] = field(default_factory=set)


class Lane:
    """Made by the crowd on the first listener's arrival.

    Bounds: _SHARED_MAX joined writes beside the programme's own framed chunks.
    """

    def __init__(self, programme: Programme, codec: Codec, format_: Format, *, now_s: float) -> None:
        self.programme = programme
        self.codec = codec
        self.format = format_
        self.slots = [Slot(number) for number in range(SLOTS)]
        self.seat_count = 0
        self.cadence = 1
        self.moved_s = now_s
        self._moved_head = -1
        self._phase: int | None = None
        self._rungs = [BEST_RUNG[codec]]
        self._borders = [0]
        self._shared: dict[tuple[int, int, bool], bytes] = {}
        self._next_slot = count()

    @property
    def preamble(self) -> bytes:
        return Shape(self._rungs[-1], self.format).preamble

    @property
    def is_over(self) -> bool:
        return self.programme.arrivals.is_over

    def head(self) -> int | None:
        """The newest chunk; all rungs of a number come in one piece, so any rung tells."""
        return self.programme.window.head(BEST_RUNG[self.codec])

    def oldest(self) -> int:
        return self.programme.oldest(BEST_RUNG[self.codec])

    def look(self, *, now_s: float) -> None:
        """Notices whether the head moves."""
        head = self.head()
        if head is not None and head != self._moved_head:
            self._moved_head, self.moved_s = head, now_s

    def turn_with_arrivals(self, index: int, *, now_s: float) -> None:
        """Keeps the slots in step with their source: the first is served shortly after a chunk comes."""
        ago = int((now_s - self.programme.arrived_s) / TURN_S)
        if ago < SLOTS:  # else it is silent, and where its turns stand does not matter
            arrival = index - ago
            self._phase = first_phase(arrival) if self._phase is None else next_phase(self._phase, arrival)

    def slot_at(self, index: int) -> Slot:
        """Whose turn it is when the wheel stands at `index`."""
        return self.slots[(index - (self._phase or 0)) % SLOTS]

    def due(self, slot: int, head: int, *, now_s: float) -> int:
        """The newest chunk that a slot should have; everything, when nothing more will come.

        The last slots stand before the next arrival. A chunk that came early is not for them yet: they would
        have it a whole revolution too soon, and wait for two the next time.
        """
        if self.is_over:
            return head
        is_last = slot >= SLOTS - _EARLY_TURNS
        is_early = is_last and now_s - self.programme.arrived_s < _EARLY_TURNS * TURN_S
        return last_due(head=head - is_early, cadence=self.cadence, slot=slot)

    def pick_slot(self) -> int:
        """The slots in turn, so that they stay equally full."""
        return next(self._next_slot) % (SLOTS - QUIET_TURNS)

    def step(self, rung: Rung, cadence: int) -> None:
        """Chunks after the head are of this rung; each number is of one rung for everybody."""
        self.cadence = cadence
        if rung is self._rungs[-1]:
            return
        head = self.head()
        border = 0 if head is None else head + 1
        if border == self._borders[-1]:
            self._rungs[-1] = rung  # no chunk has been of the rung in between
            return
        self._borders.append(border)
        self._rungs.append(rung)
        del self._borders[:-_BORDERS_MAX], self._rungs[:-_BORDERS_MAX]

    def rung_of(self, number: int) -> Rung:
        return self._rungs[max(0, bisect_right(self._borders, number) - 1)]

    def shape_of(self, number: int) -> Shape:
        return Shape(self.rung_of(number), self.format)

    def shared(self, first: int, last: int, *, is_joining: bool = False) -> bytes | None:
        """The bytes of chunks first…last, made once. None: not all of them are in the window."""
        key = (first, last, is_joining)
        found = self._shared.get(key)
        if found is not None:
            return found
        framer = self.programme.framer
        parts = [
            (framer.joining_chunk if is_joining and n == first else framer.chunk)(self.shape_of(n), n)
            for n in range(first, last + 1)
        ]
        whole = [part for part in parts if part is not None]
        if len(whole) < len(parts):
            return None
        while len(self._shared) >= _SHARED_MAX:
            del self._shared[next(iter(self._shared))]
        self._shared[key] = b"".join(whole)
        return self._shared[key]
