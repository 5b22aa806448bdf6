"""A held door behind each cache: who shows a pass shares lists, nobody shares a place, no log has either."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import aiohttp
import pytest

from caches.conftest import Opener
from caches.tap import until
from stentor.admission.line.line_clock import Doors
from stentor.log.bus import Bus
from synthetic_line import NOBODY, SyntheticLine

LISTENERS = 30
WAITING = {"nginx": 3, "varnish": 30, "trafficserver": 30}
"""nginx looks every half second whether a list that others wait for has come: who waits for a place of their
own is one of them (docs/CDN.md)."""


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20), connector=connector) as session:
        yield session


async def test_lists_are_shared_by_who_shows_a_pass_and_places_by_nobody(
    behind: Opener, cache_name: str, http: aiohttp.ClientSession, bus: Bus
) -> None:
    async with behind() as b, aiohttp.ClientSession(b.edge) as edge:
        line = SyntheticLine(bus, b.space_id)
        passes = []
        for _ in range(LISTENERS):
            async with http.post(f"{b.edge}/s/{b.space_id}/pass", json={}) as answer:
                passes.append((await answer.json())["pass"])
        await line.tell(edge, Doors.HELD, called=NOBODY)
        asked = len(b.tap.asked)

        async def lists(pass_: str) -> str:
            async with http.get(b.url("hls/master.m3u8"), params={"pass": pass_}) as answer:
                assert f"\nindex.m3u8?pass={pass_}\n" in await answer.text()
            url = b.url(f"hls/index.m3u8?pass={pass_}&_HLS_msn=5&_HLS_part=0")
            async with http.get(url) as answer:
                assert answer.status == 200
                return await answer.text()

        async with asyncio.TaskGroup() as crowd:
            tasks = [crowd.create_task(lists(pass_)) for pass_ in passes]
            await until(lambda: any("_HLS_msn" in a.target for a in b.tap.asked))
            await b.stage.write(1)
        texts = {task.result() for task in tasks}
        assert len(texts) == 1
        assert "pass=" not in texts.pop()
        counts = Counter(a.target.partition("?")[0].rpartition("/")[2] for a in b.tap.asked[asked:])
        assert counts["index.m3u8"] == 1
        # Each has their own.
        assert counts["master.m3u8"] == LISTENERS

        # An edge that hears no clock for five seconds opens its doors.
        await line.tell(edge, Doors.HELD, called=NOBODY)

        async def place(index: int) -> str:
            headers = {"User-Agent": f"player {index}"}
            async with http.get(b.url("hls/index.m3u8"), headers=headers) as answer:
                assert answer.status == 503
                return str((await answer.json())["ticket"])

        tickets = await asyncio.gather(*(place(index) for index in range(WAITING[cache_name])))
        assert len(set(tickets)) == WAITING[cache_name]
        async with asyncio.TaskGroup() as everybody:
            for _ in range(LISTENERS):
                everybody.create_task(_clock(http, b.url("line.json")))
        assert b.tap.counts()[f"/s/{b.space_id}/line.json"] <= 2

        async with http.get(b.url(f"live.mp4?ticket={tickets[0]}")) as answer:
            assert answer.status == 503
        log = b.cache.request_log
        await until(lambda: log.exists() and f"/s/{b.space_id}/live.mp4 " in log.read_text())
        assert not any(secret in log.read_text() for secret in (*passes, *tickets, "127.0.0.1"))


async def _clock(http: aiohttp.ClientSession, url: str) -> None:
    async with http.get(url) as answer:
        assert answer.status == 200
