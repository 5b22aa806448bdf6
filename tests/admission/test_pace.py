"""The pace: as often as it says, for as many clients as it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.pace import Pace, client_key

SECRET = b"0123456789abcdef"


def taken(pace: Pace, client: bytes, *, now_s: float, cost: int = 1) -> int:
    """How many are granted at once."""
    count = 0
    while not pace.wait_s(client, now_s=now_s, cost=cost):
        count += 1
    return count


def test_a_burst_is_granted_and_then_one_per_interval() -> None:
    pace = Pace(burst=8, interval_s=0.5)
    assert taken(pace, b"a", now_s=0.0) == 8
    assert pace.wait_s(b"a", now_s=0.0) == 0.5
    assert pace.wait_s(b"a", now_s=0.49) == pytest.approx(0.01)
    assert taken(pace, b"a", now_s=0.5) == 1
    assert taken(pace, b"a", now_s=60.0) == 8


def test_a_refusal_costs_nothing() -> None:
    pace = Pace(burst=1, interval_s=20.0)
    assert pace.wait_s(b"a", now_s=0.0) == 0
    for second in range(1, 20):
        assert pace.wait_s(b"a", now_s=second) == 20 - second
    assert pace.wait_s(b"a", now_s=20.0) == 0


def test_a_look_takes_nothing_and_says_what_a_try_would() -> None:
    pace = Pace(burst=2, interval_s=5.0)
    assert [pace.look_s("a", now_s=0.0) for _ in range(5)] == [0.0] * 5
    assert taken(pace, b"a", now_s=0.0) == 2
    assert pace.look_s(b"a", now_s=1.0) == pace.wait_s(b"a", now_s=1.0) == 4.0


@given(st.integers(1, 9), st.lists(st.integers(0, 40), max_size=60))
def test_who_only_wants_to_know_whether_is_told_what_a_look_says(burst: int, steps: list[int]) -> None:
    pace, now_s = Pace(burst, interval_s=0.5), 0.0
    for step in steps:
        now_s += step / 32
        assert pace.has_one("a", now_s=now_s) is (pace.look_s("a", now_s=now_s) == 0)
        if step % 3:
            pace.spend("a", now_s=now_s)


def test_at_a_higher_cost_it_is_a_fraction_and_never_nothing() -> None:
    assert taken(Pace(burst=8, interval_s=0.5), b"a", now_s=0.0, cost=4) == 2
    assert taken(Pace(burst=1, interval_s=20.0), b"a", now_s=0.0, cost=4) == 1


def test_what_is_given_back_can_be_taken_again() -> None:
    pace = Pace(burst=1, interval_s=20.0)
    assert pace.wait_s(b"a", now_s=0.0) == 0
    pace.give_back(b"a")
    assert pace.wait_s(b"a", now_s=0.0) == 0
    pace.give_back(b"nobody")


def test_those_who_come_once_do_not_wash_out_the_debts_of_those_who_come_often() -> None:
    pace = Pace(burst=2, interval_s=100.0, clients_max=100)
    for bot in range(50):
        for _ in range(10):
            pace.spend(f"bot {bot}", now_s=0.0)
    for person in range(1000):
        pace.spend(person, now_s=1.0 + person / 100)
    assert all(not pace.has_one(f"bot {bot}", now_s=11.0) for bot in range(50))
    assert len(pace._full_at_s) == 100


def test_the_table_is_bounded_and_the_quietest_make_room() -> None:
    pace = Pace(burst=1, interval_s=20.0, clients_max=2)
    for client in (b"a", b"b"):
        assert pace.wait_s(client, now_s=0.0) == 0
    assert pace.wait_s(b"a", now_s=1.0) > 0  # not quiet
    assert pace.wait_s(b"c", now_s=1.0) == 0
    assert pace.wait_s(b"a", now_s=1.0) > 0
    assert pace.wait_s(b"b", now_s=1.0) == 0  # was forgotten


@given(st.lists(st.floats(0, 2), max_size=200))
def test_in_no_stretch_of_time_are_there_more_than_its_share(waits: list[float]) -> None:
    pace, now_s, granted = Pace(burst=4, interval_s=0.5), 0.0, list[float]()
    for wait_s in waits:
        now_s += wait_s
        if not pace.wait_s(b"a", now_s=now_s):
            granted.append(now_s)
    for index, began_s in enumerate(granted):
        for count, until_s in enumerate(granted[index:], 1):
            assert count <= 4 + (until_s - began_s) / 0.5 + 1e-6


def test_a_client_is_an_ipv4_address_or_a_64_of_ipv6() -> None:
    def same(one: str, two: str) -> bool:
        return client_key(one, secret=SECRET) == client_key(two, secret=SECRET)

    assert same("2001:db8::1", "2001:db8::ffff:2")
    assert not same("2001:db8::1", "2001:db8:0:1::1")
    assert not same("192.0.2.1", "192.0.2.2")
    assert client_key("192.0.2.1", secret=SECRET) != client_key("192.0.2.1", secret=b"another")
    assert len(client_key("", secret=SECRET)) == 8
