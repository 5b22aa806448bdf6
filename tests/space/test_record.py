"""A Space's record through its life: what can be undone, until when, and what holds after any moves."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput, Conflict
from stentor.limits import DESCRIPTION_LENGTH_MAX, END_ASKED_FOR_MS, TITLE_LENGTH_MAX
from stentor.space.lifecycle import State
from stentor.space.record import Space

NOW_MS = 1_700_000_000_000
UNDO_MS = 10_000


def space(state: State = State.SCHEDULED) -> Space:
    return Space(id="demo", title="A talk", state=state, created_ms=NOW_MS)


ON_AIR = space().moved(State.ON_AIR, wall_ms=NOW_MS)


def test_the_end_of_what_is_heard_can_be_undone_for_a_while() -> None:
    ending = ON_AIR.moved(State.ENDED, wall_ms=NOW_MS, undo_ms=UNDO_MS)
    assert (ending.state, ending.over_at_ms, ending.ended_ms) == (State.ENDING, NOW_MS + UNDO_MS, None)
    # Asked again: the time does not begin anew.
    assert ending.moved(State.ENDED, wall_ms=NOW_MS + 5_000, undo_ms=UNDO_MS) == ending
    back = ending.moved(State.PAUSED, wall_ms=NOW_MS + 9_999)
    assert (back.state, back.over_at_ms) == (State.PAUSED, None)
    assert ending.finished(wall_ms=NOW_MS + UNDO_MS - 1) == ending
    ended = ending.finished(wall_ms=NOW_MS + UNDO_MS)
    assert (ended.state, ended.ended_ms, ended.over_at_ms) == (State.ENDED, NOW_MS + UNDO_MS, None)


def test_without_a_time_to_undo_the_end_holds_at_once() -> None:
    assert ON_AIR.moved(State.ENDED, wall_ms=NOW_MS + 5).ended_ms == NOW_MS + 5
    # Nobody has heard anything yet: there is nothing to wait for.
    assert space(State.GREEN_ROOM).moved(State.ENDED, wall_ms=NOW_MS, undo_ms=UNDO_MS).state is State.ENDED


def test_a_deletion_is_undone_in_time_and_to_where_it_was() -> None:
    deleted = space().moved(State.DELETED, wall_ms=NOW_MS, undo_ms=UNDO_MS)
    assert deleted.moved(State.SCHEDULED, wall_ms=NOW_MS + UNDO_MS - 1).over_at_ms is None
    with pytest.raises(Conflict, match="'scheduled' only"):
        deleted.moved(State.ENDED, wall_ms=NOW_MS)
    with pytest.raises(Conflict, match="a few seconds"):
        deleted.moved(State.SCHEDULED, wall_ms=NOW_MS + UNDO_MS)
    ended = ON_AIR.moved(State.ENDED, wall_ms=NOW_MS)
    gone = ended.moved(State.DELETED, wall_ms=NOW_MS + 7, undo_ms=UNDO_MS)
    back = gone.moved(State.ENDED, wall_ms=NOW_MS + 8)
    assert (back.state, back.ended_ms) == (State.ENDED, NOW_MS)


@pytest.mark.parametrize("state", [State.GREEN_ROOM, State.ON_AIR, State.PAUSED, State.ENDING])
def test_what_is_on_stage_is_not_deleted(state: State) -> None:
    with pytest.raises(Conflict):
        space(state).moved(State.DELETED, wall_ms=NOW_MS)


def test_an_end_needs_two_who_agree_within_a_minute() -> None:
    assert ON_AIR.end_needs_another(by={"ana"}, wall_ms=NOW_MS)
    asked = ON_AIR.asked_to_end(by="ana", wall_ms=NOW_MS)
    assert asked.end_needs_another(by={"ana"}, wall_ms=NOW_MS + 1)
    assert asked.end_needs_another(by={"ben", "ana"}, wall_ms=NOW_MS + 1)
    assert not asked.end_needs_another(by={"ben"}, wall_ms=NOW_MS + END_ASKED_FOR_MS)
    assert asked.end_needs_another(by={"ben"}, wall_ms=NOW_MS + END_ASKED_FOR_MS + 1)
    # A wish that another move came between is no wish any more.
    assert asked.moved(State.PAUSED, wall_ms=NOW_MS).end_asked is None


def test_a_private_space_opens_to_its_key_only() -> None:
    private = replace(space(), listen_key="abc")
    assert (private.is_private, private.public_name) == (True, "demo.abc")
    assert private.opens_to("abc")
    assert not any(private.opens_to(key) for key in (None, "", "ab", "abcd"))
    assert space().opens_to(None)
    assert not space().opens_to("abc")


def test_the_stage_has_as_many_places_as_the_space_wants_and_the_house_carries() -> None:
    assert space().places(13) == 13
    assert replace(space(), speakers_max=5).places(13) == 5
    assert replace(space(), speakers_max=30).places(13) == 13


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * (TITLE_LENGTH_MAX + 1)},
        {"description": "x" * (DESCRIPTION_LENGTH_MAX + 1)},
    ],
)
def test_a_text_that_is_too_long_or_missing_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="characters"):
        Space(**{"id": "demo", "title": "x", "state": State.SCHEDULED, "created_ms": 0, **wrong})  # type: ignore[arg-type]


@given(
    st.lists(
        st.tuples(st.sampled_from(State), st.integers(0, 20_000), st.sampled_from([0, UNDO_MS])), max_size=25
    )
)
def test_whatever_is_asked_for_a_life_goes_one_way(steps: list[tuple[State, int, int]]) -> None:
    now, now_ms = space(), NOW_MS
    for then, later_ms, undo_ms in steps:
        now_ms += later_ms
        before = now
        with suppress(Conflict):
            now = now.moved(then, wall_ms=now_ms, undo_ms=undo_ms)
        now = now.finished(wall_ms=now_ms)
        # The epoch and the first time on the air never change, an end is never forgotten.
        assert before.epoch_ms in {None, now.epoch_ms}
        assert before.on_air_ms in {None, now.on_air_ms}
        assert before.ended_ms in {None, now.ended_ms}
        assert (now.over_at_ms is not None) == (now.state in {State.ENDING, State.DELETED})
        assert not (now.state.has_programme and now.epoch_ms is None)
        assert (now.state is not State.ENDED) or now.ended_ms is not None
        if before.state is State.ENDED:
            assert now.state in {State.ENDED, State.DELETED}
    assert Space.from_json(json.loads(json.dumps(now.as_json()))) == now
