"""The files of a record: every one that a list names, with ranges, by right or by its own link."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept_record import SOUND, put_record
from stage_door import OpenDoor, opened_door
from stentor.backstage.file_links import VALID_FOR_S, FileLinks
from stentor.client.stage_door import StageDoor
from stentor.limits import FILES_GIVEN_MAX

NOW_S = 1_800_000_000


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def get(door: OpenDoor, path: str, **headers: str) -> tuple[int, bytes, Any]:
    async with door.http.get(door.url + path, headers=headers) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_a_file_is_given_whole_in_pieces_and_not_again(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    await put_record(door.door.kept.of(space_id), door.door.recordings, space_id)
    path = f"/api/spaces/{space_id}/record/files"
    status, body, headers = await get(door, f"{path}/recording.m4a", **host)
    assert (status, body, headers["Content-Type"]) == (200, SOUND, "audio/mp4")
    assert (headers["Accept-Ranges"], headers["Cache-Control"]) == ("bytes", "private, no-cache")
    status, body, headers = await get(door, f"{path}/recording.m4a", Range="bytes=10-19", **host)
    assert (status, body, headers["Content-Range"]) == (206, SOUND[10:20], f"bytes 10-19/{len(SOUND)}")
    known = {"If-None-Match": headers["ETag"]}
    assert (await get(door, f"{path}/recording.m4a", **host, **known))[:2] == (304, b"")
    outside = {"Range": f"bytes={len(SOUND)}-"}
    assert (await get(door, f"{path}/recording.m4a", **host, **outside))[0] == 416
    status, body, headers = await get(door, f"{path}/voices/maya.opus?download=1", **host)
    assert (status, body) == (200, b"OggS maya")
    assert headers["Content-Disposition"] == f'attachment; filename="{space_id}-voices-maya.opus"'
    _, _, headers = await get(door, f"{path}/transcript.html", **host)
    assert "sandbox" in headers["Content-Security-Policy"]


async def test_what_no_list_names_is_not_given(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    shelf = door.door.kept.of(space_id)
    await put_record(shelf, door.door.recordings, space_id)
    other = await door.space(f"{space_id}-2")
    await door.door.kept.of(f"{space_id}-2").put("recording.m4a", b"another Space's")
    path = f"/api/spaces/{space_id}/record/files"
    for name in ("manifest.json", "transcript/1.json", "nothing.mp3", "..%2F..%2Fowner.token", "%2e%2e/a"):
        assert (await get(door, f"{path}/{name}", **host))[0] == 404, name
    assert (await get(door, f"/api/spaces/{space_id}-2/record/files/recording.m4a", **other))[0] == 404
    assert (await get(door, f"{path}/recording.m4a", **other))[0] == 403
    await shelf.remove("recording.m4a")
    assert (await get(door, f"{path}/recording.m4a", **host))[0] == 404


async def test_a_file_s_own_link_opens_it_and_nothing_else(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    await put_record(door.door.kept.of(space_id), door.door.recordings, space_id)
    _, told = await door.ask("GET", f"/api/spaces/{space_id}/record", headers=host)
    links = {file["name"]: file["url"] for file in told["files"]}
    assert (await get(door, links["recording.m4a"]))[:2] == (200, SOUND)
    assert (await get(door, f"{links['voices/maya.opus']}&download=1"))[0] == 200
    elsewhere = links["recording.m4a"].replace("recording.m4a", "events.jsonl")
    for wrong in (elsewhere, links["recording.m4a"] + "0", links["recording.m4a"].partition("?")[0]):
        assert (await get(door, wrong))[0] == 401


async def test_no_more_files_than_the_limit_are_given_at_once(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    await put_record(door.door.kept.of(space_id), door.door.recordings, space_id)
    path = f"/api/spaces/{space_id}/record/files/recording.m4a"
    held = [door.door.kept.giving() for _ in range(FILES_GIVEN_MAX - 1)]
    for place in held:
        place.__enter__()
    for _ in range(3):  # each gives its place back
        assert (await get(door, path, **host))[0] == 200
    with door.door.kept.giving():
        status, _, headers = await get(door, path, **host)
    assert (status, headers["Retry-After"]) == (503, "5")
    for place in held:
        place.__exit__(None, None, None)
    assert (await get(door, path, **host))[0] == 200


async def test_the_client_reads_every_file_with_the_hash_that_it_was_told(
    door: OpenDoor, space_id: str
) -> None:
    await door.space(space_id)
    await put_record(door.door.kept.of(space_id), door.door.recordings, space_id)
    async with StageDoor(door.url, token=door.owner_token) as client:
        told = await client.record.read(space_id)
        assert len(told.files) == 6
        for file in told.files:
            content = b"".join([piece async for piece in client.record.file(file)])
            assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size_bytes, file.sha256)


@given(st.text(max_size=40), st.integers(0, 2**40))
def test_a_word_opens_its_file_until_its_time_is_over(name: str, late_s: int) -> None:
    links = FileLinks(b"k" * 32)
    word = links.word("demo", name, now_s=NOW_S)
    assert links.opens(word, "demo", name, now_s=NOW_S + VALID_FOR_S - 1)
    assert not links.opens(word, "demo", name, now_s=NOW_S + VALID_FOR_S + late_s)
    assert not links.opens(word, "demo", f"{name}x", now_s=NOW_S)
    assert not links.opens(word, "other", name, now_s=NOW_S)
    assert not FileLinks(b"j" * 32).opens(word, "demo", name, now_s=NOW_S)


@given(st.text(max_size=60))
def test_no_other_word_opens_anything(word: str) -> None:
    assert not FileLinks(b"k" * 32).opens(word, "demo", "recording.m4a", now_s=NOW_S)
