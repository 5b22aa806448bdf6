"""The express desk: whoever has no seat has a place, on the doorstep and on a connection that stays."""

import json
from dataclasses import dataclass, field
from typing import Any, cast

from plain_gate import PlainGate, hot
from stentor.admission.budgets import Budgets
from stentor.admission.line.line_clock import Doors, LineClock
from stentor.admission.token import KeyRing
from stentor.clock import HandClock
from stentor.edge.admission.clocks import Clocks
from stentor.edge.admission.desk import Desk
from stentor.edge.express import Express
from stentor.edge.fanouts import Fanouts
from stentor.edge.guard import Guard
from stentor.edge.metrics import Metrics
from stentor.edge.neighbours import Neighbours
from stentor.edge.programme import Programme
from stentor.edge.seating import Seating
from stentor.edge.spaces import Spaces
from stentor.errors import NoSuchSpace, NotOnAir
from stentor.space.lifecycle import State
from stentor.space.record import Space

NOW_MS = 1_700_000_000_000
BAD, WORSE = "127.0.1.1", "127.0.2.1"
LIVE = "/s/demo/live.mp4"


@dataclass
class OneSpace:
    """A house with one Space on the air, of which no chunk has come yet."""

    space: Space = field(
        default_factory=lambda: Space("demo", "A talk", State.ON_AIR, created_ms=0, on_air_ms=NOW_MS)
    )

    def record(self, name: str) -> Space:
        if name != "demo":
            raise NoSuchSpace(name)
        return self.space

    def programme(self, space_id: str) -> Programme:
        raise NotOnAir(space_id)


@dataclass
class House:
    """A desk of its own, and a gate whose application is reached only by what the desk leaves."""

    desk: Desk
    gate: PlainGate
    clocks: Clocks

    def tell(self, number: int, doors: Doors, **facts: Any) -> bytes:
        raw = LineClock("demo", number, 0, doors, **facts).encoded(lambda _: bytes(64))
        self.clocks.hear("demo", raw)
        return raw


def house(requests_per_s: float = 100.0) -> House:
    hand = HandClock(wall_ms=NOW_MS)
    clocks, ring = Clocks(hand), KeyRing.of(b"k" * 32)
    desk = Desk(hand, clocks, lambda: ring, b"n" * 32, Budgets())
    metrics = Metrics(open_spaces=lambda: 1, neighbours=Neighbours(hand))
    seating = Seating(cast(Spaces, OneSpace()), desk, Fanouts([], seats_max=10), metrics, hand)
    guard = Guard(Budgets(requests_per_s=requests_per_s), knows=desk.session_of)
    return House(desk, PlainGate(guard, express=Express(seating)), clocks)


async def test_a_heavy_networks_newcomers_get_a_place_while_the_gate_is_hot() -> None:
    told = house(requests_per_s=0.001)
    clock = told.tell(1, Doors.OPEN)
    hot(told.gate.guard)
    async with told.gate.open() as gate:
        found = [await gate.ask(LIVE, BAD) for _ in range(10)]
        async with gate.dialled(WORSE) as kept:
            assert (await kept.ask("/"))[0] == 200
            found += [await kept.ask(LIVE) for _ in range(3)]
            _, _, again = await kept.ask(f"{LIVE}?ticket={json.loads(found[-1][2])['ticket']}")
            status, _, alone = await kept.ask("/s/demo/ticket", method="POST")
    first, *shed = found
    assert first[0] == 503, "nothing has come of it yet: what was let in is told so"
    for status_, fields, body in shed:
        place = json.loads(body)
        assert (status_, place["type"], fields["cache-control"]) == (
            503,
            "tag:stentor,2026:in-line",
            "no-store",
        )
        assert place["clock"] == json.loads(clock)
        assert int(fields["retry-after"]) >= 1
    assert len({json.loads(body)["ticket"] for _, _, body in shed}) == len(shed)
    assert {fields["connection"] for _, fields, _ in shed[:9]} == {"close"}
    assert {fields["connection"] for _, fields, _ in shed[9:]} == {"keep-alive"}
    assert json.loads(again)["ticket"] == json.loads(found[-1][2])["ticket"], "its place is kept"
    assert (status, json.loads(alone)["clock"].encode()) == (201, clock)
    (counted,) = told.desk.counts.told(is_over=lambda _: False).values()
    assert counted.asked == len(shed) + 1
    assert gate.clients == [WORSE], "the application has heard of none of it"


async def test_whoever_has_a_pass_is_let_through_while_others_get_places() -> None:
    told = house(requests_per_s=0.001)
    told.tell(1, Doors.HELD)
    hot(told.gate.guard)
    space = OneSpace().space
    knock = told.desk.read(space, ticket=None, pass_=None, address=BAD)
    token = told.desk.sealed(space, told.desk.pass_for(knock))
    async with told.gate.open() as gate:
        for _ in range(3):
            status, _, body = await gate.ask(LIVE, BAD)
            assert (status, "ticket" in json.loads(body)) == (503, True)
        status, _, body = await gate.ask(f"{LIVE}?pass={token}", BAD)
        assert json.loads(body)["type"] == "tag:stentor,2026:not-on-air", (
            "to their seat, were there any sound"
        )


async def test_what_is_no_knock_is_shed_as_before() -> None:
    told = house(requests_per_s=0.001)
    hot(told.gate.guard)
    async with told.gate.open() as gate:
        await gate.ask("/s/demo", BAD)
        status, _, body = await gate.ask("/s/demo", BAD)
        assert (status, json.loads(body)["type"]) == (503, "about:blank")
        assert (await gate.ask("/s/nobody/live.mp4", BAD))[0] == 404


async def test_a_ticket_far_over_the_networks_budget_is_told_when() -> None:
    told = house()
    told.tell(1, Doors.HELD)
    statuses = set()
    async with told.gate.open() as gate:
        for _ in range(100):
            status, fields, _ = await gate.ask(LIVE, BAD)
            statuses.add(status)
    assert statuses == {503, 429}
    assert 1 <= int(fields["retry-after"]) <= 30
