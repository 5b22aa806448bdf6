"""The search of the front door: one question for all who ask the same, and nothing that is not given out."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from edge_door import client
from replay_door import ended
from stentor.edge.public.search import PER_SECOND_MAX, SUBJECT
from stentor.log.bus import Bus


def hit(space_id: str) -> dict[str, Any]:
    return {
        "space": space_id,
        "title": "Tea",
        "turn": "t1",
        "person": "ada",
        "name": "Ada",
        "start_ms": 1_000,
        "text": "a tone",
        "marks": [[2, 6]],
    }


async def test_hits_come_from_a_scribe_and_only_of_what_listeners_may_have(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    asked: list[dict[str, Any]] = []

    async def answer(question: dict[str, Any]) -> dict[str, Any]:
        asked.append(question)
        return {"items": [hit(space_id), hit("elsewhere")]}

    async with ended(nats_url, bus, space_id, tmp_path) as over, client(over.base) as http:

        async def got(path: str) -> tuple[int, str, Any]:
            async with http.get(path) as response:
                headers = response.headers
                cache = headers["Cache-Control"] + headers.get("Retry-After", "")
                return response.status, cache, json.loads(await response.read())

        async def items(path: str) -> list[dict[str, Any]]:
            status, _, told = await got(path)
            assert status == 200, told
            found: list[dict[str, Any]] = told["items"]
            return found

        status, told, _ = await got("/search.json?q=nobody")
        assert (status, told) == (503, "no-store1")  # no scribe answers

        served = await bus.serve(SUBJECT, answer, queue="scribe")
        while (await got("/search.json?q=ready"))[0] != 200:
            await asyncio.sleep(0.05)
        del asked[:]
        async with asyncio.timeout(5):
            many = await asyncio.gather(*(items("/search.json?q=a%20%20tone%20") for _ in range(20)))
        assert many == [[hit(space_id)]] * 20
        assert asked == [{"q": "a tone", "spaces": None, "limit": 20}]
        assert (await got("/search.json?q=a+tone"))[1] == "public, max-age=10"
        assert await items(f"/s/{space_id}/search.json?q=tone&limit=5") == [hit(space_id)]
        assert asked[1:] == [{"q": "tone", "spaces": [space_id], "limit": 5}]
        assert await items("/search.json?q=%20") == []
        for wrong in ("q=" + "x" * 201, "q=a&limit=0", "q=a&limit=51", "q=a&page=2"):
            assert (await got(f"/search.json?{wrong}"))[0] == 400
        assert (await got("/s/nowhere/search.json?q=a"))[0] == 404

        # An answer that is kept is no leave: a removal and a key count at once.
        await over.stage.store.change(space_id, lambda space: replace(space, listen_key="key"))
        await over.until("search.json?q=tone&limit=5", 404)
        assert await items("/search.json?q=a+tone") == []
        assert await items(f"/s/{space_id}.key/search.json?q=tone&limit=5") == [hit(space_id)]
        await over.record.store.change(space_id, lambda recording: recording.without(["ada"]))
        async with asyncio.timeout(5):
            while (await got(f"/s/{space_id}.key/search.json?q=tone&limit=5"))[0] != 404:
                await asyncio.sleep(0.02)

        many_words = await asyncio.gather(
            *(got(f"/search.json?q=word{n}") for n in range(4 * PER_SECOND_MAX))
        )
        assert {status for status, _, _ in many_words} == {200, 503}
        assert all(cache == "no-store1" for status, cache, _ in many_words if status == 503)
        await served.close()
