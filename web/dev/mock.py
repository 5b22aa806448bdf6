"""A stage door and a front door of cardboard, to look at the pages without Stentor. Development only.

    .venv/bin/python web/dev/mock.py [--port 8090] [--pages src/stentor/pages]

Spaces: `/s/debate` is on the air, `/s/crowded` has long names and many people, `/s/later` has a date,
`/s/someday` has none, `/s/over` has ended, `/s/older` and `/s/long` have a replay (93 s, three hours),
`/s/board.k7Qm2xWv` is private, `/s/draw` draws, at `/s/full` one waits (`POST
/dev/line/<far, near, host, hot, called>` moves its line). Invited: `/i/host`, `/i/guest`.
`POST /dev/<what>` makes trouble: `cut` (every live connection), `silence` (the stage, 6 s), `pause`,
`ending`, `end`, `down` (nobody answers any more), `empty` (no Spaces), `extras` (off), `screen` (a question),
`captions` (none), `away` (the host), `soon` (`/s/later` begins in 3 s), `taken` (every record is taken
back), `preparing` (`/s/over` ended just now), `start` (all is well).
Sound is a chord encoded here; ticks name who «speaks». The pages come with the real doors' strict policy.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import mock_door
import mock_front
import mock_house
import mock_line
import mock_record_door
import mock_replay
from aiohttp import web
from aiohttp.typedefs import Handler
from mock_world import OPEN, WORLD

PAGES = Path(__file__).parents[2] / "src" / "stentor" / "pages"
POLICY = "default-src 'self'; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; object-src 'none'"
SCREEN = {"id": "q1", "text": "What happens to the allotments below the old bridge?", "name": "Ruth M."}


class Pages:
    """The built pages, from where they are."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self.page("home")),
            web.get("/s/{name}", self.page("listen")),
            web.get("/s/{name}/embed", self.page("embed")),
            web.get("/i/{token}", self.page("speak")),
            web.get("/host/{id}", self.page("host")),
            web.get("/record/{id}", self.page("record")),
            web.get("/operate", self.page("operate")),
            web.get("/door", self.page("door")),
            web.get("/embed.js", self.embed),
            web.get("/assets/{name}", self.asset),
        ]

    def page(self, name: str) -> Handler:
        async def serve(_: web.Request) -> web.StreamResponse:
            headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
            return web.FileResponse(self._directory / f"{name}.html", headers=headers)

        return serve

    async def embed(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(self._directory / "embed.js", headers=OPEN)

    async def asset(self, request: web.Request) -> web.StreamResponse:
        found = self._directory / "assets" / Path(request.match_info["name"]).name
        return web.FileResponse(found, headers=OPEN)


WISHES: dict[str, Callable[[], None]] = {
    "empty": lambda: setattr(WORLD, "is_empty", True),
    "extras": lambda: setattr(WORLD, "has_extras", False),
    "screen": lambda: setattr(WORLD, "screen", SCREEN),
    "captions": lambda: setattr(WORLD, "has_captions", False),
    "taken": lambda: setattr(WORLD, "is_taken_back", True),
    "away": lambda: setattr(WORLD, "is_host_away", True),
    "soon": lambda: WORLD.starts_ms.update(later=time.time_ns() // 1_000_000 + 3_000),
    "preparing": lambda: WORLD.ended_ms.update(over=time.time_ns() // 1_000_000),
}


async def trouble(request: web.Request) -> web.Response:
    what = request.match_info["what"]
    if what == "silence":
        WORLD.held_head = WORLD.head()
        WORLD.silent_until = time.monotonic() + 6
        await mock_door.unwhip(request)
    elif what == "cut":
        for task in list(WORLD.live):
            task.cancel()
    elif what in WISHES:
        WISHES[what]()
    elif what == "down":
        WORLD.is_down = True
        for task in list(WORLD.live):
            task.cancel()
        await mock_door.unwhip(request)
    else:
        WORLD.is_down = WORLD.is_empty = WORLD.is_host_away = WORLD.is_taken_back = False
        WORLD.has_extras = WORLD.has_captions = True
        WORLD.screen = None
        states = {"pause": "paused", "end": "ended", "ending": "ending", "green": "green_room"}
        WORLD.state["debate"] = states.get(what, "on_air")
    return web.Response()


@web.middleware
async def nobody(request: web.Request, handler: Handler) -> web.StreamResponse:
    """While the house is down every connection is cut but the one that brings it back, and the pages' own."""
    is_spared = request.path.startswith(("/dev/", "/assets/")) or request.headers.get(
        "Accept", ""
    ).startswith("text/html")
    if WORLD.is_down and not is_spared and request.transport:
        request.transport.abort()
    return await handler(request)


def app(pages: Path = PAGES) -> web.Application:
    made = web.Application(middlewares=[nobody])
    made.add_routes(Pages(pages).routes())
    made.add_routes(mock_front.ROUTES)
    made.add_routes(mock_line.ROUTES)
    made.add_routes(mock_replay.ROUTES)
    made.add_routes(mock_record_door.ROUTES)
    made.add_routes(mock_house.ROUTES)
    made.add_routes(mock_door.ROUTES)
    made.add_routes([web.post("/dev/{what}", trouble)])
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--pages", type=Path, default=PAGES)
    options = parser.parse_args()
    web.run_app(app(options.pages), host="127.0.0.1", port=options.port, print=None, access_log=None)
