"""The listening client at real gates: sound, the line, a second edge, the end."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest

from edge_door import client, front_door
from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.client.in_line import Standing
from stentor.client.listening import Listening
from stentor.errors import BadInput, RemoteProblem
from stentor.formats.chunk_reader import Chunk
from stentor.log.bus import Bus
from stentor.space.lifecycle import State
from synthetic_line import EVERYBODY, NOBODY, SyntheticLine
from synthetic_stage import SyntheticStage


async def some(chunks: AsyncGenerator[Chunk, None], count: int) -> list[int]:
    async with asyncio.timeout(20):
        return [(await anext(chunks)).number for _ in range(count)]


async def test_a_listener_waits_is_called_moves_to_another_edge_and_hears_the_end(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, state=State.ON_AIR, chunks=40)
    line = SyntheticLine(bus, space_id)
    said: asyncio.Queue[Standing] = asyncio.Queue()
    async with AsyncExitStack() as rest, stage.live(speed=8):
        second = await rest.enter_async_context(front_door(nats_url, pages_dir=tmp_path))
        async with AsyncExitStack() as dying:
            first = await dying.enter_async_context(front_door(nats_url, pages_dir=tmp_path))
            http = await dying.enter_async_context(client(first))
            await line.tell(http, Doors.HELD, why=Why.SEATS, called=NOBODY, poll_s=0.3, waiting=3)
            listening = Listening(
                f"{first}/s/{space_id}", edges=(second,), on_wait=said.put_nowait, chance=lambda: 0.5
            )
            chunks = await rest.enter_async_context(aclosing(aiter(listening)))
            hearing = asyncio.create_task(some(chunks, 3))
            async with asyncio.timeout(10):
                assert "every seat is taken" in (await said.get()).words
            assert not hearing.done()
            await line.tell(http, Doors.HELD, why=Why.SEATS, called=EVERYBODY, poll_s=0.3)
            heard = await hearing
            # Held again for everybody else; a pass goes on all the same, with the very next chunk.
            await line.tell(http, Doors.HELD, why=Why.SEATS, called=NOBODY, poll_s=0.3)
        heard += await some(chunks, 9)
        assert heard == list(range(heard[0], heard[0] + 12))
        async with client(second) as http, http.get(f"/s/{space_id}/line.json") as answer:
            assert LineClock.parse(await answer.read()).called == NOBODY
        await stage.move(State.ENDED)
        async with asyncio.timeout(20):
            async for chunk in chunks:
                heard.append(chunk.number)
        assert heard == list(range(heard[0], heard[0] + len(heard)))


@pytest.mark.parametrize("url", ["ftp://example.org/s/x", "https://example.org/", "town-hall"])
def test_what_is_no_listeners_link_is_said_at_once(url: str) -> None:
    with pytest.raises(BadInput):
        Listening(url)


async def test_a_space_that_is_not_there_ends_with_the_doors_own_words(
    nats_url: str, tmp_path: Path, space_id: str
) -> None:
    async with (
        front_door(nats_url, pages_dir=tmp_path) as base,
        aclosing(aiter(Listening(f"{base}/s/{space_id}"))) as chunks,
    ):
        with pytest.raises(RemoteProblem, match="no Space"):
            await anext(chunks)
