"""A feed as server-sent events, and as an answer that gives the feed back however it ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from stentor.backstage.door import Door
from stentor.backstage.feed import Feed, News, Viewer
from stentor.errors import LogAway, NotAllowed, NotFound
from stentor.space.record import Space

PING_INTERVAL_S = 10.0
"""Shorter than any proxy's idle time-out, so that silence on the line means a lost line."""
RIGHT_ASKED_EVERY_S = 5.0
"""A session that ends, or a right that is taken, ends the stream so soon."""


async def live_answer(
    door: Door, space: Space, viewer: Viewer, *, still_may: Callable[[], Awaitable[object]] | None = None
) -> StreamingResponse:
    """Server-sent events for one viewer.

    Args: still_may: asked every five seconds; a NotAllowed that it raises ends the stream. None: whoever is
        taken out is told so by the feed itself.
    Raises: Full. LogAway.
    """
    stack = AsyncExitStack()
    feed = await stack.enter_async_context(door.live.feed(space, viewer))
    return _FeedResponse(feed, stack, still_may)


class _FeedResponse(StreamingResponse):
    """Gives the feed back however the response ends, also when its first byte was never sent."""

    def __init__(
        self, feed: Feed, stack: AsyncExitStack, still_may: Callable[[], Awaitable[object]] | None
    ) -> None:
        # The second header tells a proxy not to collect events before it passes them on.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_written(feed, still_may), headers=headers, media_type="text/event-stream")
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._stack:
            await super().__call__(scope, receive, send)


async def _written(feed: Feed, still_may: Callable[[], Awaitable[object]] | None) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    asked_s = loop.time()
    while True:
        if still_may is not None and loop.time() - asked_s >= RIGHT_ASKED_EVERY_S:
            asked_s = loop.time()
            if not await _holds(still_may):
                return
        try:
            async with asyncio.timeout(PING_INTERVAL_S if still_may is None else RIGHT_ASKED_EVERY_S):
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


async def _holds(still_may: Callable[[], Awaitable[object]]) -> bool:
    """A log that elects its leader takes nobody's right away."""
    try:
        await still_may()
    except (NotAllowed, NotFound):
        return False
    except LogAway:
        return True
    return True
