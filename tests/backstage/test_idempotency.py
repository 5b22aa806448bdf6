"""A creation with a key happens once, however often and from wherever it is asked for."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stage_door import OpenDoor, opened_door
from stentor.backstage.api.kept_answers import KEYS_PER_ASKER_MAX, Kept, KeptAnswers
from stentor.errors import BeingDone, Full, KeyReused
from stentor.log.bus import Bus, connected
from stentor.space.names import new_id

Told = tuple[int, dict[str, Any], bool]


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def create(door: OpenDoor, key: str, wanted: dict[str, Any], by: dict[str, str] | None = None) -> Told:
    """The status, the answer and whether it is the first one again."""
    headers = {**(by or door.owner), "Idempotency-Key": key}
    async with door.http.post(f"{door.url}/api/spaces", json=wanted, headers=headers) as answer:
        told = await answer.json(content_type=None)
        return answer.status, told, answer.headers.get("Idempotent-Replayed") == "true"


async def test_the_same_wish_with_the_same_key_gets_the_first_answer_again(door: OpenDoor) -> None:
    key, wanted = new_id(), {"title": f"A debate {new_id()}"}
    first = await create(door, key, wanted)
    again = await create(door, key, wanted)
    assert (first[0], first[2]) == (201, False)
    assert again == (201, first[1], True)
    assert again[1]["links"]["host"] == first[1]["links"]["host"]
    status, _ = await door.ask("GET", f"/api/spaces/{first[1]['id']}", headers=door.owner)
    assert status == 200


async def test_many_at_once_are_one(door: OpenDoor) -> None:
    key, wanted = new_id(), {"title": f"At once {new_id()}"}
    told = await asyncio.gather(*(create(door, key, wanted) for _ in range(12)))
    assert [status for status, _, _ in told] == [201] * 12
    assert len({answer["links"]["host"] for _, answer, _ in told}) == 1
    assert [is_again for _, _, is_again in told].count(False) == 1


async def test_a_key_is_refused_for_another_wish(door: OpenDoor) -> None:
    key = new_id()
    await create(door, key, {"title": f"One {key}"})
    status, problem, _ = await create(door, key, {"title": f"Two {key}"})
    assert (status, problem["type"]) == (422, "tag:stentor,2026:key-reused")


async def test_a_refusal_is_not_kept(door: OpenDoor, space_id: str) -> None:
    await door.space(space_id)
    key = new_id()
    assert (await create(door, key, {"title": "Taken", "id": space_id}))[0] == 409
    assert (await create(door, key, {"title": "Free", "id": f"{space_id}-2"}))[0] == 201
    assert (await create(door, key, {"title": "", "id": f"{space_id}-3"}))[0] == 400


@pytest.mark.parametrize(("length", "status"), [(1, 201), (255, 201), (256, 400)])
async def test_a_key_has_a_bounded_length(door: OpenDoor, length: int, status: int) -> None:
    assert (await create(door, new_id(length), {"title": f"Long {new_id()}"}))[0] == status


async def test_whoever_reads_the_store_finds_no_link(door: OpenDoor, bus: Bus) -> None:
    key = new_id()
    _, told, _ = await create(door, key, {"title": f"Sealed {key}"})
    bucket = await bus.bucket("idempotency")
    kept = [entry.value for name in await bucket.keys() if (entry := await bucket.get(name))]
    assert kept
    token = told["links"]["host"].rpartition("/")[2]
    assert not [value for value in kept if token.encode() in value or key.encode() in value]


async def test_another_session_of_the_same_asker_is_told_no_secret(door: OpenDoor) -> None:
    key, wanted = new_id(), {"title": f"Whose {new_id()}"}
    assert (await create(door, key, wanted))[0] == 201
    # The scheme's name in other letters is the same right and another secret.
    other = {"Authorization": door.owner["Authorization"].replace("Bearer", "bearer")}
    status, problem, _ = await create(door, key, wanted, other)
    assert (status, problem["type"]) == (409, "tag:stentor,2026:conflict")


async def test_a_wish_whose_maker_died_is_granted_to_the_next(bus: Bus) -> None:
    answers, name = await KeptAnswers.open(bus), f"{new_id()}.{new_id()}"
    assert isinstance(await answers.taken(name, "wish", wall_ms=0), int)
    with pytest.raises(KeyReused):
        await answers.taken(name, "other", wall_ms=30_000)
    assert isinstance(await answers.taken(name, "wish", wall_ms=30_001), int)


async def test_the_second_of_two_waits_for_the_first_but_not_for_ever(bus: Bus) -> None:
    patient, hasty = await KeptAnswers.open(bus), await KeptAnswers.open(bus, wait_s=0.2)
    name = f"{new_id()}.{new_id()}"
    revision = await patient.taken(name, "wish", wall_ms=0)
    assert isinstance(revision, int)
    waiting = asyncio.create_task(patient.taken(name, "wish", wall_ms=0))
    with pytest.raises(BeingDone):
        await hasty.taken(name, "wish", wall_ms=0)
    assert not waiting.done()
    await patient.finish(name, Kept("wish", 0, "sealed"), revision=revision)
    assert await waiting == "sealed"


async def test_an_asker_has_a_bounded_number_of_keys(nats_url: str) -> None:
    async with connected(nats_url, name="test") as bus:
        answers, asker = await KeptAnswers.open(bus), new_id()
        for start in range(0, KEYS_PER_ASKER_MAX - 1, 100):
            names = range(start, min(start + 100, KEYS_PER_ASKER_MAX - 1))
            bucket = await bus.bucket("idempotency")
            await asyncio.gather(*(bucket.create(f"{asker}.{number}", b"{}") for number in names))
        assert isinstance(await answers.taken(f"{asker}.last", "wish", wall_ms=0), int)
        with pytest.raises(Full):
            await answers.taken(f"{asker}.above", "wish", wall_ms=0)
        assert isinstance(await answers.taken(f"{asker}-2.above", "wish", wall_ms=0), int)
