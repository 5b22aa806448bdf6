"""A listener who knows several edges and never gives up, as the web player does.

Comes in: the edges' URLs. Goes out: every chunk number that was heard, and when; the media, if wanted. Never:
a chunk that is heard twice or missed unseen: `faults` names them.
"""

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

from stentor.formats.chunk_reader import ChunkReader

_HEAD_BYTES_MAX = 16 * 1024
_READ_BYTES = 64 * 1024
_PASS = re.compile(rb"\r\nstentor-pass: *([\w-]+)", re.IGNORECASE)
_AGAIN_S = 0.25
_QUIET_S = 2.0
"""A chunk is due each 0.64 s, at the slowest cadence each 2.56 s; three missing ones are a question."""


@dataclass(slots=True)
class Heard:
    """One chunk."""

    number: int
    at_s: float


@dataclass(slots=True)
class ListenerClient:
    """One listener of `live.mp4`.

    Args:
        urls: the edges, first choice first.
        quiet_s: without a byte for so long, the next edge is asked.
        keeps_media: the decodable bytes are kept, for tests that listen.
        pass_: with which it comes back; the newest that an edge has given.
    """

    urls: list[str]
    space_id: str
    codec: str = "opus"
    quiet_s: float = _QUIET_S + 2
    keeps_media: bool = False
    pass_: str = ""
    heard: list[Heard] = field(default_factory=list)
    media: bytearray = field(default_factory=bytearray)
    joins: int = 0
    ends: int = 0
    """Answers that ended after a whole chunk, and not by a fault."""
    refusals: list[int] = field(default_factory=list)
    """The statuses of answers without sound."""
    _at: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def next(self) -> int | None:
        return self.heard[-1].number + 1 if self.heard else None

    @property
    def faults(self) -> list[tuple[int, int]]:
        """Neighbours in what was heard that do not follow each other."""
        numbers = [heard.number for heard in self.heard]
        return [(a, b) for a, b in pairwise(numbers) if b != a + 1]

    async def until(self, holds: Callable[["ListenerClient"], bool]) -> None:
        """Waits for something that another chunk or refusal makes true."""
        while not holds(self):
            self._changed.clear()
            await self._changed.wait()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            is_moved = False
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                is_moved = await self._listen(self.urls[self._at % len(self.urls)])
            if not is_moved:
                self._at += 1
                await asyncio.sleep(_AGAIN_S if self._at % len(self.urls) == 0 else 0)

    async def _listen(self, url: str) -> bool:
        """One answer. Returns whether a chunk was heard, so that the same edge may be asked again."""
        parts = urlsplit(url)
        # Not `asyncio.wait_for`: before Python 3.12 it loses a cancellation that meets its result.
        async with asyncio.timeout(self.quiet_s):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=_READ_BYTES)
        try:
            resume = f"&from={self.next}" if self.heard else ""
            shown = f"&pass={self.pass_}" if self.pass_ else ""
            path = f"/s/{self.space_id}/live.mp4?codec={self.codec}{resume}{shown}"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
            async with asyncio.timeout(self.quiet_s):
                head = await reader.readuntil(b"\r\n\r\n")
            if len(head) > _HEAD_BYTES_MAX or b" 200 " not in head.split(b"\r\n", 1)[0]:
                self.refusals.append(int(head.split(b" ", 2)[1]))
                self._changed.set()
                return False
            self.joins += 1
            if (given := _PASS.search(head)) is not None:
                self.pass_ = given[1].decode()
            before = len(self.heard)
            reader_of_chunks = ChunkReader()
            while True:
                async with asyncio.timeout(self.quiet_s):
                    data = await reader.read(_READ_BYTES)
                if not data:
                    break
                self._take(reader_of_chunks, data)
            self.ends += reader_of_chunks.is_whole
            return len(self.heard) > before and reader_of_chunks.is_whole
        finally:
            writer.close()

    def _take(self, reader: ChunkReader, data: bytes) -> None:
        for chunk in reader.feed(data):
            self.heard.append(Heard(chunk.number, time.monotonic()))
            self._changed.set()
            if self.keeps_media:
                # The first answer's init segment is enough: every edge's is the same.
                self.media += chunk.media if self.media else reader.init + chunk.media
