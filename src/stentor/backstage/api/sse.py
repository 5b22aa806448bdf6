"""A feed as server-sent events, and as an answer that gives the feed back however it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from stentor.backstage.door import Door
from stentor.backstage.feed import Feed, News, Viewer
from stentor.space.record import Space

PING_INTERVAL_S = 10.0
"""Shorter than any proxy's idle time-out, so that silence on the line means a lost line."""


async def live_answer(door: Door, space: Space, viewer: Viewer) -> StreamingResponse:
    """Server-sent events for one viewer. Raises: Full. LogAway."""
    stack = AsyncExitStack()
    feed = await stack.enter_async_context(door.live.feed(space, viewer))
    return _FeedResponse(feed, stack)


class _FeedResponse(StreamingResponse):
    """Gives the feed back however the response ends, also when its first byte was never sent."""

    def __init__(self, feed: Feed, stack: AsyncExitStack) -> None:
        # The second header tells a proxy not to collect events before it passes them on.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_written(feed), headers=headers, media_type="text/event-stream")
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._stack:
            await super().__call__(scope, receive, send)


async def _written(feed: Feed) -> AsyncIterator[bytes]:
    while True:
        try:
            async with asyncio.timeout(PING_INTERVAL_S):
                news = await feed.next()
        except TimeoutError:
            yield b": ping\n\n"
            continue
        if news is None:
            return
        yield event_bytes(news)


def event_bytes(news: News) -> bytes:
    """One server-sent event. JSON has no line breaks of its own, so one `data` line is enough."""
    data = json.dumps(news.data, separators=(",", ":"), ensure_ascii=False)
    return f"event: {news.kind.value}\ndata: {data}\n\n".encode()
