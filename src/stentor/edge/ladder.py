"""The ladder: what gives way when the edge's line or machine is full, and when it comes back. Pure.

Comes in: pressure, with the time; what an operator has said. Goes out: the step in force. Never: cutting
those who are in; a step that an operator has forbidden; a flutter (down within two seconds, up after half a
minute of room for what the step up costs); a cadence that players have not been told of (`notice.py`).

To each pressure gives way what helps against it (docs/decisions/0011): to a full line and full sockets the
rung, which no player notices; to a late machine the cadence, which halves the writes and saves hardly a bit.
Extras (reactions, hands, questions) give way before either. They have their own, lower bounds, and feel one
thing more: how long requests wait in the gates. Newcomers wait last, when what helps has been done and it is
still too much.
"""

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum

from stentor.edge.notice import Notice
from stentor.errors import BadInput
from stentor.space.rung import BEST_RUNG, Codec, Rung

DOWN_AFTER_S = 2.0
UP_AFTER_S = 30.0
UP_BELOW = 0.4
"""A step up doubles the bits, or the writes: below 0.4 there is room for it and for a fifth more."""
LINE_FULL = 0.8
"""Of the configured line: what TCP/IP, HLS and joins take is not measured here."""
LINE_OVER = 1 / LINE_FULL
"""The whole line in one second: sockets fill up already, and nobody has to notice a lower rung."""
LATE_MS_MAX = 200.0
"""A slot that is so late has eaten a third of the player's smallest buffer."""
SLOW_SHARE_MAX = 0.2
"""When every fifth listener has a backlog, it is not they who are slow: it is the line."""
QUEUE_MS_MAX = 200.0
"""So late a gate's loop is when a join waits for hundreds of other requests; 20 ms is what it should be."""
PACED_ABOVE = 0.7
OFF_ABOVE = 0.85
DOOR_BELOW = 0.8
DOOR_AFTER_S = 5.0
"""To let newcomers in again doubles nothing: a little room for a little while is enough."""
CADENCES = (1, 2, 4)
_LOW_RUNG = {Codec.OPUS: Rung.OPUS16, Codec.AAC: Rung.AAC32}


class Quality(StrEnum):
    """The rung of every codec at once: listeners of one edge step together."""

    HIGH = "high"
    LOW = "low"

    def rung(self, codec: Codec) -> Rung:
        return BEST_RUNG[codec] if self is Quality.HIGH else _LOW_RUNG[codec]


class Extras(StrEnum):
    """What listeners may do besides listening."""

    ON = "on"
    PACED = "paced"
    """Each client a quarter as often."""
    OFF = "off"


class Door(StrEnum):
    """Whether newcomers come in at this edge."""

    OPEN = "open"
    HELD = "held"
    """They wait in the line; who comes back with a pass does not."""


@dataclass(frozen=True, slots=True)
class Step:
    """What all listeners of an edge get."""

    quality: Quality = Quality.HIGH
    cadence: int = 1


@dataclass(frozen=True, slots=True)
class Pressure:
    """What one second did to an edge.

    Args:
        line_share: bits of listening (not of replays, files, clips) of the bits the line carries; 0 where no
            line is configured.
        late_ms: the latest slot.
        slow_share: listeners with a backlog.
        queue_ms: how late the loop of the latest gate was; nobody's sound, so only extras feel it.
    """

    line_share: float = 0.0
    late_ms: float = 0.0
    slow_share: float = 0.0
    queue_ms: float = 0.0

    @property
    def line_level(self) -> float:
        """The line's and the sockets'; 1 is full."""
        return max(self.line_share / LINE_FULL, self.slow_share / SLOW_SHARE_MAX)

    @property
    def machine_level(self) -> float:
        return self.late_ms / LATE_MS_MAX

    @property
    def level(self) -> float:
        """The tightest that listeners would hear."""
        return max(self.line_level, self.machine_level)

    @property
    def extras_level(self) -> float:
        return max(self.level, self.queue_ms / QUEUE_MS_MAX)


@dataclass(frozen=True, slots=True)
class Orders:
    """What an operator has said; None: automatic."""

    quality: Quality | None = None
    cadence: int | None = None
    extras: Extras | None = None
    door: Door | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What the operator has said something about."""
        said = {"rung": self.quality, "cadence": self.cadence, "extras": self.extras, "door": self.door}
        return tuple(name for name, value in said.items() if value is not None)

    @classmethod
    def parse(cls, question: dict[str, object], before: "Orders") -> "Orders":
        """Reads what the protocol says: `{"rung", "cadence", "extras", "door"}`; what is absent stays.

        Raises: BadInput.
        """
        orders = before
        if (rung := question.get("rung")) is not None:
            if rung != "auto" and rung not in set(Quality):
                raise BadInput(f"rung is {str(rung)[:20]!r}; it must be high, low or auto.")
            orders = replace(orders, quality=None if rung == "auto" else Quality(str(rung)))
        if (cadence := question.get("cadence")) is not None:
            if cadence != "auto" and cadence not in CADENCES:
                raise BadInput(f"cadence is {str(cadence)[:20]!r}; it must be 1, 2, 4 or auto.")
            orders = replace(orders, cadence=cadence if isinstance(cadence, int) else None)
        if (extras := question.get("extras")) is not None:
            if extras not in {"on", "off", "auto"}:
                raise BadInput(f"extras is {str(extras)[:20]!r}; it must be on, off or auto.")
            orders = replace(orders, extras=None if extras == "auto" else Extras(str(extras)))
        if (door := question.get("door")) is not None:
            if door not in {"held", "auto"}:
                raise BadInput(f"door is {str(door)[:20]!r}; it must be held or auto.")
            orders = replace(orders, door=None if door == "auto" else Door.HELD)
        return orders


@dataclass(slots=True)
class _ExtrasStep:
    """Down after two seconds above a bound, up again one step after half a minute well below."""

    now: Extras = Extras.ON
    _paced_since_s: float | None = None
    _off_since_s: float | None = None
    _roomy_since_s: float | None = None

    def feel(self, level: float, *, now_s: float) -> None:
        self._paced_since_s = _since(self._paced_since_s, level > PACED_ABOVE, now_s)
        self._off_since_s = _since(self._off_since_s, level > OFF_ABOVE, now_s)
        self._roomy_since_s = _since(self._roomy_since_s, level < UP_BELOW, now_s)
        if self._off_since_s is not None and now_s - self._off_since_s >= DOWN_AFTER_S:
            self.now = Extras.OFF
        elif self._paced_since_s is not None and now_s - self._paced_since_s >= DOWN_AFTER_S:
            # Out of «off» only room leads, not a little less pressure.
            self.now = Extras.PACED if self.now is Extras.ON else self.now
        elif self._roomy_since_s is not None and now_s - self._roomy_since_s >= UP_AFTER_S:
            self.now = Extras.PACED if self.now is Extras.OFF else Extras.ON
            self._roomy_since_s = now_s


@dataclass(slots=True)
class _Way:
    """One way down: two seconds above full for each step, up again after half a minute well below.

    Args:
        at_once_above: a single second that is so full takes the step.

    Each step has its own wait, so that the effect of the last one is seen first.
    """

    steps: int
    at_once_above: float = math.inf
    at: int = 0
    moves: int = 0
    _full_since_s: float | None = None
    _roomy_since_s: float | None = None

    @property
    def is_at_end(self) -> bool:
        return self.at == self.steps - 1

    def feel(self, level: float, *, is_seen: bool = True, now_s: float) -> None:
        """Args: is_seen: the last step has been taken by all, so what is felt is felt on it."""
        self._full_since_s = _since(self._full_since_s, is_seen and level > 1, now_s)
        self._roomy_since_s = _since(self._roomy_since_s, level < UP_BELOW, now_s)
        is_over = is_seen and level >= self.at_once_above
        if is_over or (self._full_since_s is not None and now_s - self._full_since_s >= DOWN_AFTER_S):
            self._move(min(self.at + 1, self.steps - 1))
        elif self._roomy_since_s is not None and now_s - self._roomy_since_s >= UP_AFTER_S:
            self._move(max(self.at - 1, 0))

    def _move(self, to: int) -> None:
        self._full_since_s = self._roomy_since_s = None
        self.moves += to != self.at
        self.at = to


@dataclass(slots=True)
class _DoorStep:
    """Held after two seconds above full at the end of one way, open again after five with a little room."""

    now: Door = Door.OPEN
    _full_since_s: float | None = None
    _easy_since_s: float | None = None

    def feel(self, level: float, *, is_at_end: bool, now_s: float) -> None:
        self._full_since_s = _since(self._full_since_s, is_at_end and level > 1, now_s)
        self._easy_since_s = _since(self._easy_since_s, level < DOOR_BELOW, now_s)
        if self._full_since_s is not None and now_s - self._full_since_s >= DOWN_AFTER_S:
            self.now = Door.HELD
        elif self._easy_since_s is not None and now_s - self._easy_since_s >= DOOR_AFTER_S:
            self.now = Door.OPEN


@dataclass(slots=True)
class Ladder:
    """The ladder of one edge."""

    orders: Orders = field(default_factory=Orders)
    _extras: _ExtrasStep = field(default_factory=_ExtrasStep)
    _rungs: _Way = field(default_factory=lambda: _Way(len(Quality), at_once_above=LINE_OVER))
    _cadences: _Way = field(default_factory=lambda: _Way(len(CADENCES)))
    _notice: Notice = field(default_factory=Notice)
    _line_door: _DoorStep = field(default_factory=_DoorStep)
    _machine_door: _DoorStep = field(default_factory=_DoorStep)

    @property
    def changes(self) -> int:
        """Steps that the ladder took by itself."""
        return self._rungs.moves + self._cadences.moves

    @property
    def step(self) -> Step:
        """What listeners are told: the ladder's own step, where the operator has not said otherwise."""
        own = Step(tuple(Quality)[self._rungs.at], CADENCES[self._cadences.at])
        return Step(self.orders.quality or own.quality, self.orders.cadence or own.cadence)

    @property
    def in_force(self) -> Step:
        """What the fan-outs do: the same, but for a slower cadence whose notice is running."""
        return Step(self.step.quality, self._notice.taken)

    @property
    def extras(self) -> Extras:
        """Off whenever anything else has given way, unless an operator wants them on."""
        if self.orders.extras is not None:
            return self.orders.extras
        return Extras.OFF if self._rungs.at or self._cadences.at else self._extras.now

    @property
    def door(self) -> Door:
        """The last step: newcomers wait. Never anybody who sits."""
        own = Door.HELD if Door.HELD in {self._line_door.now, self._machine_door.now} else Door.OPEN
        return self.orders.door or own

    @property
    def is_held_by_line(self) -> bool:
        """Whether the line's fullness holds the door; else it is the machine's."""
        return self._line_door.now is Door.HELD

    def feel(self, pressure: Pressure, *, now_s: float) -> Step:
        """Takes one second's pressure. Returns the step that is told from now on."""
        line, machine = pressure.line_level, pressure.machine_level
        is_seen = not self._notice.is_running
        self._extras.feel(pressure.extras_level, now_s=now_s)
        self._line_door.feel(line, is_at_end=self._rungs.is_at_end, now_s=now_s)
        self._machine_door.feel(machine, is_at_end=self._cadences.is_at_end and is_seen, now_s=now_s)
        self._rungs.feel(line, now_s=now_s)
        self._cadences.feel(machine, is_seen=is_seen, now_s=now_s)
        self._heed(late_ms=pressure.late_ms, now_s=now_s)
        return self.step

    def order(self, question: dict[str, object], *, now_s: float) -> None:
        """An operator's word; a slower cadence is announced like any other. Raises: BadInput."""
        self.orders = Orders.parse(question, self.orders)
        self._heed(late_ms=0.0, now_s=now_s)

    def _heed(self, *, late_ms: float, now_s: float) -> None:
        self._notice.feel(self.step.cadence, late_ms=late_ms, now_s=now_s)


def _since(before_s: float | None, holds: bool, now_s: float) -> float | None:
    if not holds:
        return None
    return now_s if before_s is None else before_s
