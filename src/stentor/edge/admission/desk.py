"""The desk of a gate: gives tickets and passes, reads them, and says who comes in now.

Comes in: Spaces, tokens, addresses. Goes out: sealed tokens, a way for each who knocks, counts. Never: a list
of who waits, an address in a token or a figure, a question to anybody else: all of it is answered here.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from stentor.admission.budgets import Budgets, TooManyFor, networks_around
from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.lobby import bucket_now, is_lobby_open
from stentor.admission.network import DAY_S, day_network
from stentor.admission.pace import Pace
from stentor.admission.token import PASS_S, KeyRing, Pass, Ticket
from stentor.clock import Clock
from stentor.edge.admission.clocks import Clocks, Heard
from stentor.edge.admission.entry import Line, Way, WhenBlind, way_of
from stentor.edge.admission.shown import Shown
from stentor.edge.line_counts import LineTable
from stentor.errors import Conflict, Gone, TooMany
from stentor.space.record import Space

_HERE_S_MIN: Final = 1.0
_BIDS_PER_S: Final = 512
"""Some 5 % of a gate's time, whatever comes (100 µs each)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket as it is handed out.

    Args:
        token: the sealed ticket. behind_s: so much later it is dated because of its network.
    """

    token: str
    ticket: Ticket
    behind_s: int = 0


@dataclass(frozen=True, slots=True)
class Knock:
    """What somebody shows, read: only what is good is there. Args: place: with the ticket that was shown."""

    address: str
    place: Place | None = None
    pass_: Pass | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """One per gate.

    Args:
        ring: the door's keys as they are now.
        network_key: of the networks in tokens (`admission/network.py`).
        shown: which tickets and sessions came lately: a ticket is counted once.
    """

    clock: Clock
    clocks: Clocks
    ring: Callable[[], KeyRing]
    network_key: bytes
    budgets: Budgets
    counts: LineTable = field(default_factory=LineTable)
    bidding: Pace = field(default_factory=lambda: Pace(burst=40, interval_s=0.125))
    checking: Pace = field(default_factory=lambda: Pace(burst=_BIDS_PER_S, interval_s=1 / _BIDS_PER_S))
    shown: Shown = field(default_factory=Shown)
    when_blind: WhenBlind = WhenBlind.OPEN

    def line(self, space: Space) -> Line:
        """What is known of the Space's line now."""
        heard = self.clocks.newest(space.id)
        if heard is None:
            was_held = self.clocks.was_held(space.id)
            return Line(None, self.clocks.lasted_s, space.doors, was_held=was_held)
        return Line(heard.clock, self.clocks.age_s(heard), space.doors)

    def is_lobby(self, space: Space) -> bool:
        """Whether the line says that its lobby is open: who comes is in the draw."""
        line = self.line(space)
        return line.clock is not None and not line.is_blind and line.clock.doors is Doors.LOBBY

    def is_held(self, space: Space) -> bool:
        """Whether newcomers need a pass for what is heard."""
        return self.line(space).doors(self.when_blind) is Doors.HELD

    def told_clock(self, space: Space) -> LineClock | None:
        """The clock, while it is one: what a page without scripts is made of."""
        line = self.line(space)
        return None if line.is_blind else line.clock

    def told_doors(self, space: Space) -> str | None:
        """What `space.json` says, so that a page knows whether to take a ticket; None: no line speaks."""
        clock = self.told_clock(space)
        return None if clock is None or clock.doors is Doors.OVER else clock.doors.value

    def hears(self, space: Space) -> bool:
        """Whether who waits may hear the low rung."""
        line = self.line(space)
        return line.clock is not None and not line.is_blind and line.clock.hears

    def heard(self, space: Space) -> Heard | None:
        return self.clocks.newest(space.id)

    def read(
        self, space: Space, *, ticket: str | None, pass_: str | None, address: str, pass_s: int = PASS_S
    ) -> Knock:
        """Opens what was shown. What is not good counts as not shown: nobody is told why it is not."""
        now_s = self.clock.wall_ms() / 1000
        ring = self.ring()
        opened = pass_ and ring.opened_pass(pass_, space_id=space.id, now_s=now_s, ttl_s=pass_s)
        if opened:
            return Knock(address, pass_=opened)
        held = ticket and ring.opened_ticket(ticket, space_id=space.id, now_s=now_s)
        return Knock(address, place=Place(ticket, held) if ticket and held else None)

    def session_of(self, name: str, token: str) -> bytes | None:
        """Whose pass it is, told before the Space is looked up: for who guards the door when it is busy."""
        space_id, now_s = name.partition(".")[0], self.clock.wall_ms() / 1000
        found = self.ring().opened_pass(token, space_id=space_id, now_s=now_s)
        return found.session if found else None

    def way(self, space: Space, knock: Knock, *, has_seat: bool) -> Way:
        return way_of(
            self.line(space),
            ticket=knock.place.ticket if knock.place else None,
            has_pass=knock.pass_ is not None,
            has_seat=has_seat,
            when_blind=self.when_blind,
        )

    def place(self, space: Space, address: str) -> Place:
        """A new ticket, counted.

        Raises: Gone: it is over. Conflict: the lobby is not open yet. TooMany: far over the network's budget.
        """
        now_ms = self.clock.wall_ms()
        if space.state.is_over:
            raise Gone(f"The Space {space.id!r} has ended.")
        if space.on_air_ms is None and not is_lobby_open(space, now_ms=now_ms):
            raise Conflict("Tickets are given from an hour before the announced time to six hours after it.")
        line = self.line(space)
        is_held = line.doors(self.when_blind) is not Doors.OPEN
        dated = self.budgets.ticket(address, is_held=is_held, now_s=self.clock.monotonic_s())
        if isinstance(dated, TooManyFor):
            self.counts.refused(space.id)
            raise TooMany("Tickets for your network", retry_after_s=dated.retry_after_s)
        doors_ms, line_ms = _line_time(line, space, now_ms)
        bucket = bucket_now(doors_ms, now_ms=line_ms, behind_s=dated.behind_s)
        now_s = now_ms // 1000
        ticket = Ticket(now_s, secrets.token_bytes(8), bucket, network=self._network(address, now_s))
        self.counts.ticket(space.id, bucket)
        return Place(self.ring().sealed_ticket(ticket, space_id=space.id), ticket, dated.behind_s)

    def present(self, space: Space, place: Place) -> None:
        """A sign that somebody still waits; counted once per `here_s` of the clock."""
        heard = self.clocks.newest(space.id)
        every_s = max(_HERE_S_MIN, heard.clock.here_s / 2 if heard else 0.0)
        if self.shown.is_due(place.ticket.id, every_s=every_s, now_s=self.clock.monotonic_s()):
            self.counts.here(space.id, place.ticket.bucket)

    def is_called(self, space: Space, place: Place) -> bool:
        """Whether only a seat is missing: they stand at the door. Counted once a second and ticket."""
        if not self.line(space).calls(place.ticket):
            return False
        if self.shown.is_at_door(place.ticket.id, now_s=self.clock.monotonic_s()):
            self.counts.stands(space.id)
        return True

    def check_bid(self, address: str) -> None:
        """Before anything of a bid is read: bids have a share of this process, each network a share of it.

        Raises: TooMany.
        """
        now_s = self.clock.monotonic_s()
        asker = networks_around(address)
        wait_s = self.bidding.wait_s(asker[1][-1], now_s=now_s) if asker else 0.0
        wait_s = wait_s or self.checking.wait_s("all", now_s=now_s)
        if wait_s:
            raise TooMany("Bids", retry_after_s=wait_s)

    def with_effort(self, space: Space, ticket: Ticket, effort: int) -> str:
        """The same ticket, sealed with an effort that was proved; never with less than it had."""
        proved = replace(ticket, effort=max(effort, ticket.effort))
        return self.ring().sealed_ticket(proved, space_id=space.id)

    def pass_for(self, knock: Knock) -> Pass:
        """The pass of whoever is let in: of the same session when there was a ticket or a pass.

        A session is its ticket's id: however often a ticket is shown, it is one session.
        """
        session = (
            knock.pass_.session
            if knock.pass_
            else knock.place.ticket.id
            if knock.place
            else secrets.token_bytes(8)
        )
        now_s = self.clock.wall_ms() // 1000
        return Pass(now_s, session, self._network(knock.address, now_s))

    def sealed(self, space: Space, pass_: Pass) -> str:
        return self.ring().sealed_pass(pass_, space_id=space.id)

    def seated(self, space: Space, way: Way, session: bytes) -> None:
        """Counts somebody who has a seat now. Their session may sit elsewhere: other edges are told."""
        if way is Way.CAME:
            self.counts.came(space.id)
            return
        if way is Way.JOIN and self.shown.is_first(session):
            self.counts.joined(space.id)
        self.shown.moved(session)

    def _network(self, address: str, now_s: int) -> bytes:
        return day_network(self.network_key, address, now_s // DAY_S)


def _line_time(line: Line, space: Space, now_ms: int) -> tuple[int | None, int]:
    """When the doors opened and what time it is, by the line's own clock while one comes: an edge whose wall
    clock is behind, or whose record of the Space is a moment old, gives nobody an earlier place."""
    if line.clock is None or line.is_blind:
        return space.on_air_ms, now_ms
    told_ms = line.clock.doors_ms
    return space.on_air_ms if told_ms is None else told_ms, line.clock.at_ms + round(1000 * line.age_s)
