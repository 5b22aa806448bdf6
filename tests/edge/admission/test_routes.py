"""The line at a real gate: real NATS, real clocks, real sockets."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import altcha

from edge_door import client, front_door
from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.admission.line.signing import is_signed_by
from stentor.clock import HandClock
from stentor.edge.admission.entry import BLIND_AFTER_S
from stentor.edge.waits import Waits
from stentor.log.bus import Bus, connected
from stentor.log.lines import LineStates
from stentor.log.server import EmbeddedServer
from stentor.space.lifecycle import State
from synthetic_line import EVERYBODY, NOBODY, SyntheticLine
from synthetic_stage import SyntheticStage


@dataclass
class Door:
    http: aiohttp.ClientSession
    path: str
    line: SyntheticLine
    stage: SyntheticStage

    async def knock(self, **query: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Status, head and problem of a knock at live.mp4; a stream is left at once."""
        async with self.http.get(f"{self.path}/live.mp4", params=query) as answer:
            told = await answer.json() if answer.status != 200 else {}
            return answer.status, dict(answer.headers), told

    async def post(self, verb: str, body: object = None) -> tuple[int, dict[str, Any]]:
        async with self.http.post(f"{self.path}/{verb}", json=body) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else {}


@asynccontextmanager
async def door(nats_url: str, bus: Bus, space_id: str, tmp_path: Path, **facts: Any) -> AsyncIterator[Door]:
    state = facts.pop("state", State.ON_AIR)
    stage = await SyntheticStage.open(bus, space_id, state=state, chunks=facts.pop("chunks", 40))
    async with front_door(nats_url, pages_dir=tmp_path, **facts) as base, client(base) as http:
        yield Door(http, f"/s/{space_id}", SyntheticLine(bus, space_id), stage)


async def test_while_there_is_room_a_knock_is_sound_and_a_pass_that_never_waits(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with door(nats_url, bus, space_id, tmp_path) as d:
        status, head, _ = await d.knock()
        assert status == 200
        assert "Stentor-Pass" in head["Access-Control-Expose-Headers"]
        for doors, called in ((Doors.OPEN, NOBODY), (Doors.HELD, NOBODY)):
            await d.line.tell(d.http, doors, called=called)
            status, again, _ = await d.knock(**{"pass": head["Stentor-Pass"]})
            assert status == 200
            assert again["Stentor-Pass"] != ""
        forged = head["Stentor-Pass"][:-4] + "AAAA"
        assert (await d.knock(**{"pass": forged}))[0] == 503
        assert (await d.knock(**{"pass": again["Stentor-Pass"]}))[0] == 200


async def test_held_doors_answer_with_a_place_and_let_it_in_once_it_is_called(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with door(nats_url, bus, space_id, tmp_path) as d:
        await d.line.tell(d.http, Doors.HELD, why=Why.SEATS, called=NOBODY)
        status, head, told = await d.knock()
        assert (status, told["type"]) == (503, "tag:stentor,2026:in-line")
        assert head["Cache-Control"] == "no-store"
        assert int(head["Retry-After"]) >= 1
        assert told["clock"] == json.loads(d.line.raw)
        assert (told["bucket"] >= 1, len(told["id"])) == (True, 16)
        ticket = told["ticket"]
        again = (await d.knock(ticket=ticket))[2]
        assert (again["ticket"], again["id"]) == (ticket, told["id"])
        assert (await d.post("pass", {"ticket": ticket}))[0] == 503
        await d.line.tell(d.http, Doors.HELD, called=EVERYBODY)
        status, head, _ = await d.knock(ticket=ticket)
        assert (status, bool(head["Stentor-Pass"])) == (200, True)
        status, given = await d.post("pass", {"ticket": ticket})
        assert status == 200
        await d.line.tell(d.http, Doors.HELD, called=NOBODY)
        assert (await d.knock(**given))[0] == 200
        # Nothing shown is a new place, and never that of a ticket that somebody has.
        status, _, told = await d.knock()
        assert (status, told["ticket"] != ticket) == (503, True)
        # The line has come further than the present: nobody stands before who comes now.
        await d.line.tell(d.http, Doors.HELD, called=EVERYBODY)
        assert (await d.knock())[0] == 200


async def test_before_the_space_is_on_the_air_the_lobby_gives_places_and_no_sound(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with door(nats_url, bus, space_id, tmp_path, state=State.SCHEDULED, chunks=0) as d:
        assert (await d.post("ticket"))[0] == 409
        assert (await d.knock())[2]["type"] == "tag:stentor,2026:not-on-air"
        now_ms = d.stage.clock.wall_ms()
        await d.stage.store.change(space_id, lambda space: replace(space, starts_ms=now_ms + 60_000))
        while (await d.post("ticket"))[0] == 409:
            pass
        await d.line.tell(d.http, Doors.LOBBY, waiting=3)
        status, told = await d.post("ticket")
        assert (status, told["bucket"], told["behind_s"], told["network_note"]) == (201, 0, 0, None)
        assert told["clock"].encode() == d.line.raw
        assert (await d.knock())[2]["bucket"] == 0
        async with d.http.get(f"{d.path}/space.json") as answer:
            assert (await answer.json())["line"] == "lobby"
        await d.stage.move(State.ENDED)
        while (await d.post("ticket"))[0] != 410:
            pass


async def test_everybody_gets_the_same_signed_clock(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with door(nats_url, bus, space_id, tmp_path) as d:
        async with d.http.get(f"{d.path}/line.json") as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (503, "public, max-age=1")
        await d.line.tell(d.http, Doors.HELD, waiting=12)
        async with d.http.get(f"{d.path}/line.json") as answer:
            raw, tag = await answer.read(), answer.headers["ETag"]
            assert answer.headers["Cache-Control"] == "public, max-age=1"
            assert answer.headers["Content-Encoding"] == "gzip"
        async with d.http.get(f"{d.path}/line.json", headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304
        async with d.http.get(f"{d.path}/line.json?t=1") as answer:
            assert answer.status == 400
        async with d.http.get("/.well-known/stentor.json") as answer:
            told = await answer.json()
        assert LineClock.parse(raw).waiting == 12
        assert told["alg"] == "Ed25519"
        assert is_signed_by(base64.b64decode(told["clock_key"]), raw)


async def test_a_bid_gives_the_same_ticket_with_its_effort_and_gains_nothing_twice(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with door(nats_url, bus, space_id, tmp_path) as d:
        await d.line.tell(d.http, Doors.HELD, heat=0)
        _, told = await d.post("ticket")
        assert told["challenge"] is None
        assert (await d.post("bid", {"ticket": told["ticket"]}))[0] == 409
        await d.line.tell(d.http, Doors.HELD, heat=1)
        status, asked = await d.post("bid", {"ticket": told["ticket"]})
        assert status == 200
        _, other = await d.post("ticket")
        challenge = altcha.Challenge.from_dict(asked["challenge"])
        solution = altcha.solve_challenge(challenge)
        assert solution is not None
        proof = altcha.Payload(challenge, solution).to_base64()
        bid = {"ticket": told["ticket"], "proof": proof}
        (status, first), (_, again) = await d.post("bid", bid), await d.post("bid", bid)
        assert (status, first) == (200, again)
        assert first["ticket"] != told["ticket"]
        assert (await d.post("bid", {"ticket": other["ticket"], "proof": proof}))[0] == 403
        assert (await d.post("bid", {"ticket": "x", "proof": proof}))[0] == 400
        assert (await d.post("bid", {**bid, "more": "x"}))[0] == 400
        assert (await d.post("bid", {**bid, "proof": "A" * 4000}))[0] == 413
        # Whoever has bid is not asked again while it is no hotter.
        assert (await d.post("bid", first))[0] == 409


async def test_the_report_tells_tickets_presence_and_who_came_and_who_joined(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    moved: asyncio.Queue[bytes] = asyncio.Queue()
    listening = [
        await bus.subscribe("edge.*.part.gate-0", lambda _, data: told.put_nowait(json.loads(data))),
        await bus.subscribe("edge.*.moved", lambda _, data: moved.put_nowait(data)),
    ]
    async with door(nats_url, bus, space_id, tmp_path) as d:
        assert (await d.knock())[0] == 200
        await d.line.tell(d.http, Doors.HELD, called=NOBODY, here_s=10)
        ticket = (await d.knock())[2]
        assert (await d.post("here", {"ticket": ticket["ticket"]}))[0] == 204
        assert (await d.post("here", {"ticket": ticket["ticket"]}))[0] == 204
        assert (await d.post("here", {"ticket": "forged"}))[0] == 204
        await d.line.tell(d.http, Doors.HELD, called=EVERYBODY)
        for _ in range(2):
            assert (await d.knock(ticket=ticket["ticket"]))[0] == 200
        sums: dict[str, int] = {}
        async with asyncio.timeout(10):
            while sums.get("joined") != 1:
                found = (await told.get())["line"].get(space_id, {})
                for name in ("tickets", "here"):
                    sums[name] = sums.get(name, 0) + sum(count for _, count in found.get(name, ()))
                sums |= {name: found.get(name, 0) for name in ("came", "joined", "asked")}
            assert sums == {"tickets": 1, "here": 1, "came": 1, "joined": 1, "asked": 1}
            assert (await moved.get()).hex() == ticket["id"]
    for subscription in listening:
        await subscription.close()


async def test_without_a_controller_newcomers_come_in_or_wait_as_the_house_says(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    for setting, status in (("open", 200), ("hold", 503)):
        hand = HandClock()
        async with door(
            nats_url, bus, f"{space_id}-{setting}", tmp_path, clock=hand, line_when_blind=setting
        ) as d:
            await d.line.tell(d.http, Doors.HELD, called=NOBODY)
            assert (await d.knock())[0] == 503
            hand.advance(BLIND_AFTER_S - 0.1)
            assert (await d.knock())[0] == 503
            hand.advance(0.2)
            assert (await d.knock())[0] == status
            async with d.http.get(f"{d.path}/space.json") as answer:
                assert (await answer.json())["line"] is None


async def test_a_newcomer_has_an_answer_within_a_second_though_nothing_here_can_begin_a_stream(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    loop = asyncio.get_running_loop()
    async with door(nats_url, bus, space_id, tmp_path, chunks=0, waits=Waits(join_s=0.3)) as d:
        began_s = loop.time()
        status, head, told = await d.knock()
        assert (status, told["status"], head["Retry-After"]) == (503, 503, "1")
        assert loop.time() - began_s < 1.0


async def test_a_full_edge_without_a_line_is_full_and_with_one_gives_a_place(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with (
        door(nats_url, bus, space_id, tmp_path, listeners_max=1) as d,
        d.http.get(f"{d.path}/live.mp4") as seated,
    ):
        assert seated.status == 200
        assert (await d.knock())[2]["type"] == "tag:stentor,2026:full"
        await d.line.tell(d.http, Doors.OPEN)
        told = (await d.knock())[2]
        assert told["type"] == "tag:stentor,2026:in-line"
        # Called, and no seat here: the same place again, since the next edge may have one.
        assert (await d.knock(ticket=told["ticket"]))[2]["ticket"] == told["ticket"]


async def test_bodies_queries_and_names_are_checked_before_any_work(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with door(nats_url, bus, space_id, tmp_path) as d:
        for verb in ("pass", "here", "bid"):
            async with d.http.post(f"{d.path}/{verb}", data=b"x" * 4000) as answer:
                assert answer.status == 413
            async with d.http.post(f"{d.path}/{verb}", data=b"{}") as answer:
                assert answer.status == 415
            async with d.http.post(f"/s/nobody/{verb}", json={"ticket": "x"}) as answer:
                assert answer.status == 404
            async with d.http.options(f"{d.path}/{verb}") as answer:
                assert "POST" in answer.headers["Access-Control-Allow-Methods"]
        async with d.http.post(f"{d.path}/ticket", data=b"{}") as answer:
            assert answer.status == 413
        async with d.http.post(f"{d.path}/ticket?t=1") as answer:
            assert answer.status == 400
        async with d.http.get(f"{d.path}/ticket") as answer:
            assert answer.status == 405


async def test_a_door_that_has_lost_the_house_still_answers_at_once(space_id: str, tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "nats")
    await server.start()
    loop = asyncio.get_running_loop()
    async with (
        connected(server.url, name="test") as bus,
        door(server.url, bus, space_id, tmp_path) as d,
    ):
        try:
            await d.line.tell(d.http, Doors.HELD, called=NOBODY)
            waiting = (await d.knock())[2]
            await d.line.tell(d.http, Doors.OPEN)
            _, head, _ = await d.knock()
        finally:
            await server.stop()
        began_s = loop.time()
        # Its last clock says open, and what it serves is in its window.
        queries: list[dict[str, str]] = [
            {},
            {"pass": head["Stentor-Pass"]},
            {"ticket": waiting["ticket"]},
        ]
        for query in queries:
            assert (await d.knock(**query))[0] == 200
        assert (await d.post("ticket"))[0] == 201
        assert (await d.post("pass", {"ticket": waiting["ticket"]}))[0] == 200
        assert loop.time() - began_s < 1.0


async def test_a_gate_that_starts_again_is_no_way_past_doors_that_are_held(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    states = await LineStates.open(bus)
    await states.save(space_id, {"doors": "held"}, revision=None)
    async with door(nats_url, bus, space_id, tmp_path) as d:
        status, _, told = await d.knock()
        assert (status, told["clock"]) == (503, None)
        await d.line.tell(d.http, Doors.OPEN)
        assert (await d.knock(ticket=told["ticket"]))[0] == 200
    await states.forget(space_id)
