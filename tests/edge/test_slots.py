from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.slots import (
    LOOK_AFTER_S,
    QUIET_TURNS,
    SLOTS,
    first_phase,
    last_due,
    look_is_due,
    next_phase,
    steady_write,
    turns_at_once,
)

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


@given(cadences, st.floats(0, 0.03), st.integers(0, 3))
def test_looks_are_five_seconds_apart_and_never_too_late(cadence: int, jitter_s: float, phase: int) -> None:
    turn_s, looks, wrote_s, sure_s = 0.64, [], 99.5, 99.5
    for turn in range(400):
        now_s = 100.0 + turn * turn_s + jitter_s * (turn % 2)
        if look_is_due(now_s=now_s, wrote_s=wrote_s, sure_s=sure_s, turn_s=turn_s, cadence=cadence):
            # Who was sure at the last look is asked again before six seconds are over.
            assert now_s - sure_s <= LOOK_AFTER_S + jitter_s
            looks.append(now_s)
            sure_s = wrote_s
        if turn % cadence == phase % cadence:
            wrote_s = now_s
    settled = looks[3:]
    gaps = [after - before for before, after in pairwise(settled)]
    assert sum(gaps) / len(gaps) > 3.1


@given(st.integers(0, SLOTS - 1), st.lists(st.integers(0, 2), min_size=80, max_size=80))
def test_turns_settle_so_that_a_chunk_that_is_a_little_late_finds_them_quiet(
    base: int, late: list[int]
) -> None:
    phase, quiet = first_phase(base), []
    for turns in [0, 2, 2, *late]:
        arrival = base + turns
        quiet.append((phase - arrival) % SLOTS)
        phase = next_phase(phase, arrival)
    assert all(turns >= QUIET_TURNS for turns in quiet[5:])


@given(st.integers(0, SLOTS - 1), st.sampled_from([-1, 1]))
def test_turns_follow_a_clock_that_drifts(base: int, direction: int) -> None:
    phase = first_phase(base)
    for chunk in range(400):
        arrival = base + direction * (chunk // 10)
        assert 1 <= (phase - arrival) % SLOTS <= 7
        phase = next_phase(phase, arrival)


@given(st.integers(0, 20_000))
def test_a_tick_of_the_wheel_is_never_a_burst(seats: int) -> None:
    used = SLOTS - QUIET_TURNS
    assert turns_at_once(seats) * seats / used <= max(600, seats / used)
