"""Who comes in: by example and by property."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.place import DRAWS, Place, place_of
from stentor.admission.token import Ticket
from stentor.edge.admission.entry import BLIND_AFTER_S, Line, Way, WhenBlind, way_of
from stentor.space.doors import DoorsOrder

SEED = bytes(32)
HELD = LineClock("demo", 1, 0, Doors.HELD, seed=SEED.hex(), called=Place(10, 0))

buckets = st.integers(0, 20)
tickets = st.builds(Ticket, st.just(0), st.binary(min_size=8, max_size=8), buckets, st.integers(0, 3))
places = st.builds(Place, buckets, st.integers(0, DRAWS - 1))
lines = st.builds(
    Line,
    st.none() | st.builds(replace, st.just(HELD), doors=st.sampled_from(Doors), called=places),
    st.floats(0, 10),
    st.sampled_from(DoorsOrder),
)
settings = st.sampled_from(WhenBlind)


def ways(line: Line, ticket: Ticket | None, *, when_blind: WhenBlind = WhenBlind.HOLD) -> Way:
    """Where there is a seat, without a pass."""
    return way_of(line, ticket=ticket, has_pass=False, has_seat=True, when_blind=when_blind)


@given(lines, st.none() | tickets, st.booleans(), settings)
def test_a_pass_never_waits_whatever_the_line_says(
    line: Line, ticket: Ticket | None, has_seat: bool, when_blind: WhenBlind
) -> None:
    assert way_of(line, ticket=ticket, has_pass=True, has_seat=has_seat, when_blind=when_blind) is Way.RENEW


@given(lines, st.none() | tickets, settings)
def test_without_a_seat_no_newcomer_gets_one(
    line: Line, ticket: Ticket | None, when_blind: WhenBlind
) -> None:
    assert way_of(line, ticket=ticket, has_pass=False, has_seat=False, when_blind=when_blind) is Way.WAIT


@given(lines, tickets, tickets, settings)
def test_who_stands_before_somebody_let_in_is_let_in(
    line: Line, one: Ticket, other: Ticket, when_blind: WhenBlind
) -> None:
    first, second = sorted((one, other), key=lambda ticket: place_of(ticket, SEED))
    if ways(line, second, when_blind=when_blind) is Way.JOIN:
        assert ways(line, first, when_blind=when_blind) is Way.JOIN


@given(lines, tickets, settings)
def test_a_ticket_is_never_worse_than_none(line: Line, ticket: Ticket, when_blind: WhenBlind) -> None:
    if ways(line, None, when_blind=when_blind) is Way.CAME:
        assert ways(line, ticket, when_blind=when_blind) is Way.JOIN


def test_held_doors_let_in_what_is_called_and_nobody_else() -> None:
    line = Line(HELD, 0.0)
    assert ways(line, Ticket(0, bytes(8), 9)) is Way.JOIN
    assert ways(line, Ticket(0, bytes(8), 10)) is Way.WAIT
    assert ways(line, None) is Way.WAIT


def test_in_the_lobby_nobody_is_called() -> None:
    lobby = replace(HELD, doors=Doors.LOBBY, seed=None)
    assert ways(Line(lobby, 0.0), Ticket(0, bytes(8), 0)) is Way.WAIT


@pytest.mark.parametrize(
    ("age_s", "setting", "way"),
    [
        (BLIND_AFTER_S, WhenBlind.OPEN, Way.WAIT),
        (BLIND_AFTER_S + 0.1, WhenBlind.OPEN, Way.CAME),
        (BLIND_AFTER_S + 0.1, WhenBlind.HOLD, Way.WAIT),
    ],
)
def test_a_gate_that_hears_no_clock_for_five_seconds_does_as_it_is_set(
    age_s: float, setting: WhenBlind, way: Way
) -> None:
    assert ways(Line(HELD, age_s), None, when_blind=setting) is way


def test_what_was_called_stays_called_while_the_gate_is_blind() -> None:
    assert ways(Line(HELD, 60.0), Ticket(0, bytes(8), 9)) is Way.JOIN
    assert ways(Line(HELD, 60.0), Ticket(0, bytes(8), 11)) is Way.WAIT


@pytest.mark.parametrize(("age_s", "way"), [(BLIND_AFTER_S, Way.WAIT), (BLIND_AFTER_S + 0.1, Way.CAME)])
def test_a_gate_that_has_just_begun_is_no_way_past_doors_that_were_held(age_s: float, way: Way) -> None:
    assert ways(Line(None, age_s, was_held=True), None, when_blind=WhenBlind.OPEN) is way


@pytest.mark.parametrize(
    ("order", "way"), [(DoorsOrder.HELD, Way.WAIT), (DoorsOrder.OPEN, Way.CAME), (DoorsOrder.AUTO, Way.CAME)]
)
def test_a_hosts_word_holds_without_a_controller(order: DoorsOrder, way: Way) -> None:
    assert ways(Line(None, 0.0, order), None, when_blind=WhenBlind.OPEN) is way
