"""Transcript and brief at the stage door: read, corrected as versions, proved; nothing saved is lost."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kept_record import BRIEF, TRANSCRIPT, put_record
from stage_door import OpenDoor, opened_door
from stentor.limits import TRANSCRIPT_BODY_BYTES_MAX
from stentor.shelf import layout

Headers = dict[str, str]
OTHER_WORDS = {"id": "t1", "text": "Buses cost the city 28 million a year."}


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


@pytest.fixture
async def host(door: OpenDoor, space_id: str) -> Headers:
    """Of a Space with a record."""
    host = await door.space(space_id)
    await put_record(door.door.kept.of(space_id), door.door.recordings, space_id)
    return host


async def put(door: OpenDoor, space_id: str, host: Headers, what: str, **wanted: Any) -> tuple[int, Any]:
    return await door.ask("PUT", f"/api/spaces/{space_id}/{what}", json=wanted, headers=host)


async def get(door: OpenDoor, space_id: str, by: Headers, what: str) -> tuple[int, Any]:
    return await door.ask("GET", f"/api/spaces/{space_id}/{what}", headers=by)


async def test_a_text_that_is_not_made_yet_is_404(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    for what in ("transcript", "brief"):
        assert (await get(door, space_id, host, what))[0] == 404
        assert (await get(door, space_id, host, f"{what}/versions"))[1] == {"items": [], "next": None}
    assert (await put(door, space_id, host, "transcript", version=1, turns=[]))[0] == 404


async def test_a_correction_is_a_version_and_what_stays_keeps_its_times(
    door: OpenDoor, space_id: str, host: Headers
) -> None:
    _, first = await get(door, space_id, host, "transcript")
    assert first == json.loads(json.dumps(TRANSCRIPT.as_json()))
    turns = [OTHER_WORDS, {"id": "t2", "person": "maya"}, {"id": "t3", "removed": True}]
    status, then = await put(door, space_id, host, "transcript", version=1, turns=turns)
    assert (status, then["version"], then["is_machine"], then["by"]) == (200, 2, False, "Host")
    assert [turn["id"] for turn in then["turns"]] == ["t1", "t2"]
    assert then["turns"][1]["person_id"] == "maya"
    words = [(word["text"], word["start_ms"]) for word in then["turns"][0]["words"]]
    assert words == [(w.text.replace("82", "28"), w.start_ms) for w in TRANSCRIPT.turns[0].words]
    assert (await get(door, space_id, host, "transcript"))[1] == then
    assert (await get(door, space_id, host, "transcript?version=1"))[1] == first
    assert (await get(door, space_id, host, "transcript?version=3"))[0] == 404
    _, page = await get(door, space_id, host, "transcript/versions?limit=1")
    assert [(v["version"], v["by"]) for v in page["items"]] == [(2, "Host")]
    _, page = await get(door, space_id, host, f"transcript/versions?cursor={page['next']}")
    assert ([(v["version"], v["by"]) for v in page["items"]], page["next"]) == ([(1, "machine")], None)
    assert (await door.door.recordings.get(space_id)).wishes.transcript == 2
    await door.door.events.drained(timeout_s=5)
    _, events = await get(door, space_id, host, "events")
    assert (events["items"][-1]["kind"], events["items"][-1]["facts"]) == (
        "transcript_edited",
        {"version": 2},
    )


async def test_who_saves_second_is_told_who_was_faster(door: OpenDoor, space_id: str, host: Headers) -> None:
    saving = [put(door, space_id, host, "transcript", version=1, turns=[OTHER_WORDS]) for _ in range(4)]
    answers = await asyncio.gather(*saving)
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409]
    refused = next(told for status, told in answers if status == 409)
    assert "Host was faster: version 2" in refused["detail"]
    assert (await put(door, space_id, host, "transcript", version=9, turns=[OTHER_WORDS]))[0] == 400


async def test_an_edit_that_cannot_be_is_400_and_leaves_no_version(
    door: OpenDoor, space_id: str, host: Headers
) -> None:
    for wrong, word in (
        ({"id": "t9", "text": "No such turn."}, "t9"),
        ({"id": "t1", "person": "nobody"}, "nobody"),
        ({"id": "t1", "colour": "red"}, "colour"),
        ({"id": "t1", "text": ""}, "text"),
        ({"id": "t1", "text": "x" * 20_001}, "text"),
    ):
        status, told = await put(door, space_id, host, "transcript", version=1, turns=[wrong])
        assert (status, word in told["detail"]) == (400, True), wrong
    status, same = await put(door, space_id, host, "transcript", version=1, turns=[])
    assert (status, same["version"]) == (200, 1)
    assert await door.door.kept.of(space_id).names("transcript/") == ["transcript/1.json"]


async def test_a_version_that_a_dead_door_left_behind_counts(
    door: OpenDoor, space_id: str, host: Headers
) -> None:
    left = replace(TRANSCRIPT, version=2, by="Ana")
    await door.door.kept.of(space_id).put(layout.transcript_version(2), json.dumps(left.as_json()).encode())
    status, told = await put(door, space_id, host, "transcript", version=1, turns=[OTHER_WORDS])
    assert (status, "Ana was faster: version 2" in told["detail"]) == (409, True)
    status, then = await put(door, space_id, host, "transcript", version=2, turns=[OTHER_WORDS])
    assert (status, then["version"]) == (200, 3)


async def test_nothing_is_saved_while_somebody_is_being_removed(
    door: OpenDoor, space_id: str, host: Headers
) -> None:
    await door.door.recordings.change(space_id, lambda recording: recording.without(["maya"]))
    for what, wanted in (("transcript", {"turns": [OTHER_WORDS]}), ("brief", told_brief())):
        assert (await put(door, space_id, host, what, **({"version": 1} | wanted)))[0] == 409
    assert await door.door.kept.of(space_id).names("transcript/") == ["transcript/1.json"]


async def test_a_long_evening_s_transcript_fits_and_what_is_longer_does_not(
    door: OpenDoor, space_id: str, host: Headers
) -> None:
    long = {"id": "t1", "text": "words " * 3_000}
    assert (await put(door, space_id, host, "transcript", version=1, turns=[long]))[0] == 200
    path, body = f"/api/spaces/{space_id}/transcript", io.BytesIO(b" " * (TRANSCRIPT_BODY_BYTES_MAX + 1))
    headers = {**host, "Content-Type": "application/json"}
    assert (await door.ask("PUT", path, data=body, headers=headers))[0] == 413


def told_brief(**changes: Any) -> dict[str, Any]:
    """As a page sends it back: all that it was told, with changes."""
    told: dict[str, Any] = json.loads(json.dumps(BRIEF.as_json()))
    return told | changes


async def test_a_brief_is_corrected_and_each_quote_proved_again(
    door: OpenDoor, space_id: str, host: Headers
) -> None:
    assert (await get(door, space_id, host, "brief"))[1] == told_brief()
    wanted = told_brief(title="Buses")
    wanted["claims"][0] |= {"note": "The budget says 79.", "source": "https://example.org/budget"}
    wanted["summary"][0]["quotes"][0] |= {"start_ms": 0, "confidence": 1.0}
    status, then = await put(door, space_id, host, "brief", **wanted)
    assert (status, then["version"], then["title"], then["by"]) == (200, 2, "Buses", "Host")
    assert (then["is_machine"], then["claims"][0]["note"]) == (False, "The budget says 79.")
    # Times and confidence are the transcript's, whatever an editor sends.
    assert then["summary"][0]["quotes"][0] == told_brief()["summary"][0]["quotes"][0]
    assert (await get(door, space_id, host, "brief"))[1] == then
    _, page = await get(door, space_id, host, "brief/versions")
    assert [v["version"] for v in page["items"]] == [2, 1]
    assert (await put(door, space_id, host, "brief", **wanted))[0] == 409


async def test_a_quote_that_nobody_said_is_not_saved(door: OpenDoor, space_id: str, host: Headers) -> None:
    wanted = told_brief()
    wanted["summary"][0]["quotes"][0]["text"] = "cost the city 83 million"
    status, told = await put(door, space_id, host, "brief", **wanted)
    assert (status, "“cost the city 83 million”" in told["detail"]) == (400, True)
    # Also after the transcript was corrected: what it says now is what counts.
    await put(door, space_id, host, "transcript", version=1, turns=[OTHER_WORDS])
    assert (await put(door, space_id, host, "brief", **told_brief()))[0] == 400
    assert await door.door.kept.of(space_id).names("brief/") == ["brief/1.json"]


async def test_a_new_brief_is_asked_for_until_it_is_made(
    door: OpenDoor, space_id: str, host: Headers
) -> None:
    for _ in range(2):
        status, told = await door.ask("POST", f"/api/spaces/{space_id}/brief/again", headers=host)
        assert (status, told["brief_version"]) == (202, 1)
    assert (await door.door.recordings.get(space_id)).wishes.brief_asked == 1
