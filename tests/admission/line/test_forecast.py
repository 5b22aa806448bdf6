"""Forecasts: what somebody who waits is told, and that the file the pages read says the same."""

import json

from hypothesis import given
from hypothesis import strategies as st
from tools.line_vectors import CLOCKS, HELD, PAGE, vectors

from stentor.admission.line.forecast import forecast, tickets_ahead
from stentor.admission.line.place import DRAWS, Place

PLACES = st.builds(Place, st.integers(0, 5000), st.integers(0, DRAWS - 1))


def test_the_pages_vectors_are_the_references() -> None:
    assert json.loads(PAGE.read_text()) == json.loads(json.dumps(vectors())), "python -m tools.line_vectors"


@given(one=PLACES, other=PLACES)
def test_who_stands_further_back_is_never_told_less(one: Place, other: Place) -> None:
    first, second = sorted((one, other))
    for clock in CLOCKS.values():
        near, far = forecast(clock, first), forecast(clock, second)
        assert near.is_called or not far.is_called
        assert (near.ahead or 0) <= (far.ahead or 0) or far.ahead is None
        if near.wait_s is not None and far.wait_s is not None:
            assert near.wait_s <= far.wait_s


@given(place=PLACES)
def test_nobody_is_told_to_ask_wildly_or_to_sleep_through_their_call(place: Place) -> None:
    for clock in CLOCKS.values():
        told = forecast(clock, place)
        assert 1 <= told.poll_s <= 60
        if told.wait_s is not None and not told.is_called:
            assert told.poll_s <= max(told.wait_s[0] / 2, 1.5)


def test_the_whole_line_is_ahead_of_the_last_place() -> None:
    tickets = sum(count for _, count in HELD.arrivals)
    assert tickets_ahead(HELD, Place(5000, 0)) == tickets
    assert tickets_ahead(HELD, HELD.called) == 0


def test_seats_are_waited_for_at_the_pace_of_leaving_once_the_room_is_full() -> None:
    # 2400 people ahead; 2000 seats are free and 40 a second come in, 20 a second leave.
    told = forecast(CLOCKS["room"], Place(1, 0))
    assert told.ahead == 2400
    assert told.wait_s == (62 / 1.25, 62 * 1.25), "2400 at 40 a second; 400 at 20 a second take no longer"
    told = forecast(CLOCKS["seats"], Place(1, 0))
    assert told.wait_s == (122 / 1.25, 122 * 1.25), "2400 seats at 20 a second"


def test_when_nothing_moves_nobody_is_told_a_time() -> None:
    assert forecast(CLOCKS["stuck"], Place(1, 0)).wait_s is None
