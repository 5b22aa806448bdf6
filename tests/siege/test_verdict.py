"""The siege's own arithmetic: what an answer is, when a phase holds, what the programs say."""

from dataclasses import replace
from typing import Any

import pytest

from siege.arrivals import Answer, Arrival, answer_of, good_share, recovered_s
from siege.tone import Hole, holes_of
from siege.tools import seen_of
from siege.verdict import Phase, answered, longest

GOOD = Phase(
    name="join flood",
    seconds=30.0,
    attack_s=20.0,
    seated=1000,
    stall_share=0.001,
    gaps=0,
    cut=0,
    arrivals=2000,
    definite_share=0.9995,
    definite_p99_ms=100.0,
    answers={},
    late_ms=200.0,
    hole_ms=200,
    missing=0,
    grown_bytes=(64 << 20) - 1,
    files_share=0.5,
    hearing=1010,
    estimated=0,
    truth=1000,
    recovered_s=10.0,
    restarts=0,
    steps=(),
    offered=(),
)


def test_a_phase_at_its_limits_holds() -> None:
    assert GOOD.failures() == []


@pytest.mark.parametrize(
    ("figure", "value", "failure"),
    [
        ("stall_share", 0.0011, "stall_share"),
        ("hole_ms", 220, "hole_ms"),
        ("late_ms", 200.1, "hole_ms"),
        ("missing", 1, "hole_ms"),
        ("definite_share", 0.9994, "definite_share"),
        ("grown_bytes", 64 << 20, "grown_bytes"),
        ("hearing", 1011, "hearing_error"),
        ("hearing", 989, "hearing_error"),
        ("recovered_s", 10.1, "recovered_s"),
    ],
)
def test_a_figure_above_its_limit_fails_by_name(figure: str, value: float, failure: str) -> None:
    changed: dict[str, Any] = {figure: value}
    assert replace(GOOD, **changed).failures() == [failure]


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n....moov", None),
        (b"HTTP/1.1 200 OK\r\n\r\n....moof....mdat", Answer.SOUND),
        (b'HTTP/1.1 503 Service Unavailable\r\n\r\n{"ticket":"AQ"}', Answer.PLACE),
        (b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 3\r\n\r\n", None),
        (b'HTTP/1.1 429 Too Many Requests\r\n\r\n{"ticket":"AQ"}', None),
        (b"", None),
    ],
)
def test_sound_and_a_place_are_answers_and_nothing_else_is(data: bytes, answer: Answer | None) -> None:
    assert answer_of(data, sound=b"mdat") == answer


def test_an_answer_after_a_second_is_no_answer_in_time() -> None:
    arrivals = [
        Arrival(1.0, Answer.SOUND, 1.0),
        Arrival(2.0, Answer.PLACE, 0.1),
        Arrival(3.0, Answer.SOUND, 1.1),
        Arrival(4.0, Answer.REFUSED, 0.1),
    ]
    assert good_share(arrivals) == 0.5
    assert recovered_s(arrivals, since_s=2.5) == 1.5
    assert recovered_s(arrivals[:2], since_s=0.0) == 0.0
    assert answered(arrivals, attack_ends_s=2.5)["answers"] == {"sound": 2, "place": 1, "refused": 1}


def test_a_hole_is_where_the_tone_is_not() -> None:
    assert holes_of([0.3] * 10 + [0.001] * 3 + [0.3] * 10 + [0.0] * 2) == [Hole(200, 60), Hole(460, 40)]
    assert holes_of([0.3, 0.08, 0.3]) == []
    assert longest([Hole(0, 900), Hole(700, 60)], after_ms=40) == 60


def test_what_the_programs_say_is_read() -> None:
    wrk = "  1234 requests in 2.00s, 3MB read\n  Socket errors: connect 0, read 1, write 0, timeout 2\n"
    assert seen_of("wrk", wrk + "  Non-2xx or 3xx responses: 34\n").answered_well == 1200
    h2load = "requests: 900 total, 950 started, 900 done, 800 succeeded, 100 failed, 0 errored, 0 timeout"
    found = seen_of("h2load", h2load)
    assert (found.offered, found.answered_well) == (950, 800)
    slow = "\x1b[1;32mpending:     \x1b[1;32m1\nconnected:   \x1b[0m7\nerror:       0\nclosed:      12\n"
    assert seen_of("slowhttptest", slow).offered == 20
    assert "nothing that can be read" in seen_of("wrk", "unable to connect").note
