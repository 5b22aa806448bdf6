from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from edge_door import client, front_door

SCRIPT = b"console.log('stentor');" * 100


@pytest.fixture
def built(tmp_path: Path) -> Path:
    pages = tmp_path / "pages"
    (pages / "assets").mkdir(parents=True)
    (pages / "listen.html").write_text("<!doctype html><title>Listen</title>")
    (pages / "home.html").write_text("<!doctype html><title>Home</title>")
    (pages / "assets" / "listen-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "secret.txt").write_text("no")
    return pages


@pytest.fixture
async def http(nats_url: str, built: Path) -> AsyncIterator[aiohttp.ClientSession]:
    async with front_door(nats_url, pages_dir=built) as base, client(base) as session:
        yield session


async def test_the_listener_page_is_the_same_for_all_spaces(http: aiohttp.ClientSession) -> None:
    async with http.get("/s/one") as one, http.get("/s/two?lang=fr") as two:
        assert await one.text() == await two.text() == "<!doctype html><title>Listen</title>"
        assert one.headers["Cache-Control"] == "no-cache"
        assert "default-src 'none'" in one.headers["Content-Security-Policy"]
        assert one.headers["X-Content-Type-Options"] == "nosniff"
        assert one.headers["Content-Type"] == "text/html; charset=utf-8"


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


async def test_a_name_that_is_no_space_is_not_found(http: aiohttp.ClientSession) -> None:
    async with http.get("/s/NO_SPACE") as answer:
        assert answer.status == 404


async def test_pages_that_are_not_built_say_how_to_build_them(nats_url: str, tmp_path: Path) -> None:
    async with (
        front_door(nats_url, pages_dir=tmp_path / "nothing") as base,
        client(base) as http,
        http.get("/") as answer,
    ):
        assert answer.status == 503
        assert "make web" in await answer.text()
