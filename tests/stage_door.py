"""A real stage door on a port from the system, and a stage that says what the test wants it to say."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from documented import undocumented
from stentor.backstage.access.owner import FILE_NAME
from stentor.backstage.door import Door
from stentor.backstage.main import DoorServer, listening, open_door
from stentor.config import Settings
from stentor.log.bus import Bus

Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class OpenDoor:
    """A door that serves, and a client of it."""

    url: str
    door: Door
    http: aiohttp.ClientSession
    owner_token: str
    stop: Callable[[], Awaitable[None]]

    @property
    def owner(self) -> dict[str, str]:
        return bearer(self.owner_token)

    async def ask(self, method: str, path: str, **arguments: Any) -> tuple[int, Any]:
        """The status and the JSON (or the text) of an answer."""
        async with self.http.request(method, self.url + path, **arguments) as answer:
            assert undocumented(method, path, answer.status) is None
            is_json = answer.content_type.endswith("json")
            return answer.status, await (answer.json(content_type=None) if is_json else answer.text())

    async def space(self, space_id: str, *, state: str | None = None) -> dict[str, str]:
        """Makes a Space. Returns: the headers of its host."""
        status, told = await self.ask(
            "POST", "/api/spaces", json={"id": space_id, "title": "A debate"}, headers=self.owner
        )
        assert status == 201
        host = bearer(told["links"]["host"].rpartition("/")[2])
        if state is not None:
            path = f"/api/spaces/{space_id}/state"
            assert (await self.ask("POST", path, json={"state": state}, headers=host))[0] == 200
        return host

    async def invite(self, space_id: str, by: dict[str, str], **wanted: Any) -> dict[str, Any]:
        wanted = {"role": "speaker", "name": "Maya"} | wanted
        path = f"/api/spaces/{space_id}/invitations"
        status, told = await self.ask("POST", path, json=wanted, headers=by)
        assert status == 201, told
        return {**told, "headers": bearer(told["link"].rpartition("/")[2])}


class FakeStage:
    """Answers on `stage.<id>.*` as a stage does; remembers what it was asked.

    `lead`, `present` and `away` are what it says to `who`, which is not remembered: the door asks it often.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Answer] = {}
        self.lead: str | None = None
        self.present: list[str] = []
        self.away: set[str] = set()

    async def open(self, bus: Bus, space_id: str) -> None:
        for verb in ("join", "leave", "who"):
            await bus.serve(f"stage.{space_id}.{verb}", self._answering(verb))

    def _answering(self, verb: str) -> Answer:
        async def answer(question: dict[str, Any]) -> dict[str, Any]:
            self.asked.append((verb, question))
            if verb in self.answers:
                return await self.answers[verb](question)
            return {"answer": "v=0\r\nanswer"} if verb == "join" else {}

        async def tell(_question: dict[str, Any]) -> dict[str, Any]:
            people = [{"id": person, "is_away": person in self.away} for person in self.present]
            return {"lead": self.lead, "people": people}

        if verb == "who":
            return tell

        return answer


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def opened_door(
    nats_url: str, directory: Path, *, built_pages: Path | None = None, **settings: Any
) -> AsyncIterator[OpenDoor]:
    """A stage door with real parts; everything is stopped afterwards.

    Args:
        built_pages: the real pages; None: a page of cardboard.
        settings: those that differ from the defaults; an end holds at once unless `end_undo_s` is given.
    """
    pages = directory / "pages"
    (pages / "assets").mkdir(parents=True)
    (pages / "speak.html").write_text("<!doctype html><title>speak</title>")
    (pages / "assets" / "speak-1a2b.js").write_text("export {}")
    sock = listening("127.0.0.1", 0)
    port = sock.getsockname()[1]
    chosen = {
        "nats_url": nats_url,
        "data_dir": directory / "data",
        "backstage_port": port,
        "end_undo_s": 0,
        **settings,
    }
    async with open_door(Settings(**chosen), pages_dir=built_pages or pages) as door:
        server = DoorServer(door)
        serving = asyncio.create_task(server.serve(sockets=[sock]))

        async def stop() -> None:
            server.should_exit = True
            await serving

        token = (directory / "data" / FILE_NAME).read_text().strip()
        url = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as http:
            yield OpenDoor(url, door, http, token, stop)
        await stop()
