"""A slower cadence: told first, taken when players have made ready; a faster one at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.ladder import CADENCES
from stentor.edge.notice import NOTICE_S, TOO_LATE_MS, Notice


def taken(notice: Notice, told: int, *seconds: float, late_ms: float = 250) -> list[int]:
    return [notice.feel(told, late_ms=late_ms, now_s=now_s) for now_s in seconds]


@pytest.mark.parametrize(("told", "wait_s"), [(2, NOTICE_S), (4, 3 * NOTICE_S)])
def test_a_slower_cadence_is_taken_ten_seconds_per_added_chunk_after_it_was_told(
    told: int, wait_s: float
) -> None:
    notice = Notice()
    assert taken(notice, told, 0, 1, wait_s - 0.1, wait_s) == [1, 1, 1, told]
    assert not notice.is_running


def test_a_faster_cadence_is_taken_at_once() -> None:
    notice = Notice()
    taken(notice, 4, 0, 3 * NOTICE_S)
    assert taken(notice, 1, 100) == [1]


def test_a_notice_that_is_taken_back_has_changed_nothing() -> None:
    notice = Notice()
    assert taken(notice, 2, 0, 5) == [1, 1]
    assert taken(notice, 1, 6, 6 + NOTICE_S) == [1, 1]


@pytest.mark.parametrize(("late_ms", "now"), [(TOO_LATE_MS, 1), (TOO_LATE_MS + 1, 2)])
def test_a_machine_that_stalls_everybody_does_not_wait(late_ms: float, now: int) -> None:
    assert taken(Notice(), 2, 0, late_ms=late_ms) == [now]


@given(st.lists(st.tuples(st.sampled_from(CADENCES), st.integers(0, 40)), max_size=30))
def test_nobody_is_slowed_down_with_less_notice_than_the_added_chunks_take(
    words: list[tuple[int, int]],
) -> None:
    notice, now_s, told_s, before = Notice(), 0.0, 0.0, 1
    for told, wait_s in words:
        for second in range(wait_s + 1):
            if second == 0 and told != before:
                told_s, before = now_s, told
            was = notice.taken
            notice.feel(told, late_ms=0, now_s=now_s)
            if notice.taken > was:
                assert now_s - told_s >= NOTICE_S * (notice.taken - was)
            now_s += 1
