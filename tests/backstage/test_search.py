"""The stage door's search: one's own Spaces, as a scribe finds them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stage_door import OpenDoor, opened_door
from stentor.backstage.api.search import SUBJECT
from stentor.client.record_models import HitTold
from stentor.client.stage_door import StageDoor
from stentor.verbs.search import marked, moment_url


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def test_a_search_asks_about_ones_own_spaces_that_are_over(door: OpenDoor, space_id: str) -> None:
    asked: list[dict[str, Any]] = []

    async def answer(question: dict[str, Any]) -> dict[str, Any]:
        asked.append(question)
        hit = {"space": space_id, "title": "Tea", "turn": "t1", "person": "maya", "name": "Maya"}
        return {
            "items": [
                {**hit, "start_ms": 12_500, "text": "who [pays]", "marks": [[0, 3]], "is_machine": True}
            ]
        }

    host = await door.space(space_id, state="on_air")
    await door.space(f"{space_id}-coming")
    assert (await door.ask("GET", "/api/search?q=who", headers=door.owner))[0] == 503  # no scribe
    served = await door.door.bus.serve(SUBJECT, answer, queue="scribe")
    path = f"/api/spaces/{space_id}/state"
    assert (await door.ask("POST", path, json={"state": "ended"}, headers=host))[0] == 200
    async with StageDoor(door.url, token=door.owner_token) as client:
        found = await client.record.search("who")
        (hit,) = found.items
        assert moment_url(found, hit).endswith(f"/s/{space_id}#t=12.5")
        assert marked(hit) == "[underline]who[/] \\[pays]"
        assert isinstance(hit, HitTold)
    assert asked[0]["q"] == "who"
    assert asked[0]["limit"] == 50
    assert space_id in asked[0]["spaces"]
    assert f"{space_id}-coming" not in asked[0]["spaces"]
    # A host by invitation has no account: other people's Spaces are not theirs to search.
    assert (await door.ask("GET", "/api/search?q=who", headers=host))[0] == 401
    for wrong in ("", "?q=" + "x" * 201):
        assert (await door.ask("GET", f"/api/search{wrong}", headers=door.owner))[0] == 400
    await served.close()
