"""The routes of a record of cardboard: `older` is 93 s long, `long` three hours. Development only."""

from collections.abc import Callable
from typing import Any

import mock_record
from aiohttp import web
from mock_world import EPOCH_MS, OPEN, WORLD, facts, id_of

from stentor.formats.cmaf import init_segment
from stentor.formats.emsg import tick_box
from stentor.limits import CHUNK_MS
from stentor.space.rung import Codec
from stentor.space.tick import TickWriter

LOOPS = {"older": 1, "long": 116}
"""How often the debate is heard in it."""


def loops_of(request: web.Request) -> int:
    space_id = id_of(request)
    if space_id not in LOOPS or WORLD.is_taken_back:
        raise web.HTTPNotFound(headers=OPEN)
    return LOOPS[space_id]


async def file(request: web.Request) -> web.Response:
    loops, name = loops_of(request), request.match_info["file"]
    language = "fr" if ".fr." in name else None
    made: Any = None
    match name.replace(".fr.", "."):
        case "record.json":
            made = mock_record.record(loops)
        case "transcript.json":
            made = mock_record.transcript(loops, language)
        case "brief.json":
            made = mock_record.brief(language)
        case "activity.json":
            made = mock_record.activity(loops)
        case _:
            return web.Response(text="A file of cardboard.", headers=OPEN)
    return web.json_response(made, headers=OPEN)


async def index(request: web.Request) -> web.Response:
    if id_of(request) == "debate":
        text = mock_record.playlist(5_625, is_over=False)
    else:
        text = mock_record.playlist(mock_record.chunks(loops_of(request)), is_over=True)
    return web.Response(text=text, content_type="application/vnd.apple.mpegurl", headers=OPEN)


async def sound(request: web.Request) -> web.Response:
    name = request.match_info["object"]
    if name == "init.mp4":
        body = init_segment(Codec.AAC)
    else:
        k = int(name.removeprefix("seg/").removesuffix(".m4s"))
        body = mock_record.segment(k, ticks=ticks() if id_of(request) == "debate" else None)
    return web.Response(body=body, content_type="audio/mp4", headers=OPEN)


def ticks() -> Callable[[int], bytes]:
    """What the segments of the past say: the bytes that were live."""
    writer = TickWriter()
    return lambda n: tick_box(n, writer.write(number=n, wall_ms=EPOCH_MS + n * CHUNK_MS, facts=facts(n)))


ROUTES = [
    web.get("/s/{name}/record/{file}", file),
    web.get("/s/{name}/replay/index.m3u8", index),
    web.get("/s/{name}/replay/{object:.+}", sound),
]
