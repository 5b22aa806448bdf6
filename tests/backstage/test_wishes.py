"""What listeners want of the stage door: into the line with a link of their own, a question to the hosts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stage_door import OpenDoor, bearer, opened_door
from stentor.errors import RemoteProblem
from stentor.log.bus import Bus
from stentor.space.people import Role

HERE = "a" * 24
ELSEWHERE = "b" * 24


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def ask(bus: Bus, space_id: str, **wish: Any) -> dict[str, Any]:
    wish = {"space": space_id, "name": "Lea", "note": "Night buses", "network": HERE} | wish
    return await bus.request("door.ask", wish, timeout_s=5)


async def question(bus: Bus, space_id: str, **wish: Any) -> dict[str, Any]:
    wish = {"space": space_id, "text": "Who pays?", "name": "Lea", "network": HERE} | wish
    return await bus.request("door.question", wish, timeout_s=5)


async def refused(asking: Any) -> int:
    with pytest.raises(RemoteProblem) as caught:
        await asking
    return caught.value.answer_status


async def test_a_listener_gets_a_link_and_stands_in_the_line(door: OpenDoor, bus: Bus, space_id: str) -> None:
    host = await door.space(space_id, state="on_air")
    first = await ask(bus, space_id)
    await ask(bus, space_id, name="Tom", note="")
    headers = bearer(first["link"].rpartition("/")[2])
    _, me = await door.ask("GET", "/api/me", headers=headers)
    assert (me["name"], me["role"], me["is_waiting"], me["place"]) == ("Lea", "listener", True, 1)
    _, told = await door.ask("GET", f"/api/spaces/{space_id}/people", headers=host)
    assert [m["name"] for m in told["members"] if m["id"] in told["line"]] == ["Lea", "Tom"]
    assert told["members"][1]["note"] == "Night buses"
    # Hosts' own links are not lost among those of the audience.
    _, links = await door.ask("GET", f"/api/spaces/{space_id}/invitations", headers=host)
    assert [link["role"] for link in links["items"]] == ["host"]
    await door.ask("POST", f"/api/spaces/{space_id}/people/{me['person']}/accept", headers=host)
    assert (await door.ask("GET", "/api/me", headers=headers))[1]["role"] == "speaker"


async def test_a_question_is_in_the_hosts_list_and_on_screen_when_they_want(
    door: OpenDoor, bus: Bus, space_id: str
) -> None:
    host = await door.space(space_id, state="on_air")
    await question(bus, space_id, text="  Who\npays?  ")
    path = f"/api/spaces/{space_id}/questions"
    _, told = await door.ask("GET", path, headers=host)
    assert [(q["text"], q["name"], q["is_done"]) for q in told["items"]] == [("Who pays?", "Lea", False)]
    assert HERE not in str(told)
    one = told["items"][0]["id"]
    assert (await door.ask("POST", f"{path}/{one}/screen", headers=host))[1]["on_screen"] == one
    _, told = await door.ask("DELETE", f"{path}/screen", headers=host)
    assert (told["on_screen"], told["items"][0]["is_done"]) == (None, True)
    assert (await door.ask("DELETE", f"{path}/{one}", headers=host))[0] == 200
    assert (await door.ask("POST", f"{path}/none/screen", headers=host))[0] == 404


async def test_questions_can_be_closed(door: OpenDoor, bus: Bus, space_id: str) -> None:
    host = await door.space(space_id, state="on_air")
    path = f"/api/spaces/{space_id}/questions/open"
    assert not (await door.ask("PUT", path, json={"is_open": False}, headers=host))[1]["is_open"]
    assert await refused(question(bus, space_id)) == 409
    await door.ask("PUT", path, json={"is_open": True}, headers=host)
    assert await question(bus, space_id) == {}


async def test_nothing_more_comes_from_a_banned_network(door: OpenDoor, bus: Bus, space_id: str) -> None:
    host = await door.space(space_id, state="on_air")
    await question(bus, space_id)
    await question(bus, space_id, network=ELSEWHERE, text="And who drives?")
    path = f"/api/spaces/{space_id}/questions"
    one = (await door.ask("GET", path, headers=host))[1]["items"][0]["id"]
    _, told = await door.ask("POST", f"{path}/{one}/ban", headers=host)
    assert [q["text"] for q in told["items"]] == ["And who drives?"]
    assert await refused(question(bus, space_id)) == 403
    assert await refused(ask(bus, space_id)) == 403
    assert await question(bus, space_id, network=ELSEWHERE) == {}
    _, people = await door.ask("GET", f"/api/spaces/{space_id}/people", headers=host)
    assert [(ban["kind"], ban["value"], ban["name"]) for ban in people["bans"]] == [("network", HERE, "Lea")]
    lift = f"/api/spaces/{space_id}/bans/network/{HERE}"
    assert (await door.ask("DELETE", lift, headers=host))[1]["bans"] == []
    assert "link" in await ask(bus, space_id)


@pytest.mark.parametrize(
    "wish",
    [{"name": ""}, {"name": 5}, {"note": "x" * 141}, {"name": "x" * 2000}, {"network": None}],
)
async def test_a_wish_that_cannot_be_read_is_400(
    door: OpenDoor, bus: Bus, space_id: str, wish: dict[str, Any]
) -> None:
    await door.space(space_id)
    assert await refused(ask(bus, space_id, **wish)) == 400
    assert await refused(question(bus, space_id, text="")) == 400


async def test_who_asks_an_unknown_or_an_ended_space_is_told(door: OpenDoor, bus: Bus, space_id: str) -> None:
    assert await refused(ask(bus, "nowhere")) == 404
    assert await refused(question(bus, "nowhere")) == 404
    await door.space(space_id, state="on_air")
    await door.ask("POST", f"/api/spaces/{space_id}/state", json={"state": "ended"}, headers=door.owner)
    assert await refused(ask(bus, space_id)) == 410
    assert await refused(question(bus, space_id)) == 410


async def test_a_burst_of_wishes_meets_a_limit_for_its_own_space_only(
    door: OpenDoor, bus: Bus, space_id: str
) -> None:
    await door.space(space_id, state="on_air")
    await door.space(f"{space_id}-2", state="on_air")
    told = await asyncio.gather(*(question(bus, space_id) for _ in range(60)), return_exceptions=True)
    problems = [t for t in told if isinstance(t, RemoteProblem)]
    assert {p.answer_status for p in problems} == {429}
    assert all(p.retry_after_s for p in problems)
    assert 10 <= len(told) - len(problems) < 60
    figures = door.door.metrics.text(feed_count=0).decode()
    assert f'stentor_door_wishes_total{{kind="question",status="429"}} {len(problems)}.0' in figures
    assert await question(bus, f"{space_id}-2") == {}


async def test_the_line_has_an_end_and_links_that_are_nobodys_are_swept(
    door: OpenDoor, bus: Bus, space_id: str
) -> None:
    await door.space(space_id, state="on_air")
    store = door.door.invitations
    await ask(bus, space_id)
    gone = (await store.of_space(space_id))[-1]
    await door.door.crews.change(space_id, lambda crew: crew.forgotten([gone.person_id or ""]))
    kept = await ask(bus, space_id)
    held = {m.invitation_id for m in (await door.door.crews.get(space_id)).members}
    await store.sweep(space_id, kept=held)
    assert gone.id not in {i.id for i in await store.of_space(space_id)}
    assert await store.count(space_id) == 2  # the host's and the second listener's: nothing is left behind
    assert (await store.by_token(kept["link"].rpartition("/")[2])).role is Role.LISTENER
