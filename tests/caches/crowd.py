"""A crowd of HLS players on one event loop: what hls.js, AVPlayer and FFmpeg ask for, without decoding.

Comes in: the address of a list. Goes out: what went wrong, how late each part came. Each player keeps its own
pace; together they are the people who got the same link.
"""

import asyncio
import time
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urljoin

import aiohttp

from stentor.rehearsal.hls_playlist import Playlist, parsed

CODINGS = ("gzip, deflate, br, zstd", "gzip", "identity", "gzip;q=1.0, *;q=0.5")
"""Chromium, hls.js in tests, FFmpeg, a phone: four spellings, two meanings."""


@dataclass(slots=True)
class Crowd:
    """What a crowd saw.

    Args:
        answers: how many answers were read.
        came_s: part → moments at which players had it, monotonic.
        troubles: anything but the answer that was asked for.
    """

    answers: int = 0
    came_s: dict[str, list[float]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    players_done: int = 0

    def lags_ms(self, reference: "Crowd") -> list[float]:
        """How much later than the reference each player had each part, sorted."""
        return sorted(
            (at - reference.came_s[part][0]) * 1000
            for part, moments in self.came_s.items()
            if part in reference.came_s
            for at in moments
        )


async def play(base: str, space_id: str, *, low_latency: int, plain: int, seconds: float) -> Crowd:
    """So many players of each kind, who all come at once and leave after `seconds`."""
    crowd = Crowd()
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as http:
        hls = f"{base}/s/{space_id}/hls/"
        until_s = time.monotonic() + seconds
        players = [_Player(crowd, http, hls, index) for index in range(low_latency + plain)]
        async with asyncio.TaskGroup() as all_of_them:
            for player in players[:low_latency]:
                all_of_them.create_task(player.low_latency(until_s))
            for player in players[low_latency:]:
                all_of_them.create_task(player.plain(until_s))
    return crowd


class _Player:
    def __init__(self, crowd: Crowd, http: aiohttp.ClientSession, hls: str, index: int) -> None:
        self._crowd = crowd
        self._http = http
        self._hls = hls
        self._coding = CODINGS[index % len(CODINGS)]
        self._takes_hints = index % 2 == 0  # as AVPlayer; hls.js does not
        self._takes_deltas = index % 3 == 0
        self._asks_ranges = index % 5 == 0  # as FFmpeg
        self._has: set[str] = set()

    async def low_latency(self, until_s: float) -> None:
        now = await self._list("index.m3u8")
        await self._media(now.map_uri or "")
        for part in now.parts[-3:]:
            await self._part(part.uri)
        self._has.update(part.uri for part in now.parts)
        while time.monotonic() < until_s and not self._crowd.troubles:
            msn, index = now.next_place
            skip = "&_HLS_skip=YES" if self._takes_deltas else ""
            reload = self._list(f"index.m3u8?_HLS_msn={msn}&_HLS_part={index}{skip}")
            if self._takes_hints and now.hint_uri is not None:
                newer, _ = await asyncio.gather(reload, self._part(now.hint_uri))
            else:
                newer = await reload
            if newer.next_place <= (msn, index):
                self._crowd.troubles.append(f"asked for {msn}.{index}, was shown {newer.next_place}")
            for part in newer.parts:
                if part.uri not in self._has:
                    await self._part(part.uri)
            now = newer
        self._crowd.players_done += 1

    async def plain(self, until_s: float) -> None:
        has_init = False
        while time.monotonic() < until_s and not self._crowd.troubles:
            now = await self._list("plain.m3u8")
            if not has_init:
                await self._media(now.map_uri or "")
                has_init = True
            for segment in now.segments[-3:]:
                if segment.uri is not None and segment.uri not in self._has:
                    self._has.add(segment.uri)
                    await self._media(segment.uri)
            # Half a target duration: what RFC 8216 lets a player do when nothing is new.
            await asyncio.sleep(min(3.0, max(0.0, until_s - time.monotonic())))
        self._crowd.players_done += 1

    async def _part(self, uri: str) -> None:
        self._has.add(uri)
        await self._media(uri)
        self._crowd.came_s.setdefault(uri, []).append(time.monotonic())

    async def _list(self, uri: str) -> Playlist:
        return _read(await self._get(uri, {}))

    async def _media(self, uri: str) -> None:
        await self._get(uri, {"Range": "bytes=0-"} if self._asks_ranges else {})

    async def _get(self, uri: str, headers: dict[str, str]) -> bytes:
        url = urljoin(self._hls, uri)
        async with self._http.get(url, headers={"Accept-Encoding": self._coding, **headers}) as answer:
            body = await answer.read()
            self._crowd.answers += 1
            if answer.status not in {200, 206}:
                self._crowd.troubles.append(f"{uri}: {answer.status}")
            return body


@lru_cache(64)
def _read(text: bytes) -> Playlist:
    return parsed(text.decode())
