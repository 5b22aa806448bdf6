"""Spaces and invitations through the API: who may, what follows, what is refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stage_door import OpenDoor, bearer, opened_door
from stentor.log.bus import Bus
from stentor.log.subjects import chunk_subject
from stentor.space.rung import Rung


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def test_the_owner_makes_a_space_and_is_told_its_links(door: OpenDoor, bus: Bus, space_id: str) -> None:
    wanted = {"id": space_id, "title": "A debate"}
    status, told = await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner)
    assert (status, told["state"], told["id"]) == (201, "scheduled", space_id)
    assert told["links"]["listen"] == f"http://127.0.0.1:8080/s/{space_id}"
    assert told["links"]["host"].startswith(f"{door.url}/i/")
    # Its log takes chunks from now on.
    assert await bus.append(chunk_subject(space_id, Rung.AAC64, 0), b"chunk") is not None
    status, read = await door.ask("GET", f"/api/spaces/{space_id}", headers=door.owner)
    assert (status, read["links"]) == (200, {**told["links"], "host": None})
    _, spaces = await door.ask("GET", "/api/spaces", headers=door.owner)
    assert space_id in [space["id"] for space in spaces["items"]]


async def test_an_id_is_given_once(door: OpenDoor, space_id: str) -> None:
    await door.space(space_id)
    wanted = {"id": space_id, "title": "Another"}
    assert (await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner))[0] == 409


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"title": ""},
        {"title": "x" * 141},
        {"title": "A", "id": "No Spaces"},
        {"title": "A", "id": "a" * 49},
        {"title": "A", "colour": "red"},
        [],
        {"title": 5},
    ],
)
async def test_a_space_that_cannot_be_is_400_and_the_answer_repeats_no_value(
    door: OpenDoor, wanted: object
) -> None:
    status, problem = await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner)
    assert (status, problem["type"]) == (400, "tag:stentor,2026:bad-input")


async def test_a_body_over_the_limit_is_413(door: OpenDoor) -> None:
    wanted = {"title": "x" * 66_000}
    status, problem = await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner)
    assert (status, problem["status"]) == (413, 413)


async def test_a_description_of_the_longest_length_fits_however_it_is_written(
    door: OpenDoor, space_id: str
) -> None:
    wanted = {"id": space_id, "title": "A", "description": "\U0001f399" * 4000}
    status, told = await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner)
    assert (status, told["description"]) == (201, wanted["description"])
    changes = {"description": "\U0001f3a4" * 4000}
    status, told = await door.ask("PATCH", f"/api/spaces/{space_id}", json=changes, headers=door.owner)
    assert (status, told["description"]) == (200, changes["description"])


async def test_what_a_terminal_or_a_header_would_obey_is_not_kept(door: OpenDoor, space_id: str) -> None:
    wanted = {
        "id": space_id,
        "title": "Free\r\nSet-Cookie: a=b \x1b]0;owned\x07 \u202ebuses",
        "description": "One\r\n\ttwo\x00\x1b[2J\u202e\u200f",
    }
    status, told = await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner)
    assert status == 201
    assert (told["title"], told["description"]) == (
        "Free Set-Cookie: a=b ]0;owned buses",
        "One\n\ttwo[2J\u200f",
    )
    for title in ("\x00", " \n", "\x1b\u202e"):
        changes = {"title": title}
        assert (await door.ask("PATCH", f"/api/spaces/{space_id}", json=changes, headers=door.owner))[
            0
        ] == 400
    for path, body in (
        (f"/api/spaces/{space_id}", b'{"title": "\\ud800"}'),
        ("/api/spaces", b'{"title": "\\udfff"}'),
    ):
        method = "POST" if path == "/api/spaces" else "PATCH"
        headers = {**door.owner, "Content-Type": "application/json"}
        assert (await door.ask(method, path, data=body, headers=headers))[0] == 400


async def test_the_key_of_a_private_space_is_told_in_its_listeners_link_only(
    door: OpenDoor, bus: Bus, space_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = {"id": space_id, "title": "A", "is_private": True}
    _, made = await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner)
    link, token = made["links"]["listen"], made["links"]["host"].rpartition("/")[2]
    key, host = link.rpartition(".")[2], bearer(token)
    assert len(key) == 16
    path = f"/api/spaces/{space_id}"
    for _ in range(2):
        await door.ask("PATCH", path, json={"title": "B", "is_private": True}, headers=host)
        await door.ask("POST", f"{path}/state", json={"state": "green_room"}, headers=host)
    async with door.http.get(f"{door.url}/api/me/live", headers=host) as answer:
        heard = await answer.content.readuntil(b"event: questions")
    await door.door.events.drained(timeout_s=5)
    told = [
        await door.ask("GET", f"{path}{part}", headers=host) for part in ("/events", "/people", "/questions")
    ]
    refused = [await door.ask("GET", f"{path}{part}") for part in ("", "/people")]
    refused.append(await door.ask("GET", "/api/me", headers=bearer(token[:-1] + "0")))
    stream = await bus.history(space_id).events(after=0, limit=100)
    written = capsys.readouterr()
    for text in (heard.decode(), str(told), str(refused), str(stream), written.out, written.err):
        assert key not in text
        assert token not in text
    assert len(stream) >= 3


@pytest.mark.parametrize("name", ["*", "%3E", "a.*", "a%20b", "a%0a", "%00", "a..b", "%C3%A9", "-", "a%2Fb"])
async def test_a_name_that_no_space_can_have_is_404_and_reaches_no_subject(door: OpenDoor, name: str) -> None:
    for path in ("", "/people", "/questions", "/audience", "/sounds"):
        status, problem = await door.ask("GET", f"/api/spaces/{name}{path}", headers=door.owner)
        assert (path, status, problem["status"]) == (path, 404, 404)
    status, _ = await door.ask("POST", f"/api/spaces/{name}/people/mute-all", json={}, headers=door.owner)
    assert status == 404


async def test_only_the_owner_makes_and_lists_spaces(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    for headers in (host, bearer("wrong"), {}):
        assert (await door.ask("POST", "/api/spaces", json={"title": "A"}, headers=headers))[0] == 401
        assert (await door.ask("GET", "/api/spaces", headers=headers))[0] == 401


async def test_the_host_moves_the_space_through_its_life(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    path = f"/api/spaces/{space_id}/state"
    for state in ("green_room", "on_air", "paused", "on_air", "ended"):
        status, told = await door.ask("POST", path, json={"state": state}, headers=host)
        assert (status, told["state"]) == (200, state)
    assert told["epoch_ms"] < told["on_air_ms"] <= told["ended_ms"]
    status, problem = await door.ask("POST", path, json={"state": "on_air"}, headers=host)
    assert (status, problem["type"]) == (409, "tag:stentor,2026:conflict")


async def test_a_speaker_does_not_lead(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    speaker = (await door.invite(space_id, host))["headers"]
    path = f"/api/spaces/{space_id}"
    assert (await door.ask("POST", f"{path}/state", json={"state": "on_air"}, headers=speaker))[0] == 403
    wanted = {"role": "speaker"}
    assert (await door.ask("POST", f"{path}/invitations", json=wanted, headers=speaker))[0] == 403
    assert (await door.ask("GET", f"{path}/invitations", headers=speaker))[0] == 403


async def test_a_host_leads_only_their_own_space(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    await door.space(f"{space_id}-2")
    path = f"/api/spaces/{space_id}-2/state"
    assert (await door.ask("POST", path, json={"state": "on_air"}, headers=host))[0] == 403


async def test_only_the_owner_invites_another_host(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    path = f"/api/spaces/{space_id}/invitations"
    assert (await door.ask("POST", path, json={"role": "host"}, headers=host))[0] == 403
    assert (await door.ask("POST", path, json={"role": "host"}, headers=door.owner))[0] == 201


async def test_invitations_are_listed_without_their_links(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    await door.invite(space_id, host, name="  Maya\u0007  Lin ", role="cohost")
    _, told = await door.ask("GET", f"/api/spaces/{space_id}/invitations", headers=host)
    assert sorted((i["name"], i["role"], i["link"]) for i in told["items"]) == [
        ("Host", "host", None),
        ("Maya Lin", "cohost", None),
    ]


async def test_a_revoked_invitation_opens_nothing(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    maya = await door.invite(space_id, host)
    assert (await door.ask("GET", "/api/me", headers=maya["headers"]))[0] == 200
    path = f"/api/spaces/{space_id}/invitations/{maya['id']}"
    assert (await door.ask("DELETE", path, headers=host))[0] == 204
    assert (await door.ask("DELETE", path, headers=host))[0] == 204
    assert (await door.ask("GET", "/api/me", headers=maya["headers"]))[0] == 401
    assert (await door.ask("DELETE", f"{path}-x", headers=host))[0] == 404


async def test_every_action_is_an_event_in_the_log_without_a_token(
    door: OpenDoor, bus: Bus, space_id: str
) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    subscription = await bus.subscribe(f"space.{space_id}.event", lambda _s, data: heard.put_nowait(data))
    host = await door.space(space_id, state="on_air")
    maya = await door.invite(space_id, host)
    async with asyncio.timeout(5):
        lines = [await heard.get() for _ in range(3)]
    events = [json.loads(data) for data in lines]
    assert [event["kind"] for event in events] == ["created", "state", "invited"]
    assert all(event["at_ms"] > 0 for event in events)
    assert maya["link"].rpartition("/")[2].encode() not in b"".join(lines)
    await subscription.close()


async def test_an_unknown_space_is_404_and_an_unknown_path_too(door: OpenDoor) -> None:
    status, problem = await door.ask("GET", "/api/spaces/nowhere", headers=door.owner)
    assert (status, problem["type"]) == (404, "tag:stentor,2026:no-such-space")
    status, problem = await door.ask("GET", "/api/nothing")
    assert (status, problem["status"]) == (404, 404)
    async with door.http.put(f"{door.url}/api/spaces") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")
