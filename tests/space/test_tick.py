import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput
from stentor.limits import TICK_SIZE_BYTES_MAX
from stentor.space.tick import TickWriter, as_full, decoded, level_step, merged

fields = st.dictionaries(st.sampled_from(["state", "title", "speaking", "rung"]), st.integers(0, 3))


@given(st.lists(fields, min_size=1, max_size=30), st.integers(0, 20))
def test_a_reader_who_merges_knows_what_the_writer_was_told(facts: list[dict[str, int]], first: int) -> None:
    # A field can change but not vanish, as in the stage: start every state from the ones before.
    writer = TickWriter()
    known: dict[str, Any] = {}
    told: dict[str, Any] = {}
    for number, news in enumerate(facts, start=first):
        told = {**told, **news}
        known = merged(known, decoded(writer.write(number=number, wall_ms=number * 640, facts=told)))
        assert {k: v for k, v in known.items() if k not in {"n", "t", "full"}} == told


def test_the_first_chunk_of_a_segment_says_everything_and_the_others_only_news() -> None:
    writer = TickWriter()
    facts = {"state": "on_air", "title": "A talk", "speaking": {"ana": -12}}
    full = json.loads(writer.write(number=9, wall_ms=0, facts=facts))
    assert full["full"] is True
    assert full["title"] == "A talk"
    assert json.loads(writer.write(number=10, wall_ms=640, facts=facts)) == {"n": 10, "t": 640}
    news = json.loads(writer.write(number=11, wall_ms=1280, facts={**facts, "speaking": {}}))
    assert news == {"n": 11, "t": 1280, "speaking": {}}
    assert json.loads(writer.write(number=18, wall_ms=9, facts=facts))["title"] == "A talk"


def test_a_merged_state_can_be_handed_to_a_joiner_as_a_full_tick() -> None:
    known = merged({"n": 3, "t": 1, "title": "x", "full": True}, {"n": 4, "t": 2, "speaking": {}})
    assert known == {"n": 4, "t": 2, "title": "x", "speaking": {}}
    assert as_full(known)["full"] is True


def test_a_tick_stays_under_its_limit_with_a_full_stage() -> None:
    people = [{"id": f"p{i:07}", "name": "名" * 60, "role": "speaker", "muted": False} for i in range(25)]
    data = TickWriter().write(number=0, wall_ms=0, facts={"title": "x" * 140, "people": people})
    assert len(data) <= TICK_SIZE_BYTES_MAX
    assert len(decoded(data)["people"]) == 25


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"n":"1"}', b"\xff", b'{"n":1}' + b" " * 5000])
def test_what_is_not_a_tick_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        decoded(data)


@pytest.mark.parametrize(("level_db", "step"), [(-90.0, -60), (-59.0, -60), (-13.4, -12), (0.4, 0), (3.0, 0)])
def test_a_level_is_told_in_coarse_steps(level_db: float, step: int) -> None:
    assert level_step(level_db) == step
