from pathlib import Path

from edge_door import client, front_door
from stentor.log.bus import Bus
from stentor.space.lifecycle import State
from synthetic_stage import PEOPLE, SyntheticStage


async def test_space_json_says_what_is_going_on(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=40)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        async with http.get(f"/s/{space_id}/hls/index.m3u8") as answer:  # now it is being read
            assert answer.status == 200
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


async def test_the_home_page_lists_what_has_not_ended(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=1)
    over = await SyntheticStage.open(bus, f"{space_id}-over", chunks=1)
    await over.move(State.ENDED)
    async with (
        front_door(nats_url, pages_dir=tmp_path) as base,
        client(base) as http,
        http.get("/spaces.json") as answer,
    ):
        found = {space["id"]: space for space in await answer.json()}
    assert found[space_id] == {
        "id": space_id, "title": f"The Space {space_id}", "state": "on_air", "people": None
    }  # fmt: skip
    assert over.space_id not in found


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
