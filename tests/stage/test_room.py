"""Who is on stage."""

import pytest

from stentor.errors import Full, NotFound
from stentor.limits import SPEAKER_GONE_AFTER_S
from stentor.space.people import Person, Role
from stentor.stage.room import Room


def person(name: str) -> Person:
    return Person(name, name.title(), Role.SPEAKER)


def test_a_second_connection_takes_the_first_one_s_place() -> None:
    """Same place in the row, same mute, and the first session is told apart."""
    room = Room(speakers_max=3)
    assert room.join(person("maya"), session="a", now_s=0) is None
    room.join(person("daniel"), session="b", now_s=0)
    room.mute("maya", muted=True)
    assert room.join(person("maya"), session="c", now_s=1) == "a"
    assert [(p.id, p.muted) for p in room.people] == [("maya", True), ("daniel", False)]
    assert not room.leave("maya", session="a")
    assert room.leave("maya", session="c")


def test_places_are_counted_below_at_and_above_the_limit() -> None:
    """Who has a place may come back to it."""
    room = Room(speakers_max=2)
    room.join(person("a"), session="1", now_s=0)
    room.join(person("b"), session="2", now_s=0)
    with pytest.raises(Full):
        room.join(person("c"), session="3", now_s=0)
    room.join(person("a"), session="4", now_s=0)
    assert len(room) == 2


def test_leaving_is_no_way_around_a_mute() -> None:
    """The host's word holds until the host takes it back."""
    room = Room(speakers_max=2)
    room.join(person("maya"), session="a", now_s=0)
    room.mute("maya", muted=True)
    room.leave("maya")
    room.join(person("maya"), session="b", now_s=1)
    assert room.people[0].muted
    room.mute("maya", muted=False)
    assert not room.people[0].muted


def test_nobody_can_be_muted_who_is_not_there() -> None:
    """404, not silence."""
    with pytest.raises(NotFound):
        Room(speakers_max=1).mute("maya", muted=True)


def test_three_seconds_without_a_packet_mean_gone() -> None:
    """Below, at, and back again."""
    room = Room(speakers_max=1)
    room.join(person("maya"), session="a", now_s=10)
    assert not room.is_gone("maya", now_s=10 + SPEAKER_GONE_AFTER_S - 0.01)
    assert room.is_gone("maya", now_s=10 + SPEAKER_GONE_AFTER_S)
    room.heard("maya", now_s=20)
    assert not room.is_gone("maya", now_s=20)
