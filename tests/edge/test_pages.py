import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from edge_door import client, front_door
from stentor.log.bus import Bus
from stentor.space.lifecycle import State
from synthetic_stage import SyntheticStage

HEAD = "<!doctype html><html><head><title>Listen</title></head>"
SCRIPT = b"console.log('stentor');" * 100


@pytest.fixture
def built(tmp_path: Path) -> Path:
    pages = tmp_path / "pages"
    (pages / "assets").mkdir(parents=True)
    for name in ("listen", "embed"):
        (pages / f"{name}.html").write_text(f"{HEAD}<body>{name}</body></html>")
    (pages / "embed.js").write_bytes(SCRIPT)
    (pages / "home.html").write_text("<!doctype html><head><title>Home</title></head>")
    (pages / "assets" / "listen-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "secret.txt").write_text("no")
    return pages


@pytest.fixture
async def http(nats_url: str, built: Path) -> AsyncIterator[aiohttp.ClientSession]:
    url = "https://live.example"
    async with front_door(nats_url, pages_dir=built, edge_url=url) as base, client(base) as session:
        yield session


async def test_what_a_visitor_calls_us_is_not_kept_for_the_next(
    nats_url: str, built: Path, bus: Bus, space_id: str
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=0)
    headers = {"Host": "evil.example"}
    async with (
        front_door(nats_url, pages_dir=built) as base,
        client(base) as http,
        http.get(f"/s/{space_id}", headers=headers) as page,
        http.get("/oembed", params={"url": f"http://evil.example/s/{space_id}"}, headers=headers) as oembed,
    ):
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-cache")
        assert (oembed.status, oembed.headers["Cache-Control"]) == (200, "no-store")


async def until_known(http: aiohttp.ClientSession, space_id: str) -> None:
    """The edge was there before the Space."""
    async with asyncio.timeout(5):
        while True:
            async with http.get(f"/s/{space_id}/space.json") as answer:
                if answer.status == 200:
                    return


async def test_a_spaces_page_has_its_tags_and_is_otherwise_the_same_for_all(
    http: aiohttp.ClientSession, bus: Bus, space_id: str
) -> None:
    one = await SyntheticStage.open(bus, space_id, chunks=0, state=State.SCHEDULED)
    await until_known(http, space_id)
    async with http.get(f"/s/{space_id}?lang=fr") as answer:
        text, tag = await answer.text(), answer.headers["ETag"]
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=5, must-revalidate"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
    assert f'<meta property="og:title" content="The Space {space_id}">' in text
    assert f'<meta property="og:url" content="https://live.example/s/{space_id}">' in text
    assert text.startswith("<!doctype html><html><head>")
    assert text.endswith("</head><body>listen</body></html>")
    async with http.get(f"/s/{space_id}", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304
    await one.store.change(space_id, lambda space: replace(space, title="Bees <3"))
    async with asyncio.timeout(5):
        while True:
            async with http.get(f"/s/{space_id}", headers={"If-None-Match": tag}) as answer:
                if answer.status == 200:
                    assert 'content="Bees &lt;3"' in await answer.text()
                    return


async def test_the_player_may_be_framed_by_anybody_and_its_script_has_a_lasting_name(
    http: aiohttp.ClientSession, bus: Bus, space_id: str
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=0)
    await until_known(http, space_id)
    async with http.get(f"/s/{space_id}/embed") as answer:
        assert "<body>embed</body>" in await answer.text()
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    async with http.get("/embed.js") as answer:
        assert await answer.read() == SCRIPT
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_page_that_has_not_changed_is_not_sent_again(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as answer:
        tag = answer.headers["ETag"]
    async with http.get("/", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304
        assert await answer.read() == b""


async def test_an_asset_is_immutable_and_packed(http: aiohttp.ClientSession) -> None:
    async with http.get("/assets/listen-1a2b.js", headers={"Accept-Encoding": "gzip"}) as answer:
        assert await answer.read() == SCRIPT
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "javascript" in answer.headers["Content-Type"]


@pytest.mark.parametrize(
    ("asked", "status", "wanted"),
    [
        ("bytes=0-9", 206, SCRIPT[:10]),
        ("bytes=10-", 206, SCRIPT[10:]),
        ("bytes=-10", 206, SCRIPT[-10:]),
        ("bytes=5-999999", 206, SCRIPT[5:]),
        (f"bytes={len(SCRIPT)}-", 416, b""),
        ("bytes=0-1,5-6", 200, SCRIPT),
        ("bytes=9-5", 200, SCRIPT),
        ("lines=1-2", 200, SCRIPT),
    ],
)
async def test_one_range_is_served_and_no_more(
    http: aiohttp.ClientSession, asked: str, status: int, wanted: bytes
) -> None:
    async with http.get("/assets/listen-1a2b.js", headers={"Range": asked}) as answer:
        assert (answer.status, await answer.read()) == (status, wanted)


@pytest.mark.parametrize(
    "path", ["/assets/../../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/assets/x.js"]
)
async def test_nothing_but_what_was_built_is_served(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("name", ["NO_SPACE", "nowhere", "nowhere.key"])
async def test_a_name_that_is_no_space_is_not_found_and_a_page_says_so(
    http: aiohttp.ClientSession, name: str
) -> None:
    async with http.get(f"/s/{name}", headers={"If-None-Match": "*"}) as answer:
        assert answer.status == 404
        assert "<body>listen</body>" in await answer.text()
        assert "noindex" in await answer.text()
        assert answer.headers["Cache-Control"] == "public, max-age=1"


async def test_pages_that_are_not_built_say_how_to_build_them(nats_url: str, tmp_path: Path) -> None:
    async with (
        front_door(nats_url, pages_dir=tmp_path / "nothing") as base,
        client(base) as http,
        http.get("/") as answer,
    ):
        assert answer.status == 503
        assert "make web" in await answer.text()


async def test_the_front_page_names_the_houses_podcast(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as answer:
        head, _, _ = (await answer.text()).partition("</head>")
    assert '<link rel="alternate" type="application/rss+xml" title="Stentor" href="/feed.xml">' in head
