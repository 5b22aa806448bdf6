"""The line: who is called, when the doors open and close, and that nobody is ever un-called."""

import json
from collections import Counter
from collections.abc import Iterator
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stentor.admission.line.forecast import forecast
from stentor.admission.line.line import OPENS_AFTER_S, Line
from stentor.admission.line.line_clock import BUCKETS_TOLD_MAX, Doors, LineClock, Why
from stentor.admission.line.place import Place, commitment_of, place_of
from stentor.admission.line.second import Second
from stentor.admission.token import Ticket

SEED = b"s" * 32
DOORS_MS = 1_800_000_000_000


def seconds(line: Line, *each: Second, from_s: int = 0) -> LineClock:
    """Steps through them, one a second. Returns: the last clock."""
    clocks = [line.step(second, at_ms=DOORS_MS + (from_s + n) * 1000) for n, second in enumerate(each)]
    return clocks[-1]


def opened(*, lobby: int, room: int = 0, joins_per_s: float = 100.0) -> tuple[Line, LineClock]:
    """A line with a full lobby, in its first second."""
    line = Line("demo", SEED)
    seconds(line, Second(tickets={0: lobby}, room=room, joins_per_s=joins_per_s), from_s=-1)
    line.opened(doors_ms=DOORS_MS)
    return line, seconds(line, Second(room=room, joins_per_s=joins_per_s))


def test_before_the_doors_open_the_seed_is_not_told_and_nobody_is_called() -> None:
    line = Line("demo", SEED)
    told = seconds(
        line,
        Second(tickets={0: 500}, room=1000, joins_per_s=100),
        Second(tickets={0: 500}, room=1000, joins_per_s=100),
        from_s=-9,
    )
    assert (told.doors, told.seed, told.commitment) == (Doors.LOBBY, None, commitment_of(SEED))
    assert told.waiting == 1000
    assert not told.calls(Place(0, 0))
    _, told = opened(lobby=1000)
    assert told.seed == SEED.hex()


def test_a_lobby_that_fills_is_believed_before_anybody_has_said_here() -> None:
    line = Line("demo", SEED)
    for at_s in range(60):
        told = line.step(Second(tickets={0: 500}, room=1000, joins_per_s=100), at_ms=DOORS_MS - 90_000 + at_s)
        assert told.waiting == 500 * (at_s + 1), "who hears nobody knows nothing"
    line.opened(doors_ms=DOORS_MS)
    told = seconds(line, Second(room=100_000, joins_per_s=100))
    assert told.called.draw / 2**32 < 0.1, "of 30,000 as many are called as come in soon, not all"


def test_pages_that_say_here_late_are_no_ghosts_and_those_that_never_do_are() -> None:
    """Everybody says it first when `here_s` has passed, and every second page is closed at once."""
    for present in (1.0, 0.5):
        line, here_s, shares = Line("demo", SEED), 10.0, []
        due: Counter[int] = Counter()
        for at_s in range(120):
            due[at_s + 3 + round(here_s)] += round(100 * present)
            here = due.pop(at_s, 0)
            due[at_s + round(here_s)] += here
            second = Second(tickets={0: 100}, here={0: here}, room=1000, joins_per_s=100)
            told = line.step(second, at_ms=DOORS_MS - 200_000 + at_s * 1000)
            here_s = told.here_s
            shares.append(told.waiting / (100 * (at_s + 1)))
        assert min(shares) >= 0.85 * present
        assert shares[-1] <= present + 0.25


def test_a_small_lobby_comes_in_at_once() -> None:
    _, told = opened(lobby=50, room=1000)
    assert told.doors is Doors.OPEN


def test_a_big_lobby_comes_in_by_the_draw_as_fast_as_the_doors_can() -> None:
    line, told = opened(lobby=20_000, room=100_000)
    assert (told.doors, told.why) == (Doors.HELD, Why.JOINS)
    assert told.called.bucket == 0
    for at_s in range(1, 30):
        called = told.called
        here = {0: round(told.waiting / told.here_s)}
        standing = max(round(called.draw / 2**32 * 20_000) - 100 * at_s, 0)
        second = Second(joined=100, here=here, standing=standing, room=100_000 - 100 * at_s, joins_per_s=100)
        told = seconds(line, second, from_s=at_s)
        assert told.called >= called
    assert told.doors is Doors.HELD
    assert 0.1 < told.called.draw / 2**32 < 0.4, "3000 were let in, some hundreds are on their way"


def test_the_doors_stay_open_while_there_is_room() -> None:
    line, told = opened(lobby=0, room=1000)
    told = seconds(line, *[Second(came=20, room=800, joins_per_s=100)] * 60, from_s=1)
    assert told.doors is Doors.OPEN


def test_the_doors_are_held_before_the_last_seat_is_gone_and_say_why() -> None:
    line, _ = opened(lobby=0, room=1000)
    told = seconds(line, *[Second(came=20, room=200, joins_per_s=100)] * 9, from_s=1)
    assert told.doors is Doors.OPEN
    told = seconds(line, Second(came=20, room=30, admitted=970, joins_per_s=100), from_s=10)
    assert (told.doors, told.why) == (Doors.HELD, Why.SEATS)
    told = seconds(line, Second(room=500, admitted=500, joins_per_s=100), from_s=11)
    assert told.why is Why.JOINS, "with half of the seats free it is the rush"
    told = seconds(line, Second(room=0, joins_per_s=100, held=Why.LINE), from_s=12)
    assert told.why is Why.LINE


def test_more_than_can_be_let_in_per_second_are_held_though_there_are_seats() -> None:
    line, _ = opened(lobby=0, room=10_000)
    told = seconds(line, Second(came=100, room=9_900, joins_per_s=100), from_s=1)
    assert (told.doors, told.why) == (Doors.HELD, Why.JOINS)


def test_the_doors_open_again_after_calm_seconds_with_a_reserve_and_not_before() -> None:
    line, _ = opened(lobby=0, room=10)
    told = seconds(line, Second(came=10, room=0, joins_per_s=100), from_s=1)
    assert told.doors is Doors.HELD
    told = seconds(line, *[Second(room=1, joins_per_s=100)] * 30, from_s=2)
    assert told.doors is Doors.HELD, "one seat is no reserve"
    told = seconds(line, *[Second(room=50, joins_per_s=100)] * (OPENS_AFTER_S - 1), from_s=32)
    assert told.doors is Doors.HELD
    told = seconds(line, Second(room=50, joins_per_s=100), from_s=32 + OPENS_AFTER_S)
    assert told.doors is Doors.OPEN


def test_the_doors_do_not_flap_when_a_trickle_meets_the_last_seats() -> None:
    line, told = opened(lobby=0, room=40)
    rng, room, changes = Random(1), 40, 0
    for at_s in range(1, 1200):
        before, came, left = told.doors, rng.randint(0, 4), rng.randint(0, 4)
        came = min(came, room + left)
        room = min(room + left - came, 40)
        open_ = before is Doors.OPEN
        told = seconds(
            line,
            Second(
                came=came if open_ else 0,
                joined=0 if open_ else came,
                tickets={} if open_ else {at_s: came},
                left=left,
                room=room,
                joins_per_s=100,
            ),
            from_s=at_s,
        )
        changes += told.doors is not before
    assert changes <= 40, "each change of doors has its reason: once in half a minute at the worst"


def test_a_host_holds_and_opens_the_doors() -> None:
    line, _ = opened(lobby=0, room=1000)
    held = Second(order=Doors.HELD, room=1000, joins_per_s=100)
    told = seconds(
        line,
        held,
        Second(tickets={2: 30}, order=Doors.HELD, room=1000, joins_per_s=100),
        *[held] * 20,
        from_s=1,
    )
    assert (told.doors, told.why) == (Doors.HELD, Why.HOST)
    assert not told.calls(Place(2, 0)), "nobody is called while a host holds the doors"
    told = seconds(line, Second(order=Doors.OPEN, room=1000, joins_per_s=100), from_s=30)
    assert told.doors is Doors.OPEN
    told = seconds(line, Second(room=1000, joins_per_s=100), from_s=31)
    assert told.doors is Doors.OPEN


def test_two_of_one_second_are_ordered_by_the_draw_alone() -> None:
    one, other = (Ticket(0, bytes([n]) * 8, 7) for n in (1, 2))
    first, second = sorted((place_of(one, SEED), place_of(other, SEED)))
    assert first.bucket == second.bucket
    line, told = opened(lobby=0, room=0)
    told = seconds(line, *[Second(tickets={n: 50}, left=2, joined=2) for n in range(1, 9)], from_s=1)
    assert forecast(told, first).ahead is not None
    assert (forecast(told, first).ahead or 0) <= (forecast(told, second).ahead or 0)


@given(asked=st.lists(st.integers(1, 500), min_size=2, max_size=9, unique=True))
def test_whoever_asks_again_stands_further_back(asked: list[int]) -> None:
    buckets = sorted(asked)
    places = [place_of(Ticket(0, bytes(8), bucket), SEED) for bucket in buckets]
    assert places == sorted(places), "a later ticket is a later bucket, whatever it draws"


def test_a_day_of_line_costs_the_same_clock() -> None:
    line, _ = opened(lobby=1000, room=0)
    rng = Random(5)
    for at_s in range(1, 3000):
        tickets = {at_s: rng.randint(0, 30), at_s + rng.randint(0, 600): 1}
        told = seconds(line, Second(tickets=tickets, left=3, joined=3, joins_per_s=100), from_s=at_s)
    assert len(told.arrivals) <= BUCKETS_TOLD_MAX
    assert len(told.encoded(lambda _: bytes(64))) < 2048
    assert len(json.dumps(line.as_json())) <= 16 * 1024


def test_another_leader_goes_on_from_a_coarse_state_without_losing_anybody() -> None:
    line, _ = opened(lobby=0, room=0)
    for at_s in range(1, 3000):
        told = seconds(line, Second(tickets={at_s: 7}, joins_per_s=100), from_s=at_s)
    other = Line.from_json(json.loads(json.dumps(line.as_json())))
    later = seconds(other, Second(joins_per_s=100), from_s=3000)
    assert later.number == told.number + 1
    assert later.called == told.called
    assert sum(count for _, count in later.arrivals) == sum(count for _, count in told.arrivals)


def test_a_state_that_is_behind_does_not_put_anybody_back() -> None:
    line, told = opened(lobby=20_000, room=100_000)
    state = line.as_json()
    told = seconds(line, *[Second(joined=100, room=100_000, joins_per_s=100)] * 30, from_s=1)
    other = Line.from_json(json.loads(json.dumps(state)))
    other.heard(told)
    later = seconds(other, Second(room=100_000, joins_per_s=100), from_s=31)
    assert later.called >= told.called
    assert later.number > told.number


class LineMachine(RuleBasedStateMachine):
    """A line in a small world of real people, each with a ticket: whoever is called comes, or never does."""

    @initialize(
        seats=st.integers(1, 60), joins_per_s=st.integers(1, 40), show=st.sampled_from([1.0, 0.5, 0.1])
    )
    def begin(self, seats: int, joins_per_s: int, show: float) -> None:
        self.line = Line("demo", SEED)
        self.seats, self.joins_per_s, self.show = seats, joins_per_s, show
        self.rng = Random(seats * 1000 + joins_per_s)
        self.at_s, self.seated, self.most = 0, 0, 0
        self.queue: list[Place] = []
        self.ghosts: set[Place] = set()
        self.door: list[Place] = []
        self.told: LineClock | None = None
        self.before: LineClock | None = None
        self.happened = Second()
        self.unserved_s = 0
        self.line.opened(doors_ms=DOORS_MS)

    def second(self, comers: int, leavers: int) -> None:
        """The world's second, then the line's, of the second before."""
        left = min(leavers, self.seated)
        self.seated -= left
        free = min(self.seats - self.seated, self.joins_per_s)
        joined = min(len(self.door), free)
        self.door = self.door[joined:]
        is_open = self.told is not None and self.told.doors is Doors.OPEN
        came = min(comers, free - joined) if is_open else 0
        self.seated += joined + came
        assert self.seated <= self.seats
        held = comers - came
        bucket = self.at_s + 1
        new = [Place(bucket, self.rng.getrandbits(32)) for _ in range(held)]
        self.queue += new
        self.ghosts |= {place for place in new if self.rng.random() >= self.show}
        real = [place.bucket for place in self.queue if place not in self.ghosts]
        every_s = self.told.here_s if self.told else 10.0
        here = Counter(of for of in real if self.rng.random() < 1 / every_s)
        has_waited = any(of < bucket - 3 for of in real)
        is_stuck = has_waited and free > 0 and not joined + came
        self.unserved_s = self.unserved_s + 1 if is_stuck else 0
        happened = Second(
            tickets={bucket: held} if held else {},
            joined=joined,
            came=came,
            left=left,
            here=here,
            admitted=self.seated,
            room=self.seats - self.seated,
            joins_per_s=float(self.joins_per_s),
            standing=len(self.door),
        )
        self.before = self.told
        self.told = self.line.step(self.happened, at_ms=DOORS_MS + self.at_s * 1000)
        self.happened = happened
        self.at_s += 1
        called = [place for place in self.queue if self.told.calls(place)]
        self.queue = [place for place in self.queue if not self.told.calls(place)]
        self.door += [place for place in called if place not in self.ghosts]

    @rule(comers=st.integers(0, 50), leavers=st.integers(0, 10), times=st.integers(1, 6))
    def time_passes(self, comers: int, leavers: int, times: int) -> None:
        for _ in range(times):
            self.second(comers, leavers)

    @rule()
    def another_leader(self) -> None:
        state = json.loads(json.dumps(self.line.as_json()))
        other = Line.from_json(state)
        assert json.loads(json.dumps(other.as_json())) == state
        at_ms = DOORS_MS + self.at_s * 1000
        twin = Line.from_json(state)
        assert twin.step(self.happened, at_ms=at_ms) == Line.from_json(state).step(self.happened, at_ms=at_ms)
        self.line = other

    @precondition(lambda self: self.told is not None)
    @invariant()
    def nobody_is_uncalled(self) -> None:
        if self.before is not None and self.told is not None:
            assert self.told.called >= self.before.called
            assert self.told.number > self.before.number

    @invariant()
    def an_empty_seat_finds_a_taker(self) -> None:
        assert getattr(self, "unserved_s", 0) <= 5, "with room and somebody who waits, somebody enters"

    @precondition(lambda self: self.told is not None)
    @invariant()
    def the_clock_can_be_served(self) -> None:
        assert self.told is not None
        assert LineClock.parse(self.told.encoded(lambda _: bytes(64))) == self.told
        assert self.told.waiting >= 0
        assert all(count >= 0 for _, count in self.told.arrivals)


TestLine = LineMachine.TestCase
TestLine.settings = settings(
    max_examples=12, stateful_step_count=15, deadline=None, phases=[Phase.explicit, Phase.generate]
)


def each_second(line: Line, happened: Iterator[Second]) -> Iterator[LineClock]:
    for at_s, second in enumerate(happened):
        yield line.step(second, at_ms=DOORS_MS + at_s * 1000)


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_copy_of_the_state_goes_on_as_the_line_itself(data: st.DataObject) -> None:
    made = st.builds(
        Second,
        tickets=st.dictionaries(st.integers(0, 60), st.integers(0, 400), max_size=3),
        here=st.dictionaries(st.integers(0, 60), st.integers(0, 5), max_size=3),
        joined=st.integers(0, 50),
        came=st.integers(0, 50),
        left=st.integers(0, 50),
        room=st.integers(0, 300),
        joins_per_s=st.floats(0, 100),
        standing=st.integers(0, 500),
        order=st.none() | st.sampled_from([Doors.HELD, Doors.OPEN]),
    )
    line = Line("demo", SEED)
    line.opened(doors_ms=DOORS_MS)
    happened = data.draw(st.lists(made, min_size=2, max_size=30))
    half = len(happened) // 2
    list(each_second(line, iter(happened[:half])))
    copy = Line.from_json(json.loads(json.dumps(line.as_json())))
    for at_s, second in enumerate(happened[half:], half):
        at_ms = DOORS_MS + at_s * 1000
        assert copy.step(second, at_ms=at_ms) == line.step(second, at_ms=at_ms)
