"""Follows a live LL-HLS playlist over HTTP and checks everything on the way.

Comes in: a URL. Goes out: violations and figures. Never: anything but public HTTP, as a player and a cache
would ask.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

import aiohttp

from stentor.errors import BadInput
from stentor.rehearsal.hls_checker import (
    Violation,
    check_answer,
    check_delta,
    check_media,
    check_playlist,
    check_succession,
)
from stentor.rehearsal.hls_playlist import Playlist, Segment, parsed

_DELTA_EVERY = 4
_ANSWER_WAIT_S = 25.0
_OK = 200
_REFUSED = 400


@dataclass(slots=True)
class Findings:
    """What a watch saw.

    Args:
        reload_s_max: the longest blocking reload; a part's duration and a little when all is well.
    """

    violations: list[Violation] = field(default_factory=list)
    playlist_count: int = 0
    part_count: int = 0
    segment_count: int = 0
    delta_count: int = 0
    reload_s_max: float = 0.0
    packed_bytes_max: int = 0


async def watch(url: str, *, seconds: float) -> Findings:
    """Reads `url` as a low-latency player for so long.

    Bounds: two requests at a time; every request ends after 25 s.
    """
    timeout = aiohttp.ClientTimeout(total=_ANSWER_WAIT_S)
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=True) as session:
        watcher = _Watcher(session, url)
        try:
            await watcher.run(seconds)
        except (aiohttp.ClientError, TimeoutError, BadInput) as error:
            watcher.found.violations.append(Violation("answers", f"{type(error).__name__}: {error}"))
        return watcher.found


class _Watcher:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._parts: dict[str, bytes] = {}
        self.found = Findings()

    async def run(self, seconds: float) -> None:
        base = await self._playlist({})
        self._note(check_playlist(base))
        await self._check_refusals(base)
        if base.map_uri is not None:
            await self._object(base.map_uri)
        deadline_s = time.monotonic() + seconds
        last, turn = base, 0
        while time.monotonic() < deadline_s and not last.is_ended:
            turn += 1
            now = await self._step(last)
            if turn % _DELTA_EVERY == 0:
                await self._check_delta(base, last)
                base = now
            last = now

    async def _step(self, last: Playlist) -> Playlist:
        """One blocking reload, with the hinted part asked for at the same time."""
        msn, part = last.next_place
        asked = {"_HLS_msn": str(msn), "_HLS_part": str(part)}
        began_s = time.monotonic()
        reload = asyncio.create_task(self._playlist(asked))
        try:
            if last.hint_uri is not None:
                await self._object(last.hint_uri)
            now = await reload
        finally:
            reload.cancel()
        self.found.reload_s_max = max(self.found.reload_s_max, time.monotonic() - began_s)
        self._note(check_playlist(now))
        self._note(check_succession(last, now))
        self._note(check_answer(now, msn=msn, part=part))
        for segment in now.segments:
            if segment.msn >= last.next_msn:
                await self._check_segment(segment)
        return now

    async def _check_delta(self, base: Playlist, last: Playlist) -> None:
        """A delta and a full list of the same moment; asked until both show the same end, twice at most."""
        msn, part = last.next_place
        asked = {"_HLS_msn": str(msn), "_HLS_part": str(part)}
        for _ in range(2):
            full = await self._playlist(asked)
            delta = await self._playlist({**asked, "_HLS_skip": "YES"})
            if full.next_place == delta.next_place:
                self.found.delta_count += 1
                self._note(check_playlist(delta))
                self._note(check_delta(base, delta, full))
                return
        self._note(
            [Violation("delta-in-time", "a delta update and a full list never showed the same moment")]
        )

    async def _check_segment(self, segment: Segment) -> None:
        if segment.uri is None or any(part.uri not in self._parts for part in segment.parts):
            return  # it grew before the watch began
        whole = await self._object(segment.uri)
        self.found.segment_count += 1
        self._note(check_media(segment, whole=whole, parts=[self._parts.pop(p.uri) for p in segment.parts]))

    async def _check_refusals(self, base: Playlist) -> None:
        far = str(base.next_msn + 10)
        wrong: list[dict[str, str]] = [
            {"_HLS_part": "0"},
            {"_HLS_msn": far},
            {"_HLS_msn": far, "_HLS_part": "0"},
            {"_HLS_msn": "-1"},
            {"_HLS_msn": "x"},
        ]
        for query in wrong:
            async with self._session.get(self._url, params=query) as answer:
                if answer.status != _REFUSED:
                    self._note([Violation("refuse-400", f"{query} was answered with {answer.status}")])

    async def _playlist(self, query: Mapping[str, str]) -> Playlist:
        async with self._session.get(self._url, params=query, headers={"Accept-Encoding": "gzip"}) as answer:
            text = await answer.text()
            if answer.status != _OK:
                raise BadInput(f"the playlist {dict(query)} was answered with {answer.status}")
            if answer.headers.get("Content-Encoding") != "gzip":
                self._note([Violation("gzip", "the playlist came unpacked")])
            if "max-age" not in answer.headers.get("Cache-Control", ""):
                self._note([Violation("playlist-cache", "the playlist has no max-age")])
            self.found.packed_bytes_max = max(
                self.found.packed_bytes_max, int(answer.headers.get("Content-Length", 0))
            )
            self.found.playlist_count += 1
            return parsed(text)

    async def _object(self, uri: str) -> bytes:
        async with self._session.get(urljoin(self._url, uri)) as answer:
            body = await answer.read()
            if answer.status != _OK:
                raise BadInput(f"{uri} was answered with {answer.status}")
            if "immutable" not in answer.headers.get("Cache-Control", ""):
                self._note([Violation("media-cache", f"{uri} is not immutable")])
            if "/part/" in f"/{uri}":
                self._parts[uri] = body
                self.found.part_count += 1
            return body

    def _note(self, violations: list[Violation]) -> None:
        self.found.violations.extend(violations)
