"""A stream goes on over a lost line, and ends when the door says so: against real sockets and a real door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from stage_door import opened_door
from stentor.client.asking import every
from stentor.client.events import News
from stentor.client.stage_door import StageDoor
from stentor.errors import Broken, RemoteProblem

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[str]:
    """A server that gives each connection the next answer and hangs up."""
    waiting = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(waiting.pop(0))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    assert waiting == []


async def test_a_lost_line_and_a_busy_door_are_no_end() -> None:
    first = _HEAD + b'event: state\ndata: {"n":1}\n\nevent: ti'
    last = _HEAD + b'event: state\ndata: {"n":2}\n\nevent: removed\ndata: {}\n\nevent: tick\ndata: 1\n\n'
    async with answering(first, _BUSY, last) as url, StageDoor(url, token="t") as door, asyncio.timeout(10):
        told = [news async for news in door.live.of_me()]
    assert told == [News("state", {"n": 1}), News("state", {"n": 2}), News("removed", {})]


async def test_a_door_that_is_not_there_is_said_with_the_next_step() -> None:
    async with answering() as url:
        pass
    async with StageDoor(url, token="t") as door:
        with pytest.raises(Broken, match="stentor serve"):
            await door.spaces.list()


async def test_the_client_leads_a_space_at_a_real_door(nats_url: str, tmp_path: Path, space_id: str) -> None:
    async with opened_door(nats_url, tmp_path) as opened:
        url = opened.url
        async with StageDoor(url, token=opened.owner_token) as door, asyncio.timeout(20):
            made = await door.spaces.create("A debate", space_id=space_id, key="once")
            assert await door.spaces.create("A debate", space_id=space_id, key="once") == made
            maya = await door.invitations.create(space_id, "speaker", name="Maya")
            for number in range(3):
                await door.spaces.create(f"Other {number}", space_id=f"{space_id}-{number}")
            named = [s.id async for s in every(lambda at: door.spaces.list(limit=2, cursor=at))]
            assert len(named) == len(set(named)) >= 4
            edited = await door.spaces.edit(space_id, description="About buses")
            assert (edited.description, edited.title) == ("About buses", "A debate")
            news = door.live.of_space(space_id)
            assert (await anext(news)).kind == "state"
            async with StageDoor(url, token=str(maya.link).rpartition("/")[2]) as hers:
                me = await hers.me.read()
                assert (me.name, me.role, me.person) == ("Maya", "speaker", maya.person)
                feed = hers.live.of_me()
                assert (await anext(feed)).kind == "state"
                await door.people.remove(space_id, str(maya.person))
                assert [n.kind async for n in feed][-1] == "removed"
                with pytest.raises(RemoteProblem) as refused:
                    await anext(hers.live.of_me())
                assert refused.value.answer_status in {401, 403}
            with pytest.raises(RemoteProblem, match="no Space called"):
                await door.spaces.read("nowhere")
