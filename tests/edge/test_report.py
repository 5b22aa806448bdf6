"""The edge's sum of its parts: exact, without a guess."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.line.counts import LineCounts
from stentor.edge.extras.signs import Signs
from stentor.edge.ladder import LATE_MS_MAX, LINE_FULL, SLOW_SHARE_MAX, Extras, Pressure, Quality, Step
from stentor.edge.report import (
    PARTS_MAX,
    SEATED_MIN,
    SPACES_PER_REPORT_MAX,
    Count,
    Report,
    Sum,
    beat,
    goodbye,
)
from stentor.edge.room import Held, Load, Room
from stentor.errors import BadInput
from stentor.limits import BEAT_UNKNOWN_AFTER_S

TEN = Count(arrived=12, admitted=10, hearing=9, gone=2)


def report(part: str = "fanout-0", *, boot: str = "b1", count: Count = TEN, sent_bytes: int = 0) -> Report:
    return Report(part=part, boot=boot, spaces={"demo": count}, sent_bytes=sent_bytes)


def heard(*reports: Report, now_s: float = 0.0) -> Sum:
    found = Sum()
    for one in reports:
        found.heard(one, now_s=now_s)
    return found


def felt(found: Sum, *, line: int, elapsed_s: float = 1.0, now_s: float = 1.0) -> Pressure:
    return found.pressure(line_bits_per_s=line, elapsed_s=elapsed_s, now_s=now_s)


# ── one report ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_report_arrives_as_it_was_sent() -> None:
    signs = {"demo": Signs({"clap": 2}, hands=1, touched=("hand-one",))}
    told = replace(report(), writes=3, skipped=1, refused=4, late_ms=1.5, slow=2, ended={"left": 7})
    line = {"demo": LineCounts({0: 4, 9: 1}, joined=3, came=2, asked=5, here={9: 1})}
    told = replace(told, queue_ms=2.5, signs=signs, line=line)
    assert Report.parse(told.encoded()) == told


def test_a_report_of_as_many_spaces_as_allowed_is_read_and_of_one_more_is_not() -> None:
    spaces = {str(number): Count() for number in range(SPACES_PER_REPORT_MAX)}
    assert len(Report.parse(replace(report(), spaces=spaces).encoded()).spaces) == SPACES_PER_REPORT_MAX
    with pytest.raises(BadInput, match="10001 Spaces"):
        Report.parse(replace(report(), spaces={**spaces, "more": Count()}).encoded())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"part":"a","boot":"b"}',
        b'{"part":"a","boot":"b","spaces":[1]}',
        b'{"part":"a","boot":"b","spaces":{"x":{"heard":1}}}',
        b'{"part":"a","boot":"b","spaces":{},"colour":"red"}',
        b'{"part":"a","boot":"b","spaces":{},"signs":{"x":1}}',
        b'{"part":"a","boot":"b","spaces":{},"line":{"x":{"joined":-1}}}',
        b'{"part":"a","boot":"b","spaces":{},"signs":{"x":{"reactions":{"boo":1},"hands":0,"touched":[]}}}',
    ],
)
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        Report.parse(data)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with suppress(BadInput):
        Report.parse(data)


# ── the sum ─────────────────────────────────────────────────────────────────────────────────────────────


def test_parts_are_added_up_and_each_counts_with_its_last_report() -> None:
    found = heard(
        report(), report("fanout-1", count=Count(hls=3)), report(count=Count(arrived=1, admitted=1))
    )
    assert found.counts(now_s=0.0) == {"demo": Count(arrived=1, admitted=1, hls=3)}


@pytest.mark.parametrize(
    ("after_s", "silent", "counts"),
    [(BEAT_UNKNOWN_AFTER_S, 0, TEN), (BEAT_UNKNOWN_AFTER_S + 0.01, 1, Count(arrived=12, gone=2))],
)
def test_of_a_silent_part_only_what_it_told_for_good_is_left(
    after_s: float, silent: int, counts: Count
) -> None:
    found = heard(report())
    assert found.silent(now_s=after_s) == silent
    assert found.counts(now_s=after_s) == {"demo": counts}


def test_a_part_that_speaks_again_is_known_again() -> None:
    found = heard(report())
    assert found.silent(now_s=60.0) == 1
    found.heard(report(), now_s=60.0)
    assert found.silent(now_s=60.0) == 0
    assert found.counts(now_s=60.0) == {"demo": TEN}


@pytest.mark.parametrize("is_seen", [True, False])
def test_a_life_that_has_ended_leaves_its_totals_whoever_notices_first(is_seen: bool) -> None:
    found = heard(report())
    if is_seen:
        found.died("fanout-0")
        found.died("fanout-0")
        assert found.counts(now_s=0.0) == {"demo": Count(arrived=12, gone=12)}
        assert found.silent(now_s=60.0) == 0
    found.heard(report(boot="b2", count=Count(arrived=3, admitted=3, hearing=3)), now_s=0.0)
    assert found.counts(now_s=0.0) == {"demo": Count(arrived=15, admitted=3, hearing=3, gone=12)}


def test_a_last_report_that_comes_after_its_parts_end_counts_nobody_twice() -> None:
    found = heard(report())
    found.died("fanout-0")
    found.heard(report(), now_s=0.0)
    assert found.counts(now_s=0.0) == {"demo": Count(arrived=12, gone=12)}
    assert found.silent(now_s=60.0) == 0


def test_too_many_parts_are_not_taken_and_known_ones_are() -> None:
    found = heard(*(report(f"fanout-{n}", count=Count(arrived=1)) for n in range(PARTS_MAX + 1)))
    assert found.counts(now_s=0.0)["demo"].arrived == PARTS_MAX
    found.heard(report("fanout-0", count=Count(arrived=2)), now_s=0.0)
    assert found.counts(now_s=0.0)["demo"].arrived == PARTS_MAX + 1


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(["sit", "leave", "die"]), st.integers(1, 9)),
        max_size=60,
    )
)
def test_arrived_is_always_admitted_and_gone_whoever_dies(moves: list[tuple[str, str, int]]) -> None:
    found, lives = Sum(), dict.fromkeys("ab", 0)
    counts = dict.fromkeys("ab", Count())
    arrived = 0
    for part, move, many in moves:
        count = counts[part]
        if move == "die":
            lives[part] += 1
            counts[part] = Count()
        elif move == "sit":
            arrived += many
            counts[part] = replace(count, arrived=count.arrived + many, admitted=count.admitted + many)
        else:
            leaving = min(many, count.admitted)
            counts[part] = replace(count, gone=count.gone + leaving, admitted=count.admitted - leaving)
        found.heard(report(part, boot=str(lives[part]), count=counts[part]), now_s=0.0)
        total = found.counts(now_s=0.0)["demo"]
        assert total.arrived == arrived
        assert total.arrived == total.admitted + total.gone
        assert total.admitted == sum(count.admitted for count in counts.values())


# ── pressure ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_lines_share_is_what_was_sent_since_it_was_last_asked() -> None:
    found = heard(report(sent_bytes=50_000), report("fanout-1", sent_bytes=50_000))
    assert felt(found, line=1_000_000).line_share == LINE_FULL
    assert felt(found, line=1_000_000).line_share == 0
    found.heard(report(sent_bytes=75_000), now_s=1.0)
    assert felt(found, line=1_000_000, elapsed_s=2.0).line_share == 0.1


def test_without_a_configured_line_there_is_no_share_of_it() -> None:
    assert felt(heard(report(sent_bytes=10**9)), line=0).line_share == 0


def test_a_part_that_begins_anew_makes_no_pressure_of_its_new_total() -> None:
    found = heard(report(sent_bytes=100_000))
    felt(found, line=1_000_000)
    found.heard(report(boot="b2", sent_bytes=10_000), now_s=1.0)
    assert felt(found, line=1_000_000).line_share <= 0.08 + 1e-9
    found.heard(report(boot="b2", sent_bytes=60_000), now_s=2.0)
    assert felt(found, line=1_000_000).line_share == pytest.approx(0.4)


def test_the_latest_turn_and_the_share_of_the_slow_count() -> None:
    slow = replace(report(count=Count(admitted=SEATED_MIN)), slow=SEATED_MIN // 5, late_ms=LATE_MS_MAX)
    pressure = heard(slow, report("gate-0", count=Count(hls=9))).pressure(
        line_bits_per_s=0, elapsed_s=1.0, now_s=1.0
    )
    assert (pressure.late_ms, pressure.slow_share) == (LATE_MS_MAX, SLOW_SHARE_MAX)


@pytest.mark.parametrize(
    ("after_s", "late_ms"), [(BEAT_UNKNOWN_AFTER_S, 900), (BEAT_UNKNOWN_AFTER_S + 0.01, 0)]
)
def test_what_a_silent_part_felt_last_is_no_pressure(after_s: float, late_ms: int) -> None:
    found = heard(replace(report(count=Count(admitted=100)), slow=90, late_ms=900.0))
    pressure = felt(found, line=0, now_s=after_s)
    assert (pressure.late_ms, pressure.slow_share > 0) == (late_ms, late_ms > 0)


def test_a_share_of_few_listeners_says_nothing_about_the_line() -> None:
    slow = replace(report(count=Count(admitted=SEATED_MIN - 1)), slow=SEATED_MIN - 1)
    assert felt(heard(slow), line=0).slow_share == 0


# ── the beat ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_beat_says_what_the_protocol_says_and_leaves_zeros_out() -> None:
    told = beat(
        edge_id="e1",
        boot="b1",
        at_ms=7,
        counts={"demo": TEN, "hall": Count()},
        silent=1,
        step=Step(Quality.LOW, 2),
    )
    assert json.loads(told) == {
        "edge": "e1",
        "boot": "b1",
        "at_ms": 7,
        "spaces": {"demo": {"arrived": 12, "admitted": 10, "hearing": 9, "gone": 2}, "hall": {}},
        "silent": 1,
        "rung": "low",
        "cadence": 2,
    }


def test_a_beat_has_reactions_and_hands_and_says_when_extras_are_off() -> None:
    told = json.loads(
        beat(
            edge_id="e1",
            boot="b1",
            at_ms=7,
            counts={"demo": Count(admitted=1)},
            silent=0,
            step=Step(),
            signs={"demo": Signs({"clap": 2}, hands=1), "hall": Signs(hands=3)},
            extras=Extras.OFF,
        )
    )
    assert told["spaces"] == {
        "demo": {"admitted": 1, "reactions": {"clap": 2}, "hands": 1},
        "hall": {"hands": 3},
    }
    assert told["extras"] == "off"


def test_a_beat_says_who_came_how_many_more_may_and_why_nobody_may() -> None:
    told = beat(
        edge_id="e1",
        boot="b1",
        at_ms=7,
        counts={},
        silent=0,
        step=Step(),
        line={"demo": LineCounts({0: 4}, came=2)},
        room=Room(0, Held.LINE),
        joins_per_s=12.34,
        url="https://one.example",
    )
    facts = json.loads(told)
    assert facts["spaces"] == {"demo": {"line": {"came": 2, "tickets": [[0, 4]]}}}
    assert [facts[name] for name in ("room", "held", "joins_per_s", "url")] == [
        0,
        "line",
        12.3,
        "https://one.example",
    ]


def test_an_edges_load_is_that_of_the_parts_that_speak() -> None:
    found = heard(report(), report("gate-0", count=Count(hls=3)))
    found.heard(report("fanout-1"), now_s=9.0)
    facts: dict[str, Any] = {
        "line_share": 0.5,
        "line_bits_per_s": 1000,
        "seats_per_fanout": 20,
        "step": Step(Quality.LOW),
        "lowest": Quality.LOW,
    }
    load = found.load(**facts, now_s=5.0)
    assert load == Load(20, 3, 20, 2, 500.0, 1000, Quality.LOW)
    assert (found.gates(now_s=5.0), found.gates(now_s=9.0)) == (1, 0)
    assert found.load(**facts, now_s=9.0).streams == 10


def test_a_goodbye_leaves_nobody_unknown() -> None:
    assert json.loads(goodbye(edge_id="e1", at_ms=7)) == {"edge": "e1", "at_ms": 7, "spaces": {}, "bye": True}
