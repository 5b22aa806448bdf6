"""What operators see of the edges, from their beats alone."""

import json
from typing import Any

import pytest

from stentor.admission.line.line_clock import Why
from stentor.backstage.control.edge_watch import SETTLE_S, EdgeWatch, Felt, Happened
from stentor.errors import BadInput


def beat(edge: str = "a", **facts: Any) -> bytes:
    return json.dumps({"edge": edge, "boot": "one", "spaces": {}, **facts}).encode()


def kinds(happened: list[Happened]) -> list[str]:
    return [line.kind for line in happened]


def test_an_edge_comes_falls_silent_and_is_back() -> None:
    watch = EdgeWatch(began_s=-99)
    spaces = {"debate": {"admitted": 7}}
    assert kinds(watch.heard(beat(spaces=spaces), now_s=0)) == ["edge_came"]
    assert watch.look(now_s=5) == []
    (lost,) = watch.look(now_s=5.1)
    assert (lost.kind, lost.facts) == ("edge_lost", {"edge": "a", "listeners": 7})
    assert watch.look(now_s=6) == [], "said once"
    assert watch.edges[0].is_lost
    assert kinds(watch.heard(beat(), now_s=7)) == ["edge_back"]
    assert not watch.edges[0].is_lost


def test_an_edge_that_lives_anew_was_restarted_and_one_that_says_goodbye_has_left() -> None:
    watch = EdgeWatch(began_s=-99)
    watch.heard(beat(), now_s=0)
    assert kinds(watch.heard(beat(boot="two"), now_s=1)) == ["edge_restarted"]
    assert kinds(watch.heard(beat(bye=True), now_s=2)) == ["edge_left"]
    assert watch.heard(beat(bye=True), now_s=3) == []
    assert watch.look(now_s=99) == []


def test_a_step_of_the_ladder_is_told_with_what_the_edge_felt() -> None:
    watch = EdgeWatch(began_s=-99)
    watch.heard(beat(rung="high", cadence=1), now_s=0)
    pressure = {"line": 0.93, "late_ms": 12.0, "slow": 0.0, "queue_ms": 3.0}
    (moved,) = watch.heard(beat(rung="low", cadence=1, extras="off", pressure=pressure), now_s=1)
    assert moved.kind == "ladder"
    assert moved.facts == {
        "edge": "a",
        "rung": ["high", "low"],
        "extras": ["on", "off"],
        "felt": pressure,
    }


def test_a_door_that_is_held_is_a_step_too() -> None:
    watch = EdgeWatch(began_s=-99)
    watch.heard(beat(), now_s=0)
    (moved,) = watch.heard(beat(door="held", held="line", room=0), now_s=1)
    assert (moved.kind, moved.facts) == ("ladder", {"edge": "a", "door": ["open", "held"], "felt": {}})
    assert (watch.edges[0].door, watch.edges[0].beat.held) == ("held", Why.LINE)


def test_what_an_operator_ordered_is_not_what_the_house_did_by_itself() -> None:
    watch = EdgeWatch(began_s=-99)
    watch.heard(beat(rung="high"), now_s=0)
    assert watch.heard(beat(rung="low", forced=["rung"]), now_s=1) == []
    assert watch.edges[0].forced == ("rung",)
    assert kinds(watch.heard(beat(rung="low", cadence=2, forced=["rung"]), now_s=2)) == ["ladder"]


def test_processes_that_fall_silent_are_told_as_they_do() -> None:
    watch = EdgeWatch(began_s=-99)
    watch.heard(beat(silent=0), now_s=0)
    assert kinds(watch.heard(beat(silent=1), now_s=1)) == ["edge_part_silent"]
    assert watch.heard(beat(silent=1), now_s=2) == []
    assert watch.heard(beat(silent=0), now_s=3) == []


@pytest.mark.parametrize("pressure", [None, 3, [], {"line": "x"}, {"line": True}])
def test_what_a_beat_does_not_say_is_unknown(pressure: object) -> None:
    watch = EdgeWatch(began_s=-99)
    watch.heard(beat(pressure=pressure, seats="many"), now_s=0)
    assert (watch.edges[0].felt, watch.edges[0].seats) == (Felt(), None)


def test_what_is_no_beat_is_refused_and_changes_nothing() -> None:
    watch = EdgeWatch(began_s=-99)
    for payload in (b"", b"[]", b"{}", b'{"edge": "a"}', beat(pressure={"line": float("nan")})):
        with pytest.raises(BadInput):
            watch.heard(payload, now_s=0)
    assert watch.edges == []


def test_an_edge_that_is_silent_for_a_minute_is_forgotten() -> None:
    watch = EdgeWatch(began_s=-99)
    watch.heard(beat(), now_s=0)
    watch.look(now_s=61)
    assert watch.edges == []


def test_a_door_that_starts_again_does_not_say_that_edges_came() -> None:
    watch = EdgeWatch(began_s=0)
    assert watch.heard(beat("there-before"), now_s=SETTLE_S) == []
    assert kinds(watch.heard(beat("new"), now_s=SETTLE_S + 0.1)) == ["edge_came"]
