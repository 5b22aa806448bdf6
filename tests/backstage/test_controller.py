"""The controller: the sum is honest, and one process at a time tells it."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.line.counts import LineCounts
from stentor.admission.line.line_clock import Why
from stentor.admission.line.second import Second
from stentor.backstage.control.beat import Audience, Beat
from stentor.backstage.control.controller import control
from stentor.backstage.control.count import (
    EDGE_FORGOTTEN_AFTER_S,
    EDGES_MAX,
    Count,
    Figures,
    Room,
)
from stentor.backstage.metrics import DoorMetrics
from stentor.clock import HandClock
from stentor.errors import BadInput
from stentor.limits import BEAT_UNKNOWN_AFTER_S
from stentor.log.bus import Bus
from stentor.log.state import Leases
from stentor.process import end_tasks

edges = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["x", "y"]), st.integers(0, 1000), max_size=2),
    max_size=8,
)


def beat(edge: str, **hearing: int) -> Beat:
    return Beat(edge, {space: Audience(hearing=count) for space, count in hearing.items()})


def test_edges_are_added_up_and_each_counts_once() -> None:
    count = Count()
    for edge, hearing in (("a", 3), ("b", 4), ("a", 5)):
        count.heard(beat(edge, demo=hearing), now_s=0.0)
    assert count.figures(["demo"], now_s=1.0) == {"demo": Figures(hearing=9, edges=2, unknown=0)}


@pytest.mark.parametrize(
    ("after_s", "figures"),
    [
        (BEAT_UNKNOWN_AFTER_S, Figures(hearing=3, edges=1, unknown=0)),
        (BEAT_UNKNOWN_AFTER_S + 0.01, Figures(hearing=0, edges=0, unknown=1)),
        (EDGE_FORGOTTEN_AFTER_S, Figures(hearing=0, edges=0, unknown=1)),
        (EDGE_FORGOTTEN_AFTER_S + 0.01, Figures()),
    ],
)
def test_a_silent_edge_is_unknown_and_later_forgotten(after_s: float, figures: Figures) -> None:
    count = Count()
    count.heard(beat("a", demo=3), now_s=0.0)
    assert count.figures(["demo"], now_s=after_s) == {"demo": figures}


def test_a_space_that_nobody_hears_has_figures_too() -> None:
    assert Count().figures(["demo"], now_s=0.0) == {"demo": Figures()}


def test_too_many_edges_are_refused_and_known_ones_are_not() -> None:
    count = Count()
    assert all(count.heard(beat(str(n), demo=1), now_s=0.0) for n in range(EDGES_MAX))
    assert not count.heard(beat("one more", demo=1), now_s=0.0)
    assert count.heard(beat("0", demo=2), now_s=0.0)
    assert count.figures([], now_s=0.0)["demo"].hearing == EDGES_MAX + 1


@given(now=edges, silent=edges)
def test_the_sum_is_what_the_reporting_edges_hear(
    now: dict[str, dict[str, int]], silent: dict[str, dict[str, int]]
) -> None:
    count = Count()
    for edge, hearing in silent.items():
        count.heard(beat(edge, **hearing), now_s=0.0)
    for edge, hearing in now.items():
        count.heard(beat(edge, **hearing), now_s=10.0)
    figures = count.figures(["x", "y"], now_s=10.0)
    for space in ("x", "y"):
        assert figures[space].hearing == sum(hearing.get(space, 0) for hearing in now.values())
        assert figures[space].edges == sum(space in hearing for hearing in now.values())
        assert figures[space].unknown == sum(space in silent[edge] for edge in silent.keys() - now.keys())


def test_a_beat_is_read_as_the_protocol_says() -> None:
    data = (
        b'{"edge":"a","boot":"b1","at_ms":1,"silent":1,"rung":"low","cadence":2,'
        b'"spaces":{"demo":{"arrived":20,"admitted":14,"hearing":12,"gone":6,"hls":3,'
        b'"line":{"tickets":[[0,4]],"asked":9,"joined":5,"came":8,"refused":1}},"hall":{}},'
        b'"room":40,"joins_per_s":12.5,"held":"line","url":"https://one.example"}'
    )
    line = LineCounts({0: 4}, joined=5, came=8, refused=1, asked=9)
    demo = Audience(arrived=20, admitted=14, hearing=12, gone=6, hls=3, line=line)
    wanted = Beat("a", {"demo": demo, "hall": Audience()}, "b1", silent=1, rung="low", cadence=2)
    wanted = replace(wanted, room=40, joins_per_s=12.5, held=Why.LINE, url="https://one.example")
    assert Beat.parse(data) == wanted
    count = Count()
    count.heard(wanted, now_s=0.0)
    assert count.figures([], now_s=0.0, waiting={"demo": 7, "hall": 0})["demo"] == Figures(
        hearing=15,
        estimated=3,
        admitted=14,
        arrived=17,
        gone=6,
        edges=1,
        unknown=1,
        rung="low",
        cadence=2,
        waiting=7,
        turned_away=1,
    )


def test_reactions_are_told_once_and_hands_while_they_are_up() -> None:
    data = (
        b'{"edge":"a","extras":"off","spaces":{"demo":{"reactions":{"clap":3,"wow":1},"hands":2},"hall":{}}}'
    )
    count = Count()
    for at_s in (0.0, 1.0):
        count.heard(Beat.parse(data), now_s=at_s)
    count.heard(beat("b", demo=1), now_s=1.0)
    assert count.reactions_taken() == {"demo": {"clap": 6, "wow": 2}}
    assert count.reactions_taken() == {}
    told = count.figures([], now_s=1.0)
    assert (told["demo"].hands, told["hall"].hands) == (2, 0)
    # One of its two edges still takes them.
    assert (told["demo"].extras, told["hall"].extras) == ("on", "off")
    count.heard(Beat("b", {"demo": Audience(hands=1)}, is_extras_off=True), now_s=2.0)
    told = count.figures([], now_s=2.0)
    assert (told["demo"].hands, told["demo"].extras) == (3, "off")
    # Of an edge that is silent nothing is known; the other one takes them again.
    count.heard(beat("b", demo=1), now_s=8.0)
    told = count.figures([], now_s=8.0)
    assert (told["demo"].hands, told["demo"].extras) == (0, "on")


def test_totals_outlive_an_edge_and_nobody_is_counted_twice() -> None:
    count = Count()
    came, more = LineCounts(came=7, asked=3, refused=2), LineCounts(came=4, refused=1)
    first = Beat("a", {"demo": Audience(arrived=10, admitted=4, hearing=4, gone=6, line=came)}, "boot 1")
    again = Beat("a", {"demo": Audience(arrived=4, admitted=4, hearing=3, line=more)}, "boot 2")
    count.heard(first, now_s=0.0)
    count.heard(again, now_s=1.0)
    told = count.figures([], now_s=1.0)["demo"]
    assert told == Figures(hearing=3, admitted=4, arrived=14, gone=10, edges=1, turned_away=3)
    count.heard(Beat("a", {}, is_bye=True), now_s=2.0)
    assert count.figures(["demo"], now_s=2.0)["demo"] == Figures(arrived=14, gone=14, turned_away=3)


def beat_of(edge: str = "a", boot: str = "b1", **counts: Any) -> Beat:
    """A beat with one Space's audience; what belongs to its line is named as there."""
    line = {
        name: counts.pop(name) for name in ("tickets", "joined", "came", "asked", "here") if name in counts
    }
    return Beat(edge, {"demo": Audience(**counts, line=LineCounts(**line))}, boot)


def test_a_second_is_what_is_new_since_the_last_and_is_told_once() -> None:
    count = Count()
    count.heard(beat_of(arrived=900, gone=100, came=800, asked=50, joined=50), now_s=0.0)
    first = count.seconds(["demo", "hall"], now_s=0.0)
    assert first == {"demo": Second(), "hall": Second()}, "nobody knows when those came"
    now = beat_of(
        arrived=913, gone=103, admitted=810, came=806, asked=60, joined=54, tickets={3: 10}, here={3: 2}
    )
    count.heard(now, now_s=1.0)
    demo = count.seconds(["demo"], now_s=1.0)["demo"]
    # 13 streams were opened: 6 newcomers, 4 with tickets, 3 who came back; so of 3 ends nobody has left.
    assert demo == Second(tickets={3: 10}, joined=4, came=6, left=0, here={3: 2}, admitted=810)
    assert count.seconds(["demo"], now_s=1.0)["demo"] == Second(admitted=810)


def test_a_lost_beat_loses_only_buckets_and_a_new_life_begins_at_nothing() -> None:
    count = Count()
    for boot, came, gone in (("b1", 5, 0), ("b1", 9, 2), ("b2", 3, 0)):
        count.heard(beat_of(boot=boot, arrived=came, came=came, gone=gone), now_s=0.0)
    second = count.seconds([], now_s=0.0)["demo"]
    assert (second.came, second.left) == (4 + 3, 2)


def test_room_is_that_of_edges_that_speak_and_the_reason_that_of_those_without() -> None:
    count = Count()
    full = Beat("a", {}, room=0, joins_per_s=10, held=Why.LINE)
    for beat_, at_s in ((full, 0.0), (Beat("b", {}, room=30, joins_per_s=5), 0.0), (Beat("c", {}), 3.0)):
        count.heard(beat_, now_s=at_s)
    assert count.room(now_s=1.0) == Room(30, 15, Why.NONE, edges=2)
    count.heard(Beat("b", {}, room=0, joins_per_s=5, held=Why.NONE), now_s=1.0)
    assert count.room(now_s=1.0) == Room(0, 15, Why.LINE, edges=2)
    count.heard(Beat("b", {}, room=10, joins_per_s=5, held=Why.LINE), now_s=1.0)
    assert count.room(now_s=1.0) == Room(10, 15, Why.LINE, edges=2), "they come slowly after a hold"
    count.heard(Beat("b", {}, room=0, joins_per_s=5), now_s=1.0)
    assert count.room(now_s=BEAT_UNKNOWN_AFTER_S + 0.01) == Room(0, 5, Why.NONE, edges=1)
    assert count.seconds(["demo"], now_s=1.0)["demo"] == Second(joins_per_s=15, held=Why.LINE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"edge":"","spaces":{}}',
        b'{"edge":"a","spaces":[1]}',
        b'{"edge":"a","spaces":{"demo":12}}',
        b'{"edge":"a","spaces":{"demo":{"hearing":-1}}}',
        b'{"edge":"a","spaces":{"demo":{"hls":"many"}}}',
        b'{"edge":"a","spaces":{"demo":{"reactions":{"boo":1}}}}',
        b'{"edge":"a","spaces":{"demo":{"reactions":{"clap":-1}}}}',
        b'{"edge":"a","spaces":{"demo":{"reactions":[1]}}}',
        b'{"edge":"a","spaces":{"demo":{"line":{"came":-1}}}}',
        b'{"edge":"a","spaces":{"demo":{"line":[1]}}}',
        b'{"edge":"a","spaces":{},"joins_per_s":-1}',
        b'{"edge":"a","spaces":{},"joins_per_s":NaN}',
        json.dumps({"edge": "a", "spaces": {str(n): {} for n in range(10_001)}}).encode(),
    ],
)
def test_what_is_no_beat_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        Beat.parse(data)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with suppress(BadInput):
        Beat.parse(data)


async def test_one_of_two_controllers_tells_the_figures(bus: Bus, space_id: str) -> None:
    leases = await Leases.open(bus)
    told: asyncio.Queue[bytes] = asyncio.Queue()
    listening = await bus.subscribe(f"figures.{space_id}", lambda _s, data: told.put_nowait(data))
    metrics = [DoorMetrics(), DoorMetrics()]
    tasks = [
        asyncio.create_task(
            control(
                bus,
                leases,
                owner=f"{space_id}-{index}",
                space_ids=lambda: [space_id],
                clock=HandClock(),
                metrics=metrics[index],
            )
        )
        for index in range(2)
    ]
    async with asyncio.timeout(10):
        assert json.loads(await told.get())["edges"] == 0
        await bus.publish("edge.a.beat", b"noise")
        spaces = {space_id: {"hearing": 12, "hls": 3, "reactions": {"clap": 5}, "hands": 2}}
        await bus.publish("edge.a.beat", json.dumps({"edge": "a", "at_ms": 0, "spaces": spaces}).encode())
        figures = json.loads(await told.get())
        assert (figures["hearing"], figures["edges"], figures["unknown"]) == (15, 1, 0)
        assert (figures["reactions"], figures["hands"], figures["extras"]) == ({"clap": 5}, 2, "on")
        figures = json.loads(await told.get())
        assert (figures["reactions"], figures["hands"]) == ({}, 2)
    texts = [door.text(feed_count=0) for door in metrics]
    assert sum(b"stentor_controller_leads 1.0" in text for text in texts) == 1
    assert all(b'beats_total{outcome="bad"} 1.0' in text for text in texts)
    await end_tasks(*tasks)
    await listening.close()
    for index in range(2):
        await leases.give_up("controller", f"{space_id}-{index}")
