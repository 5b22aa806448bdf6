"""Invitations: for one and for many, counted, limited, revoked, made again; and who is banned by them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stage_door import FakeStage, OpenDoor, bearer, opened_door
from stentor.log.bus import Bus

Headers = dict[str, str]
OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path, trusted_proxies=("127.0.0.0/8",)) as door:
        yield door


@pytest.fixture
async def host(door: OpenDoor, space_id: str) -> Headers:
    return await door.space(space_id, state="green_room")


async def claim(door: OpenDoor, shared: Headers, name: str, *, address: str = "192.0.2.1") -> tuple[int, Any]:
    headers = {**shared, "X-Forwarded-For": address}
    status, told = await door.ask("POST", "/api/me/claim", json={"name": name}, headers=headers)
    if status == 201:
        told["headers"] = bearer(told["token"])
    return status, told


async def test_a_shared_link_makes_each_who_gives_a_name_somebody(
    door: OpenDoor, host: Headers, space_id: str
) -> None:
    shared = await door.invite(space_id, host, uses_max=2, name="Panel")
    assert (shared["is_shared"], shared["person"], shared["uses_max"]) == (True, None, 2)
    status, me = await door.ask("GET", "/api/me", headers=shared["headers"])
    assert (status, me["is_shared"], me["person"], me["role"]) == (200, True, None, "speaker")
    # The shared link alone is nobody: it does not speak, ask or listen to the feed.
    for method, path in (("POST", "/api/me/mute"), ("POST", "/api/me/ask"), ("GET", "/api/me/live")):
        body = {"muted": True} if "mute" in path else {}
        assert (await door.ask(method, path, json=body, headers=shared["headers"]))[0] == 403
    _, lea = await claim(door, shared["headers"], "Lea")
    _, tom = await claim(door, shared["headers"], "Tom")
    told = [(await door.ask("GET", "/api/me", headers=who["headers"]))[1] for who in (lea, tom)]
    assert [(me["name"], me["role"], me["is_shared"]) for me in told] == [
        ("Lea", "speaker", False),
        ("Tom", "speaker", False),
    ]
    assert lea["link"].endswith(lea["token"])
    assert (await claim(door, shared["headers"], "Third"))[0] == 410
    assert (await door.ask("GET", "/api/me", headers=shared["headers"]))[0] == 410
    _, page = await door.ask("GET", f"/api/spaces/{space_id}/invitations", headers=host)
    assert [(i["name"], i["uses"], i["uses_max"]) for i in page["items"]] == [("Host", 1, 1), ("Panel", 2, 2)]
    assert (await claim(door, lea["headers"], "Again"))[0] == 409


async def test_many_at_once_are_not_more_than_the_link_is_for(
    door: OpenDoor, host: Headers, space_id: str
) -> None:
    shared = await door.invite(space_id, host, uses_max=3, role="listener")
    told = await asyncio.gather(*(claim(door, shared["headers"], f"P{n}") for n in range(6)))
    assert sum(status == 201 for status, _ in told) <= 3
    assert {status for status, _ in told} <= {201, 409, 410}


async def test_revoking_a_shared_link_takes_out_all_who_came_by_it(
    door: OpenDoor, host: Headers, space_id: str
) -> None:
    shared = await door.invite(space_id, host, uses_max=5)
    other = await door.invite(space_id, host)
    _, lea = await claim(door, shared["headers"], "Lea")
    path = f"/api/spaces/{space_id}/invitations/{shared['id']}"
    assert (await door.ask("DELETE", path, headers=host))[0] == 204
    for headers in (lea["headers"], shared["headers"]):
        assert (await door.ask("GET", "/api/me", headers=headers))[0] == 401
    assert [m.name for m in (await door.door.crews.get(space_id)).members] == ["Host", "Maya"]
    assert (await door.ask("GET", "/api/me", headers=other["headers"]))[0] == 200


async def test_a_lost_link_is_made_again_for_the_same_person(
    door: OpenDoor, host: Headers, space_id: str
) -> None:
    maya = await door.invite(space_id, host)
    again = await door.invite(space_id, host, person=maya["person"], name="Not read")
    assert (again["person"], again["name"]) == (maya["person"], "Maya")
    assert (await door.ask("GET", "/api/me", headers=maya["headers"]))[0] == 401
    assert (await door.ask("GET", "/api/me", headers=again["headers"]))[1]["person"] == maya["person"]
    # Revoking the old link now takes nobody out.
    path = f"/api/spaces/{space_id}/invitations/{maya['id']}"
    assert (await door.ask("DELETE", path, headers=host))[0] == 204
    assert (await door.ask("GET", "/api/me", headers=again["headers"]))[0] == 200


async def test_an_expired_link_lets_nobody_new_in(door: OpenDoor, host: Headers, space_id: str) -> None:
    now_ms = door.door.clock.wall_ms()
    late = await door.invite(space_id, host, expires_ms=now_ms - 1)
    assert (await door.ask("GET", "/api/me", headers=late["headers"]))[0] == 410
    cohost = await door.invite(space_id, host, role="cohost", expires_ms=now_ms - 1)
    people = f"/api/spaces/{space_id}/people"
    assert (await door.ask("GET", people, headers=cohost["headers"]))[0] == 410
    soon = await door.invite(space_id, host, expires_ms=door.door.clock.wall_ms() + 500)
    assert (await door.ask("GET", "/api/me", headers=soon["headers"]))[0] == 200
    while door.door.clock.wall_ms() < soon["expires_ms"]:
        await asyncio.sleep(0.05)
    assert (await door.ask("GET", "/api/me", headers=soon["headers"]))[0] == 200
    shared = await door.invite(space_id, host, uses_max=5, expires_ms=now_ms)
    assert (await claim(door, shared["headers"], "Lea"))[0] == 410


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"role": "cohost"}, 201),
        ({"role": "host"}, 403),
        ({"role": "host", "uses_max": 2}, 400),
        ({"role": "speaker", "uses_max": 101}, 400),
        ({"role": "speaker", "uses_max": 2, "is_source": True}, 400),
        ({"role": "cohost", "is_source": True}, 400),
        ({"role": "speaker", "person": "nobody"}, 404),
        ({"role": "king"}, 400),
    ],
)
async def test_what_a_host_may_hand_out(
    door: OpenDoor, host: Headers, space_id: str, wanted: dict[str, Any], status: int
) -> None:
    path = f"/api/spaces/{space_id}/invitations"
    assert (await door.ask("POST", path, json=wanted, headers=host))[0] == status


async def test_a_cohost_makes_no_cohosts(door: OpenDoor, host: Headers, space_id: str) -> None:
    ben = await door.invite(space_id, host, role="cohost", name="Ben")
    path = f"/api/spaces/{space_id}/invitations"
    for wanted, status in (({"role": "cohost"}, 403), ({"role": "speaker"}, 201)):
        assert (await door.ask("POST", path, json=wanted, headers=ben["headers"]))[0] == status
    again = {"role": "speaker", "person": ben["person"]}
    assert (await door.ask("POST", path, json=again, headers=ben["headers"]))[0] == 403


async def test_who_was_banned_with_link_and_network_finds_every_way_closed(
    door: OpenDoor, host: Headers, space_id: str
) -> None:
    shared = await door.invite(space_id, host, uses_max=9)
    another = await door.invite(space_id, host, uses_max=9)
    _, eve = await claim(door, shared["headers"], "Eve", address="192.0.2.66")
    me = (await door.ask("GET", "/api/me", headers=eve["headers"]))[1]["person"]
    path = f"/api/spaces/{space_id}/people/{me}/ban"
    status, told = await door.ask("POST", path, json={"invitation": True, "network": True}, headers=host)
    assert (status, [ban["kind"] for ban in told["bans"]]) == (200, ["person", "invitation", "network"])
    assert "192.0.2" not in str(told)
    assert (await door.ask("GET", "/api/me", headers=eve["headers"]))[0] == 403
    # Under another name, by the same link from elsewhere, by another link from her own street.
    assert (await claim(door, shared["headers"], "Adam", address="198.51.100.1"))[0] == 403
    assert (await claim(door, another["headers"], "Adam", address="192.0.2.7"))[0] == 403
    assert (await claim(door, another["headers"], "Ann", address="198.51.100.1"))[0] == 201
    for ban in told["bans"]:
        lift = f"/api/spaces/{space_id}/bans/{ban['kind']}/{ban['value']}"
        assert (await door.ask("DELETE", lift, headers=host))[0] == 200
    assert (await claim(door, shared["headers"], "Adam", address="192.0.2.7"))[0] == 201
    assert (await door.ask("GET", "/api/me", headers=eve["headers"]))[1]["role"] == "listener"


async def test_a_banned_network_does_not_join_but_who_leads_from_there_does(
    door: OpenDoor, bus: Bus, host: Headers, space_id: str
) -> None:
    await FakeStage().open(bus, space_id)
    eve, tom = [await door.invite(space_id, host, name=name) for name in ("Eve", "Tom")]

    async def join(who: Headers) -> int:
        headers = {**who, "Content-Type": "application/sdp", "X-Forwarded-For": "192.0.2.66"}
        return (await door.ask("POST", f"/whip/{space_id}", data=OFFER, headers=headers))[0]

    ban = f"/api/spaces/{space_id}/people/{eve['person']}/ban"
    status, problem = await door.ask("POST", ban, json={"network": True}, headers=host)
    assert (status, "not known where" in problem["detail"]) == (409, True)
    assert await join(eve["headers"]) == 201
    assert (await door.ask("POST", ban, json={"network": True}, headers=host))[0] == 200
    assert await join(eve["headers"]) == 403
    assert await join(tom["headers"]) == 403
    assert await join(host) == 201


async def test_the_host_is_not_banned_and_a_speaker_bans_nobody(
    door: OpenDoor, host: Headers, space_id: str
) -> None:
    maya = await door.invite(space_id, host)
    me = (await door.ask("GET", "/api/me", headers=host))[1]["person"]
    path = f"/api/spaces/{space_id}/people/{me}/ban"
    assert (await door.ask("POST", path, json={}, headers=host))[0] == 409
    assert (await door.ask("POST", path, json={}, headers=maya["headers"]))[0] == 403
    lift = f"/api/spaces/{space_id}/bans/person/nobody"
    assert (await door.ask("DELETE", lift, headers=host))[0] == 200
    assert (await door.ask("DELETE", lift.replace("/person/", "/planet/"), headers=host))[0] == 400


async def test_the_line_is_joined_and_left_by_oneself(door: OpenDoor, host: Headers, space_id: str) -> None:
    lea, tom = [
        (await door.invite(space_id, host, role="listener", name=name))["headers"] for name in ("Lea", "Tom")
    ]
    for who, note in ((lea, "Buses"), (tom, "")):
        assert (await door.ask("POST", "/api/me/ask", json={"note": note}, headers=who))[0] == 200
    _, me = await door.ask("GET", "/api/me", headers=tom)
    assert (me["place"], me["is_waiting"]) == (2, True)
    assert (await door.ask("DELETE", "/api/me/ask", headers=lea))[1]["place"] is None
    assert (await door.ask("GET", "/api/me", headers=tom))[1]["place"] == 1
    assert (await door.ask("POST", "/api/me/ask", json={"note": ""}, headers=host))[0] == 409
    assert (await door.ask("POST", "/api/me/ask", json={"note": "x" * 141}, headers=lea))[0] == 400
