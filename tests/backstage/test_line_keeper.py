"""The lines' keeper on real NATS: clocks every second, one seed, and a successor who goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.admission.line.place import commitment_of
from stentor.admission.line.second import Second
from stentor.admission.line.signing import ClockSigner, is_signed_by
from stentor.admission.line.telling import HERE_PER_S_MAX
from stentor.backstage.control.line_clocks import CLOCKS_MAX, LineClocks
from stentor.backstage.control.line_keeper import OVER_TOLD, LineKeeper
from stentor.clock import HandClock
from stentor.log.bus import Bus
from stentor.log.lines import LineStates
from stentor.process import end_tasks
from stentor.space.doors import DoorsOrder
from stentor.space.lifecycle import State
from stentor.space.record import Space

SIGNER = ClockSigner(b"s" * 32)
CLOCK = HandClock()
NOW_MS = CLOCK.wall_ms()
CROWD = Second(tickets={0: 500}, here={0: 500}, room=10, joins_per_s=100)


class House:
    """A keeper with the Spaces and the seconds that a test gives it, and ears for what it says."""

    def __init__(self, bus: Bus, states: LineStates, clock: HandClock, *, lines_max: int) -> None:
        self.clock = clock
        self.spaces: dict[str, Space] = {}
        self.seconds: dict[str, Second] = {}
        self.clocks = LineClocks(clock)
        self.told: asyncio.Queue[tuple[LineClock, bytes]] = asyncio.Queue()
        self.keeper = LineKeeper(
            bus,
            states,
            signer=SIGNER,
            clocks=self.clocks,
            spaces=self.spaces.values,
            clock=clock,
            lines_max=lines_max,
        )

    def has(self, space: Space) -> None:
        self.spaces[space.id] = space

    async def second(self) -> None:
        self.clock.advance(1)
        self.hear()
        await self.keeper.turn()

    def hear(self) -> None:
        free = Second(room=10, joins_per_s=100)
        self.keeper.hear({space_id: self.seconds.get(space_id, free) for space_id in self.keeper.space_ids})

    async def until(
        self, holds: Callable[[LineClock], bool] = lambda _clock: True
    ) -> tuple[LineClock, bytes]:
        """Seconds pass until a clock is such; the first one takes a moment, since its seed is kept first."""
        async with asyncio.timeout(10):
            while True:
                await self.second()
                try:
                    async with asyncio.timeout(0.05):
                        clock, data = await self.told.get()
                        while not holds(clock):
                            clock, data = await self.told.get()
                        return clock, data
                except TimeoutError:
                    continue


@asynccontextmanager
async def house(
    bus: Bus, clock: HandClock | None = None, *, lines_max: int = CLOCKS_MAX
) -> AsyncIterator[House]:
    made = House(bus, await LineStates.open(bus), clock or HandClock(), lines_max=lines_max)

    def hear(_subject: str, data: bytes) -> None:
        made.told.put_nowait((LineClock.parse(data), data))

    ears = [await made.clocks.listen(bus), await bus.subscribe("line.*", hear)]
    task = asyncio.create_task(made.keeper.run())
    try:
        yield made
    finally:
        await end_tasks(task)
        for ear in ears:
            await ear.close()


def lobby(space_id: str) -> Space:
    return Space(space_id, "A debate", State.GREEN_ROOM, NOW_MS)


def on_air(space_id: str, *, at_ms: int = NOW_MS) -> Space:
    return replace(lobby(space_id), state=State.SCHEDULED).moved(State.ON_AIR, wall_ms=at_ms)


async def test_a_lobby_has_a_signed_clock_with_a_commitment_and_the_opening_shows_the_seed(
    bus: Bus, space_id: str
) -> None:
    async with house(bus) as made:
        made.has(lobby(space_id))
        made.seconds[space_id] = CROWD
        before, data = await made.until()
        assert is_signed_by(SIGNER.public_key, data)
        assert (before.doors, before.seed) == (Doors.LOBBY, None)
        made.has(on_air(space_id, at_ms=made.clock.wall_ms()))
        after, _ = await made.until(lambda clock: clock.doors_ms is not None)
        assert after.seed is not None
        assert commitment_of(bytes.fromhex(after.seed)) == before.commitment == after.commitment


async def test_a_lobby_that_grows_before_anybody_says_here_is_told_as_it_is(bus: Bus, space_id: str) -> None:
    async with house(bus) as made:
        made.has(lobby(space_id))
        made.seconds[space_id] = Second(tickets={0: 500}, room=10, joins_per_s=100)
        grown, _ = await made.until(lambda clock: clock.arrivals[0][1] >= 8 * 500)
        assert grown.waiting == grown.arrivals[0][1]


async def test_all_spaces_together_are_asked_for_the_signs_that_a_house_can_hear(
    bus: Bus, space_id: str
) -> None:
    async with house(bus) as made:
        ids = [f"{space_id}-{number}" for number in range(2)]
        for one in ids:
            made.has(lobby(one))
            made.seconds[one] = Second(tickets={0: 5000}, here={0: 100}, room=10, joins_per_s=100)
        told, _ = await made.until(lambda clock: clock.waiting >= 30_000)
        assert told.here_s >= 2 * 30_000 / HERE_PER_S_MAX * 0.8


async def test_a_successor_goes_on_where_the_last_clock_was(bus: Bus, space_id: str) -> None:
    """The first leader dies without a word; the second one has only heard it."""
    clock = HandClock()
    async with house(bus, clock) as second:
        async with house(bus, clock) as first:
            first.has(lobby(space_id))
            first.seconds[space_id] = CROWD
            await first.until(lambda told: told.waiting >= 600)
            first.has(on_air(space_id, at_ms=clock.wall_ms()))
            first.seconds[space_id] = Second(room=10, joins_per_s=100, joined=5)
            last, _ = await first.until(lambda told: told.doors is Doors.HELD and told.called.draw > 0)
        # Nobody leads for a second, in which 300 more come.
        second.has(first.spaces[space_id])
        clock.advance(1)
        second.seconds[space_id] = Second(tickets={2: 300}, room=10, joins_per_s=100)
        second.hear()
        second.seconds[space_id] = Second(room=10, joins_per_s=100)
        while not second.told.empty():
            second.told.get_nowait()
        then, _ = await second.until()
        assert then.number > last.number
        assert then.called >= last.called
        assert (then.seed, then.commitment) == (last.seed, last.commitment)
        assert then.doors is Doors.HELD
        # The state that was kept is at most a second older than the clock that was told.
        before = sum(count for _, count in last.arrivals)
        assert before + 300 - 200 <= sum(count for _, count in then.arrivals) <= before + 300


async def test_a_state_that_cannot_be_read_keeps_its_promised_draw(bus: Bus, space_id: str) -> None:
    seed = b"d" * 32
    await (await LineStates.open(bus)).save(
        space_id, {"seed": seed.hex(), "of": "another version"}, revision=None
    )
    async with house(bus) as anew:
        anew.has(lobby(space_id))
        told, _ = await anew.until()
    assert told.commitment == commitment_of(seed)


async def test_two_leaders_at_once_end_as_one_line(bus: Bus, space_id: str) -> None:
    """A leader that was asleep does not know that it leads no more: whoever writes second reads again."""
    clock = HandClock()
    async with house(bus, clock) as one, house(bus, clock) as other:
        for leader in (one, other):
            leader.has(lobby(space_id))
            leader.seconds[space_id] = CROWD
        commitments = {(await leader.until())[0].commitment for leader in (one, other, one, other)}
        assert len(commitments) == 1


async def test_what_is_over_is_told_and_then_forgotten(bus: Bus, space_id: str) -> None:
    async with house(bus) as made:
        made.has(on_air(space_id))
        await made.until()
        states = await LineStates.open(bus)
        assert await states.load(space_id) is not None
        made.has(replace(made.spaces[space_id], state=State.ENDED))
        await made.until(lambda clock: clock.doors is Doors.OVER)
        for _ in range(OVER_TOLD):
            await made.second()
        async with asyncio.timeout(5):
            while await states.load(space_id) is not None:
                await asyncio.sleep(0.01)
        assert made.clocks.last(space_id) is None


@pytest.mark.parametrize(
    ("state", "starts_in_s", "has_clock"),
    [
        (State.SCHEDULED, None, False),
        (State.SCHEDULED, 3_700, False),
        (State.SCHEDULED, 3_500, True),
        (State.SCHEDULED, -2_400, True),
        (State.GREEN_ROOM, None, True),
        (State.ENDED, None, False),
        (State.DELETED, None, False),
    ],
)
async def test_a_space_has_a_clock_from_its_lobby_to_its_end(
    bus: Bus, space_id: str, state: State, starts_in_s: int | None, has_clock: bool
) -> None:
    async with house(bus) as made:
        starts_ms = None if starts_in_s is None else made.clock.wall_ms() + 1000 * starts_in_s
        made.has(Space(space_id, "A debate", state, NOW_MS, starts_ms=starts_ms))
        made.has(lobby(f"{space_id}-other"))
        told = {(await made.until())[0].space_id for _ in range(3)}
        assert (space_id in told) is has_clock


async def test_a_hosts_word_holds_the_doors_and_gives_them_back(bus: Bus, space_id: str) -> None:
    async with house(bus) as made:
        made.has(on_air(space_id))
        await made.until(lambda clock: clock.doors is Doors.OPEN)
        made.has(replace(made.spaces[space_id], doors=DoorsOrder.HELD))
        held, _ = await made.until(lambda clock: clock.doors is Doors.HELD)
        assert held.why is Why.HOST
        made.has(replace(made.spaces[space_id], doors=DoorsOrder.OPEN))
        await made.until(lambda clock: clock.doors is Doors.OPEN)


async def test_a_space_with_all_its_seats_taken_is_held_while_the_house_has_room(
    bus: Bus, space_id: str
) -> None:
    async with house(bus) as made:
        made.has(replace(on_air(space_id), listeners_max=50))
        made.seconds[space_id] = Second(room=5_000, joins_per_s=100, admitted=50)
        held, _ = await made.until(lambda clock: clock.doors is Doors.HELD)
        assert (held.why, held.room) == (Why.SEATS, 0)
        made.seconds[space_id] = Second(room=5_000, joins_per_s=100, admitted=20)
        await made.until(lambda clock: clock.doors is Doors.OPEN and clock.room == 30)


async def test_no_more_lines_than_the_bound_and_those_on_the_air_first(bus: Bus, space_id: str) -> None:
    async with house(bus, lines_max=3) as made:
        starts_ms = made.clock.wall_ms()
        for number in range(5):
            made.has(Space(f"{space_id}-{number}", "Soon", State.SCHEDULED, NOW_MS, starts_ms=starts_ms))
        made.has(on_air(space_id))
        told: set[str] = set()
        while len(told) < 3:
            told.add((await made.until(lambda clock: clock.space_id not in told))[0].space_id)
        for _ in range(3):
            told.add((await made.until())[0].space_id)
        assert len(told) == 3
        assert space_id in told
