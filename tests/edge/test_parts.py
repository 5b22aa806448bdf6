"""What the processes of an edge tell each other by name."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.ladder import CADENCES, Extras, Quality, Step
from stentor.edge.parts import (
    beat_subject,
    boot_id,
    decoded_extras,
    decoded_newcomers,
    decoded_step,
    encoded_step,
    moved_subject,
    order_subject,
    part_subject,
    step_subject,
    until_report_s,
)


@pytest.mark.parametrize("quality", list(Quality))
@pytest.mark.parametrize("cadence", CADENCES)
def test_a_step_arrives_as_it_was_sent(quality: Quality, cadence: int) -> None:
    for extras in Extras:
        data = encoded_step(Step(quality, cadence), extras)
        assert (decoded_step(data), decoded_extras(data)) == (Step(quality, cadence), extras)
        assert decoded_newcomers(data) is None
    assert decoded_newcomers(encoded_step(Step(quality, cadence), Extras.ON, 7)) == 7


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"7", b'{"rung":"high"}', b'{"rung":"best","cadence":1}', b'{"rung":"high","cadence":3}'],
)
def test_what_is_no_step_is_none(data: bytes) -> None:
    assert decoded_step(data) is None
    assert decoded_extras(data) is None
    assert decoded_newcomers(data) is None


@given(st.one_of(st.binary(max_size=80), st.dictionaries(st.text(max_size=7), st.text()).map(json.dumps)))
def test_no_bytes_break_the_reader(data: bytes | str) -> None:
    with suppress(RecursionError):
        assert decoded_step(data if isinstance(data, bytes) else data.encode()) is None


def test_subjects_are_those_of_the_protocol() -> None:
    assert part_subject("e1", "gate-0") == "edge.e1.part.gate-0"
    assert step_subject("e1") == "edge.e1.step"
    assert order_subject("e1") == "edge.e1.ladder"
    assert beat_subject("e1") == "edge.e1.beat"
    assert moved_subject("e1") == "edge.e1.moved"


def test_each_life_has_a_name_of_its_own() -> None:
    assert len({boot_id() for _ in range(100)}) == 100


@given(st.integers(0, 10**13), st.sampled_from([0, 100]))
def test_reports_come_on_the_second_and_never_twice_in_one(wall_ms: int, after_ms: int) -> None:
    wait_s = until_report_s(wall_ms, after_ms=after_ms)
    assert 0.25 < wait_s <= 1.25
    assert (wall_ms + round(1000 * wait_s) - after_ms) % 1000 == 0


def test_a_timer_that_fires_early_does_not_make_two_reports_of_one() -> None:
    assert until_report_s(9_999) == 1.001
    assert until_report_s(10_000) == 1.0
    assert until_report_s(10_001) == 0.999
