"""A tap on the line between a cache and its edge: passes every byte on and notes every request.

Requests have no bodies here, so what the cache sends is one head after another.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the edge got it; names of fields in small letters."""

    method: str
    target: str
    fields: dict[str, str]


@dataclass(slots=True)
class Tap:
    """Args: port: where caches connect instead of to the edge."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        """Requests per path and query."""
        return Counter(a.target for a in self.asked)

    def part_numbers(self) -> list[int]:
        """The parts that were asked for, in order."""
        return [
            int(a.target.split("/")[-1].removesuffix(".m4s")) for a in self.asked if "/hls/part/" in a.target
        ]


async def until(holds: Callable[[], bool], *, wait_s: float = 15) -> None:
    """Waits until something has been seen: another process cannot wake us."""
    async with asyncio.timeout(wait_s):
        while not holds():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def tapped(edge_port: int) -> AsyncIterator[Tap]:
    tap = Tap()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            edge_reader, edge_writer = await asyncio.open_connection("127.0.0.1", edge_port)
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(_note(tap, reader, edge_writer))
                    both.create_task(_pass_on(edge_reader, writer))
            finally:
                edge_writer.close()
        except* (ConnectionError, asyncio.IncompleteReadError, _Closed):
            pass
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    tap.port = server.sockets[0].getsockname()[1]
    try:
        yield tap
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)


class _Closed(Exception):
    """One side has closed; the other one is closed too."""


async def _note(tap: Tap, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, target, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in rest)
        tap.asked.append(Asked(method, target, {n.strip().lower(): v.strip() for n, _, v in pairs}))
        writer.write(head)
        await writer.drain()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(64 * 1024):
        writer.write(data)
        await writer.drain()
    raise _Closed
