"""What an invitation's holder sees: themselves, the live feed, the mute switch."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from stage_door import FakeStage, OpenDoor, opened_door
from stentor.backstage.api.sse import event_bytes
from stentor.backstage.feed import FEED_EVENTS_MAX, Feed, Kind, News, Viewer
from stentor.backstage.live import FEEDS_OF_LISTENERS_MAX, FEEDS_PER_VIEWER_MAX
from stentor.log.bus import Bus
from stentor.log.subjects import tick_subject
from stentor.space.crew import Silence


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def next_event(answer: aiohttp.ClientResponse, *kinds: str) -> tuple[str, dict[str, Any]]:
    """The next event of these kinds (of `state` and `tick`, if none are named); others are passed over."""
    async with asyncio.timeout(5):
        while True:
            line = await answer.content.readline()
            if not line:
                return "end", {}
            if line.startswith((b":", b"\n")):
                continue
            kind, data = line.decode().removeprefix("event: ").strip(), await answer.content.readline()
            if kind in (kinds or ("state", "tick")):
                return kind, json.loads(data.removeprefix(b"data: "))


async def say(bus: Bus, space_id: str, **tick: Any) -> None:
    await bus.append(tick_subject(space_id, tick["n"]), json.dumps(tick).encode())


async def test_an_invitation_says_who_its_holder_is_and_where(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    maya = await door.invite(space_id, host)
    status, me = await door.ask("GET", "/api/me", headers=maya["headers"])
    assert status == 200
    assert me.pop("person")
    assert me == {
        "space": {
            **{"id": space_id, "title": "A debate", "state": "scheduled", "over_at_ms": None},
            **{"is_recorded": True, "language": "en"},
        },
        "name": "Maya",
        "role": "speaker",
        "silence": "none",
        "is_waiting": False,
        "note": "",
        "place": None,
        "is_source": False,
        "is_shared": False,
        "record": {
            **{"removal": "none", "is_own_wish": False, "is_published": True, "has_replay": False},
            **{"keep_until_ms": None, "is_unwanted": False},
        },
        "sent_to": None,
        "listen_url": f"http://127.0.0.1:8080/s/{space_id}",
        "ice_servers": [],
    }


@pytest.mark.parametrize(
    ("llm_url", "host"),
    [
        ("https://llm.example.org/v1", "llm.example.org"),
        ("http://127.0.0.1:11434/v1", None),
        ("http://localhost:8000/v1", None),
        ("http://[::1]:8000/v1", None),
    ],
)
async def test_whoever_is_invited_knows_who_is_sent_what_they_say(
    nats_url: str, tmp_path: Path, llm_url: str, host: str | None, space_id: str
) -> None:
    async with opened_door(nats_url, tmp_path, llm_url=llm_url, llm_model="m") as door:
        maya = await door.invite(space_id, await door.space(space_id))
        _, me = await door.ask("GET", "/api/me", headers=maya["headers"])
        assert me["sent_to"] == host


async def test_ones_own_mute_is_a_change_of_the_crew(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id, state="green_room")
    person = (await door.ask("GET", "/api/me", headers=host))[1]["person"]
    for muted, silence in ((True, Silence.MUTED), (True, Silence.MUTED), (False, Silence.NONE)):
        assert (await door.ask("POST", "/api/me/mute", json={"muted": muted}, headers=host))[0] == 204
        assert (await door.door.crews.get(space_id)).member(person).silence is silence


async def test_a_locked_microphone_is_opened_by_a_host_only(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id, state="green_room")
    maya = await door.invite(space_id, host)
    people = f"/api/spaces/{space_id}/people"
    assert (await door.ask("POST", f"{people}/{maya['person']}/lock", headers=host))[0] == 200
    mute = ("POST", "/api/me/mute")
    assert (await door.ask(*mute, json={"muted": True}, headers=maya["headers"]))[0] == 204
    status, problem = await door.ask(*mute, json={"muted": False}, headers=maya["headers"])
    assert (status, problem["type"]) == (403, "tag:stentor,2026:not-allowed")
    assert (await door.ask("POST", f"{people}/{maya['person']}/unmute", headers=host))[0] == 200
    assert (await door.ask(*mute, json={"muted": False}, headers=maya["headers"]))[0] == 204


async def test_a_microphone_that_flutters_is_slowed_down(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id, state="green_room")
    status = 204
    for number in range(200):
        status, _ = await door.ask("POST", "/api/me/mute", json={"muted": number % 2 == 0}, headers=host)
        if status != 204:
            break
    assert (status, number >= 20) == (429, True)
    # Another person's switch is their own.
    maya = await door.invite(space_id, host)
    assert (await door.ask("POST", "/api/me/mute", json={"muted": True}, headers=maya["headers"]))[0] == 204


async def test_the_feed_begins_with_the_state_and_goes_on_with_the_news(
    door: OpenDoor, bus: Bus, space_id: str
) -> None:
    host = await door.space(space_id)
    async with door.http.get(f"{door.url}/api/me/live", headers=host) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["Cache-Control"] == "no-store"
        kind, space = await next_event(answer)
        assert (kind, space["state"]) == ("state", "scheduled")
        path = f"/api/spaces/{space_id}/state"
        await door.ask("POST", path, json={"state": "on_air"}, headers=host)
        states = [await next_event(answer)]
        while states[-1][1]["state"] != "on_air":
            states.append(await next_event(answer))
        await say(bus, space_id, n=1, t=0, title="A debate")
        assert await next_event(answer) == ("tick", {"n": 1, "t": 0, "title": "A debate"})


async def test_a_speaker_is_told_of_themselves_and_who_leads_of_everybody(
    door: OpenDoor, bus: Bus, space_id: str
) -> None:
    host = await door.space(space_id)
    lea = await door.invite(space_id, host, role="listener", name="Lea")
    people = f"/api/spaces/{space_id}/people"
    async with (
        door.http.get(f"{door.url}/api/me/live", headers=lea["headers"]) as hers,
        door.http.get(f"{door.url}/api/me/live", headers=host) as hosts,
    ):
        assert (await next_event(hers, "me"))[1]["place"] is None
        assert [m["name"] for m in (await next_event(hosts, "crew"))[1]["members"]] == ["Host", "Lea"]
        assert (await next_event(hosts, "questions"))[1] == {"is_open": True, "on_screen": None, "items": []}
        asked = {"note": "About night buses"}
        assert (await door.ask("POST", "/api/me/ask", json=asked, headers=lea["headers"]))[1]["place"] == 1
        assert (await next_event(hers, "me", "crew"))[1]["place"] == 1
        # The record and its line in the event log come by different ways.
        told = dict([await next_event(hosts, "crew", "notice") for _ in range(2)])
        assert told["crew"]["line"] == [lea["person"]]
        assert told["crew"]["members"][1]["note"] == "About night buses"
        assert (told["notice"]["kind"], told["notice"]["by"]) == ("asked", lea["person"])
        await bus.publish(f"figures.{space_id}", b'{"hearing": 12}')
        assert (await next_event(hosts, "figures"))[1] == {"hearing": 12}
        # From the moment in which she leads she is told what a host is told.
        await door.ask("POST", f"{people}/{lea['person']}/role", json={"role": "cohost"}, headers=host)
        assert (await next_event(hers, "crew", "figures"))[0] == "crew"
        assert (await next_event(hers, "crew", "figures"))[1] == {"hearing": 12}


async def test_a_removed_persons_feed_says_so_and_ends(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    maya = await door.invite(space_id, host)
    kinds = ("me", "removed")
    async with door.http.get(f"{door.url}/api/me/live", headers=maya["headers"]) as answer:
        assert (await next_event(answer, *kinds))[0] == "me"
        await door.ask("POST", f"/api/spaces/{space_id}/people/{maya['person']}/remove", headers=host)
        assert (await next_event(answer, *kinds))[0] == "removed"
        assert (await next_event(answer, *kinds))[0] == "end"
    assert (await door.ask("GET", "/api/me/live", headers=maya["headers"]))[0] == 403


async def test_who_holds_a_link_that_was_replaced_hears_no_more(
    door: OpenDoor, bus: Bus, space_id: str
) -> None:
    """A link that was lost may be in somebody's hands: their page, and their place on stage, are over."""
    host = await door.space(space_id, state="green_room")
    maya = await door.invite(space_id, host)
    stage = FakeStage()
    await stage.open(bus, space_id)
    kinds = ("me", "removed")
    async with door.http.get(f"{door.url}/api/me/live", headers=maya["headers"]) as answer:
        assert (await next_event(answer, *kinds))[0] == "me"
        again = await door.invite(space_id, host, person=maya["person"])
        assert (await next_event(answer, *kinds))[0] == "removed"
        assert (await next_event(answer, *kinds))[0] == "end"
    assert stage.asked == [("leave", {"person": maya["person"], "session": None})]
    assert (await door.ask("GET", "/api/me", headers=maya["headers"]))[0] == 401
    assert (await door.ask("GET", "/api/me", headers=again["headers"]))[0] == 200


async def test_a_host_whose_link_is_revoked_is_told_nothing_more(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id, state="green_room")
    links = f"/api/spaces/{space_id}/invitations"
    link = (await door.ask("GET", links, headers=door.owner))[1]["items"][0]["id"]
    kinds = ("me", "removed")
    async with door.http.get(f"{door.url}/api/me/live", headers=host) as answer:
        assert (await next_event(answer, *kinds))[0] == "me"
        assert (await door.ask("DELETE", f"{links}/{link}", headers=door.owner))[0] == 204
        assert (await next_event(answer, *kinds))[0] == "removed"


async def test_listeners_who_asked_to_speak_leave_feeds_for_the_stage(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    space = await door.door.spaces.get(space_id)
    async with AsyncExitStack() as stack:
        for number in range(FEEDS_OF_LISTENERS_MAX):
            await stack.enter_async_context(door.door.live.feed(space, Viewer(f"p{number}", f"p{number}")))
        listener = await door.invite(space_id, host, role="listener")
        speaker = await door.invite(space_id, host)
        assert (await door.ask("GET", "/api/me/live", headers=listener["headers"]))[0] == 503
        for headers in (host, speaker["headers"]):
            async with door.http.get(f"{door.url}/api/me/live", headers=headers) as answer:
                assert (answer.status, (await next_event(answer))[0]) == (200, "state")


async def test_one_network_does_not_use_up_a_shared_link(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    shared = await door.invite(space_id, host, uses_max=50)
    statuses = [
        (await door.ask("POST", "/api/me/claim", json={"name": "A"}, headers=shared["headers"]))[0]
        for _ in range(21)
    ]
    assert statuses == [201] * 20 + [429]


async def test_who_is_connected_is_told_to_who_leads(door: OpenDoor, bus: Bus, space_id: str) -> None:
    host = await door.space(space_id, state="green_room")
    maya = await door.invite(space_id, host)
    stage = FakeStage()
    await stage.open(bus, space_id)
    path = f"/api/spaces/{space_id}/live"
    assert (await door.ask("GET", path, headers=maya["headers"]))[0] == 403
    async with door.http.get(door.url + path, headers=door.owner) as answer:
        assert not (await next_event(answer, "crew"))[1]["members"][1]["is_here"]
        stage.present, stage.lead = [maya["person"]], maya["person"]
        told = (await next_event(answer, "crew"))[1]
        assert (told["members"][1]["is_here"], told["lead"]) == (True, maya["person"])


async def test_a_second_page_is_told_all_that_is_known(door: OpenDoor, bus: Bus, space_id: str) -> None:
    host = await door.space(space_id)
    async with door.http.get(f"{door.url}/api/me/live", headers=host) as first:
        await next_event(first)
        await say(bus, space_id, n=0, t=0, full=True, title="A", speaking={})
        await say(bus, space_id, n=1, t=640, title="B")
        while (await next_event(first))[1].get("n") != 1:
            pass
        async with door.http.get(f"{door.url}/api/me/live", headers=host) as second:
            assert (await next_event(second))[0] == "state"
            known = {"n": 1, "t": 640, "full": True, "title": "B", "speaking": {}}
            assert await next_event(second) == ("tick", known)


async def test_ticks_that_a_restarted_stage_repeats_are_not_told_again(
    door: OpenDoor, bus: Bus, space_id: str
) -> None:
    host = await door.space(space_id)
    async with door.http.get(f"{door.url}/api/me/live", headers=host) as answer:
        assert (await next_event(answer))[0] == "state"
        for number in (5, 3, 4, 5, 6):
            await say(bus, space_id, n=number, t=0)
        told = [await next_event(answer)]
        while told[-1][1].get("n") != 6:
            told.append(await next_event(answer))
        assert [data["n"] for kind, data in told if kind == "tick"] == [5, 6]


async def test_a_page_that_leaves_is_forgotten(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    for _ in range(2 * FEEDS_PER_VIEWER_MAX):
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{door.url}/api/me/live", headers=host) as answer,
        ):
            await next_event(answer)
        async with asyncio.timeout(5):
            while door.door.live.feed_count:  # the hub tells nobody that a page left
                await asyncio.sleep(0)


async def test_one_person_may_open_eight_feeds(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    answers = [
        await door.http.get(f"{door.url}/api/me/live", headers=host) for _ in range(FEEDS_PER_VIEWER_MAX)
    ]
    status, problem = await door.ask("GET", "/api/me/live", headers=host)
    assert (status, problem["title"]) == (503, "Full")
    for answer in answers:
        answer.close()


async def test_the_door_closes_at_once_with_feeds_open(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    async with door.http.get(f"{door.url}/api/me/live", headers=host) as answer:
        await next_event(answer)
        async with asyncio.timeout(2):
            await door.stop()
            await answer.read()


async def test_a_page_that_stops_reading_is_cut(door: OpenDoor, bus: Bus, space_id: str) -> None:
    host = await door.space(space_id)
    address = ("127.0.0.1", int(door.url.rpartition(":")[2]))
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(deaf, address)
        head = f"GET /api/me/live HTTP/1.1\r\nHost: x\r\nAuthorization: {host['Authorization']}\r\n\r\n"
        await loop.sock_sendall(deaf, head.encode())
        number = 0
        async with asyncio.timeout(60):
            while b"stentor_door_feeds_cut_total 1.0" not in door.door.metrics.text(feed_count=0):
                await say(bus, space_id, n=number, t=0, title="x" * 4000)
                number += 1


def test_a_full_feed_is_cut_and_says_so() -> None:
    feed = Feed(Viewer("maya"))
    for n in range(FEED_EVENTS_MAX):
        feed.put(News(Kind.TICK, {"n": n}))
    assert not feed.is_cut
    feed.put(News(Kind.TICK, {"n": FEED_EVENTS_MAX}))
    assert feed.is_cut


async def test_a_cut_feed_ends_at_once() -> None:
    feed = Feed(Viewer("maya"))
    feed.put(News(Kind.TICK, {"n": 1}))
    feed.cut()
    feed.put(News(Kind.TICK, {"n": 2}))
    assert await feed.next() is None


def test_an_event_is_one_line_of_data_whatever_it_says() -> None:
    news = News(Kind.STATE, {"title": "two\nlines, déjà"})
    assert event_bytes(news) == 'event: state\ndata: {"title":"two\\nlines, déjà"}\n\n'.encode()
