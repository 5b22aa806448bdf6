"""Programmes by HTTP and sounds from files: a real door, the real worker, a real stage, what the log got."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from stage.one_space import House, programme
from stage.sounds import packed, stereo, strength
from stage_door import OpenDoor, opened_door
from stentor.backstage.api.source import BYTES_AHEAD, is_too_fast
from stentor.backstage.middleware import JSON_BYTES_MAX, SPACE_BYTES_MAX, bounds_of
from stentor.limits import BRIEF_BODY_BYTES_MAX, TRANSCRIPT_BODY_BYTES_MAX
from stentor.log.bus import Bus
from stentor.space.rung import Rung
from stentor.stage.space_stage import Stores

Headers = dict[str, str]
LEFT_HZ, RIGHT_HZ = 440, 660


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


@pytest.fixture
async def host(door: OpenDoor, space_id: str) -> Headers:
    return await door.space(space_id, state="green_room")


@asynccontextmanager
async def on_air(door: OpenDoor, bus: Bus, space_id: str, host: Headers) -> AsyncIterator[House]:
    """The Space's real stage, on the air."""
    house = House(bus, await Stores.open(bus), space_id, door.door.settings.data_dir)
    subscription = await bus.subscribe(f"space.{space_id}.tick.*", house.take_tick)
    async with house.stage():
        await move(door, space_id, "on_air", host)
        yield house
    await subscription.close()


async def move(door: OpenDoor, space_id: str, state: str, by: Headers) -> None:
    path = f"/api/spaces/{space_id}/state"
    assert (await door.ask("POST", path, json={"state": state}, headers=by))[0] == 200


def on_stage(house: House) -> dict[str, dict[str, Any]]:
    latest = max((n for n, tick in house.ticks.items() if "people" in tick), default=None)
    return {} if latest is None else {p["name"]: p for p in house.ticks[latest]["people"]}


def tone(seconds: float, container: str = "ogg") -> bytes:
    return packed(stereo(seconds, left_hz=LEFT_HZ, right_hz=RIGHT_HZ, gain=0.2), container)


async def heard_tone(house: House) -> float:
    """How loud the left side's tone is in the two chunks that come now."""
    begin = max(house.ticks) + 1

    def pair() -> int | None:
        """Two chunks without a hole, which a busy machine leaves."""
        return next(
            (n for n in sorted(house.ticks) if n >= begin and {n + 1, n + 2} <= house.ticks.keys()), None
        )

    await house.until(lambda: pair() is not None)
    first = pair()
    assert first is not None
    return strength((await programme(house, Rung.AAC64, range(first, first + 2)))[24_000:], LEFT_HZ)


def as_icecast(token: str) -> Headers:
    return {
        "Authorization": "Basic " + base64.b64encode(f"source:{token}".encode()).decode(),
        "Content-Type": "application/ogg",
    }


async def test_an_encoder_is_heard_for_as_long_as_it_sends_and_not_after_the_space(
    door: OpenDoor, bus: Bus, host: Headers, space_id: str
) -> None:
    encoder = await door.invite(space_id, host, name="Studio", is_source=True)
    headers = as_icecast(encoder["link"].rpartition("/")[2])
    over = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        data = tone(12)
        for start in range(0, len(data), 4096):
            yield data[start : start + 4096]
        await over.wait()  # the line stays open, as a broadcaster's does

    async with on_air(door, bus, space_id, host) as house:
        sending = asyncio.create_task(door.ask("PUT", f"/source/{space_id}", data=body(), headers=headers))
        await house.until(lambda: on_stage(house).get("Studio", {}).get("source") is True)
        assert await heard_tone(house) == pytest.approx(0.1, rel=0.2)
        _, told = await door.ask("GET", f"/api/spaces/{space_id}/people", headers=host)
        studio = next(m for m in told["members"] if m["name"] == "Studio")
        assert (studio["is_source"], studio["is_here"]) == (True, True)
        # A removal holds for an encoder as it does for a person.
        await door.ask("POST", f"/api/spaces/{space_id}/people/{studio['id']}/remove", headers=host)
        async with asyncio.timeout(10):
            status, problem = await sending
        assert (status, problem["title"]) == (403, "Not allowed")
        await house.until(lambda: "Studio" not in on_stage(house))
        assert (await door.ask("PUT", f"/source/{space_id}", data=b"OggS", headers=headers))[0] == 403
    over.set()


async def test_a_body_that_ends_is_played_to_its_end(
    door: OpenDoor, bus: Bus, host: Headers, space_id: str
) -> None:
    encoder = await door.invite(space_id, host, name="Studio", is_source=True)
    headers = {**encoder["headers"], "Content-Type": "audio/mpeg"}
    async with on_air(door, bus, space_id, host) as house:
        status, _ = await door.ask("PUT", f"/source/{space_id}", data=tone(1.5, "mp3"), headers=headers)
        assert status == 200
        await house.until(lambda: "Studio" not in on_stage(house))
        # What is no sound ends its own worker and says so.
        junk = {"data": b"no sound at all" * 2000, "headers": headers}
        status, problem = await door.ask("PUT", f"/source/{space_id}", **junk)
        assert (status, "ended early" in problem["detail"]) == (400, True)


async def test_who_may_send_is_asked_first(door: OpenDoor, bus: Bus, host: Headers, space_id: str) -> None:
    encoder = await door.invite(space_id, host, name="Studio", is_source=True)
    person = await door.invite(space_id, host)
    ogg = {"Content-Type": "audio/ogg"}
    await door.space(f"{space_id}-2", state="green_room")

    async def status(path: str, headers: Headers) -> int:
        return (await door.ask("PUT", path, data=b"OggS", headers=headers))[0]

    assert await status(f"/source/{space_id}", ogg) == 401
    assert await status(f"/source/{space_id}", ogg | as_icecast("guess") | ogg) == 401
    assert await status(f"/source/{space_id}", ogg | {"Authorization": "Basic !"}) == 401
    assert await status(f"/source/{space_id}", ogg | person["headers"]) == 403
    assert await status(f"/source/{space_id}-2", ogg | encoder["headers"]) == 403
    assert await status(f"/source/{space_id}", encoder["headers"]) == 415
    await move(door, space_id, "scheduled", host)
    assert await status(f"/source/{space_id}", ogg | encoder["headers"]) == 503


async def test_a_body_that_no_sound_slows_down_ends(
    door: OpenDoor, bus: Bus, host: Headers, space_id: str
) -> None:
    """An MP3 whose title is said to be 200 MB: a demuxer skips it as fast as it comes."""
    encoder = await door.invite(space_id, host, name="Studio", is_source=True)

    async def body() -> AsyncIterator[bytes]:
        yield b"ID3\x04\x00\x00" + bytes([0x5F, 0x7F, 0x7F, 0x7F])
        while True:
            yield bytes(64 * 1024)

    headers = {**encoder["headers"], "Content-Type": "audio/mpeg"}
    url = f"{door.url}/source/{space_id}"
    async with (
        on_air(door, bus, space_id, host),
        asyncio.timeout(20),
        door.http.put(url, data=body(), headers=headers) as answer,
    ):
        assert (answer.status, (await answer.json(content_type=None))["title"]) == (413, "Too large")


@pytest.mark.parametrize(
    ("taken", "seconds", "is_over"),
    [
        (BYTES_AHEAD, 0, False),
        (BYTES_AHEAD + 1, 0, True),
        (BYTES_AHEAD + 64_000 * 60, 60, False),
        (BYTES_AHEAD + 64_000 * 60 + 1, 60, True),
    ],
)
def test_the_limit_is_512_kbit_per_second_on_average(taken: int, seconds: float, is_over: bool) -> None:
    assert is_too_fast(taken, seconds=seconds) is is_over


async def test_a_sound_is_kept_played_stopped_and_removed(
    door: OpenDoor, bus: Bus, host: Headers, space_id: str
) -> None:
    path = f"/api/spaces/{space_id}/sounds"
    body = {"data": io.BytesIO(tone(8, "wav")), "headers": {**host, "Content-Type": "audio/wav"}}
    status, opening = await door.ask("POST", f"{path}?name=Opening", **body)
    assert (status, opening["name"], opening["is_playing"]) == (201, "Opening", False)
    assert opening["size_bytes"] > JSON_BYTES_MAX
    async with on_air(door, bus, space_id, host) as house:
        play = f"{path}/{opening['id']}/play"
        status, told = await door.ask("POST", play, headers=host)
        assert (status, told["is_playing"]) == (200, True)
        await house.until(lambda: on_stage(house).get("Opening", {}).get("source") is True)
        assert await heard_tone(house) == pytest.approx(0.1, rel=0.2)
        assert [s["is_playing"] for s in (await door.ask("GET", path, headers=host))[1]["items"]] == [True]
        status, told = await door.ask("POST", f"{path}/{opening['id']}/stop", headers=host)
        assert (status, told["is_playing"]) == (200, False)
        await house.until(lambda: "Opening" not in on_stage(house))
        assert await heard_tone(house) < 0.001
        assert (await door.door.crews.get(space_id)).find(f"sound-{opening['id']}") is None
    assert (await door.ask("DELETE", f"{path}/{opening['id']}", headers=host))[0] == 204
    assert (await door.ask("DELETE", f"{path}/{opening['id']}", headers=host))[0] == 404
    assert (await door.ask("GET", path, headers=host))[1]["items"] == []
    assert list((door.door.settings.sounds_dir / space_id).iterdir()) == []


async def test_a_sound_that_plays_to_its_end_leaves_by_itself(
    door: OpenDoor, bus: Bus, host: Headers, space_id: str
) -> None:
    path = f"/api/spaces/{space_id}/sounds"
    _, jingle = await door.ask("POST", f"{path}?name=Jingle", data=tone(1), headers=host)
    async with on_air(door, bus, space_id, host) as house:
        await door.ask("POST", f"{path}/{jingle['id']}/play", headers=host)
        await house.until(lambda: "Jingle" in on_stage(house))
        await house.until(lambda: "Jingle" not in on_stage(house))
    async with asyncio.timeout(5):
        while door.door.ingests.count(space_id):
            await asyncio.sleep(0)
        while (await door.door.crews.get(space_id)).find(f"sound-{jingle['id']}") is not None:
            pass


async def test_what_is_no_sound_or_too_much_is_not_kept(door: OpenDoor, host: Headers, space_id: str) -> None:
    path = f"/api/spaces/{space_id}/sounds"
    maya = await door.invite(space_id, host)

    async def add(data: bytes, name: str = "A", by: Headers = host) -> int:
        return (await door.ask("POST", f"{path}?name={name}", data=data, headers=by))[0]

    assert await add(b"<html>" + bytes(100)) == 415
    assert await add(b"") == 415
    assert await add(b"OggS" + bytes(100), name="") == 400
    assert await add(b"OggS" + bytes(100), name="%07") == 400
    assert await add(b"OggS" + bytes(100), by=maya["headers"]) == 403
    assert list(door.door.settings.sounds_dir.glob("*/*")) == []
    for _ in range(20):
        assert await add(b"OggS" + bytes(100)) == 201
    assert await add(b"OggS" + bytes(100)) == 503
    assert (await door.ask("POST", f"{path}/nothing/play", headers=host))[0] in {404, 503}


@pytest.mark.parametrize(
    ("method", "path", "size_bytes"),
    [
        ("POST", "/api/spaces/a/sounds", 50_000_000),
        ("POST", "/api/spaces/a/sounds/b/play", JSON_BYTES_MAX),
        ("PATCH", "/api/spaces/a/sounds", JSON_BYTES_MAX),
        ("PUT", "/api/spaces/a/questions/open", JSON_BYTES_MAX),
        ("PATCH", "/api/spaces/a", SPACE_BYTES_MAX),
        ("DELETE", "/api/spaces/a", JSON_BYTES_MAX),
        ("PUT", "/api/spaces/a/transcript", TRANSCRIPT_BODY_BYTES_MAX),
        ("PUT", "/api/spaces/a/brief", BRIEF_BODY_BYTES_MAX),
        ("PUT", "/api/spaces/a/chapters", BRIEF_BODY_BYTES_MAX),
        ("POST", "/api/spaces/a/chapters", JSON_BYTES_MAX),
        ("PUT", "/api/spaces/a/record/people/brief", JSON_BYTES_MAX),
        ("POST", "/source/a", JSON_BYTES_MAX),
        ("PUT", "/source/a", None),
    ],
)
def test_only_these_routes_take_long_bodies(method: str, path: str, size_bytes: int | None) -> None:
    bounds = bounds_of(method, path)
    assert (None if bounds is None else bounds.size_bytes) == size_bytes
