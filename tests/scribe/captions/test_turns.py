"""Who is recognised next: finals first, Spaces in turn, the oldest given up when there are too many."""

import numpy as np

from stentor.scribe.captions.pace import DEAR_S, INTERVAL_S, Pace
from stentor.scribe.captions.turns import BACKLOG_MS_MAX, Turns
from stentor.scribe.captions.utterances import Utterance


def utterance(name: str, *, person: str = "maya", is_final: bool = True, ms: int = 1_000) -> Utterance:
    return Utterance(name, person, np.zeros(16 * ms, np.float32), 0, is_final)


def taken(turns: Turns[None]) -> list[str]:
    found = []
    while (job := turns.take()) is not None:
        found.append(f"{job.space_id}:{job.utterance.id}")
    return found


def test_finals_come_before_partials_and_spaces_in_turn() -> None:
    turns: Turns[None] = Turns()
    turns.put("a", utterance("partial", person="ana", is_final=False), None)
    for space_id, name in (("a", "1"), ("a", "2"), ("a", "3"), ("b", "1")):
        turns.put(space_id, utterance(name), None)
    assert turns.is_behind
    assert taken(turns) == ["a:1", "b:1", "a:2", "a:3", "a:partial"]
    assert not turns.is_behind


def test_a_newer_partial_or_the_final_takes_the_place_of_a_partial() -> None:
    turns: Turns[None] = Turns()
    turns.put("a", utterance("1", is_final=False), None)
    turns.put("a", utterance("2", is_final=False), None)
    turns.put("a", utterance("3", person="ana", is_final=False), None)
    assert taken(turns) == ["a:2", "a:3"]
    turns.put("a", utterance("4", is_final=False), None)
    turns.put("a", utterance("4"), None)
    assert taken(turns) == ["a:4"]


def test_a_space_that_is_behind_loses_its_oldest_and_they_are_counted() -> None:
    turns: Turns[None] = Turns()
    for number in range(4):
        turns.put("a", utterance(str(number), ms=BACKLOG_MS_MAX // 3), None)
    turns.put("b", utterance("long", ms=2 * BACKLOG_MS_MAX), None)
    assert turns.dropped_count == 1
    assert taken(turns) == ["a:1", "b:long", "a:2", "a:3"]


def test_a_space_that_is_over_is_forgotten() -> None:
    turns: Turns[None] = Turns()
    turns.put("a", utterance("1"), None)
    turns.put("a", utterance("2", person="ana", is_final=False), None)
    turns.put("b", utterance("3"), None)
    turns.forget("a")
    assert taken(turns) == ["b:3"]


def test_a_voice_is_shown_once_a_second_and_all_together_in_a_third_of_the_time() -> None:
    pace = Pace()
    assert pace.allows(("a", "maya"), now_s=0)
    assert not pace.allows(("a", "maya"), now_s=INTERVAL_S - 0.1)
    assert pace.allows(("a", "ana"), now_s=0.1)
    pace.took(0.4, now_s=0.5)
    assert not pace.allows(("a", "maya"), now_s=1.2)
    assert pace.allows(("a", "maya"), now_s=1.3)


def test_an_engine_whose_partial_texts_cost_a_second_makes_none_for_a_minute() -> None:
    pace = Pace()
    pace.took(DEAR_S, now_s=0)
    assert not pace.allows(("a", "maya"), now_s=59)
    assert pace.allows(("a", "maya"), now_s=60)
