from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.listener import (
    BACKLOG_CHUNKS_MAX,
    JOIN_BEHIND_CHUNKS,
    PATIENCE_S,
    WRITE_CHUNKS_MAX,
    Listener,
    Wait,
    Write,
    first_live,
)


def caught_up(head: int, *, cadence: int = 1) -> Listener:
    """A listener who has everything up to `head` and waits."""
    listener = busy(head - 1, cadence=cadence)
    listener.took(Write(head, head, is_joining=False), now_s=0.0)
    assert isinstance(listener.plan(head), Wait)
    return listener


def busy(head: int, *, cadence: int = 1) -> Listener:
    """A listener who has everything up to `head` and whose socket is taking the chunk after it."""
    listener = Listener(first=head + 1, now_s=0.0)
    assert isinstance(listener.plan(head + 1), Write)
    listener.cadence = cadence
    return listener


def test_a_new_listener_starts_two_chunks_behind_the_head() -> None:
    assert first_live(head=100, oldest=0) == 98
    assert first_live(head=100, oldest=0, cadence=4) == 95


def test_a_new_listener_of_a_new_programme_starts_at_its_first_chunk() -> None:
    assert first_live(head=100, oldest=99) == 99


def test_the_first_write_has_everything_up_to_the_head_and_a_full_tick() -> None:
    assert Listener(first=98, now_s=0.0).plan(100) == Write(98, 100, is_joining=True)


def test_whoever_has_everything_waits_for_the_next() -> None:
    assert caught_up(100).plan(100) == Wait(until=101)


def test_each_new_chunk_is_written_once_it_is_here() -> None:
    assert caught_up(100).plan(101) == Write(101, 101, is_joining=False)


def test_a_backlog_within_the_bound_is_written_whole() -> None:
    listener = busy(99)
    listener.took(Write(100, 100, is_joining=False), now_s=0.0)
    assert listener.plan(101 + BACKLOG_CHUNKS_MAX) == Write(101, 103, is_joining=False)


def test_a_backlog_above_the_bound_is_skipped_and_the_listener_jumps_to_live() -> None:
    listener = busy(99)
    listener.took(Write(100, 100, is_joining=False), now_s=0.0)
    head = 101 + BACKLOG_CHUNKS_MAX + 2
    step = listener.plan(head)
    assert step == Write(head - JOIN_BEHIND_CHUNKS, head, is_joining=True, skipped=2)


def test_after_a_jump_the_listener_is_an_ordinary_one() -> None:
    listener = busy(99)
    listener.took(Write(100, 100, is_joining=False), now_s=0.0)
    step = listener.plan(150)
    assert isinstance(step, Write)
    assert step.skipped == 47
    listener.took(step, now_s=1.0)
    assert listener.plan(150) == Wait(until=151)
    assert listener.plan(151) == Write(151, 151, is_joining=False)


def test_chunks_that_come_at_once_to_whoever_waited_are_all_written() -> None:
    listener = caught_up(100)
    first = listener.plan(120)
    assert first == Write(101, 108, is_joining=False)
    listener.took(first, now_s=0.0)
    assert listener.plan(121) == Write(109, 116, is_joining=False)


def test_coming_back_from_far_behind_skips_nothing() -> None:
    listener = Listener(first=0, now_s=0.0)
    sent: list[int] = []
    head = 180
    while isinstance(step := listener.plan(head), Write):
        assert step.skipped == 0
        assert step.last - step.first < WRITE_CHUNKS_MAX
        sent += range(step.first, step.last + 1)
        listener.took(step, now_s=0.0)
        head = min(head + 1, 200)
    assert sent == list(range(head + 1))


def test_coming_back_over_a_line_that_is_too_slow_ends_in_a_jump() -> None:
    listener = Listener(first=0, now_s=0.0)
    head = 180
    for _ in range(5):
        step = listener.plan(head)
        assert isinstance(step, Write)
        listener.took(step, now_s=0.0)
        head += WRITE_CHUNKS_MAX + 1
        if step.skipped:
            return
    raise AssertionError("never jumped")


def test_a_slower_cadence_waits_for_as_many_chunks() -> None:
    listener = caught_up(100, cadence=4)
    assert listener.plan(103) == Wait(until=104)
    assert listener.plan(104) == Write(101, 104, is_joining=False)


def test_the_end_does_not_wait_for_the_cadence() -> None:
    listener = caught_up(100, cadence=4)
    assert listener.plan(102, is_over=True) == Write(101, 102, is_joining=False)


def test_patience_ends_after_fifteen_seconds_without_progress() -> None:
    listener = Listener(first=0, now_s=100.0)
    assert not listener.is_stuck(now_s=100.0 + PATIENCE_S - 0.1)
    assert listener.is_stuck(now_s=100.0 + PATIENCE_S)
    listener.progressed(now_s=114.0)
    assert not listener.is_stuck(now_s=100.0 + PATIENCE_S)


@given(
    first=st.integers(min_value=0, max_value=200),
    moves=st.lists(st.integers(min_value=0, max_value=12), max_size=80),
    cadence=st.sampled_from([1, 2, 4]),
)
def test_no_chunk_is_written_twice_or_out_of_order_and_skips_are_told(
    first: int, moves: list[int], cadence: int
) -> None:
    listener, head, expected = Listener(first=first, now_s=0.0, cadence=cadence), 200, first
    for move in moves:
        head += move
        step = listener.plan(head)
        if isinstance(step, Wait):
            assert step.until > head
            continue
        assert step.first == expected + step.skipped
        assert step.first <= step.last <= head
        expected = step.last + 1
        listener.took(step, now_s=0.0)
