"""The record at the stage door: how far it is, who hears it, how long it stays, who is in it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kept_record import put_record
from stage_door import OpenDoor, opened_door
from stentor.record.recording import Made, Recording, Stage

Headers = dict[str, str]


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def ended(door: OpenDoor, space_id: str) -> Headers:
    """A Space that was on the air and whose record is on the shelf."""
    host = await door.space(space_id, state="on_air")
    path = f"/api/spaces/{space_id}/state"
    assert (await door.ask("POST", path, json={"state": "ended"}, headers=host))[0] == 200
    await put_record(door.door.kept.of(space_id), door.door.recordings, space_id)
    return host


async def record(door: OpenDoor, space_id: str, host: Headers) -> Any:
    status, told = await door.ask("GET", f"/api/spaces/{space_id}/record", headers=host)
    assert status == 200
    return told


async def kinds(door: OpenDoor, space_id: str) -> list[str]:
    """What the event log says of the record."""
    await door.door.events.drained(timeout_s=5)
    _, page = await door.ask("GET", f"/api/spaces/{space_id}/events?limit=200", headers=door.owner)
    return [event["kind"] for event in page["items"] if event["kind"] not in {"created", "state", "invited"}]


async def test_a_record_says_how_far_it_is_before_there_is_one(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    maya = await door.invite(space_id, host)
    told = await record(door, space_id, host)
    assert (told["programme"], told["is_recorded"], told["edition"], told["files"]) == ("none", True, 0, [])
    assert [person["name"] for person in told["people"]] == ["Host", "Maya"]
    assert (told["transcript_version"], told["duration_ms"], told["sealed_ms"]) == (0, 0, None)
    assert (await door.ask("GET", f"/api/spaces/{space_id}/record", headers=maya["headers"]))[0] == 403


async def test_a_sealed_record_is_told_with_its_people_chapters_and_files(
    door: OpenDoor, space_id: str
) -> None:
    told = await record(door, space_id, await ended(door, space_id))
    assert (told["programme"], told["transcript"], told["brief"]) == ("made", "made", "made")
    assert (told["edition"], told["duration_ms"], told["transcript_version"]) == (1, 9_600, 1)
    assert [person["id"] for person in told["people"]] == ["maya", "daniel"]
    assert [(chapter["title"], chapter["is_machine"]) for chapter in told["chapters"]] == [
        ("Opening", True),
        ("Who pays", True),
    ]
    files = {file["name"]: file["mime"] for file in told["files"]}
    assert files == {
        "recording.m4a": "audio/mp4",
        "voices/maya.opus": "audio/ogg",
        "counts.jsonl": "application/jsonl",
        "events.jsonl": "application/jsonl",
        "transcript.html": "text/html; charset=utf-8",
        "chapters.json": "application/json",
    }
    assert told["listen_url"].endswith(f"/s/{space_id}")


async def test_a_replay_is_taken_from_listeners_and_kept_until_a_day(door: OpenDoor, space_id: str) -> None:
    host, path = await ended(door, space_id), f"/api/spaces/{space_id}/record"
    status, told = await door.ask("PATCH", path, json={"is_published": False}, headers=host)
    assert (status, told["is_published"], told["keep_until_ms"]) == (200, False, None)
    assert not (await door.door.recordings.get(space_id)).has_replay
    until_ms = door.door.clock.wall_ms() + 86_400_000
    _, told = await door.ask("PATCH", path, json={"keep_until_ms": until_ms}, headers=host)
    assert (told["is_published"], told["keep_until_ms"]) == (False, until_ms)
    _, told = await door.ask("PATCH", path, json={"keep_until_ms": None, "is_published": True}, headers=host)
    assert (told["is_published"], told["keep_until_ms"]) == (True, None)
    for wrong in ({"keep_until_ms": 1}, {"keep_until_ms": -1}, {"is_published": None}, {"edition": 2}):
        assert (await door.ask("PATCH", path, json=wrong, headers=host))[0] == 400
    assert await kinds(door, space_id) == ["recording_changed"] * 3


async def test_what_is_wished_runs_until_the_scribe_has_made_it(door: OpenDoor, space_id: str) -> None:
    host, path = await ended(door, space_id), f"/api/spaces/{space_id}/record"
    for _ in range(2):
        status, told = await door.ask("POST", f"{path}/formats", json={"format": "mp3"}, headers=host)
        assert (status, told["formats"]) == (202, {"mp3": "running"})
    status, told = await door.ask("POST", f"{path}/languages", json={"language": "fr"}, headers=host)
    assert (status, told["languages"]) == (202, {"fr": "running"})
    await door.door.recordings.change(
        space_id, lambda r: replace(r, made=replace(r.made, formats=r.wishes.formats, languages=("fr",)))
    )
    told = await record(door, space_id, host)
    assert (told["formats"], told["languages"]) == ({"mp3": "made"}, {"fr": "made"})
    for where, wrong in (("formats", {"format": "wav"}), ("languages", {"language": "en"})):
        assert (await door.ask("POST", f"{path}/{where}", json=wrong, headers=host))[0] == 400
    for language in ("de", "es", "it", "pt", "nl", "pl", "cs", "da", "sv", "fi", "nb", "uk"):
        status, _ = await door.ask("POST", f"{path}/languages", json={"language": language}, headers=host)
        assert status == (400 if language == "uk" else 202)


async def test_a_person_is_removed_and_put_back_until_it_is_done(door: OpenDoor, space_id: str) -> None:
    host, path = await ended(door, space_id), f"/api/spaces/{space_id}/record/people"
    assert (await door.ask("PUT", f"{path}/nobody", headers=host))[0] == 404
    status, told = await door.ask("PUT", f"{path}/maya", headers=host)
    assert (status, told["removing"], told["removed"]) == (202, ["maya"], [])
    status, told = await door.ask("DELETE", f"{path}/maya", headers=host)
    assert (status, told["removing"]) == (200, [])
    await door.ask("PUT", f"{path}/maya", headers=host)
    await door.door.recordings.change(
        space_id, lambda r: replace(r, made=replace(r.made, removed=("maya",), edition=2))
    )
    told = await record(door, space_id, host)
    assert (told["removing"], told["removed"]) == (["maya"], [])  # their words are still to go
    await door.door.recordings.change(
        space_id, lambda r: replace(r, made=replace(r.made, words_removed=("maya",)))
    )
    told = await record(door, space_id, host)
    assert (told["removing"], told["removed"]) == ([], ["maya"])
    assert (await door.ask("DELETE", f"{path}/maya", headers=host))[0] == 409
    assert await kinds(door, space_id) == ["removal_asked", "removal_undone", "removal_asked"]


async def test_who_spoke_takes_themselves_out_and_no_host_undoes_it(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    maya = await door.invite(space_id, host)
    me, person = maya["headers"], maya["person"]
    # Also who was taken off the stage has a voice in the record.
    await door.ask("POST", f"/api/spaces/{space_id}/people/{person}/remove", headers=host)
    assert (await door.ask("GET", "/api/me", headers=me))[0] == 403
    status, told = await door.ask("GET", "/api/me/record", headers=me)
    assert (status, told["removal"]) == (200, "none")
    status, told = await door.ask("DELETE", "/api/me/record", headers=me)
    assert (status, told["removal"], told["is_own_wish"]) == (202, "waiting", True)
    assert await door.ask("GET", "/api/me/record", headers=me) == (200, told)
    path = f"/api/spaces/{space_id}/record/people/{person}"
    assert (await door.ask("DELETE", path, headers=host))[0] == 409
    status, told = await door.ask("PUT", "/api/me/record", headers=me)
    assert (status, told["removal"]) == (200, "none")
    assert (await door.ask("PUT", path, headers=host))[1]["removing"] == [person]
    assert (await door.ask("PUT", "/api/me/record", headers=me))[0] == 409
    class_link = await door.invite(space_id, host, uses_max=3)
    assert (await door.ask("DELETE", "/api/me/record", headers=class_link["headers"]))[0] == 403
    assert (await door.ask("GET", "/api/me/record", headers=class_link["headers"]))[0] == 403


async def test_a_record_is_deleted_after_the_end_and_says_when_it_is_gone(
    door: OpenDoor, space_id: str
) -> None:
    host, path = await door.space(space_id, state="on_air"), f"/api/spaces/{space_id}/record"
    assert (await door.ask("DELETE", path, headers=host))[0] == 409
    await door.ask("POST", f"/api/spaces/{space_id}/state", json={"state": "ended"}, headers=host)
    await put_record(door.door.kept.of(space_id), door.door.recordings, space_id)
    for _ in range(2):
        status, told = await door.ask("DELETE", path, headers=host)
        assert (status, told["is_unwanted"], told["is_gone"]) == (202, True, False)
    assert (await door.ask("PATCH", path, json={"is_published": True}, headers=host))[0] == 410
    assert (await door.ask("GET", f"/api/spaces/{space_id}/transcript", headers=host))[0] == 410
    await door.door.kept.of(space_id).remove()
    await door.door.recordings.change(
        space_id, lambda r: Recording(r.space_id, r.wishes, Made(is_gone=True), programme=Stage.NONE)
    )
    told = await record(door, space_id, host)
    assert (told["is_gone"], told["files"], told["people"]) == (True, [], [])
    assert await kinds(door, space_id) == ["recording_unwanted"]


async def test_of_what_is_not_recorded_nothing_can_be_wished(door: OpenDoor, space_id: str) -> None:
    wanted = {"id": space_id, "title": "A talk", "is_recorded": False}
    assert (await door.ask("POST", "/api/spaces", json=wanted, headers=door.owner))[0] == 201
    told = await record(door, space_id, door.owner)
    assert (told["is_recorded"], told["people"]) == (False, [])
    path = f"/api/spaces/{space_id}"
    for method, where, body in (
        ("PATCH", "record", {"is_published": True}),
        ("POST", "record/formats", {"format": "mp3"}),
        ("PUT", "chapters", {"chapters": []}),
        ("POST", "brief/again", None),
    ):
        status, _ = await door.ask(method, f"{path}/{where}", json=body, headers=door.owner)
        assert status == 409, where


async def test_chapters_are_the_hosts_own_or_those_of_the_brief(door: OpenDoor, space_id: str) -> None:
    host, path = await ended(door, space_id), f"/api/spaces/{space_id}/chapters"
    wanted = [{"start_ms": 5_000, "title": "Buses"}, {"start_ms": 0, "title": "Hello"}]
    status, told = await door.ask("PUT", path, json={"chapters": wanted}, headers=host)
    assert (status, [(c["start_ms"], c["title"], c["is_machine"]) for c in told["items"]]) == (
        200,
        [(0, "Hello", False), (5_000, "Buses", False)],
    )
    _, told = await door.ask("PUT", path, json={"chapters": []}, headers=host)
    assert [c["title"] for c in told["items"]] == ["Opening", "Who pays"]
    for wrong in ([{"start_ms": -1, "title": "A"}], [{"start_ms": 0, "title": ""}], [{"start_ms": 0}]):
        assert (await door.ask("PUT", path, json={"chapters": wrong}, headers=host))[0] == 400
    many = [{"start_ms": n, "title": "A"} for n in range(201)]
    assert (await door.ask("PUT", path, json={"chapters": many}, headers=host))[0] == 400
    assert (await door.ask("PUT", path, json={"chapters": many[:200]}, headers=host))[0] == 200
    assert (await door.ask("POST", path, json={"title": "Now"}, headers=host))[0] == 409


async def test_a_chapter_is_marked_once_at_its_moment_on_the_air(door: OpenDoor, space_id: str) -> None:
    host, path = await door.space(space_id, state="on_air"), f"/api/spaces/{space_id}/chapters"
    space = await door.door.spaces.get(space_id)
    assert space.on_air_ms is not None
    earliest_ms = door.door.clock.wall_ms() - space.on_air_ms
    headers = {**host, "Idempotency-Key": "mark"}
    for _ in range(2):
        status, told = await door.ask("POST", path, json={"title": "Buses"}, headers=headers)
        assert (status, [c["title"] for c in told["items"]]) == (201, ["Buses"])
    latest_ms = door.door.clock.wall_ms() - space.on_air_ms
    assert earliest_ms <= told["items"][0]["start_ms"] <= latest_ms
