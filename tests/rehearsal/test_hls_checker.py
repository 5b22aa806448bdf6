"""Each rule of the checker is seen failing on a list that breaks exactly it."""

from dataclasses import replace

import pytest

from stentor.edge.hls import CAPTIONS, Listing, low_latency
from stentor.rehearsal.hls_checker import (
    Violation,
    check_answer,
    check_delta,
    check_media,
    check_playlist,
    check_renditions,
    check_succession,
)
from stentor.rehearsal.hls_playlist import Playlist, parsed
from stentor.space.timeline import Timeline

HEAD = 215
TIMELINE = Timeline(1_700_000_000_000)


def text_at(head: int, *, is_delta: bool = False, is_ended: bool = False) -> str:
    return low_latency(Listing(TIMELINE, 0, head, is_ended), is_delta=is_delta)


def at(head: int, *, is_delta: bool = False, is_ended: bool = False) -> Playlist:
    return parsed(text_at(head, is_delta=is_delta, is_ended=is_ended))


def rules(violations: list[Violation]) -> set[str]:
    return {violation.rule for violation in violations}


@pytest.mark.parametrize("head", range(HEAD, HEAD + 10))
def test_the_edges_own_lists_break_no_rule(head: int) -> None:
    assert check_playlist(at(head)) == []
    assert check_succession(at(head), at(head + 1)) == []
    assert check_delta(at(head - 9), at(head, is_delta=True), at(head)) == []
    assert check_playlist(at(head, is_ended=True)) == []


@pytest.mark.parametrize("head", range(HEAD, HEAD + 10))
def test_the_captions_list_breaks_no_rule_either(head: int) -> None:
    captions = parsed(low_latency(Listing(TIMELINE, 0, head, naming=CAPTIONS)))
    assert check_playlist(captions, needs_map=False) == check_renditions(at(head), captions) == []
    assert rules(check_renditions(at(head + 1), captions)) == {"renditions-match"}


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("can-block", "CAN-BLOCK-RELOAD=YES,", ""),
        ("part-hold-back", "PART-HOLD-BACK=1.92", "PART-HOLD-BACK=1.6"),
        ("can-skip-until", "CAN-SKIP-UNTIL=36", "CAN-SKIP-UNTIL=30"),
        ("map", '#EXT-X-MAP:URI="init.mp4"\n', ""),
        ("head", "#EXT-X-PART-INF:PART-TARGET=0.64\n", ""),
        ("part-max", 'DURATION=0.64,URI="part/210.m4s"', 'DURATION=0.641,URI="part/210.m4s"'),
        ("part-min", 'DURATION=0.64,URI="part/210.m4s"', 'DURATION=0.5,URI="part/210.m4s"'),
        ("part-independent", 'URI="part/210.m4s",INDEPENDENT=YES', 'URI="part/210.m4s"'),
        ("extinf", "#EXTINF:5.76,\nseg/20.m4s", "seg/20.m4s"),
        ("target-duration", "#EXT-X-TARGETDURATION:6", "#EXT-X-TARGETDURATION:5"),
        ("parts-fill-segment", "#EXTINF:5.76,\nseg/23.m4s", "#EXTINF:5.12,\nseg/23.m4s"),
        ("date", "#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:14:57.920Z\n", ""),
        ("date-continuous", "2023-11-14T22:14:57.920Z", "2023-11-14T22:14:57.900Z"),
        ("hint", '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part/216.m4s"\n', ""),
        ("hint-is-new", 'HINT:TYPE=PART,URI="part/216.m4s"', 'HINT:TYPE=PART,URI="part/215.m4s"'),
        ("hint-at-end", "#EXT-X-PRELOAD", "#EXT-X-ENDLIST\n#EXT-X-PRELOAD"),
    ],
)
def test_a_broken_list_is_found(rule: str, old: str, new: str) -> None:
    text = text_at(HEAD)
    assert old in text
    assert rule in rules(check_playlist(parsed(text.replace(old, new))))


def test_a_list_without_parts_is_found() -> None:
    lines = [line for line in text_at(HEAD).splitlines() if not line.startswith("#EXT-X-PART:")]
    assert "has-parts" in rules(check_playlist(parsed("\n".join(lines))))


def test_a_skip_in_an_old_version_is_found() -> None:
    text = text_at(HEAD, is_delta=True).replace("VERSION:9", "VERSION:6")
    assert "version" in rules(check_playlist(parsed(text)))


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("part-target-constant", "PART-TARGET=0.64", "PART-TARGET=0.66"),
        ("target-duration-constant", "TARGETDURATION:6", "TARGETDURATION:7"),
        ("server-control-constant", "PART-HOLD-BACK=1.92", "PART-HOLD-BACK=1.95"),
        ("map-constant", "init.mp4", "init2.mp4"),
        ("msn-monotonic", "MEDIA-SEQUENCE:12", "MEDIA-SEQUENCE:3"),
        ("segment-immutable", "seg/20.m4s", "seg/20b.m4s"),
        ("part-immutable", "part/210.m4s", "part/210b.m4s"),
        ("hint-becomes-part", 'PART:DURATION=0.64,URI="part/216.m4s"', 'PART:DURATION=0.64,URI="part/x.m4s"'),
    ],
)
def test_a_change_that_must_not_be_is_found(rule: str, old: str, new: str) -> None:
    text = text_at(HEAD + 1)
    assert old in text
    assert rule in rules(check_succession(at(HEAD), parsed(text.replace(old, new))))


def test_an_end_that_goes_back_is_found() -> None:
    assert "end-monotonic" in rules(check_succession(at(HEAD + 1), at(HEAD)))


def test_an_end_that_is_taken_back_is_found() -> None:
    assert "end-is-final" in rules(check_succession(at(HEAD, is_ended=True), at(HEAD + 1)))


def test_a_delta_that_differs_from_the_full_list_is_found() -> None:
    delta = parsed(text_at(HEAD, is_delta=True).replace("seg/22.m4s", "seg/x.m4s"))
    assert "delta-equals-full" in rules(check_delta(at(HEAD - 9), delta, at(HEAD)))


def test_a_delta_for_a_client_without_its_base_is_found() -> None:
    assert "delta-needs-base" in rules(check_delta(at(30), at(HEAD, is_delta=True), at(HEAD)))


def test_a_delta_that_skips_inside_the_boundary_is_found() -> None:
    delta = at(HEAD, is_delta=True)
    delta = replace(delta, skipped=delta.skipped + 1, segments=delta.segments[1:])
    assert rules(check_delta(at(HEAD - 9), delta, at(HEAD))) == {"skip-boundary"}


def test_an_answer_without_the_asked_part_is_found() -> None:
    assert check_answer(at(HEAD), msn=23, part=8) == []
    assert rules(check_answer(at(HEAD), msn=24, part=0)) == {"answer-has-part"}


def test_a_segment_that_is_not_its_parts_is_found() -> None:
    segment = at(HEAD).segments[-1]
    assert check_media(segment, whole=b"abcd", parts=[b"ab", b"cd"]) == []
    assert rules(check_media(segment, whole=b"abcd", parts=[b"ab", b"c"])) == {"parts-equal-segment"}
