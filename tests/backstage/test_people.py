"""The people of a Space: each verb, who may use it, what it leaves in the record and in the event log."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stage_door import FakeStage, OpenDoor, opened_door
from stentor.log.bus import Bus

Headers = dict[str, str]


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


@pytest.fixture
async def host(door: OpenDoor, space_id: str) -> Headers:
    return await door.space(space_id, state="green_room")


@pytest.fixture
async def maya(door: OpenDoor, host: Headers, space_id: str) -> dict[str, Any]:
    return await door.invite(space_id, host)


@pytest.fixture
async def listener(door: OpenDoor, host: Headers, space_id: str) -> dict[str, Any]:
    return await door.invite(space_id, host, role="listener", name="Lea")


async def verb(door: OpenDoor, space_id: str, what: str, by: Headers, **body: Any) -> tuple[int, Any]:
    path = f"/api/spaces/{space_id}/people/{what}"
    return await door.ask("POST", path, json=body or None, headers=by)


def member(told: Any, person: str) -> dict[str, Any]:
    found: dict[str, Any] = next(m for m in told["members"] if m["id"] == person)
    return found


async def test_the_list_says_who_belongs_here_and_who_is_here(
    door: OpenDoor, bus: Bus, host: Headers, maya: dict[str, Any], space_id: str
) -> None:
    path = f"/api/spaces/{space_id}/people"
    status, told = await door.ask("GET", path, headers=host)
    assert (status, told["lead"], told["line"], told["bans"]) == (200, None, [], [])
    assert [(m["name"], m["role"], m["is_here"]) for m in told["members"]] == [
        ("Host", "host", False),
        ("Maya", "speaker", False),
    ]
    stage = FakeStage()
    await stage.open(bus, space_id)
    host_id = told["members"][0]["id"]
    stage.lead, stage.present, stage.away = maya["person"], [maya["person"], host_id], {host_id}
    _, told = await door.ask("GET", path, headers=host)
    assert told["lead"] == maya["person"]
    assert [(m["is_here"], m["is_away"]) for m in told["members"]] == [(False, True), (True, False)]


@pytest.mark.parametrize(
    ("what", "then"),
    [
        ("mute", {"silence": "muted"}),
        ("lock", {"silence": "locked"}),
        ("unmute", {"silence": "none"}),
        ("audience", {"role": "listener"}),
        ("put-back", {"is_waiting": True}),
        ("remove", {"is_out": True}),
    ],
)
async def test_a_host_does_it_a_speaker_does_not(
    door: OpenDoor, host: Headers, space_id: str, what: str, then: dict[str, object]
) -> None:
    maya = await door.invite(space_id, host)
    person = maya["person"]
    assert (await verb(door, space_id, f"{person}/{what}", maya["headers"]))[0] == 403
    status, told = await verb(door, space_id, f"{person}/{what}", host)
    assert (status, member(told, person) | then) == (200, member(told, person))
    # Once more is no error: the page asks again when an answer was lost.
    assert await verb(door, space_id, f"{person}/{what}", host) == (200, told)


async def test_a_listener_is_accepted_and_the_stage_has_an_end(
    nats_url: str, tmp_path: Path, space_id: str
) -> None:
    async with opened_door(nats_url, tmp_path, speakers_max=2) as door:
        host = await door.space(space_id)
        lea, tom = [
            (await door.invite(space_id, host, role="listener", name=name))["person"]
            for name in ("Lea", "Tom")
        ]
        status, told = await verb(door, space_id, f"{lea}/accept", host)
        assert (status, member(told, lea)["role"]) == (200, "speaker")
        status, problem = await verb(door, space_id, f"{tom}/accept", host)
        assert (status, problem["detail"]) == (503, "The stage is full: the limit is 2.")
        # By a role nobody gets in past the limit either.
        assert (await verb(door, space_id, f"{tom}/role", host, role="speaker"))[0] == 503
        await verb(door, space_id, f"{lea}/audience", host)
        assert (await verb(door, space_id, f"{tom}/role", host, role="speaker"))[0] == 200


async def test_all_are_muted_but_who_asks_for_it(
    door: OpenDoor, host: Headers, maya: dict[str, Any], space_id: str
) -> None:
    _, told = await verb(door, space_id, "mute-all", host, lock=True)
    assert [m["silence"] for m in told["members"]] == ["none", "locked"]
    _, told = await verb(door, space_id, "mute-all", door.owner, lock=False)
    assert [m["silence"] for m in told["members"]] == ["muted", "locked"]
    _, told = await verb(door, space_id, "unmute-all", door.owner)
    assert [m["silence"] for m in told["members"]] == ["none", "none"]


async def test_a_removed_person_is_nobody_until_let_back(
    door: OpenDoor, host: Headers, maya: dict[str, Any], space_id: str
) -> None:
    await verb(door, space_id, f"{maya['person']}/remove", host)
    assert (await door.ask("GET", "/api/me", headers=maya["headers"]))[0] == 403
    assert (await door.ask("POST", "/api/me/mute", json={"muted": False}, headers=maya["headers"]))[0] == 403
    await verb(door, space_id, f"{maya['person']}/let-back", host)
    status, me = await door.ask("GET", "/api/me", headers=maya["headers"])
    assert (status, me["role"]) == (200, "listener")


async def test_the_host_is_neither_removed_nor_replaced_by_a_cohost(
    door: OpenDoor, bus: Bus, host: Headers, maya: dict[str, Any], space_id: str
) -> None:
    person = maya["person"]
    assert (await verb(door, space_id, f"{person}/role", host, role="cohost"))[0] == 200
    host_id = (await door.ask("GET", "/api/me", headers=host))[1]["person"]
    for what in ("remove", "audience", "put-back"):
        assert (await verb(door, space_id, f"{host_id}/{what}", maya["headers"]))[0] == 409
    assert (await verb(door, space_id, f"{person}/host", maya["headers"]))[0] == 403
    # While the host's connection is lost the co-host leads, and may.
    stage = FakeStage()
    await stage.open(bus, space_id)
    stage.lead = person
    status, told = await verb(door, space_id, f"{person}/host", maya["headers"])
    assert (status, [m["role"] for m in told["members"]]) == (200, ["cohost", "host"])


async def test_who_helps_to_lead_makes_no_cohosts(
    door: OpenDoor, host: Headers, maya: dict[str, Any], listener: dict[str, Any], space_id: str
) -> None:
    await verb(door, space_id, f"{maya['person']}/role", host, role="cohost")
    lea = listener["person"]
    assert (await verb(door, space_id, f"{lea}/role", maya["headers"], role="cohost"))[0] == 403
    assert (await verb(door, space_id, f"{lea}/role", maya["headers"], role="speaker"))[0] == 200
    assert (await verb(door, space_id, f"{maya['person']}/role", maya["headers"], role="listener"))[0] == 403
    assert (await verb(door, space_id, f"{lea}/role", host, role="host"))[0] == 409


async def test_a_cohost_turns_out_no_other_cohost_and_opens_no_lock_of_the_hosts(
    door: OpenDoor, bus: Bus, host: Headers, maya: dict[str, Any], space_id: str
) -> None:
    ben = await door.invite(space_id, host, role="cohost", name="Ben")
    await verb(door, space_id, f"{maya['person']}/role", host, role="cohost")
    hers, his, by = maya["person"], ben["person"], ben["headers"]
    links = f"/api/spaces/{space_id}/invitations"
    for what in ("remove", "audience", "put-back", "lock", "ban"):
        status, _ = await verb(
            door, space_id, f"{hers}/{what}", by, **({} if what != "ban" else {"network": False})
        )
        assert (what, status) == (what, 403)
    assert (await door.ask("DELETE", f"{links}/{maya['id']}", headers=by))[0] == 403
    _, told = await door.ask("GET", links, headers=host)
    hosts_link = next(item["id"] for item in told["items"] if item["role"] == "host")
    assert (await door.ask("DELETE", f"{links}/{hosts_link}", headers=by))[0] == 403
    # To mute is for everybody who leads; a lock of the host's is opened by neither verb, for oneself either.
    assert (await verb(door, space_id, f"{hers}/mute", by))[0] == 200
    await verb(door, space_id, f"{his}/lock", host)
    for what in ("unmute", "mute"):
        assert (await verb(door, space_id, f"{his}/{what}", by))[0] == 403
    _, told = await verb(door, space_id, "unmute-all", by)
    assert member(told, his)["silence"] == "locked"
    _, told = await verb(door, space_id, "mute-all", by, lock=True)
    assert [member(told, person)["silence"] for person in (his, hers)] == ["locked", "muted"]
    # Nobody turns themselves out by a slip; stepping back is another thing.
    for what, body in (("remove", {}), ("ban", {"network": False})):
        assert (await verb(door, space_id, f"{his}/{what}", by, **body))[0] == 409
    assert (await verb(door, space_id, f"{his}/audience", by))[0] == 200
    # Who leads, and the host at any time, may.
    assert (await verb(door, space_id, f"{hers}/remove", host))[0] == 200


async def test_no_host_opens_a_microphone_that_its_owner_has_closed(
    door: OpenDoor, host: Headers, maya: dict[str, Any], space_id: str
) -> None:
    own = ("POST", "/api/me/mute")
    person = maya["person"]
    assert (await door.ask(*own, json={"muted": True}, headers=maya["headers"]))[0] == 204
    for what in ("unmute", "lock", "unmute"):
        status, told = await verb(door, space_id, f"{person}/{what}", host)
        assert (status, member(told, person)["silence"]) == (200, "locked" if what == "lock" else "muted")
    _, told = await verb(door, space_id, "unmute-all", door.owner)
    assert member(told, person)["silence"] == "muted"
    assert (await door.ask(*own, json={"muted": False}, headers=maya["headers"]))[0] == 204
    assert (await door.door.crews.get(space_id)).member(person).silence.value == "none"


async def test_nobody_is_moved_in_a_space_that_is_not_there(door: OpenDoor) -> None:
    for what in ("somebody/mute", "somebody/accept", "mute-all"):
        assert (await verb(door, "nowhere", what, door.owner, **({"lock": True} if "all" in what else {})))[
            0
        ] == 404
    # And none was made by asking.
    assert (await door.door.crews.get("nowhere")).members == ()


async def test_a_stranger_to_the_crew_is_404(door: OpenDoor, host: Headers, space_id: str) -> None:
    for what in ("mute", "accept", "remove", "decline", "host"):
        assert (await verb(door, space_id, f"nobody/{what}", host))[0] == 404


async def test_every_move_is_written_once_with_who_did_it(
    door: OpenDoor, bus: Bus, host: Headers, maya: dict[str, Any], space_id: str
) -> None:
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    subscription = await bus.subscribe(
        f"space.{space_id}.event", lambda _s, data: heard.put_nowait(json.loads(data))
    )
    person = maya["person"]
    host_id = (await door.ask("GET", "/api/me", headers=host))[1]["person"]
    for what in ("mute", "mute", "unmute", "remove"):
        await verb(door, space_id, f"{person}/{what}", host)
    kinds: list[str] = []
    async with asyncio.timeout(5):
        while kinds[-1:] != ["removed"]:
            event = await heard.get()
            kinds.append(event["kind"])
            if event["kind"] in {"muted", "unmuted", "removed"}:
                assert (event["by"], event["person"]) == (host_id, person)
    assert kinds[-3:] == ["muted", "unmuted", "removed"]
    await subscription.close()
