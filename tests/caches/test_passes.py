"""Passes behind each cache: lists are shared by those who show one, nobody gets another's, no log has one."""

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
WAITING = {"nginx": 4, "varnish": 30, "trafficserver": 30}
"""nginx looks every half second whether a list that others wait for has come: who waits for a place of their
own is one of them (docs/CDN.md)."""


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20), connector=connector) as session:
        yield session


async def test_a_list_is_asked_for_once_however_many_passes_are_shown(
    behind: Opener, http: aiohttp.ClientSession, bus: Bus
) -> None:
    async with behind() as b:
        passes = []
        for _ in range(LISTENERS):
            async with http.post(f"{b.edge}/s/{b.space_id}/pass", json={}) as answer:
                passes.append((await answer.json())["pass"])
        async with aiohttp.ClientSession(b.edge) as edge:
            await SyntheticLine(bus, b.space_id).tell(edge, Doors.HELD, called=NOBODY)
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


async def test_who_shows_no_pass_gets_a_place_of_their_own_and_the_clock_is_everybodys(
    behind: Opener, cache_name: str, http: aiohttp.ClientSession, bus: Bus
) -> None:
    async with behind() as b:
        async with http.post(f"{b.edge}/s/{b.space_id}/pass", json={}) as answer:
            shown = await answer.json()
        async with aiohttp.ClientSession(b.edge) as edge:
            await SyntheticLine(bus, b.space_id).tell(edge, Doors.HELD, called=NOBODY)

        async def place(index: int) -> str:
            headers = {"User-Agent": f"player {index}"}
            async with http.get(b.url("hls/index.m3u8"), headers=headers) as answer:
                assert answer.status == 503
                return str((await answer.json())["ticket"])

        async with http.get(b.url("hls/index.m3u8"), params=shown) as answer:
            assert answer.status == 200
        places = await asyncio.gather(*(place(index) for index in range(WAITING[cache_name])))
        assert len(set(places)) == WAITING[cache_name]
        async with asyncio.TaskGroup() as crowd:
            for _ in range(LISTENERS):
                crowd.create_task(_clock(http, b.url("line.json")))
        assert b.tap.counts()[f"/s/{b.space_id}/line.json"] <= 2


async def test_no_cache_writes_a_pass_or_a_ticket_into_its_log(
    behind: Opener, http: aiohttp.ClientSession
) -> None:
    async with behind() as b:
        log = b.cache.request_log

        async def ask(name: str) -> None:
            async with http.get(b.url(name)):
                pass

        async with asyncio.timeout(15):
            # The program that writes it may have begun after the cache.
            while not (log.exists() and "space.json" in log.read_text()):
                await ask("space.json")
        for name in ("live.mp4?ticket=TICKETSECRET&from=1", "hls/index.m3u8?pass=PASSSECRET"):
            await ask(name)
        await until(lambda: "index.m3u8" in log.read_text())
        text = log.read_text()
        assert f"/s/{b.space_id}/hls/index.m3u8 " in text
        assert "SECRET" not in text
        assert "127.0.0.1" not in text


async def _clock(http: aiohttp.ClientSession, url: str) -> None:
    async with http.get(url) as answer:
        assert answer.status == 200
