"""A place in the line as its holder reads it from the clock. Pure.

Comes in: what an edge answered instead of sound, clocks. Goes out: where one stands, in figures and in a
sentence. Never: a question about this very place: everybody reads the same clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from stentor.admission.line.forecast import forecast
from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.admission.line.place import place_of
from stentor.admission.line.words import WHY, span
from stentor.admission.token import Ticket
from stentor.errors import BadInput

IN_LINE: Final = "tag:stentor,2026:in-line"


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket, and what of it is public.

    Args:
        token: shown to come in.
        effort: what was proved by work.
    """

    token: str
    bucket: int
    id: bytes
    effort: int = 0

    @classmethod
    def of(cls, problem: Mapping[str, Any]) -> Self:
        """From the problem in-line. Raises: BadInput: there is no ticket in it."""
        try:
            return cls(str(problem["ticket"]), int(problem["bucket"]), bytes.fromhex(problem["id"]))
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"A place in the line cannot be read: {type(error).__name__}.") from None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one stands.

    Args:
        ahead: people before this place; None: not known, as before the draw.
        wait_s: the earliest and the latest; None: nobody can tell yet.
        is_called: come in now.
        poll_s: look at the next clock after so long, spread by a third.
        here_s: say so often that one is here; 0: nobody asks.
        heat: 0: calm; more: proof of work of this effort is worth while.
        is_draw_true: whether the draw is the one that was promised; None: nobody can tell.
    """

    doors: Doors
    why: Why
    waiting: int
    ahead: int | None
    wait_s: tuple[float, float] | None
    is_called: bool
    poll_s: float
    here_s: float = 0.0
    heat: int = 0
    is_draw_true: bool | None = None

    @classmethod
    def of(cls, clock: LineClock, held: Held) -> Self:
        facts = (clock.doors, clock.why, clock.waiting)
        if clock.seed is None:
            is_called = clock.doors is Doors.OPEN
            return cls(*facts, None, None, is_called, clock.poll_s, clock.here_s, clock.heat)
        place = place_of(Ticket(0, held.id, held.bucket, held.effort), bytes.fromhex(clock.seed))
        found = forecast(clock, place)
        asked = (found.poll_s, clock.here_s, clock.heat)
        return cls(*facts, found.ahead, found.wait_s, found.is_called, *asked)

    @property
    def words(self) -> str:
        """One sentence."""
        if self.doors is Doors.OVER:
            return "It is over."
        if self.is_called:
            return "It is your turn."
        if self.is_draw_true is False:
            return "The draw is not the one that the house had promised. Tell its operator."
        if self.doors is Doors.LOBBY:
            return f"It has not begun. You are in the draw, {self.waiting:,} people so far."
        ahead = "" if self.ahead is None else f" {self.ahead:,} are before you."
        if self.wait_s is None:
            return f"Please wait: {WHY[self.why]}.{ahead} Nobody can say yet how long."
        low_s, high_s = self.wait_s
        return f"Please wait: {WHY[self.why]}.{ahead} About {span(low_s)} to {span(high_s)}."
