"""The counts of a line: nobody is lost between a gate, its edge and the house."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.line_counts import BUCKETS_TOLD_MAX, SPACES_MAX, LineCounts, LineSum, LineTable, coarse

buckets = st.dictionaries(st.integers(0, 30_000), st.integers(1, 1000), max_size=200)


def nobody_is_over(_space_id: str) -> bool:
    return False


def test_a_gate_tells_buckets_once_and_totals_always() -> None:
    table = LineTable()
    for bucket in (0, 7, 7):
        table.ticket("demo", bucket)
    table.joined("demo")
    table.came("demo")
    table.refused("demo")
    table.here("demo", 7)
    first = table.told(is_over=nobody_is_over)["demo"]
    assert first == LineCounts({0: 1, 7: 2}, joined=1, came=1, refused=1, asked=3, here={7: 1})
    assert first.arrived == 4
    assert table.told(is_over=nobody_is_over)["demo"] == LineCounts(joined=1, came=1, refused=1, asked=3)
    assert table.told(is_over=lambda space_id: space_id == "demo") == {}


def test_counts_arrive_as_they_were_sent_and_zeros_are_left_out() -> None:
    told = LineCounts({0: 1, 7: 2}, joined=1, came=1, refused=1, asked=3, here={7: 1})
    assert LineCounts.from_json(json.loads(json.dumps(told.as_json()))) == told
    assert LineCounts().as_json() == {}


@pytest.mark.parametrize(
    "facts",
    [
        [],
        {"joined": -1},
        {"tickets": [[1]]},
        {"tickets": [[1, -1]]},
        {"here": [[-1, 1]]},
        {"here": [[n, 1] for n in range(BUCKETS_TOLD_MAX + 1)]},
    ],
)
def test_what_are_no_counts_is_refused(facts: object) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)):
        LineCounts.from_json(facts)  # type: ignore[arg-type]


@given(buckets)
def test_coarser_buckets_lose_nobody_and_the_lobby_stays_alone(counts: dict[int, int]) -> None:
    found = coarse(counts)
    assert len(found) <= BUCKETS_TOLD_MAX
    assert sum(found.values()) == sum(counts.values())
    assert found.get(0) == counts.get(0)
    assert found.keys() <= counts.keys(), "a group is called by its first"
    if len(counts) <= BUCKETS_TOLD_MAX:
        assert found == counts


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.booleans()), max_size=40))
def test_the_edges_totals_are_what_happened_whoever_starts_anew(moves: list[tuple[str, int, bool]]) -> None:
    tables, boots, edge = {"a": LineTable(), "b": LineTable()}, {"a": 0, "b": 0}, LineSum()
    asked, tickets = 0, 0
    for part, count, dies in moves:
        if dies:
            tables[part], boots[part] = LineTable(), boots[part] + 1
        for _ in range(count):
            tables[part].ticket("demo", 3)
            tables[part].came("demo")
        asked += count
        edge.heard(part, str(boots[part]), tables[part].told(is_over=nobody_is_over))
        told = edge.taken().get("demo", LineCounts())
        tickets += sum(told.tickets.values())
        assert (told.asked, told.came, told.arrived) == (asked, asked, 2 * asked)
    assert tickets == asked
    assert all(not counts.tickets for counts in edge.taken().values())


def test_more_spaces_than_a_report_may_name_are_not_counted() -> None:
    table = LineTable()
    for number in range(SPACES_MAX + 1):
        table.came(str(number))
    assert len(table.told(is_over=nobody_is_over)) == SPACES_MAX
