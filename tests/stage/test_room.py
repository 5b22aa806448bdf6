"""Who is present on stage."""

import pytest

from stentor.errors import Full
from stentor.limits import AWAY_KEPT_S, SOURCES_MAX, SPEAKER_GONE_AFTER_S
from stentor.space.crew import Ban, BanKind, Crew, Member, Silence
from stentor.space.people import Role
from stentor.stage.room import Room


def member(name: str, *, role: Role = Role.SPEAKER, is_source: bool = False) -> Member:
    return Member(name, name.title(), role, f"inv-{name}", is_source=is_source)


def crew(*members: Member) -> Crew:
    return Crew("demo", members)


def test_a_second_connection_takes_the_first_one_s_place() -> None:
    """Same place in the row, and the first session is told apart."""
    room = Room(speakers_max=3)
    assert room.join(member("maya"), session="a", now_s=0) is None
    room.join(member("daniel"), session="b", now_s=0)
    assert room.join(member("maya"), session="c", now_s=1) == "a"
    assert [p.id for p in room.people] == ["maya", "daniel"]
    assert not room.leave("maya", session="a")
    assert room.leave("maya", session="c")


def test_places_are_counted_below_at_and_above_the_limit() -> None:
    """Who has a place may come back to it."""
    room = Room(speakers_max=2)
    room.join(member("a"), session="1", now_s=0)
    room.join(member("b"), session="2", now_s=0)
    with pytest.raises(Full):
        room.join(member("c"), session="3", now_s=0)
    room.join(member("a"), session="4", now_s=0)
    assert len(room.people) == 2


def test_a_programme_takes_nobody_s_place_and_has_few_of_its_own() -> None:
    room = Room(speakers_max=1)
    for number in range(SOURCES_MAX):
        room.join(member(f"obs-{number}", is_source=True), session="s", now_s=0)
    with pytest.raises(Full):
        room.join(member("one-more", is_source=True), session="s", now_s=0)
    room.join(member("maya"), session="s", now_s=0)
    assert room.people[0].as_json()["source"] is True
    assert "source" not in room.people[-1].as_json()


def test_the_crew_s_word_is_what_people_are() -> None:
    """Name, role, mute and lock follow the record; whoever may not be here is named."""
    room = Room(speakers_max=4)
    for name in ("ana", "ben", "cleo", "dan"):
        room.join(member(name), session="s", now_s=0)
    told = crew(member("ana"), member("ben"), member("cleo"))
    told = told.silenced("ana", Silence.LOCKED).with_role("ana", Role.COHOST).removed("ben")
    told = told.banned(Ban(BanKind.PERSON, "cleo", "Cleo", by="host", at_ms=1))
    assert room.obey(told) == ["ben", "cleo", "dan"]
    assert room.people[0].as_json() == {
        "id": "ana",
        "name": "Ana",
        "role": "cohost",
        "muted": True,
        "locked": True,
    }


def test_who_moved_to_the_audience_may_not_stay_on_stage() -> None:
    room = Room(speakers_max=1)
    room.join(member("ana"), session="s", now_s=0)
    assert room.obey(crew(member("ana"))) == []
    assert room.obey(crew(member("ana")).to_audience("ana")) == ["ana"]


def test_three_seconds_without_a_packet_mean_away_and_thirty_more_gone() -> None:
    """Below, at, and back again."""
    room = Room(speakers_max=1)
    room.join(member("maya"), session="a", now_s=10)
    lost_s = 10 + SPEAKER_GONE_AFTER_S
    assert room.look_round(now_s=lost_s - 0.01) == []
    assert room.present == ["maya"]
    assert room.look_round(now_s=lost_s) == []
    assert room.present == []
    assert room.people[0].as_json()["away"] is True
    room.heard("maya", now_s=20)
    assert room.present == ["maya"]
    away_s = 20 + SPEAKER_GONE_AFTER_S
    assert room.look_round(now_s=away_s + AWAY_KEPT_S - 0.01) == []
    assert room.look_round(now_s=away_s + AWAY_KEPT_S) == ["maya"]


def test_a_lost_connection_is_away_at_once_and_a_programme_s_is_its_end() -> None:
    room = Room(speakers_max=1)
    room.join(member("maya"), session="a", now_s=0)
    room.join(member("obs", is_source=True), session="b", now_s=0)
    assert not room.lose("maya", session="older", now_s=1)
    assert room.lose("maya", session="a", now_s=1)
    assert room.lose("obs", session="b", now_s=1)
    assert [(p.id, p.is_away) for p in room.people] == [("maya", True)]
    assert room.look_round(now_s=1 + AWAY_KEPT_S - 0.01) == []
    assert room.look_round(now_s=1 + AWAY_KEPT_S) == ["maya"]
    room.join(member("maya"), session="c", now_s=20)
    assert room.present == ["maya"]
    assert room.obey(crew(member("maya"))) == []
