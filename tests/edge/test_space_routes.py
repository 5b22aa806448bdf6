from pathlib import Path
from typing import Any

from edge_door import client, front_door
from stentor.limits import CHUNK_MS
from stentor.log.bus import Bus
from stentor.log.state import CrewStore
from stentor.space.crew import Crew
from stentor.space.lifecycle import State
from stentor.space.people import Role
from synthetic_stage import PEOPLE, SyntheticStage


async def with_hosts(bus: Bus, space_id: str) -> None:
    """A co-host, a host, and somebody whose name is nobody's business."""

    def crew(before: Crew) -> Crew:
        for person, role in (("bo", Role.COHOST), ("ada", Role.HOST), ("cy", Role.LISTENER)):
            before = before.invited(person, name=person.title(), role=role, invitation_id=person)
        return before

    await (await CrewStore.open(bus)).change(space_id, crew)


async def test_space_json_says_what_is_going_on(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=40)
    await with_hosts(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        async with http.get(f"/s/{space_id}/hls/index.m3u8") as answer:  # now it is being read
            assert answer.status == 200
        found: dict[str, Any] = {"hosts": []}
        while not found["hosts"]:  # crews are watched beside the Spaces
            async with http.get(f"/s/{space_id}/space.json") as answer:
                assert answer.headers["Cache-Control"] == "public, max-age=1"
                found = await answer.json()
    assert abs(found.pop("now_ms") - stage.clock.wall_ms()) < 5_000
    assert found == {
        "id": space_id,
        "title": f"The Space {space_id}",
        "state": "on_air",
        "epoch_ms": stage.epoch_ms,
        "head": 39,
        "people": PEOPLE,
        "edges": [],
        "description": "",
        "hosts": ["Ada", "Bo"],
        "is_private": False,
        "starts_ms": None,
        "on_air_ms": stage.epoch_ms + 40 * CHUNK_MS,
        "over_at_ms": None,
        "ended_ms": None,
        "has_replay": False,
        "can_rewind": True,
        "is_recorded": True,
        "language": "en",
        "record": None,
        "extras": "on",
        "line": None,
        "question": None,
        "hands": 0,
    }


async def test_a_space_that_is_not_on_the_air_has_a_record_and_no_programme(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, state=State.SCHEDULED, chunks=0)
    async with (
        front_door(nats_url, pages_dir=tmp_path) as base,
        client(base) as http,
        http.get(f"/s/{space_id}/space.json") as answer,
    ):
        found = await answer.json()
    assert (found["state"], found["epoch_ms"], found["head"], found["people"]) == (
        "scheduled",
        None,
        None,
        [],
    )


async def test_operators_see_that_it_is_well(nats_url: str, tmp_path: Path) -> None:
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        for path, words in {"/healthz": "ok", "/readyz": "ready", "/metrics": "stentor_edge_answers"}.items():
            async with http.get(path) as answer:
                assert answer.status == 200
                assert words in await answer.text()


async def test_options_are_open_to_every_origin(nats_url: str, space_id: str, tmp_path: Path) -> None:
    async with (
        front_door(nats_url, pages_dir=tmp_path) as base,
        client(base) as http,
        http.options(f"/s/{space_id}/live.mp4") as answer,
    ):
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


async def test_a_space_that_is_made_later_is_known_without_a_restart(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        async with http.get(f"/s/{space_id}/space.json") as answer:
            assert answer.status == 404
        await SyntheticStage.open(bus, space_id, chunks=1)
        while True:
            async with http.get(f"/s/{space_id}/space.json") as answer:
                if answer.status == 200:
                    return
