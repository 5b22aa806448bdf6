"""The desk without a door: budgets, tokens, sessions."""

from contextlib import suppress
from dataclasses import replace

import pytest

from stentor.admission.budgets import Budgets
from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.line.place import Place as LinePlace
from stentor.admission.token import PASS_S, TICKET_S, KeyRing
from stentor.clock import HandClock
from stentor.edge.admission.clocks import Clocks
from stentor.edge.admission.desk import Desk, Knock
from stentor.edge.admission.entry import Way
from stentor.edge.admission.waiting import in_line
from stentor.errors import TooMany
from stentor.space.lifecycle import State
from stentor.space.record import Space

HERE, THERE = "198.51.100.7", "203.0.113.9"
NOW_MS = 1_700_000_000_000
SPACE = Space("demo", "A talk", State.ON_AIR, created_ms=0, on_air_ms=NOW_MS)


def a_desk(doors: Doors = Doors.HELD, *, poll_s: float = 8.0) -> tuple[Desk, HandClock]:
    hand = HandClock(wall_ms=NOW_MS)
    clocks = Clocks(hand)
    clocks.hear("demo", LineClock("demo", 1, 0, doors, poll_s=poll_s).encoded(lambda _: bytes(64)))
    return Desk(hand, clocks, lambda: KeyRing.of(b"k" * 32), b"n" * 32, Budgets()), hand


def test_a_network_that_asks_for_many_is_dated_later_and_far_beyond_that_refused_others_are_not() -> None:
    desk, _ = a_desk()
    buckets, refusal = [], None
    while refusal is None:
        try:
            place = desk.place(SPACE, HERE)
            assert place.ticket.bucket == 1 + place.behind_s
            buckets.append(place.ticket.bucket)
        except TooMany as error:
            refusal = error
    assert buckets == sorted(buckets)
    assert (buckets[0], buckets[-1] > 500) == (1, True)
    assert refusal.retry_after_s
    assert desk.place(SPACE, THERE).ticket.bucket == 1
    (told,) = desk.counts.told(is_over=lambda _: False).values()
    assert (told.refused, told.asked) == (1, len(buckets) + 1)


def test_an_open_door_asks_for_no_date_and_a_hoard_is_worth_no_more_when_it_is_held() -> None:
    desk, _ = a_desk(Doors.OPEN)
    places = [desk.place(SPACE, HERE) for _ in range(200)]
    knocks = [Knock(HERE, place=place) for place in places]
    assert {desk.way(SPACE, knock, has_seat=True) for knock in knocks} == {Way.JOIN}
    assert sum(place.behind_s == 0 for place in places) < 20


def test_an_edge_whose_clock_is_behind_gives_nobody_an_earlier_place() -> None:
    desk, hand = a_desk()
    told = LineClock("demo", 2, NOW_MS + 90_000, Doors.HELD, doors_ms=NOW_MS)
    desk.clocks.hear("demo", told.encoded(lambda _: bytes(64)))
    assert desk.place(SPACE, HERE).ticket.bucket == 91, "by the line's own time"
    stale = replace(SPACE, state=State.GREEN_ROOM, on_air_ms=None)
    assert desk.place(stale, HERE).ticket.bucket == 91, "nor does one that has not heard of the beginning"
    hand.advance(4.0)
    assert desk.place(SPACE, HERE).ticket.bucket == 95


def test_tokens_carry_no_address_and_another_network_tomorrow() -> None:
    desk, hand = a_desk()
    today, neighbour = desk.place(SPACE, HERE).ticket, desk.place(SPACE, "198.51.100.200").ticket
    hand.advance(86_400)
    tomorrow = desk.place(SPACE, HERE).ticket
    assert today.network == neighbour.network != tomorrow.network
    assert today.id != neighbour.id


def test_a_ticket_is_one_session_and_its_passes_are_too() -> None:
    desk, hand = a_desk()
    place = desk.place(SPACE, HERE)
    passes = []
    for address in (HERE, THERE):
        knock = desk.read(SPACE, ticket=place.token, pass_=None, address=address)
        passes.append(desk.pass_for(knock))
    hand.advance(PASS_S - 1)
    shown = desk.read(SPACE, ticket=None, pass_=desk.sealed(SPACE, passes[0]), address=HERE)
    passes.append(desk.pass_for(shown))
    assert {given.session for given in passes} == {place.ticket.id}
    assert passes[-1].issued_s == passes[0].issued_s + PASS_S - 1
    assert passes[0].network != passes[1].network, "each says where it was asked for"
    assert desk.way(SPACE, shown, has_seat=False) is Way.RENEW


def test_what_is_not_good_counts_as_not_shown() -> None:
    desk, hand = a_desk()
    place = desk.place(SPACE, HERE)
    other = replace(SPACE, id="other")
    assert desk.read(other, ticket=place.token, pass_=None, address=HERE).place is None
    assert desk.read(SPACE, ticket=None, pass_=place.token, address=HERE).pass_ is None
    assert desk.read(SPACE, ticket="", pass_="", address=HERE).place is None
    hand.advance(TICKET_S + 1)
    assert desk.read(SPACE, ticket=place.token, pass_=None, address=HERE).place is None


def test_who_waits_comes_back_as_the_clock_says_and_not_all_at_once() -> None:
    desk, _ = a_desk(poll_s=8.0)
    knock = desk.read(SPACE, ticket=desk.place(SPACE, HERE).token, pass_=None, address=HERE)
    times_s = {in_line(desk, SPACE, knock).retry_after_s for _ in range(100)}
    assert len(times_s) > 20
    assert all(4.0 <= (time_s or 0) <= 12.0 for time_s in times_s)


def test_whose_place_is_called_stands_by_and_is_counted_once_a_second() -> None:
    desk, hand = a_desk(poll_s=60.0)
    called = LineClock("demo", 2, 0, Doors.HELD, called=LinePlace(99, 0), poll_s=60.0, seed="00" * 32)
    desk.clocks.hear("demo", called.encoded(lambda _: bytes(64)))
    knock = desk.read(SPACE, ticket=desk.place(SPACE, HERE).token, pass_=None, address=HERE)
    for _ in range(3):
        for _ in range(5):
            assert (in_line(desk, SPACE, knock).retry_after_s or 9) <= 1.5
        hand.advance(1)
    (told,) = desk.counts.told(is_over=lambda _: False).values()
    assert told.standing == 3
    (told,) = desk.counts.told(is_over=lambda _: False).values()
    assert told.standing == 0


def test_bids_have_a_share_of_the_gate_and_each_network_a_share_of_it() -> None:
    desk, hand = a_desk()
    for _ in range(40):
        desk.check_bid(HERE)
    with pytest.raises(TooMany):
        desk.check_bid(HERE)
    desk.check_bid(THERE)
    granted = 0
    for number in range(600):
        with suppress(TooMany):
            desk.check_bid(f"10.{number % 256}.{number // 256}.1")
            granted += 1
    assert granted == 512 - 41
    hand.advance(1.0)
    desk.check_bid(HERE)


def test_an_effort_is_never_less_than_it_was() -> None:
    desk, _ = a_desk()
    ticket = replace(desk.place(SPACE, HERE).ticket, effort=2)
    for effort, kept in ((1, 2), (3, 3)):
        token = desk.with_effort(SPACE, ticket, effort)
        place = desk.read(SPACE, ticket=token, pass_=None, address=HERE).place
        assert place is not None
        assert (place.ticket.id, place.ticket.bucket, place.ticket.effort) == (ticket.id, ticket.bucket, kept)
