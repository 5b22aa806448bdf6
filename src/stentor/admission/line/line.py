"""The line of one Space: one step a second, from what happened to the clock that everybody reads. Pure.

Comes in: seconds (`second.py`). Goes out: clocks (`line_clock.py`). Never: a list of those who wait, an
un-calling, a call beyond what the doors can take within seconds.

- **Lobby**, until the Space is on the air for the first time; then, if not all can come in at once, **held**.
- **Open** while there is room for whoever comes. It becomes held when the room is used up or more come in a
  second than can be let in; open again after OPENS_AFTER_S without anybody waiting and with a reserve of
  room, so it does not flap.
- **Held**: the line is called bucket by bucket and, within a bucket, by the draw. A bucket's tickets are
  known when it is SETTLES_S old; where there is room for more, younger ones are called by what is to be
  expected in them. Calls overtake the present by CALLS_AHEAD_S at most, so tickets that a budget dated into
  the future wait for it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, Self

from stentor.admission.line.counts_by_bucket import CountsByBucket
from stentor.admission.line.giving_up import GivingUp
from stentor.admission.line.line_clock import BUCKETS_TOLD_MAX, Doors, LineClock, Why
from stentor.admission.line.pacing import LAG_S, Pacing
from stentor.admission.line.place import DRAWS, FIRST, Place, commitment_of
from stentor.admission.line.presence import Presence
from stentor.admission.line.rate import Rate
from stentor.admission.line.second import Second
from stentor.admission.line.telling import POLL_SPREAD, hears_for, heat_for, here_s_for, poll_s_for

OPENS_AFTER_S: Final = 5
SETTLES_S: Final = 2
CALLS_AHEAD_S: Final = 3
"""Where there is room for all who wait, those are called too who come while the clock travels."""
EXACT_KEPT_MAX: Final = 500
"""Buckets kept one by one in the state that another leader goes on from; the rest in COARSE_KEPT_MAX
groups."""
COARSE_KEPT_MAX: Final = 200
SIGNS_KEPT_MAX: Final = 60
DATED_MAX_S: Final = 3600
"""A budget dates a ticket half an hour ahead at most (`budgets.py`); what claims more was not ours."""
FRONT_TOLD: Final = 16
_BUCKETS_KEPT: Final = 1024
_SWEEPS_S: Final = 512
_SOON_S: Final = 5
_FULL_RATE: Final = 0.9
_ROOM_AHEAD_S: Final = 2.0
_REOPEN_AHEAD_S: Final = 5.0
_FEW_SEATS: Final = 0.1
"""With a tenth of the seats free, nobody is told that every seat is taken: it is the rush that waits."""


class Line:
    """Who may come in, for one Space.

    Args:
        seed: the draw's; kept back until the doors have opened.
    """

    def __init__(self, space_id: str, seed: bytes) -> None:
        self._space_id = space_id
        self._seed = seed
        self._number = 0
        self._doors = Doors.LOBBY
        self._doors_ms: int | None = None
        self._called = FIRST
        self._counts = CountsByBucket()
        self._presence = Presence()
        self._pacing = Pacing()
        self._giving_up = GivingUp()
        self._came = Rate(5)
        self._tickets = Rate(5)
        self._joins = Rate(8)
        self._leaves = Rate(20)
        self._swept = 0
        self._calm_s = 0
        self._heat = 0
        self._told = LineClock(space_id, number=0, at_ms=0, doors=Doors.LOBBY)

    @property
    def is_over(self) -> bool:
        return self._doors is Doors.OVER

    def opened(self, *, doors_ms: int) -> None:
        """On the air for the first time; later ones change nothing."""
        if self._doors_ms is None:
            self._doors_ms = doors_ms

    def heard(self, told: LineClock) -> None:
        """Another leader's last clock, newer than the state that this line was made of: nothing goes back."""
        self._number = max(self._number, told.number)
        if told.doors_ms is not None:
            self.opened(doors_ms=told.doors_ms)
        self._advance(max(told.called, self._called))

    def over(self) -> None:
        """The Space has ended: the next clock says so, for good."""
        self._doors = Doors.OVER

    def step(self, second: Second, *, at_ms: int) -> LineClock:
        """The next second. Bounds: O(buckets called now + reported), a few dozen look-ups besides."""
        now = self._bucket_at(at_ms)
        self._take(second, now)
        self._judge(second, now)
        if self._doors is Doors.OPEN:
            self._call_all(now)
        elif self._doors is Doors.HELD and second.order is not Doors.HELD:
            self._call(second, now)
        # At least the second's own: also a leader that goes on from an old state never tells a lower one.
        self._number = max(self._number + 1, at_ms // 1000)
        self._told = self._clock(second, now, at_ms)
        return self._told

    def as_json(self) -> dict[str, Any]:
        """What another leader needs to go on; at most 16 KB, so buckets far from their turn are summed up."""
        entries = list(self._counts.entries(self._called.bucket))
        exact, rest = entries[:EXACT_KEPT_MAX], entries[EXACT_KEPT_MAX:]
        size = max(-(-len(rest) // COARSE_KEPT_MAX), 1)
        groups = [rest[at : at + size] for at in range(0, len(rest), size)]
        rates = (self._came, self._tickets, self._joins, self._leaves)
        return {
            "space_id": self._space_id,
            "seed": self._seed.hex(),
            "number": self._number,
            "at_ms": self._told.at_ms,
            "doors": self._doors,
            "doors_ms": self._doors_ms,
            "called": [self._called.bucket, self._called.draw],
            "buckets": [list(entry) for entry in exact],
            "groups": [[group[0][0], group[-1][0], sum(count for _, count in group)] for group in groups],
            "presence": self._presence.as_json(bucket for bucket, _ in exact[:SIGNS_KEPT_MAX]),
            "pacing": self._pacing.as_json(),
            "giving_up": self._giving_up.as_json(),
            "rates": [rate.as_json() for rate in rates],
            "calm_s": self._calm_s,
            "heat": self._heat,
            "told": [self._told.here_s, self._told.poll_s],
        }

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Self:
        """The line as another leader left it. Raises: KeyError, TypeError, ValueError: written by
        nobody of us."""
        line = cls(state["space_id"], bytes.fromhex(state["seed"]))
        line._number, line._doors = state["number"], Doors(state["doors"])
        line._doors_ms, line._called = state["doors_ms"], Place(*state["called"])
        buckets = [(int(bucket), int(count)) for bucket, count in state["buckets"]]
        spread = (entry for group in state["groups"] for entry in _spread(*group))
        line._counts = CountsByBucket([*buckets, *spread])
        line._presence = Presence.from_json(state["presence"])
        line._pacing.restore(state["pacing"])
        line._giving_up.restore(state["giving_up"])
        rates = (line._came, line._tickets, line._joins, line._leaves)
        for rate, kept in zip(rates, state["rates"], strict=True):
            rate.restore(kept)
        line._calm_s, line._heat = state["calm_s"], state["heat"]
        here_s, poll_s = state["told"]
        line._told = replace(line._told, at_ms=state["at_ms"], here_s=here_s, poll_s=poll_s)
        return line

    def _bucket_at(self, at_ms: int) -> int:
        """The bucket of who comes now; 0 before the doors have opened."""
        return 0 if self._doors_ms is None else max((at_ms - self._doors_ms) // 1000 + 1, 0)

    def _take(self, second: Second, now: int) -> None:
        """Counts what was told."""
        self._presence.pass_second(waiting=self._waiting(now), here_s=self._told.here_s)
        for bucket, count in second.tickets.items():
            if self._called.bucket <= bucket <= now + DATED_MAX_S:
                self._counts.add(bucket, count)
                self._presence.born(bucket)
        for bucket, count in second.here.items():
            if self._called.bucket <= bucket <= now:
                self._presence.heard(bucket, min(count, self._counts.count(bucket)))
        self._giving_up.pass_second(second.here, here_s=self._told.here_s, called=self._called, now=now)
        self._came.second(second.came)
        self._tickets.second(sum(second.tickets.values()))
        self._joins.second(second.joined + second.came)
        self._leaves.second(second.left)
        is_idle = second.room > self._leaves.per_s and second.joined < _FULL_RATE * second.joins_per_s
        self._pacing.pass_second(joined=second.joined, is_idle=is_idle, standing=second.standing)

    def _judge(self, second: Second, now: int) -> None:
        """Opens and holds the doors."""
        if self._doors_ms is None or self._doors is Doors.OVER:
            return
        if second.order is not None:
            self._doors = Doors.OPEN if second.order is Doors.OPEN else Doors.HELD
            self._calm_s = 0
            return
        demand_per_s = self._demand_per_s
        if self._doors is Doors.LOBBY:
            fits = self._waiting(now) <= min(second.room, second.joins_per_s)
            self._doors = Doors.OPEN if fits and second.room else Doors.HELD
        elif self._doors is Doors.OPEN:
            is_short = second.room <= _ROOM_AHEAD_S * self._came.per_s
            if is_short or second.came > _FULL_RATE * second.joins_per_s:
                self._doors, self._calm_s = Doors.HELD, 0
        else:
            has_reserve = second.room > max(_REOPEN_AHEAD_S * demand_per_s, 1)
            is_calm = not self._waiting(now) and has_reserve and demand_per_s < second.joins_per_s / 2
            self._calm_s = self._calm_s + 1 if is_calm else 0
            if self._calm_s >= OPENS_AFTER_S:
                self._doors = Doors.OPEN

    def _call_all(self, now: int) -> None:
        """While the doors are open everybody is called who has a ticket."""
        self._advance(max(Place(self._settled(now), 0), self._called))

    def _call(self, second: Second, now: int) -> None:
        """Calls as many as can come in within the next seconds."""
        # Nobody of the lobby looks more often than it was told to; later those do who are near.
        lag_s = max(LAG_S, round(self._told.poll_s * POLL_SPREAD)) if self._called == FIRST else LAG_S
        wanted = self._pacing.wanted(
            room=second.room,
            leaves_per_s=self._leaves.per_s,
            joins_per_s=second.joins_per_s,
            show=min(self._presence.share_of_all() * self._pacing.trust, 1.0),
            lag_s=lag_s,
        )
        place, expected = self._after(wanted / self._pacing.trust, now)
        self._pacing.called(expected, lag_s=lag_s)
        self._advance(place)

    def _after(self, people: float, now: int) -> tuple[Place, float]:
        """The place up to which so many stand who are present, and how many those are."""
        expected = 0.0
        bucket, called = self._called.bucket, self._called.draw / DRAWS
        while bucket <= now + CALLS_AHEAD_S:
            tickets = self._tickets_of(bucket, now)
            present = tickets and tickets * self._presence.share(bucket, tickets) * (1 - called)
            if expected + present > people:
                called += (1 - called) * (people - expected) / present
                return Place(bucket, min(int(called * DRAWS), DRAWS - 1)), people
            expected += present
            bucket, called = bucket + 1, 0.0
        return max(Place(bucket, 0), self._called), expected

    def _tickets_of(self, bucket: int, now: int) -> float:
        """A bucket's tickets; of one that is too young to be known, as many as come now at the least."""
        told = self._counts.count(bucket)
        return told if bucket < self._settled(now) else max(told, self._demand_per_s)

    @property
    def _demand_per_s(self) -> float:
        """Newcomers: whoever comes through open doors now takes a ticket when they are held."""
        return self._came.per_s + self._tickets.per_s

    def _settled(self, now: int) -> int:
        """The first bucket that is too young to be known. The lobby is complete when the doors open."""
        return max(now - SETTLES_S, 1)

    def _advance(self, place: Place) -> None:
        assert place >= self._called, "nobody is un-called"
        for bucket in range(self._called.bucket, place.bucket):
            self._presence.forget(bucket)
        self._called = place
        if len(self._counts) > _BUCKETS_KEPT and place.bucket > self._swept + _SWEEPS_S:
            self._counts, self._swept = self._counts.without(place.bucket), place.bucket

    def _waiting(self, now: int) -> int:
        """Tickets of this second and before that are not called."""
        tickets = self._counts.between(self._called.bucket, now + 1) - self._called_of_bucket()
        return max(round(tickets), 0)

    def _called_of_bucket(self) -> float:
        """Tickets of the bucket that is being called that are called."""
        return self._counts.count(self._called.bucket) * self._called.draw / DRAWS

    def _clock(self, second: Second, now: int, at_ms: int) -> LineClock:
        tickets = self._waiting(now)
        waiting = round(tickets * self._presence.share_of_all())
        is_short = second.room <= max(_ROOM_AHEAD_S * self._joins.per_s, 1)
        self._heat = heat_for(
            self._heat,
            tickets_per_s=self._tickets.per_s,
            joins_per_s=second.joins_per_s,
            is_held=self._doors is Doors.HELD,
        )
        why = self._why(second, is_short=is_short)
        admits_per_s = self._joins.per_s if is_short else max(self._joins.per_s, second.joins_per_s)
        return LineClock(
            self._space_id,
            number=self._number,
            at_ms=at_ms,
            doors=self._doors,
            why=why,
            doors_ms=self._doors_ms,
            called=self._called,
            arrivals=self._arrivals(now),
            show=round(min(self._presence.share_of_all() * self._pacing.trust, 1.0), 4),
            admits_per_s=round(admits_per_s, 3),
            room=second.room,
            coming=round(self._pacing.coming),
            joins_per_s=round(second.joins_per_s, 3),
            leaves_per_s=round(self._leaves.per_s, 3),
            gives_up_per_s=round(self._giving_up.per_s, 7),
            waiting=waiting,
            admitted=second.admitted,
            poll_s=poll_s_for(
                waiting,
                elsewhere=second.waiting_elsewhere,
                joins_per_s=second.joins_per_s,
                doors=self._doors,
            ),
            here_s=here_s_for(tickets + round(_SOON_S * self._tickets.per_s) + second.waiting_elsewhere),
            heat=self._heat,
            hears=hears_for(self._doors, why, waiting=waiting, joins_per_s=second.joins_per_s),
            commitment=commitment_of(self._seed),
            seed=None if self._doors_ms is None else self._seed.hex(),
        )

    def _why(self, second: Second, *, is_short: bool) -> Why:
        if self._doors is not Doors.HELD:
            return Why.NONE
        if second.order is Doors.HELD:
            return Why.HOST
        if second.held is not Why.NONE:
            return second.held
        is_full = is_short and second.room < _FEW_SEATS * (second.room + second.admitted)
        return Why.SEATS if is_full else Why.JOINS

    def _arrivals(self, now: int) -> tuple[tuple[int, int], ...]:
        """The first buckets one by one, then in groups that double; the last group is what is dated ahead."""
        borders = _borders(self._called.bucket, max(now + 1, self._called.bucket))
        before = [self._counts.before(border) for border in borders]
        ends = [*before[1:], self._counts.before(now + 1 + DATED_MAX_S)]
        entries = [(first, end - begun) for first, begun, end in zip(borders, before, ends, strict=True)]
        lead, count = entries[0]
        return ((lead, round(count - self._called_of_bucket())), *entries[1:])


def _borders(first: int, end: int) -> list[int]:
    """Where the told groups begin: the front one bucket each, the groups behind it wider and wider;
    last `end`."""
    length, groups = end - first, BUCKETS_TOLD_MAX - 1
    if length <= groups:
        return [*range(first, end + 1)]
    borders = [first + index for index in range(FRONT_TOLD)]
    for index in range(groups - FRONT_TOLD + 1):
        share = index / (groups - FRONT_TOLD)
        at = first + FRONT_TOLD + round((length - FRONT_TOLD) * share**2)
        borders.append(max(at, borders[-1] + 1))
    return borders


def _spread(first: int, last: int, count: int) -> Iterator[tuple[int, int]]:
    """A group's tickets, evenly over its buckets."""
    width = last - first + 1
    for index in range(width):
        yield first + index, count * (index + 1) // width - count * index // width
