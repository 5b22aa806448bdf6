import m3u8
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.hls import (
    ADVANCE_PARTS_MAX,
    KEPT_CHUNKS_MIN,
    PLAYLIST_SEGMENTS,
    Listing,
    Reload,
    low_latency,
    part_wait,
    plain,
    reload_of,
    segment_wait,
)
from stentor.errors import BadInput, OutOfRange
from stentor.limits import RUNWAY_CHUNKS
from stentor.rehearsal.hls_checker import check_delta, check_playlist, check_succession
from stentor.rehearsal.hls_playlist import parsed
from stentor.space.timeline import Timeline

TIMELINE = Timeline(1_700_000_000_000)
HEADS = st.integers(min_value=RUNWAY_CHUNKS - 1, max_value=10**6)


def listing(head: int, *, first: int | None = None, is_ended: bool = False) -> Listing:
    return Listing(TIMELINE, max(0, head - 220) if first is None else first, head, is_ended)


@given(head=HEADS)
def test_every_list_passes_the_strict_checker(head: int) -> None:
    now, then = parsed(low_latency(listing(head))), parsed(low_latency(listing(head + 1)))
    assert check_playlist(now) == []
    assert check_playlist(then) == []
    assert check_succession(now, then) == []
    assert check_playlist(parsed(low_latency(listing(head, is_ended=True)))) == []


@given(head=HEADS, age=st.integers(min_value=0, max_value=40))
def test_a_delta_and_its_base_are_the_full_list(head: int, age: int) -> None:
    base = parsed(low_latency(listing(max(RUNWAY_CHUNKS - 1, head - age))))
    delta = parsed(low_latency(listing(head), is_delta=True))
    assert check_delta(base, delta, parsed(low_latency(listing(head)))) == []


def test_a_delta_skips_something() -> None:
    assert parsed(low_latency(listing(500), is_delta=True)).skipped == 6


def test_a_delta_of_a_young_programme_is_the_full_list() -> None:
    assert low_latency(listing(40), is_delta=True) == low_latency(listing(40))


def test_the_first_list_of_a_programme_is_full_of_runway() -> None:
    found = parsed(low_latency(listing(RUNWAY_CHUNKS - 1)))
    assert [segment.msn for segment in found.segments] == [0, 1, 2, 3]
    assert found.hint_uri == "part/36.m4s"


def test_another_reader_understands_the_list() -> None:
    found = m3u8.loads(low_latency(listing(500)))
    assert found.part_inf.part_target == 0.64
    assert found.server_control.part_hold_back == 1.92
    assert found.media_sequence == 55 - PLAYLIST_SEGMENTS
    assert len(found.segments) == PLAYLIST_SEGMENTS + 1  # m3u8 counts the growing one


def test_an_edge_that_knows_little_lists_whole_segments_only() -> None:
    found = parsed(low_latency(listing(500, first=470)))
    assert found.media_sequence == 53
    assert found.segments[0].uri == "seg/53.m4s"


def test_parts_are_listed_for_three_target_durations_and_in_whole_segments() -> None:
    found = parsed(low_latency(listing(500)))
    rows = [len(segment.parts) for segment in found.segments]
    assert rows == [0] * 9 + [9, 9, 9]
    assert sum(part.duration_s for part in found.parts) >= 18


def test_plain_has_the_same_segments_and_no_parts() -> None:
    found, full = parsed(plain(listing(500))), parsed(low_latency(listing(500)))
    assert [s.uri for s in found.segments] == [s.uri for s in full.segments]
    assert [s.date for s in found.segments] == [s.date for s in full.segments]
    assert found.parts == ()
    assert "EXT-X-PART" not in plain(listing(500))
    assert "HINT" not in plain(listing(500))


def test_an_ended_list_says_so_and_has_the_short_last_segment() -> None:
    found = parsed(low_latency(listing(500, is_ended=True)))
    assert found.is_ended
    assert found.hint_uri is None
    assert found.segments[-1].uri == "seg/55.m4s"
    assert found.segments[-1].duration_s == pytest.approx(6 * 0.64)
    assert plain(listing(500, is_ended=True)).endswith("seg/55.m4s\n#EXT-X-ENDLIST\n")


def test_an_end_at_a_segments_border_has_no_empty_segment() -> None:
    assert parsed(plain(listing(503, is_ended=True))).segments[-1].uri == "seg/55.m4s"


def test_everything_listed_stays_for_as_long_as_the_standard_asks() -> None:
    now = listing(10_000)
    oldest_listed = now.first_segment * 9
    # When it leaves the list, the head is one segment further; then it must stay for another list's length.
    assert now.head + 9 - oldest_listed <= KEPT_CHUNKS_MIN


# ── blocking reload: below, at and above each limit (head 500 is part 5 of segment 55) ────────────────────


@pytest.mark.parametrize(
    ("query", "until"),
    [
        ({"_HLS_msn": "55", "_HLS_part": "6"}, 501),
        ({"_HLS_msn": "55", "_HLS_part": "5"}, 500),
        ({"_HLS_msn": "3", "_HLS_part": "0"}, 27),
        ({"_HLS_msn": "55", "_HLS_part": "8"}, 503),
        ({"_HLS_msn": "55", "_HLS_part": "9"}, 504),
        ({"_HLS_msn": "55", "_HLS_part": "77"}, 504),
        ({"_HLS_msn": "56", "_HLS_part": "1"}, 505),
        ({"_HLS_msn": "55"}, 503),
        ({"_HLS_msn": "57"}, 521),
    ],
)
def test_a_blocking_reload_waits_for_what_it_asks(query: dict[str, str], until: int) -> None:
    assert reload_of(query, listing(500)) == Reload(until, is_directed=True)


@pytest.mark.parametrize(
    "query",
    [
        {"_HLS_msn": "58"},
        {"_HLS_msn": "58", "_HLS_part": "0"},
        {"_HLS_msn": "56", "_HLS_part": "2"},
        {"_HLS_msn": "57", "_HLS_part": "0"},
    ],
)
def test_asking_further_ahead_than_a_player_can_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(OutOfRange):
        reload_of(query, listing(500))


@pytest.mark.parametrize(
    "query",
    [
        {"_HLS_part": "1"},
        {"_HLS_msn": "-1"},
        {"_HLS_msn": "x"},
        {"_HLS_msn": ""},
        {"_HLS_msn": "١"},
        {"_HLS_msn": "1" * 13},
        {"_HLS_msn": "55", "_HLS_part": "1.5"},
        {"_HLS_skip": "NO"},
    ],
)
def test_directives_without_meaning_are_refused(query: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        reload_of(query, listing(500))


def test_an_ended_programme_blocks_nobody() -> None:
    assert reload_of({"_HLS_msn": "99"}, listing(500, is_ended=True)).until is None


def test_a_request_without_directives_is_answered_at_once() -> None:
    assert reload_of({}, listing(500)) == Reload()
    assert reload_of({"_HLS_skip": "YES"}, listing(500)) == Reload(is_delta=True)


def test_the_advance_limit_is_three_seconds_of_parts() -> None:
    assert ADVANCE_PARTS_MAX == 5


def test_a_part_is_held_up_to_a_segment_ahead() -> None:
    assert part_wait(501, head=500) == 501
    assert part_wait(509, head=500) == 509
    assert part_wait(510, head=500) is None


def test_a_segment_is_held_while_it_grows_and_one_ahead() -> None:
    assert segment_wait(55, head=500) == 503
    assert segment_wait(56, head=500) == 512
    assert segment_wait(57, head=500) is None
