"""Canned refusals: complete answers, spread, kept only where they are everybody's."""

import json
from collections import Counter

import pytest

from stentor.edge.refusals import OVER_BUDGET, SHED, Refusals


def told(answer: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first, dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize(("kind", "status"), [(SHED, 503), (OVER_BUDGET, 429)])
def test_a_refusal_is_a_whole_problem(kind: Refusals, status: int) -> None:
    first, fields, body = told(kind.next(spread_s=1, is_for_all=True, has_body=True, is_kept=False))
    assert first.split()[1] == str(status)
    assert int(fields["Content-Length"]) == len(body)
    assert fields["Connection"] == "close"
    assert fields["Cache-Control"] == "public, max-age=1"
    problem = json.loads(body)
    assert (problem["status"], problem["retry_after_s"]) == (status, int(fields["Retry-After"]))


def test_who_is_refused_in_one_moment_does_not_come_back_in_one_moment() -> None:
    answers = [SHED.next(spread_s=10, is_for_all=False, has_body=True, is_kept=True) for _ in range(1000)]
    seconds = Counter(int(told(answer)[1]["Retry-After"]) for answer in answers)
    assert set(seconds) == set(range(1, 11))
    assert max(seconds.values()) - min(seconds.values()) <= 2


@pytest.mark.parametrize("spread_s", [0.0, 1e9])
def test_any_spread_stays_within_half_a_minute(spread_s: float) -> None:
    _, fields, body = told(SHED.next(spread_s=spread_s, is_for_all=False, has_body=False, is_kept=True))
    assert 1 <= int(fields["Retry-After"]) <= 30
    assert body == b""
    assert int(fields["Content-Length"]) > 0, "as the answer to GET would say"
