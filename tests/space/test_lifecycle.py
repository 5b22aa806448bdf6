import pytest

from stentor.errors import BadInput, Conflict
from stentor.limits import CHUNK_MS, RUNWAY_CHUNKS
from stentor.space.lifecycle import State, checked_move
from stentor.space.record import Space

NOW_MS = 1_700_000_000_000


def space(state: State = State.GREEN_ROOM) -> Space:
    return Space(id="demo", title="A talk", state=state, created_ms=NOW_MS)


def test_the_end_is_final() -> None:
    for then in set(State) - {State.ENDED, State.DELETED}:
        with pytest.raises(Conflict, match="Possible: deleted"):
            checked_move(State.ENDED, then)


def test_staying_is_always_allowed() -> None:
    for state in State:
        assert checked_move(state, state) is state


def test_a_refused_move_says_what_is_possible() -> None:
    with pytest.raises(Conflict, match=r"'paused'.*Possible: ended, ending, on_air") as caught:
        checked_move(State.PAUSED, State.SCHEDULED)
    assert caught.value.answer_status == 409


def test_going_on_the_air_ends_the_runway_now_and_only_once() -> None:
    on_air = space().moved(State.ON_AIR, wall_ms=NOW_MS)
    assert on_air.epoch_ms == NOW_MS - RUNWAY_CHUNKS * CHUNK_MS
    again = on_air.moved(State.PAUSED, wall_ms=NOW_MS + 5).moved(State.ON_AIR, wall_ms=NOW_MS + 9)
    assert again.epoch_ms == on_air.epoch_ms
    assert again.on_air_ms == NOW_MS


def test_a_record_survives_its_json() -> None:
    on_air = space().moved(State.ON_AIR, wall_ms=NOW_MS)
    assert Space.from_json(on_air.as_json()) == on_air


@pytest.mark.parametrize("space_id", ["", "-a", "a-", "A", "a.b", "a*", "ä", "a" * 49, "a b", "a>"])
def test_an_id_that_is_not_safe_everywhere_is_refused(space_id: str) -> None:
    with pytest.raises(BadInput):
        Space(id=space_id, title="x", state=State.ON_AIR, created_ms=0)


@pytest.mark.parametrize("space_id", ["a", "a" * 48, "town-hall", "2024"])
def test_an_id_at_the_limit_is_taken(space_id: str) -> None:
    assert Space(id=space_id, title="x", state=State.ON_AIR, created_ms=0).id == space_id
