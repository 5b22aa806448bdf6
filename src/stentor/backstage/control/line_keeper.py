"""Keeps the Spaces' lines: moves each by its second, signs its clock, tells it to all gates.

Comes in: each second of the controller, as the count has it. Goes out: `line.<id>`, the lines' states in the
bucket `lines`. Never: a clock that waits for the log: states are written beside; a line's first clock before
its seed is kept, since whoever leads next has to draw with the same one.

A leader that begins takes the state that was kept (up to a second old, older while the log was away) and the
last clock that it has heard itself, so that nobody who was called is called back.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog

from stentor.admission.line.line import Line
from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.second import Second
from stentor.admission.line.signing import ClockSigner
from stentor.admission.lobby import is_lobby_open
from stentor.backstage.control.line_clocks import CLOCKS_MAX, LineClocks
from stentor.backstage.control.line_seconds import RecentSeconds, divided
from stentor.clock import Clock
from stentor.errors import Conflict, LogAway, TooLarge
from stentor.log.bus import Bus
from stentor.log.lines import LineStates
from stentor.space.record import Space

log = structlog.get_logger()

SEED_BYTES: Final = 32
OVER_TOLD: Final = 10
"""Times that the clock of a Space which is over says so, before nobody keeps it any more."""
_AT_ONCE: Final = 32
"""Questions to the log at a time."""
_OPENS_WITHIN_S: Final = 0.3
"""A leader that begins waits so long for the states of its lines before its first clocks."""
_BREATH: Final = 20
"""After so many clocks (2 to 6 ms) others of this loop have their turn."""


@dataclass(slots=True)
class _Kept:
    """A line that this process moves.

    Args:
        revision: of the state as it was written last.
        since_s: what happened until then (monotonic) is in it, or was never told.
        told: the last clock; None: not yet.
        written: what of it the state that was written last belongs to.
        over: how often it was told that it is over.
    """

    line: Line
    revision: int
    since_s: float
    told: LineClock | None = None
    written: tuple[Doors, int] | None = None
    over: int = 0


class LineKeeper:
    """`hear` each second, then `turn` while this process leads, `rest` while it does not; `run` beside it.

    Args:
        clocks: what is heard of other leaders, and of this one.
        spaces: every Space, as it was told last.

    Bounds: `lines_max` lines; those on the air first, then those for which most wait.
    """

    def __init__(
        self,
        bus: Bus,
        states: LineStates,
        *,
        signer: ClockSigner,
        clocks: LineClocks,
        spaces: Callable[[], Iterable[Space]],
        clock: Clock,
        lines_max: int = CLOCKS_MAX,
    ) -> None:
        self._bus = bus
        self._states = states
        self._signer = signer
        self._clocks = clocks
        self._spaces = spaces
        self._clock = clock
        self._lines_max = lines_max
        self._recent = RecentSeconds()
        self._kept: dict[str, _Kept] = {}
        self._term = 0
        self._missing: set[str] = set()
        self._unwritten: set[str] = set()
        self._over: set[str] = set()
        self._has_work = asyncio.Event()
        self._has_opened = asyncio.Event()

    @property
    def waiting(self) -> dict[str, int]:
        """How many wait, by Space; of the lines that this process moves."""
        return {space_id: kept.told.waiting for space_id, kept in self._kept.items() if kept.told}

    @property
    def space_ids(self) -> list[str]:
        """Whose seconds are wanted though nothing may have happened there."""
        return list(self._wanted(at_ms=self._clock.wall_ms()))

    def hear(self, seconds: Mapping[str, Second]) -> None:
        """What happened since this was called last.

        Args:
            seconds: by Space, those of `space_ids` at least, with the room of the whole house.
        """
        self._recent.add(seconds, now_s=self._clock.monotonic_s())

    def rest(self) -> None:
        """Somebody else leads: what this process knew of the lines is old from now on."""
        if self._kept or self._missing:
            self._term += 1
            for known in (self._kept, self._missing, self._unwritten, self._over):
                known.clear()

    async def turn(self) -> None:
        """One second of every line. Bounds: 0.1 ms per line, 0.3 ms where it is held (measured)."""
        at_ms, now_s = self._clock.wall_ms(), self._clock.monotonic_s()
        wanted = self._wanted(at_ms=at_ms)
        await self._look_for(wanted.keys() - self._kept.keys())
        spaces = {space_id: space for space_id, space in wanted.items() if space_id in self._kept}
        news = {space_id: self._recent.since(space_id, self._kept[space_id].since_s) for space_id in spaces}
        seconds = divided(news, spaces=spaces, waiting=self.waiting)
        for number, (space_id, second) in enumerate(seconds.items(), 1):
            kept = self._kept.get(space_id)
            if kept is None:  # somebody else has written it, while this turn waited
                continue
            kept.since_s = now_s
            self._move(kept, spaces[space_id], second, at_ms=at_ms)
            await self._tell(space_id, kept)
            if number % _BREATH == 0:
                await asyncio.sleep(0)
        gone = self._kept.keys() - wanted.keys()
        living = {space.id for space in self._spaces() if not space.state.is_over} if gone else set()
        for space_id in gone & self._kept.keys():
            await self._let_go(space_id, self._kept[space_id], is_over=space_id not in living, at_ms=at_ms)
        if self._missing or self._unwritten or self._over:
            self._has_work.set()

    async def run(self) -> None:
        """Reads and writes states, for ever; what the log did not take is tried again after the next turn."""
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            await self._each(self._missing, self._open)
            self._has_opened.set()
            await self._each(self._unwritten, self._write)
            await self._each(self._over, self._forget)

    # ── the second ───────────────────────────────────────────────────────────────────────────────────

    async def _look_for(self, missing: set[str]) -> None:
        """Has lines opened; waits a moment for those that were not asked for before."""
        is_news = not missing <= self._missing
        self._missing = missing
        if is_news:
            self._has_opened.clear()
            self._has_work.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(_OPENS_WITHIN_S):
                    await self._has_opened.wait()

    def _wanted(self, *, at_ms: int) -> dict[str, Space]:
        wanted = {
            space.id: space
            for space in self._spaces()
            if not space.state.is_over and (space.state.has_stage or is_lobby_open(space, now_ms=at_ms))
        }
        if len(wanted) <= self._lines_max:
            return wanted

        def weight(space_id: str) -> tuple[bool, int]:
            kept = self._kept.get(space_id)
            return wanted[space_id].state.has_stage, kept.told.waiting if kept and kept.told else 0

        first = sorted(wanted, key=weight, reverse=True)[: self._lines_max]
        return {space_id: wanted[space_id] for space_id in first}

    def _move(self, kept: _Kept, space: Space, second: Second, *, at_ms: int) -> None:
        if space.on_air_ms is not None:
            kept.line.opened(doors_ms=space.on_air_ms)
        kept.told = kept.line.step(second, at_ms=at_ms)
        # An open line has nothing to lose but its measures; every other is written each second.
        now = (kept.told.doors, kept.told.waiting)
        if kept.told.doors is Doors.HELD or now != kept.written:
            self._unwritten.add(space.id)

    async def _tell(self, space_id: str, kept: _Kept) -> None:
        assert kept.told is not None, "a line is moved before it is told"
        await self._bus.publish(f"line.{space_id}", kept.told.encoded(self._signer.sign))

    async def _let_go(self, space_id: str, kept: _Kept, *, is_over: bool, at_ms: int) -> None:
        """A line that is no longer wanted. What is over is told so and forgotten; a Space that has left its
        green room, or has more important ones before it, may come back."""
        if not is_over:
            del self._kept[space_id]
            return
        if kept.over < OVER_TOLD:
            kept.over += 1
            kept.line.over()
            kept.told = kept.line.step(Second(), at_ms=at_ms)
            await self._tell(space_id, kept)
            return
        del self._kept[space_id]
        self._over.add(space_id)

    # ── the log ──────────────────────────────────────────────────────────────────────────────────────

    async def _each(self, space_ids: Collection[str], work: Callable[[str], Awaitable[None]]) -> None:
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def bounded(space_id: str) -> None:
            async with at_once:
                await work(space_id)

        await asyncio.gather(*(bounded(space_id) for space_id in tuple(space_ids)))

    async def _open(self, space_id: str) -> None:
        term = self._term
        try:
            line, revision = await self._loaded(space_id)
        except (LogAway, Conflict):
            return
        if term == self._term and space_id in self._missing:
            self._missing.discard(space_id)
            self._kept[space_id] = _Kept(line, revision, self._clocks.heard_s(space_id))

    async def _loaded(self, space_id: str) -> tuple[Line, int]:
        """Raises: LogAway. Conflict: another process made it just now."""
        found = await self._states.load(space_id)
        line = None if found is None else _line_of(space_id, found[0])
        revision = None if found is None else found[1]
        last = self._clocks.last(space_id)
        if line is None:
            # The draw was promised: whatever else of a state cannot be read, its seed stays.
            seed = _seed_of(found[0].get("seed") if found else None) or _seed_of(last.seed if last else None)
            line = Line(space_id, seed or secrets.token_bytes(SEED_BYTES))
            revision = await self._states.save(space_id, line.as_json(), revision=revision)
        if last is not None:
            line.heard(last)
        assert revision is not None
        return line, revision

    async def _write(self, space_id: str) -> None:
        kept = self._kept.get(space_id)
        self._unwritten.discard(space_id)
        if kept is None or kept.told is None or kept.over:
            return
        belongs_to = (kept.told.doors, kept.told.waiting)
        try:
            kept.revision = await self._states.save(space_id, kept.line.as_json(), revision=kept.revision)
            kept.written = belongs_to
        except LogAway:
            return  # `written` is as before, so the next turn asks for it again
        except TooLarge as error:
            log.error("a line's state is not kept", detail=error.detail)
        except Conflict:
            # Another leader, or an answer of our own that was lost: read again, with what was heard since.
            log.warning("somebody else has written a line's state", space=space_id)
            self._kept.pop(space_id, None)

    async def _forget(self, space_id: str) -> None:
        try:
            await self._states.forget(space_id)
        except LogAway:
            return
        self._over.discard(space_id)


def _line_of(space_id: str, state: dict[str, Any]) -> Line | None:
    """None: it cannot be read, as another version's might be: the line begins anew, behind what was told."""
    try:
        return Line.from_json(state)
    except (KeyError, TypeError, ValueError) as error:
        log.error("a line's state was not read; it begins anew", space=space_id, error=type(error).__name__)
        return None


def _seed_of(told: object) -> bytes | None:
    try:
        seed = bytes.fromhex(str(told))
    except ValueError:
        return None
    return seed if len(seed) == SEED_BYTES else None
