import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput
from stentor.limits import TICK_SIZE_BYTES_MAX
from stentor.space.tick import TickWriter, as_full, decoded, encoded, level_step, merged

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


def sixty(**marks: bool) -> list[dict[str, Any]]:
    return [
        {"id": f"p{i:07}", "name": "名" * 60, "role": "speaker", "muted": False, **marks} for i in range(60)
    ]


def test_a_tick_stays_under_its_limit_with_sixty_people() -> None:
    """They lose their names before anybody is missing."""
    facts = {"title": "x" * 140, "people": sixty(), "speaking": {"p0000003": -12}, "question": None}
    data = TickWriter().write(number=0, wall_ms=0, facts=facts)
    assert len(data) <= TICK_SIZE_BYTES_MAX
    assert [p["id"] for p in decoded(data)["people"]] == [p["id"] for p in sixty()]


def test_who_cannot_be_heard_is_left_out_of_a_tick_that_is_still_too_long() -> None:
    people = sixty(muted=True, locked=True)
    people[59] = {**people[59], "muted": False}
    question = {"id": "q", "text": "為" * 280, "name": "名" * 60}
    facts = {"title": "題" * 140, "people": people, "question": question}
    data = TickWriter().write(number=0, wall_ms=0, facts=facts)
    assert len(data) <= TICK_SIZE_BYTES_MAX
    told = decoded(data)["people"]
    assert 40 < len(told) < 60
    assert told[-1]["id"] == "p0000059", "who can be heard is there, in order of arrival"
    assert told[0]["id"] == "p0000000"


@given(st.text(max_size=140), st.text(max_size=280), st.integers(0, 60), st.integers(0, 60))
def test_no_tick_of_a_stage_is_over_the_limit(title: str, text: str, count: int, talkers: int) -> None:
    people = [p | {"away": True} for p in sixty(muted=True, locked=True)][:count]
    facts = {
        "title": title,
        "people": people,
        "question": {"id": "q" * 8, "text": text, "name": text[:60]},
        "speaking": {p["id"]: -12 for p in people[:talkers]},
    }
    data = TickWriter().write(number=0, wall_ms=0, facts=facts)
    assert len(data) <= TICK_SIZE_BYTES_MAX
    decoded(data)


def test_reactions_are_of_one_chunk_only() -> None:
    """The same figure twice is news twice, and none is not «as before»."""
    writer = TickWriter()
    facts = {"state": "on_air"}
    ticks = [
        decoded(writer.write(number=number, wall_ms=0, facts=facts | more))
        for number, more in enumerate(({"reactions": {"clap": 3}}, {"reactions": {"clap": 3}}, {}), start=1)
    ]
    assert [tick.get("reactions") for tick in ticks] == [{"clap": 3}, {"clap": 3}, None]
    known: dict[str, Any] = {}
    for tick in ticks:
        known = merged(known, tick)
    assert "reactions" not in known
    assert known["state"] == "on_air"


def test_a_field_that_is_null_is_said_once() -> None:
    writer = TickWriter()
    writer.write(number=1, wall_ms=0, facts={"state": "on_air"})
    assert b'"question":null' in writer.write(number=2, wall_ms=0, facts={"question": None})
    assert b"question" not in writer.write(number=3, wall_ms=0, facts={"question": None})


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"n":"1"}', b"\xff", b'{"n":1}' + b" " * 5000])
def test_what_is_not_a_tick_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        decoded(data)


@pytest.mark.parametrize(("level_db", "step"), [(-90.0, -60), (-59.0, -60), (-13.4, -12), (0.4, 0), (3.0, 0)])
def test_a_level_is_told_in_coarse_steps(level_db: float, step: int) -> None:
    assert level_step(level_db) == step


def test_a_tick_that_is_too_full_keeps_the_newest_caption_and_the_names() -> None:
    lines = [{"id": str(n), "person": "ana", "text": "字" * 200, "is_final": True} for n in range(3)]
    people = [{"id": f"p{n}", "name": f"Person number {n}", "role": "speaker"} for n in range(50)]
    told = decoded(encoded({"n": 1, "t": 0, "people": people, "captions": lines}))
    assert told["captions"] == lines[2:]
    assert told["people"] == people
