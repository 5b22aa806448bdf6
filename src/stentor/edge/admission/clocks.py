"""The clocks of all Spaces as this gate last heard them.

Comes in: `line.<id>`, each second. Goes out: the newest clock of a Space, its bytes as everybody gets them,
how old it is. Never: a clock that is older than one that was served; more than SPACES_MAX of them.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from stentor.admission.line.line_clock import CLOCK_BYTES_MAX, LineClock
from stentor.clock import Clock
from stentor.edge.answers import Text
from stentor.edge.line_counts import SPACES_MAX
from stentor.errors import BadInput
from stentor.log.bus import Bus, Subscription

log = structlog.get_logger()

SUBJECTS: Final = "line.*"
MIME: Final = "application/json"
_NEW_LIFE_S: Final = 30.0
"""A lower number after such a silence is a line that began anew (its state was lost): it is believed."""


@dataclass(slots=True)
class Heard:
    """One Space's newest clock.

    Args:
        raw: the document, byte for byte as it was signed.
    """

    clock: LineClock
    raw: bytes
    heard_s: float
    _text: Text | None = None

    @property
    def text(self) -> Text:
        """The document packed once, when somebody first asks for it."""
        if self._text is None:
            self._text = Text(self.raw, MIME)
        return self._text


class Clocks:
    """Made at a gate's start; `listen` follows."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard: dict[str, Heard] = {}
        self._found_held: frozenset[str] = frozenset()
        self._began_s = clock.monotonic_s()

    async def listen(self, bus: Bus) -> Subscription:
        """Follows until the subscription is closed."""
        return await bus.subscribe(SUBJECTS, lambda subject, data: self.hear(subject.partition(".")[2], data))

    def hear(self, space_id: str, data: bytes) -> None:
        """Takes a clock, if it is newer than the one that is known."""
        now_s = self._clock.monotonic_s()
        try:
            clock = LineClock.parse(data)
        except BadInput:
            log.warning("a line's clock cannot be read", space=space_id, size_bytes=len(data))
            return
        known = self._heard.get(space_id)
        if known is not None:
            is_old = clock.number <= known.clock.number and now_s - known.heard_s < _NEW_LIFE_S
            if is_old:
                return
            del self._heard[space_id]
        elif len(self._heard) >= SPACES_MAX:
            # The first of the table is the one that has been silent the longest.
            del self._heard[next(iter(self._heard))]
        self._heard[space_id] = Heard(clock, data, now_s)

    def begin(self, held: frozenset[str]) -> None:
        """Which doors the controller had last held: a gate that has just begun has heard no clock yet, and
        that one second would be the way in for everybody."""
        self._found_held = held

    def was_held(self, space_id: str) -> bool:
        return space_id in self._found_held

    @property
    def lasted_s(self) -> float:
        """Since this gate began."""
        return self._clock.monotonic_s() - self._began_s

    def newest(self, space_id: str) -> Heard | None:
        return self._heard.get(space_id)

    def age_s(self, heard: Heard) -> float:
        return self._clock.monotonic_s() - heard.heard_s


assert CLOCK_BYTES_MAX * SPACES_MAX <= 100 << 20, "all clocks together stay small"
