from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.slots import SLOTS, last_due, steady_write

heads = st.integers(0, 10_000)
cadences = st.sampled_from([1, 2, 4])
slots = st.integers(0, SLOTS - 1)


@given(heads, slots)
def test_at_cadence_one_everybody_gets_the_head(head: int, slot: int) -> None:
    assert last_due(head=head, cadence=1, slot=slot) == head


@given(heads, cadences)
def test_at_each_chunk_an_equal_part_of_the_slots_is_due(head: int, cadence: int) -> None:
    due = [last_due(head=head, cadence=cadence, slot=slot) for slot in range(SLOTS)]
    assert due.count(head) == SLOTS // cadence
    assert all(head - cadence < number <= head for number in due)


@given(heads, slots, st.lists(cadences, min_size=1, max_size=60))
def test_whatever_the_cadence_does_each_chunk_is_written_once_in_order(
    head: int, slot: int, changes: list[int]
) -> None:
    written: list[int] = []
    next_ = head
    for step, cadence in enumerate(changes):
        span = steady_write(
            next_=next_, due=last_due(head=head + step, cadence=cadence, slot=slot), cadence=cadence
        )
        if span is not None:
            assert span[0] == next_
            written += range(span[0], span[1] + 1)
            next_ = span[1] + 1
    assert written == list(range(head, head + len(written)))
    assert len(written) > len(changes) - 4 * 2


def test_after_an_absence_of_the_source_nobody_gets_more_than_two_chunks_at_once() -> None:
    assert steady_write(next_=10, due=19, cadence=1) == (10, 11)
