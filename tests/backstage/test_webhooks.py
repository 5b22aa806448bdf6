"""Webhooks against a real receiver that checks signatures with the standard's own library."""

import ast
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook as Standard
from standardwebhooks.webhooks import WebhookVerificationError

from stage_door import OpenDoor, opened_door
from stentor.backstage.control.webhook_book import Webhook
from stentor.backstage.control.webhook_courier import Courier
from stentor.backstage.control.webhook_sender import WebhookSender
from stentor.backstage.control.webhook_store import WebhookStore
from stentor.clock import HandClock, SystemClock
from stentor.log.bus import Bus, connected
from stentor.log.event_types import EVENT_TYPES, type_of
from stentor.log.server import EmbeddedServer
from stentor.process import end_tasks
from stentor.space.lifecycle import State

Made = dict[str, Any]


@dataclass
class Receiver:
    """An HTTP server that keeps what it is told and answers as the test says."""

    url: str
    answers: list[int] = field(default_factory=list)
    told: asyncio.Queue[tuple[dict[str, str], bytes]] = field(default_factory=asyncio.Queue)

    async def next(self, secret: str) -> dict[str, Any]:
        """The next message, once its signature has been checked."""
        async with asyncio.timeout(15):
            headers, body = await self.told.get()
        message = Standard(secret).verify(body, headers)
        assert isinstance(message, dict)
        return {**message, "id": headers["webhook-id"]}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    async def take(request: web.Request) -> web.Response:
        made.told.put_nowait((dict(request.headers), await request.read()))
        status = made.answers.pop(0) if made.answers else 204
        return web.Response(status=status, headers={"Location": made.url} if status == 307 else {})

    made = Receiver("")
    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield made
    finally:
        await runner.cleanup()


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path, webhook_private=True) as door:
        yield door
        for hook in (await door.door.webhooks.all()).hooks:
            await door.door.webhooks.remove(hook.id)


async def add(door: OpenDoor, url: str, **wanted: object) -> Made:
    status, told = await door.ask("POST", "/api/webhooks", json={"url": url, **wanted}, headers=door.owner)
    assert status == 201, told
    assert isinstance(told, dict)
    return told


async def ask(door: OpenDoor, method: str, path: str, **body: object) -> tuple[int, Any]:
    json_body = {"json": body} if body else {}
    return await door.ask(method, f"/api/webhooks{path}", headers=door.owner, **json_body)


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(15):
        while not await look():
            await asyncio.sleep(0.02)


async def test_a_space_s_life_is_told_signed_and_in_the_standard_s_form(
    door: OpenDoor, receiver: Receiver, space_id: str
) -> None:
    made = await add(door, receiver.url, space=None)
    host = await door.space(space_id, state="on_air")
    await door.invite(space_id, host)
    told = [await receiver.next(made["secret"]) for _ in range(3)]
    by_type = {message["type"]: message for message in told}
    assert set(by_type) == {"space.created", "space.on_air", "invitation.created"}
    assert all(message["data"]["space"] == space_id for message in told)
    assert by_type["space.created"]["data"]["title"] == "A debate"
    assert by_type["space.on_air"]["timestamp"].endswith("+00:00")
    assert len({message["id"] for message in told}) == 3


async def test_the_secret_is_told_once_and_lists_do_without(door: OpenDoor, receiver: Receiver) -> None:
    made = await add(door, receiver.url)
    assert made["secret"].startswith("whsec_")
    _, listed = await ask(door, "GET", "")
    _, read = await ask(door, "GET", f"/{made['id']}")
    assert (listed["items"][0]["id"], listed["items"][0]["secret"], read["secret"]) == (
        made["id"],
        None,
        None,
    )


async def test_only_what_was_asked_for_is_told(door: OpenDoor, receiver: Receiver, space_id: str) -> None:
    await door.space(f"{space_id}-2")
    made = await add(door, receiver.url, events=["space.paused"], space=f"{space_id}-2")
    for name in (space_id, f"{space_id}-2"):
        headers = door.owner if name != space_id else await door.space(space_id)
        for state in ("on_air", "paused"):
            await door.ask("POST", f"/api/spaces/{name}/state", json={"state": state}, headers=headers)
    assert (await ask(door, "POST", f"/{made['id']}/test"))[0] == 202
    told = [await receiver.next(made["secret"]) for _ in range(2)]
    assert sorted((m["type"], m["data"]["space"]) for m in told) == [
        ("space.paused", f"{space_id}-2"),
        ("webhook.test", None),
    ]
    assert receiver.told.empty()


async def test_while_a_secret_is_replaced_both_are_good(door: OpenDoor, receiver: Receiver) -> None:
    made = await add(door, receiver.url)
    status, then = await ask(door, "POST", f"/{made['id']}/secret")
    assert (status, then["secret"] != made["secret"]) == (200, True)
    await ask(door, "POST", f"/{made['id']}/test")
    async with asyncio.timeout(15):
        headers, body = await receiver.told.get()
    for secret in (made["secret"], then["secret"]):
        Standard(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Standard("whsec_" + "A" * 32).verify(body, headers)


async def test_the_log_of_deliveries_says_what_became_of_each_try(door: OpenDoor, receiver: Receiver) -> None:
    receiver.answers = [500]
    made = await add(door, receiver.url)
    await ask(door, "POST", f"/{made['id']}/test")
    await receiver.next(made["secret"])

    async def noted() -> bool:
        return bool((await ask(door, "GET", f"/{made['id']}/deliveries"))[1]["items"])

    await until(noted)
    _, page = await ask(door, "GET", f"/{made['id']}/deliveries")
    attempt = page["items"][0]
    assert (attempt["status"], attempt["try_number"], attempt["type"]) == (500, 1, "webhook.test")
    assert attempt["failure"] == "It answered 500."
    assert 3_500 < attempt["again_ms"] - attempt["at_ms"] - attempt["took_ms"] < 7_000
    assert receiver.told.empty()


async def test_a_receiver_that_answers_gone_is_told_nothing_more(door: OpenDoor, receiver: Receiver) -> None:
    receiver.answers = [410]
    made = await add(door, receiver.url)
    await ask(door, "POST", f"/{made['id']}/test")

    async def is_off() -> bool:
        return not (await ask(door, "GET", f"/{made['id']}"))[1]["is_on"]

    await until(is_off)
    _, told = await ask(door, "GET", f"/{made['id']}")
    assert "410" in told["off_because"]
    assert (await ask(door, "POST", f"/{made['id']}/test"))[0] == 409
    status, told = await ask(door, "PATCH", f"/{made['id']}", is_on=True)
    assert (status, told["is_on"], told["off_because"]) == (200, True, None)
    await receiver.next(made["secret"])
    await ask(door, "POST", f"/{made['id']}/test")
    assert (await receiver.next(made["secret"]))["type"] == "webhook.test"


async def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [307]
    async with Courier(may_be_private=True) as courier:
        outcome = await courier.post(receiver.url, b"{}", {})
    assert (outcome.status, outcome.failure) == (307, "It answered 307.")
    assert receiver.told.qsize() == 1


async def test_a_receiver_that_says_nothing_is_a_failure_in_time() -> None:
    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Courier(may_be_private=True, timeout_s=0.2) as courier:
        outcome = await courier.post(f"http://127.0.0.1:{port}/", b"{}", {})
    assert (outcome.status, outcome.failure) == (None, "No answer within 0.2 s.")
    server.close()
    for writer in writers:
        writer.close()
        await writer.wait_closed()


async def test_a_name_that_leads_into_the_house_s_network_is_not_connected_to() -> None:
    async with Courier(may_be_private=False) as courier:
        by_name = await courier.post("https://localhost:1/", b"{}", {})
        by_short_number = await courier.post("https://127.1:1/", b"{}", {})
        by_number = await courier.post("https://127.0.0.1:1/", b"{}", {})
        nowhere = await courier.post("https://no-such-host.invalid/", b"{}", {})
    assert by_short_number.status is None
    for outcome in (by_name, by_number):
        assert outcome.failure is not None
        assert "no public one" in outcome.failure
    assert nowhere.failure == "The host's name is not known."


BAD: list[dict[str, object]] = [
    {"url": "http://example.org/hook"},
    {"url": "https://10.0.0.1/hook"},
    {"url": "https://[::1]/hook"},
    {"url": "https://user:word@example.org/"},
    {"url": "https://example.org/", "events": ["space.exploded"]},
    {"url": "https://example.org/", "space": "No Space"},
    {"url": ""},
]


async def test_an_endpoint_that_cannot_be_is_refused(nats_url: str, tmp_path: Path) -> None:
    async with opened_door(nats_url, tmp_path) as door:
        for wanted in BAD:
            status, problem = await door.ask("POST", "/api/webhooks", json=wanted, headers=door.owner)
            assert (status, problem["type"]) == (400, "tag:stentor,2026:bad-input"), wanted


# ── what the sender does over days and restarts ─────────────────────────────────────────────────────────


@asynccontextmanager
async def sending(bus: Bus, clock: HandClock | SystemClock) -> AsyncIterator[WebhookStore]:
    """A sender of its own, as each backstage has one."""
    store = await WebhookStore.open(bus)
    sender = WebhookSender(store, Courier(may_be_private=True), clock, draw=lambda: 0.0)
    running = asyncio.create_task(sender.run())
    try:
        yield store
    finally:
        await end_tasks(running)


async def test_what_happens_while_all_is_down_is_told_afterwards(tmp_path: Path, receiver: Receiver) -> None:
    server = EmbeddedServer(tmp_path / "nats")
    await server.start()
    try:
        async with opened_door(server.url, tmp_path / "one", webhook_private=True) as door:
            receiver.answers = [503]
            made = await add(door, receiver.url)
            await door.space("before")
            first = await receiver.next(made["secret"])
        async with connected(server.url, name="test") as bus:
            # Nobody sends now, and then the log itself is started again.
            store = await WebhookStore.open(bus)
            await store.send_test((await store.all()).get(made["id"]), by="owner", wall_ms=1)
        await server.stop()
        await server.start()
        async with connected(server.url, name="test") as bus, sending(bus, SystemClock()):
            told = [await receiver.next(made["secret"]) for _ in range(2)]
    finally:
        await server.stop()
    assert {message["type"] for message in told} == {"webhook.test", "space.created"}
    again = next(message for message in told if message["type"] == "space.created")
    assert again["id"] == first["id"]


async def test_whoever_takes_nothing_for_three_days_is_off_and_it_is_said_why(
    bus: Bus, receiver: Receiver
) -> None:
    clock = HandClock(wall_ms=SystemClock().wall_ms())
    clock.advance(3 * 86_400)
    receiver.answers = [500]
    async with sending(bus, clock) as store:
        hook = Webhook("late", receiver.url, (), None, "whsec_" + "A" * 44, created_ms=0)
        await store.create(hook)
        await store.send_test(hook, by="owner", wall_ms=1)

        async def is_off() -> bool:
            return not (await store.all()).get("late").is_on

        await until(is_off)
        told = (await store.all()).get("late")
        assert told.off_because == "It did not take an event for 3 days. Last: It answered 500."
        attempts = (await store.deliveries("late")).items
        assert [(a.status, a.again_ms) for a in attempts] == [(500, None)]
        await store.remove("late")


async def test_two_senders_share_one_endpoint_s_events(bus: Bus, receiver: Receiver) -> None:
    async with sending(bus, SystemClock()) as store, sending(bus, SystemClock()):
        hook = Webhook("both", receiver.url, (), None, "whsec_" + "A" * 44, created_ms=0)
        await store.create(hook)
        for number in range(30):
            await store.send_test(hook, by=str(number), wall_ms=1)
        told = [await receiver.next(hook.secret) for _ in range(30)]
        assert sorted(int(message["data"]["by"]) for message in told) == list(range(30))
        assert receiver.told.empty()
        await store.remove("both")


def noted_kinds() -> set[str]:
    """Every word that some code hands on as an event's kind."""
    found: set[str] = set()
    source = Path(__file__).parents[2] / "src" / "stentor"
    for path in (path for role in ("backstage", "scribe") for path in (source / role).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name not in {"note", "changed_crew", "changed_questions", "_moved", "_all_silenced"}:
                continue
            places = [*call.args[1:], *(word.value for word in call.keywords if word.arg == "kind")]
            for place in places:
                choices = [place.body, place.orelse] if isinstance(place, ast.IfExp) else [place]
                found |= {str(c.value) for c in choices if isinstance(c, ast.Constant)}
    return found


def test_every_kind_of_event_that_is_noted_has_a_name_outside() -> None:
    kinds = noted_kinds() - {"state"}
    assert {"created", "joined", "muted", "unmuted", "accepted", "all_muted"} <= kinds
    assert {kind for kind in kinds if type_of({"kind": kind}) not in EVENT_TYPES} == set()
    for state in State:
        assert type_of({"kind": "state", "state": state.value}) in EVENT_TYPES
