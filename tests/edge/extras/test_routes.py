"""What listeners without accounts may do, against a real edge: counted, paced, never one message each."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from edge_door import client, front_door
from stentor.edge.extras.relay import PER_SECOND_MAX
from stentor.edge.ladder import Extras, Step
from stentor.edge.parts import beat_subject, encoded_step, order_subject, step_subject
from stentor.errors import Conflict
from stentor.log.bus import Bus
from stentor.log.house_key import house_key
from stentor.space.lifecycle import State
from stentor.space.names import new_id
from synthetic_stage import SyntheticStage

PROXIES = ("127.0.0.1/32",)
"""So that a test can be a crowd: each request may have another address."""


@pytest.fixture
async def stage(bus: Bus, space_id: str) -> SyntheticStage:
    return await SyntheticStage.open(bus, space_id, chunks=1)


class Beats:
    """What an edge's beats say of one Space."""

    def __init__(self, space_id: str) -> None:
        self._space_id = space_id
        self.reactions = Counter[str]()
        self.hands = 0
        self.count = 0
        self._came = asyncio.Event()

    def take(self, _subject: str, data: bytes) -> None:
        told = json.loads(data)["spaces"].get(self._space_id, {})
        self.reactions.update(told.get("reactions", {}))
        self.hands = told.get("hands", 0)
        self.count += 1
        self._came.set()

    async def first(self) -> None:
        """From now on the edge's steward hears."""
        async with asyncio.timeout(10):
            while not self.count:
                self._came.clear()
                await self._came.wait()

    async def until(self, **wanted: object) -> None:
        async with asyncio.timeout(10):
            while any(getattr(self, name) != value for name, value in wanted.items()):
                self._came.clear()
                await self._came.wait()


@asynccontextmanager
async def listening(bus: Bus, edge_id: str, space_id: str) -> AsyncIterator[Beats]:
    beats = Beats(space_id)
    subscription = await bus.subscribe(beat_subject(edge_id), beats.take)
    yield beats
    await subscription.close()


async def order(bus: Bus, edge_id: str, **wish: object) -> None:
    """An operator's word."""
    await bus.request(order_subject(edge_id), wish, timeout_s=5)


def crowd_member(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}


async def posted(http: aiohttp.ClientSession, path: str, *, of: int = 0, **fields: Any) -> tuple[int, Any]:
    async with http.post(path, json=fields, headers=crowd_member(of)) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if text else None


async def flood(base: str, path: str, bodies: list[bytes]) -> Counter[int]:
    """As many requests as there are bodies, each from another address, as fast as they are answered."""
    host, port = base.removeprefix("http://").split(":")
    statuses = Counter[int]()

    async def some(begin: int, end: int) -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for number in range(begin, end):
            body, address = bodies[number], crowd_member(number)["X-Forwarded-For"]
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            statuses[int(answer[9:12])] += 1
            length = [x for x in answer.lower().split(b"\r\n") if x.startswith(b"content-length")]
            await reader.readexactly(int(length[0].split()[1]) if length else 0)
        writer.close()

    lanes, share = 20, -(-len(bodies) // 20)
    async with asyncio.TaskGroup() as group:
        for lane in range(lanes):
            group.create_task(some(lane * share, min(len(bodies), (lane + 1) * share)))
    return statuses


async def test_ten_thousand_reactions_are_one_figure_a_second_and_no_message_each(
    nats_url: str, bus: Bus, stage: SyntheticStage, tmp_path: Path
) -> None:
    edge_id, messages = new_id(), Counter[str]()
    async with (
        front_door(nats_url, pages_dir=tmp_path, edge_id=edge_id, trusted_proxies=PROXIES) as base,
        listening(bus, edge_id, stage.space_id) as beats,
    ):
        everything = await bus.subscribe(
            ">", lambda subject, _: messages.update([subject]), pending_max=20_000
        )
        await beats.first()
        await order(bus, edge_id, extras="on")  # however busy the machine is
        began_s, messages_before = time.monotonic(), sum(messages.values())
        bodies = [b'{"kind":"clap"}', b'{"kind":"heart"}'] * 5_000
        statuses = await flood(base, f"/s/{stage.space_id}/react", bodies)
        await beats.until(reactions=Counter(clap=5_000, heart=5_000))
        seconds = time.monotonic() - began_s
        await everything.close()
    assert statuses == {204: 10_000}
    sent = sum(messages.values()) - messages_before
    # Two parts' reports, the step, the beat; the rest are the watchers' slow looks at the buckets.
    assert sent < 40 * (seconds + 2), messages
    print(f"{10_000 / seconds:.0f} reactions/s, {sent} messages in {seconds:.1f} s")  # noqa: T201


async def test_a_hand_is_up_until_it_comes_down_and_fast_fingers_are_told_to_wait(
    nats_url: str, bus: Bus, stage: SyntheticStage, tmp_path: Path
) -> None:
    edge_id, path = new_id(), f"/s/{stage.space_id}"
    async with (
        front_door(nats_url, pages_dir=tmp_path, edge_id=edge_id, trusted_proxies=PROXIES) as base,
        client(base) as http,
        listening(bus, edge_id, stage.space_id) as beats,
    ):
        for hand in ("hand-one", "hand-two", "hand-two"):
            assert (await posted(http, f"{path}/hand", id=hand, is_up=True))[0] == 204
        await beats.until(hands=2)
        assert (await posted(http, f"{path}/hand", id="hand-two", is_up=False))[0] == 204
        await beats.until(hands=1)
        statuses = [(await posted(http, f"{path}/react", kind="wow", of=1))[0] for _ in range(9)]
        assert statuses == [204] * 8 + [429]
        async with http.post(f"{path}/react", json={"kind": "wow"}, headers=crowd_member(1)) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
            assert answer.headers["Cache-Control"] == "no-store"
        assert (await posted(http, f"{path}/react", kind="wow", of=2))[0] == 204
        # Paced, each counts for four; the edge's own steward says «on» again each second.
        number = 3
        async with asyncio.timeout(5):
            while True:
                await bus.publish(step_subject(edge_id), encoded_step(Step(), Extras.PACED))
                statuses = [
                    (await posted(http, f"{path}/react", kind="clap", of=number))[0] for _ in range(8)
                ]
                if statuses == [204] * 2 + [429] * 6:
                    break
                number += 1
        async with http.get("/metrics") as answer:
            text = await answer.text()
            assert 'stentor_edge_reactions_total{kind="wow"} 9.0' in text
            assert 'stentor_edge_answers_total{kind="extras",status="429"}' in text


async def test_a_question_and_a_wish_to_speak_reach_the_stage_door_and_its_answers_come_back(
    nats_url: str, bus: Bus, stage: SyntheticStage, tmp_path: Path
) -> None:
    heard: list[dict[str, Any]] = []

    async def take(question: dict[str, Any]) -> dict[str, Any]:
        heard.append(question)
        if question.get("text") == "Closed?":
            raise Conflict("Questions are closed.")
        return {"link": "https://stage.example/i/abc"} if "note" in question else {}

    served = [await bus.serve(subject, take) for subject in ("door.question", "door.ask")]
    path = f"/s/{stage.space_id}"
    async with (
        front_door(nats_url, pages_dir=tmp_path, trusted_proxies=PROXIES) as base,
        client(base) as http,
    ):
        assert await posted(http, f"{path}/question", text=" Why\n so? ", name="Bo") == (202, None)
        network = heard[0].pop("network")
        assert heard.pop() == {"space": stage.space_id, "text": "Why so?", "name": "Bo"}
        assert len(network) == 24
        assert "10.0.0" not in network
        status, problem = await posted(http, f"{path}/question", text="Again?")
        assert (status, problem["title"]) == (429, "Too many")
        status, problem = await posted(http, f"{path}/question", text="Closed?", of=300)
        assert (status, problem["detail"]) == (409, "Questions are closed.")
        told = await posted(http, f"{path}/ask", name="Bo", note="About bees", of=600)
        assert told == (201, {"link": "https://stage.example/i/abc"})
        assert heard[-1]["note"] == "About bees"
        for subscription in served:
            await subscription.close()
        # Nobody is there: a definite answer, and whoever asked may ask again at once.
        for _ in range(2):
            status, problem = await posted(http, f"{path}/ask", name="Bo", of=900)
            assert (status, problem["retry_after_s"]) == (503, 1.0)
        await stage.move(State.ENDED)
        async with asyncio.timeout(5):
            while (await posted(http, f"{path}/ask", name="Bo", of=1200))[0] != 410:
                pass
    assert await house_key(bus, "network")


async def test_two_thousand_questions_at_once_reach_the_stage_door_five_a_second(
    nats_url: str, bus: Bus, stage: SyntheticStage, tmp_path: Path
) -> None:
    arrived = 0

    async def take(_question: dict[str, Any]) -> dict[str, Any]:
        nonlocal arrived
        arrived += 1
        return {}

    serving, edge_id = await bus.serve("door.question", take), new_id()
    async with (
        front_door(nats_url, pages_dir=tmp_path, edge_id=edge_id, trusted_proxies=PROXIES) as base,
        listening(bus, edge_id, stage.space_id) as beats,
    ):
        await beats.first()
        await order(bus, edge_id, extras="on")
        began_s = time.monotonic()
        statuses = await flood(base, f"/s/{stage.space_id}/question", [b'{"text":"Why?"}'] * 2_000)
        seconds = time.monotonic() - began_s
    await serving.close()
    assert arrived == statuses[202] <= PER_SECOND_MAX * (1 + seconds)
    assert statuses == {202: arrived, 503: 2_000 - arrived}
    print(f"{arrived} of 2000 questions in {seconds:.1f} s")  # noqa: T201


async def test_when_extras_are_off_they_are_refused_in_no_time_and_listening_goes_on(
    nats_url: str, bus: Bus, stage: SyntheticStage, tmp_path: Path
) -> None:
    edge_id, path = new_id(), f"/s/{stage.space_id}"
    async with (
        front_door(nats_url, pages_dir=tmp_path, edge_id=edge_id, trusted_proxies=PROXIES) as base,
        client(base) as http,
        listening(bus, edge_id, stage.space_id) as beats,
    ):
        await beats.first()
        await order(bus, edge_id, extras="off")
        async with asyncio.timeout(5):
            while (found := await posted(http, f"{path}/react", kind="clap"))[0] != 503:
                pass
        assert found[1]["type"] == "tag:stentor,2026:switched-off"
        async with http.get(f"{path}/space.json") as answer:
            assert (await answer.json())["extras"] == "off"
        assert (await posted(http, f"{path}/ask", name="Bo"))[0] == 503
        async with http.get(f"{path}/live.aac") as answer:
            assert answer.status == 200
        await order(bus, edge_id, extras="auto")
        async with asyncio.timeout(5):
            while (await posted(http, f"{path}/react", kind="clap", of=1))[0] != 204:
                pass


async def test_any_page_may_ask_what_it_may_do(nats_url: str, stage: SyntheticStage, tmp_path: Path) -> None:
    async with (
        front_door(nats_url, pages_dir=tmp_path) as base,
        client(base) as http,
        http.options(f"/s/{stage.space_id}/react") as answer,
    ):
        assert answer.headers["Access-Control-Allow-Methods"] == "POST, OPTIONS"
        assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
