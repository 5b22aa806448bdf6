"""What an invitation's holder asks and is told: who am I, mute me, what is going on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from fastapi import APIRouter
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from stentor.backstage.access.asker import Personal
from stentor.backstage.api.models import Me, MuteWanted, SpaceInBrief
from stentor.backstage.door import DoorHere
from stentor.backstage.live import Feed, News
from stentor.backstage.moves import changed_crew

PING_INTERVAL_S = 10.0
"""Shorter than any proxy's idle time-out, so that silence on the line means a lost line."""

routes = APIRouter(prefix="/api/me", tags=["me"])


@routes.get("")
async def read_me(who: Personal, door: DoorHere) -> Me:
    space = await door.spaces.get(who.space_id)
    return Me(
        space=SpaceInBrief(id=space.id, title=space.title, state=space.state),
        person=who.person_id,
        name=who.name,
        role=who.role,
        listen_url=door.links_of(space).listen,
        ice_servers=[],
    )


@routes.post("/mute", status_code=204)
async def mute_me(wanted: MuteWanted, who: Personal, door: DoorHere) -> None:
    """Closes or opens one's own microphone. 403: a host has locked it."""
    await changed_crew(
        door,
        who.space_id,
        lambda crew: crew.muted_self(who.person_id, is_muted=wanted.muted),
        kind="muted" if wanted.muted else "unmuted",
        by=who.person_id,
        person=who.person_id,
    )


@routes.get("/live", response_class=StreamingResponse)
async def follow(who: Personal, door: DoorHere) -> StreamingResponse:
    """Server-sent events: `state` with the Space, `tick` with each tick; first all that is known.

    Ends when the page does not keep up, or the door closes; the page asks again and gets a fresh snapshot.
    """
    space = await door.spaces.get(who.space_id)
    stack = AsyncExitStack()
    feed = await stack.enter_async_context(door.live.feed(space, person_id=who.person_id))
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
