"""The feeds of a house: what is published is in them, at once, and nothing else."""

import asyncio
import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
from PIL import Image

from edge_door import client, front_door
from kept_record import BRIEF
from replay_door import CHUNKS
from sealed_record import SealedRecord
from stentor.log.bus import Bus
from stentor.log.state import CrewStore
from stentor.record.brief import Line, Quote
from stentor.record.texts.briefs import brief_json
from stentor.space.lifecycle import State
from stentor.space.people import Role
from synthetic_stage import SyntheticStage

BASE = "https://house.example"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
QUOTE = Quote("t1", "ada", "a tone", 4_000, 5_000, 0.9)


async def feed(http: aiohttp.ClientSession, path: str = "/feed.xml") -> ET.Element:
    async with http.get(path) as answer:
        body = await answer.read()
        assert answer.status == 200, body
        assert answer.content_type == "application/rss+xml"
    channel = ET.fromstring(body).find("channel")
    assert channel is not None
    return channel


def titles(channel: ET.Element, tag: str = "item") -> list[str | None]:
    return [item.findtext("title") for item in channel.iter(tag)]


async def until(http: aiohttp.ClientSession, path: str, wanted: list[str], tag: str = "item") -> ET.Element:
    async with asyncio.timeout(10):
        while True:
            found = await feed(http, path)
            if titles(found, tag) == wanted:
                return found
            await asyncio.sleep(0.05)


async def test_a_published_record_is_an_episode_until_it_is_none(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    await stage.store.change(space_id, lambda s: replace(s, title="A <tone>", account_id="acc-1"))
    crews = await CrewStore.open(bus)
    await crews.change(
        space_id, lambda crew: crew.invited("ada", name="Ada", role=Role.HOST, invitation_id="i")
    )
    settings: dict[str, Any] = {
        "edge_url": BASE,
        "podcast_title": "The house",
        "websub_hub": "https://hub.example/",
    }
    async with (
        front_door(nats_url, pages_dir=tmp_path, shelf_dir=tmp_path / "shelf", **settings) as base,
        client(base) as http,
    ):
        channel = await until(http, "/feed.xml", ["A <tone>"], f"{PODCAST}liveItem")
        assert titles(channel) == []
        (live,) = channel.iter(f"{PODCAST}liveItem")
        assert live.get("status") == "live"
        enclosure = live.find("enclosure")
        assert enclosure is not None
        assert enclosure.get("url") == f"{BASE}/s/{space_id}/hls/master.m3u8"

        await stage.move(State.ENDED)
        record = await SealedRecord.make(
            bus, tmp_path / "shelf", await stage.store.get(space_id), chunks=CHUNKS
        )
        brief = replace(BRIEF, names={"ada": "Ada"}, summary=(Line("a tone", (QUOTE,)),))
        await record.add("brief.json", brief_json(brief))
        channel = await until(http, "/hosts/acc-1/feed.xml", ["A <tone>"])
        assert (channel.findtext("title"), channel.findtext("link")) == ("Ada", f"{BASE}/")
        assert "hub.example" in ET.tostring(channel).decode()
        await check_episode(http, channel, space_id)
        await check_answers(http, space_id)

        await record.store.change(space_id, lambda r: r.without(["ada"]))
        await until(http, "/feed.xml", [])  # while somebody is being removed
        await record.store.change(space_id, lambda r: r.with_again("ada"))
        await until(http, "/feed.xml", ["A <tone>"])
        await record.wish(is_published=False)
        await until(http, "/feed.xml", [])
        await record.wish(is_published=True)
        await until(http, "/feed.xml", ["A <tone>"])
        await stage.store.change(space_id, lambda s: replace(s, listen_key="key"))
        await until(http, "/feed.xml", [])
        async with http.get("/hosts/acc-1/feed.xml") as answer:
            assert answer.status == 404


async def check_episode(http: aiohttp.ClientSession, channel: ET.Element, space_id: str) -> None:
    """Every address that it names is there."""
    (item,) = channel.iter("item")
    enclosure = item.find("enclosure")
    assert enclosure is not None
    url, length = enclosure.get("url", ""), enclosure.get("length")
    async with http.get(url.removeprefix(BASE)) as answer:
        assert length == str(len(await answer.read()))
    texts = [text.get("url", "") for text in item.iter(f"{PODCAST}transcript")]
    assert len(texts) == 3  # vtt and html, and French captions
    for path in (*texts, f"{BASE}/s/{space_id}/record/chapters.json"):
        async with http.get(path.removeprefix(BASE)) as answer:
            assert answer.status == 200
    assert [person.text for person in item.iter(f"{PODCAST}person")] == ["Ada", "Bo"]
    (bite,) = item.iter(f"{PODCAST}soundbite")
    assert (bite.get("startTime"), bite.text) == ("3.5", "Ada: a tone")
    assert "achine" in (item.findtext("description") or "")  # what a machine wrote is called so


async def check_answers(http: aiohttp.ClientSession, space_id: str) -> None:
    """What caches and players ask besides."""
    async with http.get("/feed.xml") as answer:
        fields = answer.headers
        assert fields["Content-Encoding"] == "gzip"
        assert fields["Cache-Control"] == "public, max-age=60, s-maxage=5"
    async with http.get("/feed.xml", headers={"If-None-Match": fields["ETag"]}) as answer:
        assert answer.status == 304
    for path in ("/hosts/nobody/feed.xml", "/hosts/nobody/cover.png"):
        async with http.get(path) as answer:
            assert answer.status == 404
    for path in ("/cover.png", "/hosts/acc-1/cover.png", f"/s/{space_id}/cover.png"):
        async with http.get(path) as answer:
            assert Image.open(io.BytesIO(await answer.read())).size == (1400, 1400)
    async with http.get(f"/s/{space_id}/record/record.json") as answer:
        assert (await answer.json())["feeds"] == ["/hosts/acc-1/feed.xml", "/feed.xml"]
