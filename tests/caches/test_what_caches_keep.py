"""What a listener behind each cache gets: the edge's own headers, pieces, tags, and an end to waiting."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from caches.conftest import Opener
from caches.tap import until
from sealed_record import SealedRecord
from stentor.edge.waits import Waits
from stentor.log.bus import Bus
from stentor.rehearsal.hls_playlist import parsed
from stentor.space.lifecycle import State

LISTENERS = 200
OBJECTS = (
    *("hls/init.mp4", "hls/part/44.m4s", "hls/seg/2.m4s", "hls/captions/2.vtt"),
    "hls/index.m3u8?_HLS_msn=4&_HLS_part=8",
)
RAW = {"Accept-Encoding": "identity"}
SAYS_AGE = {"varnish", "trafficserver"}
CUTS_RANGES = {"nginx", "varnish"}
"""Traffic Server would not keep what a range request brought, so its configuration asks for the whole."""


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(
        timeout=timeout, connector=aiohttp.TCPConnector(limit=0), auto_decompress=False
    ) as session:
        yield session


async def test_objects_come_as_the_edge_made_them_and_then_from_the_cache(
    behind: Opener, cache_name: str, http: aiohttp.ClientSession
) -> None:
    async with behind() as b:
        for name in OBJECTS:
            direct_url = f"{b.edge}/s/{b.space_id}/{name}"
            async with (
                http.get(direct_url, headers=RAW) as direct,
                http.get(b.url(name), headers=RAW) as first,
            ):
                body = await direct.read()
                assert await first.read() == body
                for field in (
                    "Cache-Control",
                    "Access-Control-Allow-Origin",
                    "Content-Type",
                    "X-Content-Type-Options",
                ):
                    assert first.headers[field] == direct.headers[field], (name, field)
                tag = first.headers["ETag"]
            asked = len(b.tap.asked)
            async with http.get(b.url(name), headers=RAW) as again:
                assert await again.read() == body
                assert ("Age" in again.headers) == (cache_name in SAYS_AGE)
            async with http.head(b.url(name), headers=RAW) as head:
                assert head.status == 200
            async with http.get(b.url(name), headers={**RAW, "If-None-Match": tag}) as known:
                assert known.status == 304
            assert len(b.tap.asked) == asked, name


async def test_a_list_is_packed_for_whoever_takes_it_and_the_same_for_all(
    behind: Opener, http: aiohttp.ClientSession
) -> None:
    async with behind() as b:
        url = b.url(OBJECTS[-1])
        async with http.get(url, headers=RAW) as answer:
            assert "Content-Encoding" not in answer.headers
            raw = await answer.read()
        for coding in ("gzip", "gzip, deflate, br, zstd"):
            async with http.get(url, headers={"Accept-Encoding": coding}) as answer:
                assert answer.headers["Content-Encoding"] == "gzip"
                assert "Accept-Encoding" in answer.headers["Vary"]
                assert gzip.decompress(await answer.read()) == raw
    assert parsed(raw.decode()).next_place == (5, 0)


async def test_a_piece_of_a_file_costs_the_edge_one_request(
    behind: Opener, cache_name: str, http: aiohttp.ClientSession
) -> None:
    async with behind() as b:
        url = b.url("hls/seg/2.m4s")
        pieces = []
        for first in (0, 1000, 2000):
            async with http.get(url, headers={"Range": f"bytes={first}-{first + 999}"}) as answer:
                assert answer.status == (206 if cache_name in CUTS_RANGES else 200)
                body = await answer.read()
                pieces.append(body if answer.status == 206 else body[first : first + 1000])
        async with http.get(url) as answer:
            assert (await answer.read())[:3000] == b"".join(pieces)
        assert sum(b.tap.counts().values()) == 1


async def test_a_finished_record_is_kept_by_its_segments_and_passed_on_by_its_pieces(
    behind: Opener, http: aiohttp.ClientSession, bus: Bus, tmp_path: Path
) -> None:
    async with behind() as b:
        await b.stage.move(State.ENDED)
        space = await b.stage.store.get(b.space_id)
        record = await SealedRecord.make(bus, tmp_path / "shelf", space, chunks=9)
        edge = f"{b.edge}/s/{b.space_id}"
        async with asyncio.timeout(5):
            while True:
                async with http.get(f"{edge}/replay/index.m3u8") as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.05)
        asked = len(b.tap.asked)
        for _ in range(3):
            async with http.get(b.url("replay/e1/seg/4.m4s"), headers=RAW) as answer:
                assert answer.status == 200
                assert record.programme.endswith(await answer.read())
        assert len(b.tap.asked) == asked + 1
        for first in (5, 1000):
            piece = {"Range": f"bytes={first}-{first + 99}"}
            async with http.get(b.url("record/recording.m4a"), headers=piece) as answer:
                assert answer.status == 206
                assert await answer.read() == record.programme[first : first + 100]


async def test_two_hundred_who_wait_for_a_stage_that_is_away_wait_together(
    behind: Opener, http: aiohttp.ClientSession
) -> None:
    async with behind(waits=Waits(hold_s=1.0)) as b:
        names = ("hls/part/45.m4s", "hls/index.m3u8?_HLS_msn=5&_HLS_part=0")

        async def until_it_is_there(index: int) -> int:
            for tries in range(10):
                async with http.get(b.url(names[index % 2])) as answer:
                    if answer.status == 200:
                        return tries
                    assert answer.status == 503
                    await asyncio.sleep(int(answer.headers["Retry-After"]))
            raise AssertionError("never")

        async with asyncio.TaskGroup() as all_of_them:
            tasks = [all_of_them.create_task(until_it_is_there(i)) for i in range(LISTENERS)]
            # All have been told «not yet» and somebody has asked again.
            await until(lambda: len(b.tap.counts()) == 2 and min(b.tap.counts().values()) >= 2)
            await b.stage.write(1)
        assert max(task.result() for task in tasks) <= 4
        # Held for a second, kept for a second, waited for a second: about one request in two seconds each.
        assert max(b.tap.counts().values()) <= 4


async def test_a_flood_for_what_is_not_there_is_a_few_requests(
    behind: Opener, http: aiohttp.ClientSession
) -> None:
    async with behind() as b:

        async def ask(name: str, status: int) -> None:
            async with http.get(b.url(name)) as answer:
                assert answer.status == status

        async with asyncio.TaskGroup() as flood:
            for _ in range(LISTENERS):
                flood.create_task(ask("hls/part/999.m4s", 404))
                flood.create_task(ask("hls/index.m3u8?_HLS_msn=999", 400))
        assert max(b.tap.counts().values()) <= 2


async def test_an_endless_stream_passes_through_at_once(behind: Opener, http: aiohttp.ClientSession) -> None:
    async with behind() as b, b.stage.live(speed=4):
        async with http.get(b.url("live.aac")) as answer:
            assert answer.status == 200
            assert "Stentor-First" in answer.headers
            async with asyncio.timeout(5):
                got = await answer.content.readexactly(40_000)
        assert got[:2] == b"\xff\xf1"


async def test_what_a_client_claims_about_itself_is_replaced(
    behind: Opener, http: aiohttp.ClientSession
) -> None:
    async with behind() as b:
        for name in ("hls/init.mp4", "space.json"):
            async with http.get(b.url(name), headers={"X-Forwarded-For": "192.0.2.66", "Cookie": "a=b"}):
                pass
        assert len(b.tap.asked) == 2
        assert {a.fields["x-forwarded-for"] for a in b.tap.asked} == {"127.0.0.1"}


async def test_operators_addresses_are_not_for_the_crowd(behind: Opener, http: aiohttp.ClientSession) -> None:
    async with behind() as b:
        for path in ("metrics", "readyz", "healthz"):
            async with http.get(f"{b.cache.base}/{path}") as answer:
                assert answer.status == 404
        assert b.tap.asked == []
