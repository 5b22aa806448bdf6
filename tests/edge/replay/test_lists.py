"""Replay lists: record time is the player's time, whatever the length."""

import gzip

import m3u8
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.replay import lists
from stentor.space.timeline import RECORD_FIRST, Timeline

EPOCH_MS = 1_700_000_000_000


@given(st.integers(1, 2000))
def test_a_finished_list_is_as_long_as_the_record_and_names_every_segment_once(chunks: int) -> None:
    found = m3u8.loads(lists.finished(on_air_ms=EPOCH_MS, chunks=chunks, edition=3))
    assert sum(segment.duration for segment in found.segments) == pytest.approx(chunks * 0.64)
    spans = [lists.segment_chunks(k, chunks=chunks) for k in range(4, 4 + len(found.segments))]
    numbers = [n for span in spans if span for n in range(*span)]
    assert numbers == list(range(RECORD_FIRST, RECORD_FIRST + chunks))
    assert lists.segment_chunks(4 + len(found.segments), chunks=chunks) is None
    assert lists.segment_chunks(3, chunks=chunks) is None


@given(st.integers(45, 3000), st.integers(1, 40))
def test_a_growing_list_only_grows(head: int, later: int) -> None:
    timeline = Timeline(EPOCH_MS)
    before, after = lists.growing(timeline, head), lists.growing(timeline, head + later)
    assert after.startswith(before)
    assert m3u8.loads(before).target_duration == 6
    sound, captions = m3u8.loads(before), m3u8.loads(lists.growing_captions(timeline, head))
    assert [s.duration for s in sound.segments] == [s.duration for s in captions.segments]


def test_nothing_whole_yet_is_no_list() -> None:
    assert lists.growing_end(RECORD_FIRST + 7) is None
    assert lists.growing_end(RECORD_FIRST + 8) == 5


def test_three_hours_pack_to_a_few_kilobytes() -> None:
    text = lists.finished(on_air_ms=EPOCH_MS, chunks=3 * 3600 * 1000 // 640, edition=1)
    assert text.count("PROGRAM-DATE-TIME") == 1
    assert len(gzip.compress(text.encode(), 6)) < 8_000
