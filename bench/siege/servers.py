"""Others under the same siege: the same sound by plain uvicorn, by Icecast, by nginx over files.

Comes in: which. Goes out: its address and process, from a process of its own in the house's place. They have
their defaults, but room for the crowd: more clients (Icecast) or connections (nginx), or there would be
nothing to compare.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from crowd_child import Child, begin_child
from crowd_house import SPACE_ID, edge_on_the_air
from crowd_icecast import is_here, running_icecast
from crowd_load import Target
from crowd_nginx import files_of, program
from siege.field import HOUSE_ADDRESS
from stentor.formats.adts import adts
from stentor.formats.cmaf import init_segment
from stentor.limits import CHUNK_MS, RUNWAY_CHUNKS
from stentor.space.rung import Codec, Rung
from synthetic_stage import LOOP_CHUNKS, encoded_loop, rung_chunk

Name = Literal["uvicorn", "icecast", "nginx"]
_PORT = 8000
_ASKED_EVERY_S = 0.05
_PAGE = "<!doctype html><title>Live</title><audio src=/live autoplay controls></audio>"


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is up.

    Args:
        sound: what an answer to a newcomer has in it.
        hls: the folder of the lists; empty: its stream is endless.
    """

    target: Target
    pid: int
    pages: tuple[str, ...]
    sound: bytes
    hls: str = ""


class Server(Child):
    """A server for as long as the block runs."""

    def __init__(self, name: Name) -> None:
        super().__init__(_serve, name)

    def served(self) -> Served:
        """Once it is up. Raises: EOFError: it does not come up."""
        found: Served = self.ask("served")
        return found


def missing(name: Name) -> str | None:
    """What is not installed, in words."""
    if name == "icecast" and not is_here():
        return "icecast2 is not installed (apt install icecast2): not compared"
    if name == "nginx" and program() is None:
        return "nginx is not installed (apt install nginx-light): not compared"
    return None


def _serve(name: Name, pipe: Connection) -> None:
    begin_child()
    if name == "uvicorn":
        pipe.recv()
        pages = ("/", "/nowhere")
        target = Target(HOUSE_ADDRESS, _PORT, "/live")
        pipe.send(Served(target, 0, pages, b"mdat"))
        uvicorn.run(_plain(), host=HOUSE_ADDRESS, port=_PORT, log_level="critical")
    else:
        asyncio.run(_serving(name, pipe))


async def _serving(name: Name, pipe: Connection) -> None:
    async with _icecast() if name == "icecast" else _nginx() as served:
        try:
            while True:
                if pipe.poll():
                    pipe.recv()
                    pipe.send(served)
                await asyncio.sleep(_ASKED_EVERY_S)
        except (EOFError, BrokenPipeError):
            pass  # the block is over


@asynccontextmanager
async def _icecast() -> AsyncIterator[Served]:
    loop_bytes = sum(len(adts([packet])) for part in encoded_loop(Rung.AAC64) for packet in part)
    async with running_icecast(Rung.AAC64, host=HOUSE_ADDRESS) as icecast:
        target = Target(HOUSE_ADDRESS, icecast.target.port, "/live", False, loop_bytes // LOOP_CHUNKS)
        yield Served(target, icecast.pid, ("/", "/status.xsl", "/nowhere"), b"\xff\xf1")


@asynccontextmanager
async def _nginx() -> AsyncIterator[Served]:
    with tempfile.TemporaryDirectory() as edge, tempfile.TemporaryDirectory() as files:
        async with (
            edge_on_the_air(Path(edge), listeners=10) as house,
            files_of(f"http://127.0.0.1:{house.port}", SPACE_ID, Path(files), host=HOUSE_ADDRESS) as nginx,
        ):
            folder = f"/s/{SPACE_ID}/hls/"
            pages = (f"{folder}index.m3u8", f"{folder}init.mp4", "/nowhere")
            target = Target(HOUSE_ADDRESS, nginx.port, f"{folder}index.m3u8")
            yield Served(target, nginx.pid, pages, b"#EXTM3U", hls=folder)


def _plain() -> Starlette:
    """What somebody writes in an afternoon: an endless answer per listener, woken when there is a chunk."""
    chunks: list[tuple[int, bytes]] = []
    news = asyncio.Condition()

    async def speak() -> None:
        loop, number = asyncio.get_running_loop(), 0
        due_s = loop.time()
        while True:
            async with news:
                chunks.append((number, rung_chunk(Rung.AAC64, number)))
                del chunks[:-RUNWAY_CHUNKS]
                news.notify_all()
            number += 1
            due_s += CHUNK_MS / 1000
            await asyncio.sleep(max(0.0, due_s - loop.time()))

    async def listen() -> AsyncIterator[bytes]:
        yield init_segment(Codec.AAC)
        heard = -1
        while True:
            async with news:
                while not chunks or chunks[-1][0] <= heard:
                    await news.wait()
                fresh = [(number, data) for number, data in chunks if number > heard]
            heard = fresh[-1][0]
            yield b"".join(data for _, data in fresh)

    async def live(_request: Request) -> Response:
        return StreamingResponse(listen(), media_type="audio/mp4")

    async def page(_request: Request) -> Response:
        return HTMLResponse(_PAGE)

    @asynccontextmanager
    async def on_the_air(_app: Starlette) -> AsyncIterator[None]:
        speaking = asyncio.create_task(speak())
        yield
        speaking.cancel()

    return Starlette(routes=[Route("/", page), Route("/live", live)], lifespan=on_the_air)
