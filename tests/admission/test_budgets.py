"""Budgets: every size of network is counted, and nobody pays for more than their own networks."""

from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.budgets import BEHIND_S_MAX, HELD_AT_ONCE, Budgets, Dated, TooManyFor
from stentor.admission.wide_networks import WideNetworks


def opened(budgets: Budgets, addresses: list[str], *, now_s: float = 0.0) -> int:
    return sum(budgets.connection(address, now_s=now_s) for address in addresses)


def test_an_address_opens_two_seconds_worth_at_once_and_then_its_rate() -> None:
    budgets = Budgets(connections_per_s=8)
    assert opened(budgets, ["192.0.2.1"] * 100) == 16
    assert opened(budgets, ["192.0.2.1"] * 100, now_s=1.0) == 8


def test_a_whole_network_has_less_than_its_addresses_together() -> None:
    budgets = Budgets(connections_per_s=8)
    everybody = [f"192.0.2.{host}" for host in range(1, 255)] * 20
    assert opened(budgets, everybody) == 64
    assert opened(budgets, ["198.51.100.1"] * 30) == 16, "the network next door is another one"


def test_ipv6_is_counted_by_the_64_the_56_and_the_48() -> None:
    one_64 = Budgets(connections_per_s=8)
    assert opened(one_64, [f"2001:db8::{host:x}" for host in range(1, 200)]) == 16
    one_56 = Budgets(connections_per_s=8)
    assert opened(one_56, [f"2001:db8:0:{net:x}::1" for net in range(200)]) == 32
    one_48 = Budgets(connections_per_s=8)
    assert opened(one_48, [f"2001:db8:0:{net:x}00::1" for net in range(200)] * 2) == 128


def test_an_ipv4_address_in_ipv6_clothes_is_the_ipv4_one() -> None:
    budgets = Budgets(connections_per_s=8)
    assert opened(budgets, ["192.0.2.1", "::ffff:192.0.2.1"] * 100) == 16


def test_who_is_refused_takes_nothing_from_the_neighbours() -> None:
    budgets = Budgets(connections_per_s=8)
    opened(budgets, ["192.0.2.1"] * 10_000)
    assert opened(budgets, ["192.0.2.2"] * 100) == 16


def test_this_machine_and_what_is_no_address_are_not_counted() -> None:
    budgets = Budgets(connections_per_s=1)
    assert opened(budgets, ["127.0.0.1", "::1", ""] * 100) == 300


def test_zero_counts_nobody() -> None:
    assert opened(Budgets(connections_per_s=0), ["192.0.2.1"] * 1000) == 1000


def dates(budgets: Budgets, addresses: list[str], *, is_held: bool = True) -> list[int]:
    found = [budgets.ticket(address, is_held=is_held, now_s=0.0) for address in addresses]
    return [date.behind_s for date in found if isinstance(date, Dated)]


def test_a_household_is_dated_now_an_office_within_minutes_and_a_bot_not_at_all() -> None:
    budgets = Budgets()
    found = dates(budgets, ["192.0.2.1"] * 300)
    assert found[:HELD_AT_ONCE] == [0] * HELD_AT_ONCE
    assert found == sorted(found)
    assert found[29] == 60, "the thirtieth of an office: a minute"
    assert found[49] <= 16 * 60
    assert len(found) < 70, "the hundredth is told to come back"
    assert dates(budgets, ["203.0.113.1"]) == [0]


def test_what_is_asked_for_over_an_evening_is_little_more() -> None:
    budgets = Budgets(tickets_per_min_held=0.1)
    found = [budgets.ticket("192.0.2.1", is_held=True, now_s=float(now_s)) for now_s in range(0, 7200, 2)]
    undated = sum(date == Dated() for date in found)
    assert undated <= HELD_AT_ONCE + 2
    assert sum(isinstance(date, Dated) for date in found) < 80


def test_a_wider_network_has_its_multiple_of_each_date() -> None:
    # 4 × 30 of one /24, each from an address of its own: the 120th stands where the 30th of one address does.
    found = dates(Budgets(), [f"192.0.2.{host}" for host in range(1, 121)])
    assert found[4 * HELD_AT_ONCE - 1] == 0
    assert found[119] == 60


def test_what_is_hoarded_while_nobody_waits_is_dated_as_if_they_did_and_nobody_is_refused() -> None:
    hoarded = dates(Budgets(), ["192.0.2.1"] * 1000, is_held=False)
    held = dates(Budgets(), ["192.0.2.1"] * 1000)
    assert (len(hoarded), hoarded[: len(held)]) == (1000, held)
    assert {*hoarded[len(held) :]} <= {BEHIND_S_MAX}


def test_a_campus_that_came_while_there_was_room_is_not_shut_out_for_days() -> None:
    budgets = Budgets()
    dates(budgets, ["192.0.2.1"] * 1000, is_held=False)
    told = budgets.ticket("192.0.2.1", is_held=True, now_s=0.0)
    assert isinstance(told, TooManyFor)
    assert isinstance(budgets.ticket("192.0.2.1", is_held=True, now_s=told.retry_after_s + 1), Dated)


def test_the_gates_of_an_edge_share_one_budget_of_tickets() -> None:
    undated = [dates(Budgets(gates=gates), ["192.0.2.1"] * 40).count(0) for gates in (1, 5)]
    assert undated[1] * 5 <= undated[0] + 5


def test_a_named_network_is_counted_as_itself_alone_and_as_wide_as_was_said() -> None:
    wide = WideNetworks.parsed(["192.0.2.7=50", "2001:db8:5::/48=20"])
    budgets = Budgets(wide=wide, connections_per_s=8)
    found = dates(budgets, ["192.0.2.7"] * 1500)
    assert found[499] == 0
    assert found[1499] == 60
    assert dates(budgets, ["192.0.2.8"] * 10) == [0] * 10, "its neighbours pay nothing for it"
    assert dates(budgets, [f"2001:db8:5:{host:x}::1" for host in range(200)]) == [0] * 200
    assert opened(budgets, ["192.0.2.7"] * 1000) == 800


def test_far_beyond_its_budget_a_network_is_told_to_come_back() -> None:
    budgets = Budgets(tickets_per_min_held=2)
    dates(budgets, ["192.0.2.1"] * 2000)
    answer = budgets.ticket("192.0.2.1", is_held=True, now_s=0.0)
    assert isinstance(answer, TooManyFor)
    assert 0 < answer.retry_after_s <= 60
    later = budgets.ticket("192.0.2.1", is_held=True, now_s=answer.retry_after_s + 0.01)
    assert isinstance(later, Dated), "who comes back when told is in the line"
    assert later.behind_s <= BEHIND_S_MAX


def test_what_a_date_would_be_is_said_without_counting() -> None:
    budgets = Budgets()
    assert {budgets.date("192.0.2.1", is_held=True, now_s=0.0) for _ in range(100)} == {Dated()}


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 5)), max_size=200))
def test_no_network_gets_more_than_burst_and_rate(asked: list[tuple[int, float]]) -> None:
    budgets, now_s, granted = Budgets(connections_per_s=2), 0.0, 0
    for host, gap_s in asked:
        now_s += gap_s
        granted += budgets.connection(f"192.0.2.{host}", now_s=now_s)
    assert granted <= 4 * 4 + 4 * 2 * now_s + 1
