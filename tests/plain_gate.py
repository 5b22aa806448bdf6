"""A gate's server with an application of one line: what happens before the routes, without a house."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

from stentor.admission.shedding import Class
from stentor.edge.connection import Hall
from stentor.edge.express import Express
from stentor.edge.guard import Guard
from stentor.edge.held import Held
from stentor.edge.server import http_server

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class PlainGate:
    """Says who is seen to ask, and remembers it."""

    guard: Guard = field(default_factory=Guard)
    held: Held = field(default_factory=lambda: Held(1000))
    takes_proxy: bool = False
    waits: dict[str, float] = field(default_factory=dict)
    clients: list[str] = field(default_factory=list)
    port: int = 0
    express: Express | None = None

    @asynccontextmanager
    async def open(self, application: ASGIApp | None = None) -> AsyncIterator["PlainGate"]:
        hall = Hall(self.guard, self.held, self.express, **{"pause_s": 0.005, **self.waits})  # type: ignore[arg-type]
        with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
            listening.setblocking(False)
            self.port = listening.getsockname()[1]
            server = http_server(application or self.answer, hall, takes_proxy=self.takes_proxy)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                yield self
            finally:
                server.should_exit = True
                await serving

    async def is_empty(self) -> None:
        """Until no connection is left."""
        async with asyncio.timeout(5):
            while len(self.held):
                await asyncio.sleep(0.01)

    async def answer(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.clients.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
        await send({"type": "http.response.body", "body": b"ok\n"})

    @asynccontextmanager
    async def dialled(self, source: str = "127.0.0.1") -> AsyncIterator["Line"]:
        """A connection from an address of this machine's own network."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0))
        try:
            yield Line(reader, writer)
        finally:
            writer.close()

    async def ask(self, target: str = "/", source: str = "127.0.0.1") -> Reply:
        async with self.dialled(source) as line:
            return await line.ask(target)


@dataclass
class Line:
    """A client's end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def ask(self, target: str = "/", *, fields: str = "", method: str = "GET") -> Reply:
        self.say(f"{method} {target} HTTP/1.1\r\nHost: x\r\n{fields}\r\n".encode())
        return await self.hear(has_body=method != "HEAD")

    async def hear(self, *, has_body: bool = True) -> Reply:
        async with asyncio.timeout(5):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            told = dict(line.split(": ", 1) for line in head[1:-2])
            fields = {name.lower(): value for name, value in told.items()}
            size = int(fields.get("content-length", 0)) if has_body else 0
            return int(head[0].split()[1]), fields, await self.reader.readexactly(size)

    async def drain(self) -> None:
        """Reads to the end."""
        async with asyncio.timeout(5):
            with suppress(ConnectionError):
                while await self.reader.read(4096):
                    pass

    async def is_closed(self, within_s: float = 5) -> bool:
        async with asyncio.timeout(within_s):
            try:
                return await self.reader.read(1) == b""
            except ConnectionError:
                return True


def hot(guard: Guard) -> Guard:
    """The guard after a moment of far too many questions; those that come now have all of its capacity."""
    for count in (1000, 1000, 10):
        for _ in range(count):
            guard.shedder.admits(Class.JOIN, 0)
        guard.step(late_ms=200.0, busy=1.0, elapsed_s=0.1)
    assert guard.shedder.is_hot
    return guard
