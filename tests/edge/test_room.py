"""An edge's room: never a seat or a bit of those who come back, and none is kept without need."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.ladder import LINE_FULL, Door, Quality
from stentor.edge.room import (
    HIGH_BITS_PER_S,
    HIGH_BITS_PER_S_MIN,
    LOW_SHARE,
    MEASURED_FROM,
    QUEUE_MS_TARGET,
    RAMP_MIN,
    RAMP_S,
    RENEW_LINE,
    Held,
    JoinRate,
    Load,
    Room,
    RoomGauge,
    seats_for_newcomers,
)

EMPTY = Load(streams=0, hls=0, seats_per_fanout=1000, fanouts=2)
LINE_BITS_PER_S = 100_000_000
FOR_NEWCOMERS = LINE_FULL * (1 - RENEW_LINE) * LINE_BITS_PER_S


def room(
    load: Load,
    *,
    gauge: RoomGauge | None = None,
    door: Door = Door.OPEN,
    why: Held = Held.LINE,
    now_s: float = 0.0,
) -> Room:
    return (gauge or RoomGauge()).feel(load, door=door, why=why, now_s=now_s)


def carrying(listeners: int, *, each_bits_per_s: float, **facts: object) -> Load:
    bits = {"bits_per_s": listeners * each_bits_per_s, "line_bits_per_s": LINE_BITS_PER_S}
    load = replace(EMPTY, streams=listeners, seats_per_fanout=100_000, **bits)  # type: ignore[arg-type]
    return replace(load, **facts)  # type: ignore[arg-type]


def settled(load: Load, gauge: RoomGauge) -> Room:
    """What the gauge says once it has measured for a minute."""
    for second in range(60):
        found = room(load, gauge=gauge, now_s=second)
    return found


@pytest.mark.parametrize(("seats", "for_newcomers"), [(1, 1), (19, 19), (20, 19), (18_000, 17_100)])
def test_every_twentieth_seat_is_kept_where_there_are_so_many(seats: int, for_newcomers: int) -> None:
    assert seats_for_newcomers(seats) == for_newcomers


@pytest.mark.parametrize(
    ("streams", "told"),
    [(0, Room(1900)), (1899, Room(1)), (1900, Room(0, Held.SEATS)), (2000, Room(0, Held.SEATS))],
)
def test_without_a_known_line_room_is_the_seats_that_are_not_kept(streams: int, told: Room) -> None:
    assert room(replace(EMPTY, streams=streams)) == told


def test_players_of_hls_take_bits_and_no_seats() -> None:
    assert room(replace(EMPTY, hls=5000)) == Room(1900)
    few = carrying(10, each_bits_per_s=HIGH_BITS_PER_S)
    assert room(few).newcomers == int(FOR_NEWCOMERS / (HIGH_BITS_PER_S * LOW_SHARE)) - 10
    assert room(replace(few, hls=20)).newcomers == room(few).newcomers - 20


def test_the_line_is_reckoned_at_the_lowest_rung_with_what_listeners_were_measured_to_cost() -> None:
    gauge = RoomGauge()
    told = settled(carrying(1000, each_bits_per_s=40_000), gauge)
    assert told.newcomers == pytest.approx(FOR_NEWCOMERS / (40_000 * LOW_SHARE) - 1000, rel=0.01)
    low = carrying(1000, each_bits_per_s=40_000 * LOW_SHARE, quality=Quality.LOW)
    assert settled(low, gauge).newcomers == pytest.approx(told.newcomers, rel=0.01)


def test_a_stage_that_says_nothing_makes_no_room() -> None:
    assert settled(carrying(1000, each_bits_per_s=0), RoomGauge()).newcomers == pytest.approx(
        FOR_NEWCOMERS / (HIGH_BITS_PER_S_MIN * LOW_SHARE) - 1000, rel=0.01
    )


def test_where_an_operator_forbids_the_low_rung_there_is_half_the_room() -> None:
    free = settled(carrying(500, each_bits_per_s=40_000), RoomGauge()).newcomers + 500
    forced = settled(carrying(500, each_bits_per_s=40_000, lowest=Quality.HIGH), RoomGauge()).newcomers + 500
    assert forced == pytest.approx(free * LOW_SHARE, rel=0.01)


def test_a_full_line_says_that_it_is_the_line() -> None:
    full = carrying(int(FOR_NEWCOMERS / 22_000) + 1, each_bits_per_s=22_000, quality=Quality.LOW)
    assert settled(full, RoomGauge()) == Room(0, Held.LINE)


def test_a_few_come_in_whatever_the_line_since_nobody_has_measured_it() -> None:
    tiny = replace(EMPTY, line_bits_per_s=1000)
    assert room(tiny) == Room(MEASURED_FROM)
    assert room(replace(tiny, streams=MEASURED_FROM)) == Room(0, Held.LINE)


def test_a_held_door_has_no_room_and_afterwards_they_come_slowly() -> None:
    gauge, load = RoomGauge(), replace(EMPTY, streams=1000)
    assert room(load, gauge=gauge, door=Door.HELD, now_s=0) == Room(0, Held.LINE)
    assert room(load, gauge=gauge, now_s=1) == Room(20, Held.LINE)
    assert room(replace(load, streams=5), gauge=gauge, now_s=1) == Room(RAMP_MIN, Held.LINE)
    assert room(load, gauge=gauge, now_s=RAMP_S) == Room(20, Held.LINE)
    assert room(load, gauge=gauge, now_s=RAMP_S + 1) == Room(900)
    held = room(load, gauge=gauge, door=Door.HELD, why=Held.OPERATOR, now_s=100)
    assert (held, room(load, gauge=gauge, now_s=101)) == (Room(0, Held.OPERATOR), Room(900))


loads = st.builds(
    Load,
    streams=st.integers(0, 5000),
    hls=st.integers(0, 5000),
    seats_per_fanout=st.integers(1, 3000),
    fanouts=st.just(2),
    bits_per_s=st.floats(0, 10**9),
    line_bits_per_s=st.integers(0, 10**9),
    quality=st.sampled_from(Quality),
)


@given(loads)
def test_newcomers_never_take_a_kept_seat_and_who_has_none_is_told_why(load: Load) -> None:
    told = settled(load, RoomGauge())
    assert 0 <= told.newcomers <= max(0, 2 * seats_for_newcomers(load.seats_per_fanout) - load.streams)
    assert (told.held is None) == (told.newcomers > 0)


def test_joins_slow_down_at_once_while_requests_wait_and_come_back_by_and_by() -> None:
    rate = JoinRate(1000)
    assert rate.feel(gates=2, queue_ms=QUEUE_MS_TARGET) == 2000
    slower = [rate.feel(gates=2, queue_ms=200.0) for _ in range(30)]
    assert slower == sorted(slower, reverse=True)
    assert slower[-1] == 100, "never nobody"
    seconds = 0
    while rate.feel(gates=2, queue_ms=0.0) < 2000:
        seconds += 1
    assert 10 <= seconds <= 20
