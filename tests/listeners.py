"""Many listeners at once, and what an edge says of them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from stentor.log.bus import Bus
from stentor.process import end_tasks
from stentor.rehearsal.listener_client import ListenerClient

Beat = dict[str, Any]


@asynccontextmanager
async def listening(*clients: ListenerClient) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(client.run()) for client in clients]
    try:
        yield
    finally:
        await end_tasks(*tasks)


async def hear(client: ListenerClient, more: int, *, within_s: float = 20) -> None:
    """Waits until so many more chunks have been heard."""
    wanted = len(client.heard) + more
    async with asyncio.timeout(within_s):
        await client.until(lambda c: len(c.heard) >= wanted)


async def all_hear(clients: list[ListenerClient], more: int, *, within_s: float = 20) -> None:
    await asyncio.gather(*(hear(client, more, within_s=within_s) for client in clients))


@asynccontextmanager
async def beats(bus: Bus, space_id: str) -> AsyncIterator["asyncio.Queue[Beat]"]:
    """Each beat, with its figures of one Space in front."""
    queue: asyncio.Queue[Beat] = asyncio.Queue()

    def take(_subject: str, payload: bytes) -> None:
        beat = json.loads(payload)
        queue.put_nowait({**beat["spaces"].get(space_id, {}), **beat})

    subscription = await bus.subscribe("edge.*.beat", take)
    yield queue
    await subscription.close()


async def until_told(
    told: "asyncio.Queue[Beat]", holds: Callable[[Beat], bool], *, within_s: float = 20
) -> Beat:
    """The first beat of which something holds."""
    async with asyncio.timeout(within_s):
        while not holds(beat := await told.get()):
            pass
    return beat


async def next_beat(told: "asyncio.Queue[Beat]", *, within_s: float = 5) -> Beat:
    """One that has not come yet."""
    while not told.empty():
        told.get_nowait()
    async with asyncio.timeout(within_s):
        return await told.get()


async def metric(url: str, name: str) -> float:
    """One figure of a gate's `/metrics`; `name` with its labels, as the text has it."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics") as answer:
        for line in (await answer.text()).splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[-1])
    raise LookupError(name)
