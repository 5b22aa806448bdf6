"""The WHIP endpoint: RFC 9725's rules, one claim each."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stage_door import FakeStage, OpenDoor, bearer, opened_door
from stentor.errors import Full
from stentor.limits import SDP_SIZE_BYTES_MAX
from stentor.log.bus import Bus

OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


@pytest.fixture
async def stage(bus: Bus, space_id: str) -> FakeStage:
    stage = FakeStage()
    await stage.open(bus, space_id)
    return stage


@pytest.fixture
async def maya(door: OpenDoor, space_id: str) -> dict[str, str]:
    """A speaker of a Space whose green room is open."""
    host = await door.space(space_id, state="green_room")
    headers: dict[str, str] = (await door.invite(space_id, host))["headers"]
    return headers


def sdp(headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "Content-Type": "application/sdp"}


async def test_an_offer_is_answered_with_201_and_where_to_end_it(
    door: OpenDoor, stage: FakeStage, maya: dict[str, str], space_id: str
) -> None:
    async with door.http.post(f"{door.url}/whip/{space_id}", data=OFFER, headers=sdp(maya)) as answer:
        assert (answer.status, answer.content_type) == (201, "application/sdp")
        assert await answer.text() == "v=0\r\nanswer"
        location = answer.headers["Location"]
        assert "Location" in answer.headers["Access-Control-Expose-Headers"]
    verb, question = stage.asked[0]
    assert (verb, question["offer"]) == ("join", OFFER)
    assert location == f"/whip/{space_id}/{question['session']}"
    assert (await door.ask("DELETE", location, headers=maya))[0] == 200
    assert stage.asked[1] == ("leave", {"person": question["person"], "session": question["session"]})


async def test_a_body_that_is_not_sdp_by_its_name_is_415(
    door: OpenDoor, maya: dict[str, str], space_id: str
) -> None:
    async with door.http.post(f"{door.url}/whip/{space_id}", data=OFFER, headers=maya) as answer:
        assert (answer.status, answer.headers["Accept-Post"]) == (415, "application/sdp")
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("body", [b"", b"hello", b"v=0\r\nm=video 9 RTP 96\r\n", b"v=0\r\n\xff\xfe"])
async def test_a_body_that_cannot_be_an_offer_is_400(
    door: OpenDoor, maya: dict[str, str], space_id: str, body: bytes
) -> None:
    status, problem = await door.ask("POST", f"/whip/{space_id}", data=body, headers=sdp(maya))
    assert (status, problem["status"]) == (400, 400)


@pytest.mark.parametrize(("size_bytes", "status"), [(SDP_SIZE_BYTES_MAX, 201), (SDP_SIZE_BYTES_MAX + 1, 413)])
@pytest.mark.usefixtures("stage")
async def test_an_offer_may_have_32_kib_and_no_more(
    door: OpenDoor, maya: dict[str, str], space_id: str, size_bytes: int, status: int
) -> None:
    body = OFFER.ljust(size_bytes, "\n")
    assert (await door.ask("POST", f"/whip/{space_id}", data=body, headers=sdp(maya)))[0] == status


async def test_an_offer_in_pieces_without_a_length_is_limited_too(
    door: OpenDoor, maya: dict[str, str], space_id: str
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield OFFER.encode().ljust(8 * 1024, b"\n")

    status, _ = await door.ask("POST", f"/whip/{space_id}", data=pieces(), headers=sdp(maya))
    assert status == 413


@pytest.mark.parametrize("headers", [{}, bearer("wrong"), {"Authorization": "Basic abc"}, bearer("x" * 200)])
async def test_without_a_valid_invitation_the_answer_is_401_and_says_how(
    door: OpenDoor, maya: dict[str, str], space_id: str, headers: dict[str, str]
) -> None:
    async with door.http.post(f"{door.url}/whip/{space_id}", data=OFFER, headers=sdp(headers)) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_an_invitation_opens_only_its_own_space(door: OpenDoor, maya: dict[str, str]) -> None:
    status, _ = await door.ask("POST", "/whip/another", data=OFFER, headers=sdp(maya))
    assert status == 403


async def test_a_stage_that_is_away_is_503_with_the_time_to_come_back(
    door: OpenDoor, maya: dict[str, str], space_id: str
) -> None:
    async with door.http.post(f"{door.url}/whip/{space_id}", data=OFFER, headers=sdp(maya)) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


@pytest.mark.parametrize(("state", "status"), [(None, 503), ("on_air", 201), ("ended", 410)])
@pytest.mark.usefixtures("stage")
async def test_the_spaces_life_decides_whether_there_is_a_stage(
    door: OpenDoor, space_id: str, state: str | None, status: int
) -> None:
    host = await door.space(space_id, state=state)
    assert (await door.ask("POST", f"/whip/{space_id}", data=OFFER, headers=sdp(host)))[0] == status


async def test_the_stages_own_refusal_comes_through_as_it_is(
    door: OpenDoor, stage: FakeStage, maya: dict[str, str], space_id: str
) -> None:
    async def full(_question: dict[str, Any]) -> dict[str, Any]:
        raise Full("The stage", limit=13)

    stage.answers["join"] = full
    async with door.http.post(f"{door.url}/whip/{space_id}", data=OFFER, headers=sdp(maya)) as answer:
        problem = await answer.json(content_type=None)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert problem["detail"] == "The stage is full: the limit is 13."


async def test_trickle_and_restart_are_405(door: OpenDoor, maya: dict[str, str], space_id: str) -> None:
    url = f"{door.url}/whip/{space_id}/session"
    async with door.http.patch(url, data="a=candidate", headers=maya) as answer:
        assert (answer.status, set(answer.headers["Allow"].split(", "))) == (405, {"DELETE", "OPTIONS"})
        assert answer.content_type == "application/problem+json"


async def test_a_foreign_page_may_ask_first(door: OpenDoor) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    async with door.http.options(f"{door.url}/whip/demo", headers=asked) as answer:
        assert answer.status == 204
        assert answer.headers["Accept-Post"] == "application/sdp"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
        assert "POST" in answer.headers["Access-Control-Allow-Methods"]


async def test_leaving_a_stage_that_is_away_is_a_yes(
    door: OpenDoor, maya: dict[str, str], space_id: str
) -> None:
    assert (await door.ask("DELETE", f"/whip/{space_id}/session", headers=maya))[0] == 200


async def test_who_held_a_revoked_invitation_may_not_be_on_stage_and_cannot_come_back(
    door: OpenDoor, space_id: str
) -> None:
    host = await door.space(space_id, state="green_room")
    maya = await door.invite(space_id, host)
    path = f"/api/spaces/{space_id}/invitations/{maya['id']}"
    assert (await door.ask("DELETE", path, headers=host))[0] == 204
    # The stage follows the crew: who is not in it is taken off.
    assert (await door.door.crews.get(space_id)).find(maya["person"]) is None
    assert (await door.ask("POST", f"/whip/{space_id}", data=OFFER, headers=sdp(maya["headers"])))[0] == 401


async def test_a_hosts_revoked_link_ends_their_stay_but_not_their_role(
    door: OpenDoor, stage: FakeStage, space_id: str
) -> None:
    host = await door.space(space_id, state="green_room")
    me = (await door.ask("GET", "/api/me", headers=host))[1]["person"]
    path = f"/api/spaces/{space_id}/invitations"
    theirs = (await door.ask("GET", path, headers=host))[1]["items"][0]
    assert (await door.ask("DELETE", f"{path}/{theirs['id']}", headers=door.owner))[0] == 204
    assert stage.asked == [("leave", {"person": me, "session": None})]
    assert (await door.ask("GET", "/api/me", headers=host))[0] == 401
    again = await door.invite(space_id, door.owner, role="host")
    status, found = await door.ask("GET", "/api/me", headers=again["headers"])
    assert (status, found["person"], found["role"]) == (200, me, "host")


async def test_offers_do_not_wait_for_each_other(
    door: OpenDoor, stage: FakeStage, maya: dict[str, str], space_id: str
) -> None:
    both = asyncio.Barrier(2)

    async def meet(_question: dict[str, Any]) -> dict[str, Any]:
        await both.wait()
        return {"answer": "v=0"}

    stage.answers["join"] = meet
    ask = [door.ask("POST", f"/whip/{space_id}", data=OFFER, headers=sdp(maya)) for _ in range(2)]
    assert [status for status, _ in await asyncio.gather(*ask)] == [201, 201]
