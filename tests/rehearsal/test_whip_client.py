"""The WHIP client against real doors: our own, one that lies, one that is not there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from stentor.limits import SDP_SIZE_BYTES_MAX
from stentor.rehearsal.whip_client import DoorAway, WhipRefused, join, leave

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def door(post: Handler, delete: Handler | None = None) -> AsyncIterator[str]:
    """A door of one answer, on a port from the system."""
    app = web.Application()
    app.router.add_post("/whip/demo", post)
    if delete is not None:
        app.router.add_delete("/sessions/7", delete)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/whip/demo"
    finally:
        await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as http:
        yield http


def saying(status: int, body: str = "", **headers: str) -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body.encode(), headers=named)

    return answer


async def test_a_join_posts_the_offer_and_a_leave_deletes_where_it_was_told(
    http: aiohttp.ClientSession,
) -> None:
    asked: list[tuple[str, str, str]] = []

    async def post(request: web.Request) -> web.Response:
        asked.append((request.headers["Authorization"], request.content_type, await request.text()))
        headers = {"Location": "/sessions/7", "Content-Type": "application/sdp"}
        return web.Response(status=201, text="v=0", headers=headers)

    async def delete(request: web.Request) -> web.Response:
        asked.append((request.headers["Authorization"], request.method, request.path))
        return web.Response()

    async with door(post, delete) as url:
        session = await join(http, url, token="t", offer="v=0 offer")
        assert session.answer == "v=0"
        assert await leave(http, session, token="t")
    assert asked == [("Bearer t", "application/sdp", "v=0 offer"), ("Bearer t", "DELETE", "/sessions/7")]


@pytest.mark.parametrize(
    ("header", "retry_after_s"), [("7", 7.0), ("0", 0.2), ("9999", 60.0), ("Wed, 21 Oct", 1.0), (None, 1.0)]
)
async def test_a_door_that_says_later_says_when(
    http: aiohttp.ClientSession, header: str | None, retry_after_s: float
) -> None:
    headers = {} if header is None else {"Retry_After": header}
    async with door(saying(503, "away", **headers)) as url:
        with pytest.raises(DoorAway) as away:
            await join(http, url, token="t", offer="v=0")
    assert away.value.retry_after_s == retry_after_s


async def test_a_door_that_is_not_there_is_away(http: aiohttp.ClientSession) -> None:
    async with door(saying(201)) as url:
        pass
    with pytest.raises(DoorAway):
        await join(http, url, token="t", offer="v=0")


@pytest.mark.parametrize(
    "answer",
    [
        saying(401, "who?"),
        saying(200, "v=0", Location="/sessions/7", Content_Type="application/sdp"),
        saying(201, "v=0", Content_Type="application/sdp"),
        saying(201, "{}", Location="/sessions/7", Content_Type="application/json"),
        saying(201, "v" * (SDP_SIZE_BYTES_MAX + 1), Location="/sessions/7", Content_Type="application/sdp"),
    ],
    ids=["401", "200", "no location", "no sdp", "too long"],
)
async def test_any_other_answer_is_final(http: aiohttp.ClientSession, answer: Handler) -> None:
    async with door(answer) as url:
        with pytest.raises(WhipRefused):
            await join(http, url, token="t", offer="v=0")


async def test_a_leave_that_nobody_confirms_is_said_and_not_raised(http: aiohttp.ClientSession) -> None:
    post = saying(201, "v=0", Location="/sessions/7", Content_Type="application/sdp")
    async with door(post, saying(404)) as url:
        session = await join(http, url, token="t", offer="v=0")
        assert not await leave(http, session, token="t")
    assert not await leave(http, session, token="t")
