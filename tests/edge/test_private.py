"""A private Space: with its key it is as any other; without it, it is as if it were not there."""

import re
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from edge_door import client, front_door
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage

KEY = "k2k2k2"
ADDRESSES = (
    "", "/embed", "/space.json", "/event.ics", "/card.png", "/live.mp4", "/live.aac", "/hls/master.m3u8",
    "/hls/index.m3u8", "/hls/plain.m3u8", "/hls/init.mp4", "/hls/part/9.m4s", "/hls/seg/1.m4s",
    "/hls/captions.m3u8", "/hls/captions/1.vtt", "/replay/master.m3u8", "/replay/index.m3u8",
    "/replay/e1/seg/4.m4s", "/replay/captions/en.m3u8", "/record/record.json", "/record/so-far.mp4",
)  # fmt: skip
POSTS = {"react": '{"kind":"clap"}', "hand": '{"id":"hand-one","is_up":true}', "question": "{}", "ask": "{}"}


@pytest.fixture
async def private(bus: Bus, space_id: str) -> SyntheticStage:
    stage = await SyntheticStage.open(bus, space_id, chunks=46)
    await stage.store.change(space_id, lambda space: replace(space, listen_key=KEY))
    return stage


async def answers(http: aiohttp.ClientSession, name: str) -> list[tuple[int, str]]:
    """Status and body of everything that a name can be asked for; the name itself left out of the words."""
    found = []
    for address in ADDRESSES:
        async with http.get(f"/s/{name}{address}") as answer:
            is_endless = answer.status == 200 and "/live" in address
            text = "" if is_endless else (await answer.read()).decode(errors="replace")
            found.append((answer.status, text.replace(name, "NAME")))
    for post, body in POSTS.items():
        headers = {"Content-Type": "application/json"}
        async with http.post(f"/s/{name}/{post}", data=body, headers=headers) as answer:
            found.append((answer.status, (await answer.text()).replace(name, "NAME")))
    return found


async def test_without_its_key_it_is_as_if_it_were_not_there(
    nats_url: str, bus: Bus, private: SyntheticStage, tmp_path: Path
) -> None:
    (tmp_path / "listen.html").write_text("<html><head></head><body>listen</body></html>")
    (tmp_path / "embed.html").write_text("<html><head></head><body>embed</body></html>")
    await SyntheticStage.open(bus, "open-house", chunks=1)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        unknown = await answers(http, "nobody")
        assert {status for status, _ in unknown} == {404}
        for key in ("", ".", ".wrong", f".{KEY}x", f".{KEY[:-1]}", f".{KEY}."):
            assert await answers(http, f"{private.space_id}{key}") == unknown
        # One public Space has one name, or a cache would hold it many times.
        for name in ("open-house.", f"open-house.{KEY}"):
            assert await answers(http, name) == unknown
        async with http.get("/spaces.json") as answer:
            assert [item["id"] for item in (await answer.json())["items"]] == ["open-house"]


async def test_with_its_key_everything_is_there_and_leads_to_more_of_it(
    nats_url: str, private: SyntheticStage, tmp_path: Path
) -> None:
    (tmp_path / "listen.html").write_text("<html><head></head><body>listen</body></html>")
    (tmp_path / "embed.html").write_text("<html><head></head><body>embed</body></html>")
    name = f"{private.space_id}.{KEY}"
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        found = [status for status, _ in await answers(http, name)]
        # It has no date and no finished record; a question and a wish need words.
        assert found == [200, 200, 200, 404, *[200] * 13, 404, 200, 404, 200, 204, 204, 400, 400]
        list_url = f"{base}/s/{name}/hls/master.m3u8"
        for _ in range(2):
            async with http.get(list_url) as answer:
                names = [x for x in (await answer.text()).splitlines() if x and not x.startswith("#")]
            assert all(re.fullmatch(r"[a-z0-9./]+", line) for line in names)
            list_url = list_url.rsplit("/", 1)[0] + "/" + names[-1]
        async with http.get(list_url) as answer:
            assert (answer.status, answer.content_type) == (200, "audio/mp4")
        async with http.get(f"/s/{name}/space.json") as answer:
            told = await answer.json()
            assert (told["id"], told["is_private"]) == (private.space_id, True)
            assert KEY not in await answer.text()
