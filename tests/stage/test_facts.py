"""What a tick says beside the sound."""

import json
from typing import Any

import pytest

from stentor.space.lifecycle import State
from stentor.space.people import Person, Role
from stentor.space.questions import Question, Questions
from stentor.space.record import Space
from stentor.stage.facts import Facts

SPACE = Space("demo", "A talk", State.ENDING, created_ms=1)
MAYA = Person("maya", "Maya", Role.HOST, is_away=True)


def figures(**named: Any) -> bytes:
    return json.dumps(named).encode()


def tick(facts: Facts, *, now_s: float = 0.0) -> dict[str, Any]:
    return facts.of_tick(SPACE, [MAYA], lead="maya", now_s=now_s)


def test_a_tick_says_who_is_there_and_who_leads() -> None:
    """And nothing of what nobody has used yet."""
    told = tick(Facts())
    assert told["state"] == "ending"
    assert told["people"][0]["away"] is True
    assert (told["lead"], told["question"]) == ("maya", None)
    assert not told.keys() & {"reactions", "hands", "extras", "rung", "cadence", "captions"}


def test_a_tick_says_who_waits_and_who_was_turned_away() -> None:
    facts = Facts()
    facts.take_figures(figures(arrived=9, admitted=4, waiting=3, turned_away=2))
    audience = tick(facts)["audience"]
    assert [audience[name] for name in ("arrived", "admitted", "waiting", "turned_away")] == [9, 4, 3, 2]


def test_reactions_of_several_figures_are_added_and_told_once() -> None:
    facts = Facts()
    facts.take_figures(figures(reactions={"clap": 3, "heart": 1}))
    facts.take_figures(figures(reactions={"clap": 4, "shout": 9}))
    assert tick(facts)["reactions"] == {"clap": 7, "heart": 1}
    assert "reactions" not in tick(facts)


def test_hands_extras_and_the_ladder_are_said_once_used_and_from_then_on() -> None:
    """Else a reader who merges would keep «off» for ever."""
    facts = Facts()
    facts.take_figures(figures(hands=2, extras="off", rung="low", cadence=2))
    told = tick(facts)
    assert {k: told[k] for k in ("hands", "extras", "rung", "cadence")} == {
        "hands": 2,
        "extras": "off",
        "rung": "low",
        "cadence": 2,
    }
    facts.take_figures(figures(hearing=5))
    told = tick(facts)
    assert (told["hands"], told["extras"], told["rung"], told["cadence"]) == (0, "on", "high", 1)
    assert told["audience"]["hearing"] == 5


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b'{"hearing": "x"}',
        b'{"reactions": 3}',
        b'{"reactions": {"clap": ["x"]}}',
        b"\xff",
    ],
)
def test_figures_that_cannot_be_read_change_nothing(payload: bytes) -> None:
    facts = Facts()
    facts.take_figures(figures(hearing=5, reactions={"wave": 1}))
    facts.take_figures(payload)
    told = tick(facts)
    assert (told["audience"]["hearing"], told["reactions"]) == (5, {"wave": 1})


def test_the_question_on_screen_is_told_without_where_it_came_from() -> None:
    facts = Facts()
    questions = Questions("demo").asked(Question("q1", "Why?", "Ana", at_ms=1, network="secret"))
    facts.take_questions(questions)
    assert tick(facts)["question"] is None
    facts.take_questions(questions.put_on_screen("q1"))
    assert tick(facts)["question"] == {"id": "q1", "text": "Why?", "name": "Ana"}
    facts.take_questions(questions.put_on_screen("q1").taken_off_screen())
    assert tick(facts)["question"] is None


def line(text: str, **other: Any) -> dict[str, Any]:
    return {"id": "maya.7", "person": "maya", "text": text, "is_final": False, **other}


def captions(*lines: Any) -> bytes:
    return json.dumps({"lines": lines}).encode()


def test_captions_stand_for_eight_seconds_after_the_last_change() -> None:
    facts = Facts()
    facts.take_captions(captions(line("Good")), now_s=100)
    facts.take_captions(captions(line("Good evening.", is_final=True)), now_s=102)
    assert tick(facts, now_s=109.9)["captions"] == [line("Good evening.", is_final=True)]
    assert tick(facts, now_s=110)["captions"] == []
    assert tick(facts, now_s=900)["captions"] == []


def test_only_the_three_newest_lines_stand_and_none_is_too_long() -> None:
    facts = Facts()
    facts.take_captions(captions(*(line("é" * 300, id=f"{n}", more=1) for n in range(5))), now_s=1)
    told = tick(facts)["captions"]
    assert [one["id"] for one in told] == ["2", "3", "4"]
    assert all(one == line("é" * 200, id=one["id"]) for one in told)


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b'{"lines": 3}', b'{"lines": ["x"]}', b'{"lines": [{"id": 1}]}', b"\xff"]
)
def test_captions_that_cannot_be_read_change_nothing(payload: bytes) -> None:
    facts = Facts()
    facts.take_captions(captions(line("Good evening.")), now_s=1)
    facts.take_captions(payload, now_s=2)
    assert tick(facts)["captions"] == [line("Good evening.")]
