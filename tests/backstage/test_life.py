"""A Space's life at the door: undo, two who must agree, deletion, what is described, who sees which."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stage_door import FakeStage, OpenDoor, opened_door
from stentor.backstage.control.beat import Audience, Beat
from stentor.backstage.life import names_of
from stentor.log.bus import Bus
from stentor.space.lifecycle import State

Headers = dict[str, str]
LARGE = 1001


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path, end_undo_s=300) as door:
        yield door


async def move(door: OpenDoor, space_id: str, state: str, by: Headers) -> tuple[int, Any]:
    return await door.ask("POST", f"/api/spaces/{space_id}/state", json={"state": state}, headers=by)


def with_hearing(door: OpenDoor, space_id: str, hearing: int) -> None:
    """As an edge would tell it."""
    now_s = door.door.clock.monotonic_s()
    door.door.count.heard(Beat("edge-1", {space_id: Audience(hearing=hearing)}), now_s=now_s)


async def cohost(door: OpenDoor, space_id: str, host: Headers) -> dict[str, Any]:
    return await door.invite(space_id, host, role="cohost", name="Ben")


async def test_an_end_is_undone_by_going_on(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id, state="on_air")
    status, told = await move(door, space_id, "ended", host)
    assert (status, told["state"]) == (200, "ending")
    assert told["over_at_ms"] > door.door.clock.wall_ms() + 290_000
    assert (await door.ask("GET", "/api/me", headers=host))[1]["space"]["over_at_ms"] == told["over_at_ms"]
    status, told = await move(door, space_id, "on_air", host)
    assert (status, told["state"], told["over_at_ms"]) == (200, "on_air", None)


async def test_what_is_ending_ends_by_itself(nats_url: str, tmp_path: Path, space_id: str) -> None:
    async with opened_door(nats_url, tmp_path, end_undo_s=0.3) as door:
        host = await door.space(space_id, state="on_air")
        assert (await move(door, space_id, "ended", host))[1]["state"] == "ending"
        async with asyncio.timeout(10):
            while (await door.door.spaces.get(space_id)).state is not State.ENDED:
                pass


@pytest.mark.parametrize(("hearing", "state"), [(LARGE - 1, "ending"), (LARGE, "on_air")])
async def test_a_large_audience_is_not_sent_home_by_one_alone(
    door: OpenDoor, space_id: str, hearing: int, state: str
) -> None:
    host = await door.space(space_id, state="on_air")
    with_hearing(door, space_id, hearing)
    status, told = await move(door, space_id, "ended", host)
    assert (status, told["state"]) == (202 if state == "on_air" else 200, state)
    assert (told["end_asked"] is not None) == (state == "on_air")


async def test_somebody_else_agrees_and_a_cohost_may_once_the_host_has_asked(
    door: OpenDoor, space_id: str
) -> None:
    host = await door.space(space_id, state="on_air")
    ben = await cohost(door, space_id, host)
    maya = await door.invite(space_id, host)
    with_hearing(door, space_id, LARGE)
    assert (await move(door, space_id, "ended", ben["headers"]))[0] == 403
    me = (await door.ask("GET", "/api/me", headers=host))[1]["person"]
    for _ in range(2):  # the same person twice is one
        status, told = await move(door, space_id, "ended", host)
        assert (status, told["end_asked"]["by"], told["state"]) == (202, me, "on_air")
    assert (await move(door, space_id, "ended", maya["headers"]))[0] == 403
    status, told = await move(door, space_id, "ended", ben["headers"])
    assert (status, told["state"], told["end_asked"]) == (200, "ending", None)


async def test_the_account_of_a_space_and_its_host_are_one_of_the_two(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id, state="on_air")
    ben = await cohost(door, space_id, host)
    # As a host's account makes it.
    await door.door.spaces.change(space_id, lambda space: replace(space, account_id="an-account"))
    space, crew = await door.door.spaces.get(space_id), await door.door.crews.get(space_id)
    assert crew.host is not None
    assert names_of(space, crew, by="an-account") == {"an-account", crew.host.id}
    assert names_of(space, crew, by=ben["person"]) == {ben["person"]}
    now_ms = door.door.clock.wall_ms()
    await door.door.spaces.change(space_id, lambda space: space.asked_to_end(by="an-account", wall_ms=now_ms))
    with_hearing(door, space_id, LARGE)
    assert (await move(door, space_id, "ended", host))[0] == 202
    assert (await move(door, space_id, "ended", ben["headers"]))[1]["state"] == "ending"


async def test_a_cohost_ends_a_space_while_the_host_is_away(door: OpenDoor, bus: Bus, space_id: str) -> None:
    host = await door.space(space_id, state="on_air")
    ben = await cohost(door, space_id, host)
    assert (await move(door, space_id, "paused", ben["headers"]))[0] == 200
    assert (await move(door, space_id, "ended", ben["headers"]))[0] == 403
    stage = FakeStage()
    await stage.open(bus, space_id)
    stage.lead = ben["person"]
    assert (await move(door, space_id, "ended", ben["headers"]))[1]["state"] == "ending"


@pytest.mark.parametrize("state", ["ending", "deleted", "nonsense", None])
async def test_a_state_that_cannot_be_asked_for_is_400(
    door: OpenDoor, space_id: str, state: str | None
) -> None:
    host = await door.space(space_id, state="on_air")
    path = f"/api/spaces/{space_id}/state"
    assert (await door.ask("POST", path, json={"state": state}, headers=host))[0] == 400


async def test_a_deletion_hides_a_space_and_can_be_undone(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    path = f"/api/spaces/{space_id}"
    maya = await door.invite(space_id, host)
    assert (await door.ask("DELETE", path, headers=maya["headers"]))[0] == 403
    status, told = await door.ask("DELETE", path, headers=host)
    assert (status, told["state"], told["over_at_ms"] is not None) == (200, "deleted", True)

    async def listed(query: str) -> list[str]:
        _, page = await door.ask("GET", f"/api/spaces?limit=200{query}", headers=door.owner)
        return [space["id"] for space in page["items"]]

    assert space_id not in await listed("")
    assert space_id in await listed("&state=deleted")
    assert (await door.ask("GET", f"{path}/people", headers=host))[0] == 410
    assert (await door.ask("GET", "/api/me", headers=maya["headers"]))[0] == 410
    assert (await move(door, space_id, "scheduled", host))[1]["state"] == "scheduled"
    assert (await door.ask("GET", "/api/me", headers=maya["headers"]))[0] == 200


async def test_a_space_on_the_air_is_not_deleted(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id, state="on_air")
    assert (await door.ask("DELETE", f"/api/spaces/{space_id}", headers=host))[0] == 409


async def test_a_deleted_space_is_gone_and_its_id_can_be_given_again(
    nats_url: str, tmp_path: Path, bus: Bus, space_id: str
) -> None:
    async with opened_door(nats_url, tmp_path) as door:
        host = await door.space(space_id)
        assert (await door.ask("DELETE", f"/api/spaces/{space_id}", headers=host))[0] == 200
        wanted = {"id": space_id, "title": "Another"}
        assert (await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner))[0] == 409
        # As the scribe says once the folder is off the shelf.
        await door.door.spaces.change(space_id, lambda space: replace(space, is_off_shelf=True))
        async with asyncio.timeout(10):
            while await door.door.spaces.find(space_id) is not None:
                pass
        assert (await door.ask("GET", "/api/me", headers=host))[0] == 401
        assert (await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner))[0] == 201
        assert await bus.history(space_id).exists()


async def test_a_space_is_described_and_only_what_is_named_changes(door: OpenDoor, space_id: str) -> None:
    wanted = {
        "id": space_id,
        "title": "A debate",
        "description": "Two lines.\nOf words.",
        "starts_ms": 1_900_000_000_000,
        "is_private": True,
        "speakers_max": 5,
        "is_recorded": False,
        "language": "pt-BR",
    }
    status, made = await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner)
    assert status == 201
    assert {name: made[name] for name in wanted} == wanted
    assert made["links"]["listen"].rpartition("/s/")[2].startswith(f"{space_id}.")
    assert "listen_key" not in made
    path = f"/api/spaces/{space_id}"
    _, told = await door.ask("PATCH", path, json={"title": "Another"}, headers=door.owner)
    assert (told["title"], told["description"], told["links"]["listen"]) == (
        "Another",
        wanted["description"],
        made["links"]["listen"],
    )
    _, told = await door.ask(
        "PATCH", path, json={"starts_ms": None, "is_private": False, "speakers_max": None}, headers=door.owner
    )
    assert (told["starts_ms"], told["is_private"], told["speakers_max"]) == (None, False, None)
    assert told["links"]["listen"].endswith(f"/s/{space_id}")
    _, again = await door.ask("PATCH", path, json={"is_private": True}, headers=door.owner)
    assert again["links"]["listen"] not in {made["links"]["listen"], told["links"]["listen"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": None},
        {"title": ""},
        {"description": "x" * 4001},
        {"speakers_max": 0},
        {"speakers_max": 61},
        {"language": "English"},
        {"is_recorded": None},
        {"starts_ms": -1},
        {"starts_ms": 10**15},
        {"state": "ended"},
        {"listen_key": "a"},
    ],
)
async def test_a_change_that_cannot_be_is_400(door: OpenDoor, space_id: str, wrong: dict[str, Any]) -> None:
    host = await door.space(space_id)
    assert (await door.ask("PATCH", f"/api/spaces/{space_id}", json=wrong, headers=host))[0] == 400


async def test_whether_it_is_recorded_is_settled_when_it_goes_on_the_air(
    door: OpenDoor, space_id: str
) -> None:
    host = await door.space(space_id)
    path = f"/api/spaces/{space_id}"
    for is_recorded in (False, True):
        wanted = {"is_recorded": is_recorded, "language": "fr"}
        status, told = await door.ask("PATCH", path, json=wanted, headers=host)
        assert (status, told["is_recorded"], told["language"]) == (200, is_recorded, "fr")
    _, me = await door.ask("GET", "/api/me", headers=host)
    assert (me["space"]["is_recorded"], me["space"]["language"]) == (True, "fr")
    await move(door, space_id, "on_air", host)
    status, problem = await door.ask("PATCH", path, json={"is_recorded": False}, headers=host)
    assert (status, "told that it is" in problem["detail"]) == (409, True)
    wanted = {"is_recorded": True, "language": "de"}
    status, told = await door.ask("PATCH", path, json=wanted, headers=host)
    assert (status, told["language"]) == (200, "de")


async def test_spaces_are_found_by_their_words_and_state_a_page_at_a_time(
    door: OpenDoor, space_id: str
) -> None:
    for number in range(3):
        wanted = {"id": f"{space_id}-{number}", "title": f"Night Buses {space_id}", "description": "Free?"}
        await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner)

    async def page(query: str) -> Any:
        return (await door.ask("GET", f"/api/spaces?{query}", headers=door.owner))[1]

    found = await page(f"q=FREE+night+{space_id}&limit=2")
    assert [s["id"] for s in found["items"]] == [f"{space_id}-2", f"{space_id}-1"]
    rest = await page(f"q=FREE+night+{space_id}&limit=2&cursor={found['next']}")
    assert ([s["id"] for s in rest["items"]], rest["next"]) == ([f"{space_id}-0"], None)
    assert (await page(f"q={space_id}&state=on_air"))["items"] == []
    assert (await door.ask("GET", "/api/spaces?cursor=x", headers=door.owner))[0] == 400
