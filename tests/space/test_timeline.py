from hypothesis import given
from hypothesis import strategies as st

from stentor.space.timeline import Timeline, first_of_segment, first_sample_of, part_of, segment_of

EPOCH_MS = 1_700_000_000_000
numbers = st.integers(min_value=0, max_value=10**9)


@given(numbers)
def test_a_number_and_its_first_moment_name_each_other(number: int) -> None:
    timeline = Timeline(EPOCH_MS)
    assert timeline.number_at(timeline.wall_ms_of(number)) == number
    assert timeline.number_at(timeline.wall_ms_of(number + 1) - 1) == number


@given(numbers)
def test_a_chunk_lies_in_the_segment_that_begins_with_it_or_before(number: int) -> None:
    assert first_of_segment(segment_of(number)) + part_of(number) == number
    assert 0 <= part_of(number) < 9


def test_a_chunk_begins_on_a_border_of_both_codecs() -> None:
    assert first_sample_of(7) % 1024 == 0
    assert first_sample_of(7) % 960 == 0


def test_a_stage_starts_with_the_first_chunk_that_it_can_fill_whole() -> None:
    timeline = Timeline(EPOCH_MS)
    assert timeline.next_number(EPOCH_MS, last_used=None) == 0
    assert timeline.next_number(EPOCH_MS + 1, last_used=None) == 1
    assert timeline.next_number(EPOCH_MS + 640, last_used=None) == 1


@given(numbers, st.integers(min_value=-(10**9), max_value=10**9))
def test_numbers_never_repeat_however_the_clock_was_set(last: int, step_ms: int) -> None:
    timeline = Timeline(EPOCH_MS)
    assert timeline.next_number(timeline.wall_ms_of(last) + step_ms, last_used=last) > last
