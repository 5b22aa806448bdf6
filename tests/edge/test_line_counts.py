"""The counts of a line: nobody is lost between a gate, its edge and the house."""

from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.line.counts import LineCounts
from stentor.edge.line_counts import SPACES_MAX, LineSum, LineTable


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
